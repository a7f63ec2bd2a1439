/* Part of ascend-ipc, Apache-2.0.
 *
 * value [DEVICE]: streams wait for words in device memory: by each of the four conditions, and as a ring of two.
 */
#include "program.h"

enum { ROUNDS = 50 };

static aclrtStream writer, waiter;
static uint64_t *words;

static uint64_t read_word(int index) {
    uint64_t value = 0;
    CHECK_ACL(aclrtMemcpy(&value, sizeof(value), &words[index], sizeof(value), ACL_MEMCPY_DEVICE_TO_HOST));
    return value;
}

/* A wait does not pass by `wrong`, and does by `right`. */
static void condition(uint32_t flag, uint64_t wanted, uint64_t wrong, uint64_t right) {
    CHECK_ACL(aclrtValueWrite(&words[1], 0, 0, writer));
    CHECK_ACL(aclrtValueWrite(&words[0], wrong, 0, writer));
    CHECK_ACL(aclrtSynchronizeStream(writer));
    CHECK_ACL(aclrtValueWait(&words[0], wanted, flag, waiter));
    CHECK_ACL(aclrtValueWrite(&words[1], 7, 0, waiter));
    check_waits(waiter);
    CHECK(read_word(1) == 0);
    CHECK_ACL(aclrtValueWrite(&words[0], right, 0, writer));
    CHECK_ACL(aclrtSynchronizeStream(waiter));
    CHECK(read_word(0) == right && read_word(1) == 7);
}

int main(int argc, char **argv) {
    int32_t device = argc > 1 ? atoi(argv[1]) : 0;
    static gate held;
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtCreateStream(&writer));
    CHECK_ACL(aclrtCreateStream(&waiter));
    CHECK_ACL(aclrtMalloc((void **)&words, 4096, ACL_MEM_MALLOC_HUGE_FIRST));

    condition(ACL_STREAM_WAIT_VALUE_GEQ, 10, 9, 11);
    condition(ACL_STREAM_WAIT_VALUE_GEQ, 1, (uint64_t)-1, 1); /* the difference is signed */
    condition(ACL_STREAM_WAIT_VALUE_EQ, 10, 11, 10);
    condition(ACL_STREAM_WAIT_VALUE_AND, 0x6, 0x9, 0x4);
    condition(ACL_STREAM_WAIT_VALUE_NOR, (uint64_t)-2, 0x1, 0x0);

    /* The two streams answer each other; what each has counted is in the last words. */
    CHECK_ACL(aclrtMemset(words, 4096, 0, 4096));
    gate_close(&held, writer);
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        CHECK_ACL(aclrtValueWrite(&words[0], round, 0, writer));
        CHECK_ACL(aclrtValueWait(&words[1], round, ACL_STREAM_WAIT_VALUE_EQ, writer));
        CHECK_ACL(aclrtValueWrite(&words[2], round, 0, writer));
        CHECK_ACL(aclrtValueWait(&words[0], round, ACL_STREAM_WAIT_VALUE_EQ, waiter));
        CHECK_ACL(aclrtValueWrite(&words[3], round, 0, waiter));
        CHECK_ACL(aclrtValueWrite(&words[1], round, 0, waiter));
    }
    check_waits(waiter);
    CHECK(read_word(3) == 0);
    gate_open(&held);
    CHECK_ACL(aclrtSynchronizeStream(writer));
    CHECK(read_word(2) == ROUNDS && read_word(3) == ROUNDS);
    CHECK_REFUSED(ACL_ERROR_RT_PARAM_INVALID, aclrtValueWrite((char *)words + 4, 1, 0, writer)); /* misaligned */

    CHECK_ACL(aclrtFree(words));
    CHECK_ACL(aclrtDestroyStream(writer));
    CHECK_ACL(aclrtDestroyStream(waiter));
    CHECK_ACL(aclrtResetDevice(device));
    printf("%d rounds of values on device %d\n", ROUNDS, device);
    return EXIT_SUCCESS;
}
