/* Part of ascend-ipc, Apache-2.0. Right: memory, physical memory and a notify are shared, importers close first, and everything is given back. */
#include "../check.h"

enum { BYTES = 2 << 20 };

typedef struct offer {
    char memory[65], notify[65];
    uint64_t physical;
} offer;

static void importer(int exporter) {
    aclrtStream stream = stream_of(1);
    offer offered;
    HOLDS(peer_receive(exporter, &offered, sizeof(offered)));
    void *memory = NULL;
    aclrtNotify notify = NULL;
    aclrtDrvMemHandle physical = NULL;
    OK(aclrtIpcMemImportByKey(&memory, offered.memory, ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    OK(aclrtNotifyImportByKey(&notify, offered.notify, 0));
    OK(aclrtMemImportFromShareableHandle(offered.physical, 1, &physical));
    OK(aclrtRecordNotify(notify, stream)); /* from any device */
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtFreePhysical(physical));
    OK(aclrtDestroyNotify(notify));
    OK(aclrtIpcMemClose(offered.memory));
    OK(aclrtDestroyStream(stream));
    OK(aclrtResetDevice(1));
}

int main(void) {
    peer other = peer_start(importer);
    aclrtStream stream = stream_of(0);
    offer offered;
    void *memory = NULL;
    aclrtNotify notify = NULL;
    aclrtDrvMemHandle physical = NULL;
    aclrtPhysicalMemProp place = {0};
    place.handleType = ACL_MEM_HANDLE_TYPE_NONE;
    place.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED;
    place.memAttr = ACL_HBM_MEM_HUGE;
    place.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    OK(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtCreateNotify(&notify, 0));
    OK(aclrtMallocPhysical(&physical, BYTES, &place, 0));
    OK(aclrtIpcMemGetExportKey(memory, BYTES, offered.memory, 65, ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    OK(aclrtNotifyGetExportKey(notify, offered.notify, 65, ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    OK(aclrtMemExportToShareableHandle(physical, ACL_MEM_HANDLE_TYPE_NONE, 1, &offered.physical));
    OK(aclrtWaitAndResetNotify(notify, stream, 10));
    peer_send(other.socket, &offered, sizeof(offered));
    OK(aclrtSynchronizeStream(stream));
    peer_join(&other);
    OK(aclrtIpcMemClose(offered.memory));
    OK(aclrtFree(memory));
    OK(aclrtDestroyNotify(notify));
    OK(aclrtFreePhysical(physical));
    OK(aclrtDestroyStream(stream));
    OK(aclrtResetDevice(0));
    return 0;
}
