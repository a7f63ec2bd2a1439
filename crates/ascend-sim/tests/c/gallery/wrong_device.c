/* Part of ascend-ipc, Apache-2.0. An event is opened while device 1 is current, and then used with a stream of device 0. */
#include "../check.h"

static void waiter(int creator) {
    aclrtStream stream = stream_of(0);
    aclrtIpcEventHandle handle;
    HOLDS(peer_receive(creator, &handle, sizeof(handle)));
    OK(aclrtSetDevice(1));
    aclrtEvent event = NULL;
    OK(aclrtIpcOpenEventHandle(handle, &event)); /* there */
    OK(aclrtSetDevice(0));
    OK(aclrtStreamWaitEvent(stream, event)); /* here */
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtDestroyEvent(event));
    OK(aclrtDestroyStream(stream));
}

int main(void) {
    peer other = peer_start(waiter);
    aclrtStream stream = stream_of(0);
    aclrtEvent event = ipc_event();
    OK(aclrtRecordEvent(event, stream));
    aclrtIpcEventHandle handle = {0};
    OK(aclrtIpcGetEventHandle(event, &handle));
    peer_send(other.socket, &handle, sizeof(handle));
    peer_join(&other);
    OK(aclrtDestroyEvent(event));
    OK(aclrtDestroyStream(stream));
    return 0;
}
