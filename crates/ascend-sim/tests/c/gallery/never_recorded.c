/* Part of ascend-ipc, Apache-2.0. A stream waits for the event of another process, which forgets to record it. */
#include "../check.h"

static void waiter(int creator) {
    aclrtStream stream = stream_of(1);
    aclrtIpcEventHandle handle;
    HOLDS(peer_receive(creator, &handle, sizeof(handle)));
    aclrtEvent event = NULL;
    OK(aclrtIpcOpenEventHandle(handle, &event));
    OK(aclrtStreamWaitEvent(stream, event)); /* here: passes at once */
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtDestroyEvent(event));
    OK(aclrtDestroyStream(stream));
}

int main(void) {
    peer other = peer_start(waiter);
    OK(aclrtSetDevice(0));
    aclrtEvent event = NULL;
    OK(aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC)); /* there */
    aclrtIpcEventHandle handle = {0};
    OK(aclrtIpcGetEventHandle(event, &handle));
    peer_send(other.socket, &handle, sizeof(handle));
    peer_join(&other);
    OK(aclrtDestroyEvent(event));
    return 0;
}
