/* Part of ascend-ipc, Apache-2.0. The exporter frees memory that another process has mapped. */
#include "../check.h"

enum { BYTES = 1 << 20 };

static void importer(int exporter) {
    OK(aclrtSetDevice(0));
    char key[65];
    HOLDS(peer_receive(exporter, key, sizeof(key)));
    void *memory = NULL;
    OK(aclrtIpcMemImportByKey(&memory, key, 0)); /* there */
    peer_send(exporter, "o", 1);
    char freed;
    HOLDS(peer_receive(exporter, &freed, 1));
    OK(aclrtIpcMemClose(key));
}

int main(void) {
    peer other = peer_start(importer);
    OK(aclrtSetDevice(0));
    void *memory = NULL;
    OK(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    char key[65];
    OK(aclrtIpcMemGetExportKey(memory, BYTES, key, sizeof(key), ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION)); /* other */
    peer_send(other.socket, key, sizeof(key));
    char opened;
    HOLDS(peer_receive(other.socket, &opened, 1));
    OK(aclrtFree(memory)); /* here: too early */
    peer_send(other.socket, "f", 1);
    peer_join(&other);
    OK(aclrtIpcMemClose(key));
    return 0;
}
