/* Part of ascend-ipc, Apache-2.0. Physical memory is freed while another process has imported it. */
#include "../check.h"

static void importer(int exporter) {
    OK(aclrtSetDevice(0));
    uint64_t number = 0;
    HOLDS(peer_receive(exporter, &number, sizeof(number)));
    aclrtDrvMemHandle memory = NULL;
    OK(aclrtMemImportFromShareableHandle(number, 0, &memory)); /* there */
    peer_send(exporter, "o", 1);
    char freed;
    HOLDS(peer_receive(exporter, &freed, 1));
    OK(aclrtFreePhysical(memory));
}

int main(void) {
    peer other = peer_start(importer);
    OK(aclrtSetDevice(0));
    aclrtPhysicalMemProp place = {0};
    place.handleType = ACL_MEM_HANDLE_TYPE_NONE;
    place.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED;
    place.memAttr = ACL_HBM_MEM_HUGE;
    place.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    aclrtDrvMemHandle memory = NULL;
    OK(aclrtMallocPhysical(&memory, 2 << 20, &place, 0));
    uint64_t number = 0;
    OK(aclrtMemExportToShareableHandle(memory, ACL_MEM_HANDLE_TYPE_NONE, 1, &number)); /* other */
    peer_send(other.socket, &number, sizeof(number));
    char opened;
    HOLDS(peer_receive(other.socket, &opened, 1));
    OK(aclrtFreePhysical(memory)); /* here: too early */
    peer_send(other.socket, "f", 1);
    peer_join(&other);
    return 0;
}
