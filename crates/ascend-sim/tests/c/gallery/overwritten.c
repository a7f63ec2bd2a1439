/* Part of ascend-ipc, Apache-2.0. An event is recorded twice before the other process waits: it will only ever see the second record. */
#include "../check.h"

static void waiter(int creator) {
    aclrtStream stream = stream_of(1);
    aclrtIpcEventHandle handle;
    HOLDS(peer_receive(creator, &handle, sizeof(handle)));
    aclrtEvent event = NULL;
    OK(aclrtIpcOpenEventHandle(handle, &event)); /* other */
    peer_send(creator, "o", 1);
    char recorded;
    HOLDS(peer_receive(creator, &recorded, 1));
    OK(aclrtStreamWaitEvent(stream, event));
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtDestroyEvent(event));
    OK(aclrtDestroyStream(stream));
}

int main(void) {
    peer other = peer_start(waiter);
    aclrtStream stream = stream_of(0);
    aclrtEvent event = ipc_event();
    aclrtIpcEventHandle handle = {0};
    OK(aclrtIpcGetEventHandle(event, &handle));
    peer_send(other.socket, &handle, sizeof(handle));
    char opened;
    HOLDS(peer_receive(other.socket, &opened, 1));
    OK(aclrtRecordEvent(event, stream)); /* there */
    OK(aclrtRecordEvent(event, stream)); /* here */
    peer_send(other.socket, "r", 1);
    peer_join(&other);
    OK(aclrtDestroyEvent(event));
    OK(aclrtDestroyStream(stream));
    return 0;
}
