/* Part of ascend-ipc, Apache-2.0. Right: the other process polls each record to its end and says so; the creator records again only then. */
#include "../check.h"

enum { ROUNDS = 20 };

static void poller(int creator) {
    OK(aclrtSetDevice(1));
    aclrtIpcEventHandle handle;
    HOLDS(peer_receive(creator, &handle, sizeof(handle)));
    aclrtEvent event = NULL;
    OK(aclrtIpcOpenEventHandle(handle, &event));
    char called;
    while (peer_receive(creator, &called, 1) && called == 'r') {
        while (status_of(event) != ACL_EVENT_RECORDED_STATUS_COMPLETE) usleep(100);
        peer_send(creator, "d", 1);
    }
    OK(aclrtDestroyEvent(event));
    OK(aclrtResetDevice(1));
}

int main(void) {
    peer other = peer_start(poller);
    aclrtStream stream = stream_of(0);
    aclrtEvent event = ipc_event();
    aclrtIpcEventHandle handle = {0};
    OK(aclrtIpcGetEventHandle(event, &handle));
    peer_send(other.socket, &handle, sizeof(handle));
    for (int round = 0; round < ROUNDS; round++) {
        char done;
        OK(aclrtRecordEvent(event, stream));
        peer_send(other.socket, "r", 1);
        HOLDS(peer_receive(other.socket, &done, 1));
    }
    peer_send(other.socket, "e", 1);
    peer_join(&other);
    OK(aclrtDestroyEvent(event));
    OK(aclrtDestroyStream(stream));
    OK(aclrtResetDevice(0));
    return 0;
}
