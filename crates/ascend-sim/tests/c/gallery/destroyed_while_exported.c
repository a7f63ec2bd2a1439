/* Part of ascend-ipc, Apache-2.0. The creator destroys an event while another process has it open. */
#include "../check.h"

static void opener(int creator) {
    OK(aclrtSetDevice(1));
    aclrtIpcEventHandle handle;
    HOLDS(peer_receive(creator, &handle, sizeof(handle)));
    aclrtEvent event = NULL;
    OK(aclrtIpcOpenEventHandle(handle, &event)); /* there */
    peer_send(creator, "o", 1);
    char destroyed;
    HOLDS(peer_receive(creator, &destroyed, 1));
    OK(aclrtDestroyEvent(event));
}

int main(void) {
    peer other = peer_start(opener);
    OK(aclrtSetDevice(0));
    aclrtEvent event = ipc_event();
    aclrtIpcEventHandle handle = {0};
    OK(aclrtIpcGetEventHandle(event, &handle)); /* other */
    peer_send(other.socket, &handle, sizeof(handle));
    char opened;
    HOLDS(peer_receive(other.socket, &opened, 1));
    OK(aclrtDestroyEvent(event)); /* here: too early */
    peer_send(other.socket, "d", 1);
    peer_join(&other);
    return 0;
}
