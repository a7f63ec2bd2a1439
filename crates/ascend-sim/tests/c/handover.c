/* Part of ascend-ipc, Apache-2.0.
 *
 * Two processes, each with its own device: the producer fills shared device memory and records an IPC event; the
 * consumer's stream waits for it and copies the memory out. A latch holds the producer's stream, so that the consumer can
 * show that its copy has not run before the record.
 */
#include "check.h"

enum { BYTES = 1 << 16 };

typedef struct offer {
    aclrtIpcEventHandle event;
    char key[65];
} offer;

static void consume(int producer) {
    aclrtStream stream = stream_of(1);
    int32_t pid = 0;
    OK(aclrtDeviceGetBareTgid(&pid));
    peer_send(producer, &pid, sizeof(pid));

    offer offered;
    HOLDS(peer_receive(producer, &offered, sizeof(offered)));
    aclrtEvent event = NULL;
    void *shared = NULL, *local = NULL, *host = NULL;
    OK(aclrtIpcOpenEventHandle(offered.event, &event));
    OK(aclrtIpcMemImportByKey(&shared, offered.key, ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    OK(aclrtMalloc(&local, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtMallocHost(&host, BYTES));

    char recorded;
    HOLDS(peer_receive(producer, &recorded, 1));
    OK(aclrtStreamWaitEvent(stream, event));
    OK(aclrtMemcpyAsync(local, BYTES, shared, BYTES, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    OK(aclrtMemcpyAsync(host, BYTES, local, BYTES, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    ANSWERS(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(stream, 50));
    for (int i = 0; i < BYTES; i++) HOLDS(((unsigned char *)host)[i] == 0); /* the wait waits */
    peer_send(producer, "w", 1);
    OK(aclrtSynchronizeStreamWithTimeout(stream, 10000));
    for (int i = 0; i < BYTES; i++) HOLDS(((unsigned char *)host)[i] == 0x5a);

    OK(aclrtIpcMemClose(offered.key));
    OK(aclrtDestroyEvent(event));
    OK(aclrtFree(local));
    OK(aclrtFreeHost(host));
    OK(aclrtDestroyStream(stream));
    OK(aclrtResetDevice(1));
}

int main(void) {
    peer consumer = peer_start(consume);
    OK(aclInit(NULL));
    aclrtStream stream = stream_of(0);
    int32_t pid;
    HOLDS(peer_receive(consumer.socket, &pid, sizeof(pid)));

    offer offered;
    memset(&offered, 0, sizeof(offered));
    aclrtEvent event = ipc_event();
    void *memory = NULL;
    OK(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtIpcGetEventHandle(event, &offered.event));
    OK(aclrtIpcMemGetExportKey(memory, BYTES, offered.key, sizeof(offered.key), ACL_RT_IPC_MEM_EXPORT_FLAG_DEFAULT));
    OK(aclrtIpcMemSetImportPid(offered.key, &pid, 1));
    peer_send(consumer.socket, &offered, sizeof(offered));

    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemsetAsync(memory, BYTES, 0x5a, BYTES, stream));
    OK(aclrtRecordEvent(event, stream));
    peer_send(consumer.socket, "r", 1);
    char waiting;
    HOLDS(peer_receive(consumer.socket, &waiting, 1));
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));

    peer_join(&consumer);
    OK(aclrtDestroyEvent(event));
    OK(aclrtIpcMemClose(offered.key)); /* importers have closed: the key first, then the memory */
    OK(aclrtFree(memory));
    OK(aclrtDestroyStream(stream));
    OK(aclrtResetDevice(0));
    OK(aclFinalize());
    printf("two processes handed %d bytes over\n", BYTES);
    return 0;
}
