/* Part of ascend-ipc, Apache-2.0.
 *
 * notify [DEVICE]: two streams hand one buffer back and forth with two notifies, and notice every step.
 */
#include "program.h"

enum { BYTES = 1024, ROUNDS = 100 };

int main(int argc, char **argv) {
    int32_t device = argc > 1 ? atoi(argv[1]) : 0;
    static gate held;
    aclrtStream writer = NULL, reader = NULL;
    aclrtNotify full = NULL, empty = NULL;
    void *memory = NULL, *host = NULL;
    CHECK_ACL(aclInit(NULL));
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtCreateStream(&writer));
    CHECK_ACL(aclrtCreateStream(&reader));
    CHECK_ACL(aclrtCreateNotify(&full, ACL_NOTIFY_DEFAULT));
    CHECK_ACL(aclrtCreateNotify(&empty, ACL_NOTIFY_DEFAULT));
    CHECK_ACL(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK_ACL(aclrtMallocHost(&host, ROUNDS * BYTES));
    memset(host, 0xff, ROUNDS * BYTES);

    gate_close(&held, writer);
    for (int round = 0; round < ROUNDS; round++) {
        CHECK_ACL(aclrtMemsetAsync(memory, BYTES, round, BYTES, writer));
        CHECK_ACL(aclrtRecordNotify(full, writer));
        CHECK_ACL(aclrtWaitAndResetNotify(empty, writer, 0)); /* 0 is for ever */
        CHECK_ACL(aclrtWaitAndResetNotify(full, reader, 20)); /* seconds */
        CHECK_ACL(aclrtMemcpyAsync((char *)host + round * BYTES, BYTES, memory, BYTES, ACL_MEMCPY_DEVICE_TO_HOST, reader));
        CHECK_ACL(aclrtRecordNotify(empty, reader));
    }
    check_waits(reader);
    CHECK(is_filled(host, 0xff, ROUNDS * BYTES));
    gate_open(&held);
    CHECK_ACL(aclrtSynchronizeStream(reader));
    CHECK_ACL(aclrtSynchronizeStream(writer));
    for (int round = 0; round < ROUNDS; round++) CHECK(is_filled((char *)host + round * BYTES, round, BYTES));

    /* A record that comes early is remembered, once. */
    CHECK_ACL(aclrtRecordNotify(full, writer));
    CHECK_ACL(aclrtSynchronizeStream(writer));
    CHECK_ACL(aclrtWaitAndResetNotify(full, reader, 0));
    CHECK_ACL(aclrtSynchronizeStream(reader));
    CHECK_ACL(aclrtWaitAndResetNotify(full, reader, 0));
    check_waits(reader);
    CHECK_ACL(aclrtRecordNotify(full, writer));
    CHECK_ACL(aclrtSynchronizeStream(reader));

    CHECK_ACL(aclrtFreeHost(host));
    CHECK_ACL(aclrtFree(memory));
    CHECK_ACL(aclrtDestroyNotify(full));
    CHECK_ACL(aclrtDestroyNotify(empty));
    CHECK_ACL(aclrtDestroyStream(writer));
    CHECK_ACL(aclrtDestroyStream(reader));
    CHECK_ACL(aclrtResetDevice(device));
    CHECK_ACL(aclFinalize());
    printf("%d buffers went through one on device %d\n", ROUNDS, device);
    return EXIT_SUCCESS;
}
