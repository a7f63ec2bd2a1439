/* Part of ascend-ipc, Apache-2.0. The host synchronises with an event that another process records: the real runtime can miss the completion. */
#include "../check.h"

static void importer(int creator) {
    OK(aclrtSetDevice(1));
    aclrtIpcEventHandle handle;
    HOLDS(peer_receive(creator, &handle, sizeof(handle)));
    aclrtEvent event = NULL;
    OK(aclrtIpcOpenEventHandle(handle, &event));
    OK(aclrtSynchronizeEvent(event)); /* here */
    OK(aclrtDestroyEvent(event));
}

int main(void) {
    peer other = peer_start(importer);
    aclrtStream stream = stream_of(0);
    aclrtEvent event = ipc_event();
    OK(aclrtRecordEvent(event, stream)); /* there */
    aclrtIpcEventHandle handle = {0};
    OK(aclrtIpcGetEventHandle(event, &handle));
    peer_send(other.socket, &handle, sizeof(handle));
    peer_join(&other);
    OK(aclrtDestroyEvent(event));
    OK(aclrtDestroyStream(stream));
    return 0;
}
