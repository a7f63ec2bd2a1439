/* Part of ascend-ipc, Apache-2.0. Right: each process records an event of its own, and the other's stream waits for it; importers close first. */
#include "../check.h"

enum { ROUNDS = 20 };

static aclrtEvent exchange(int socket, aclrtEvent own) {
    aclrtIpcEventHandle handle = {0}, other;
    OK(aclrtIpcGetEventHandle(own, &handle));
    peer_send(socket, &handle, sizeof(handle));
    HOLDS(peer_receive(socket, &other, sizeof(other)));
    aclrtEvent opened = NULL;
    OK(aclrtIpcOpenEventHandle(other, &opened));
    return opened;
}

static void play(int socket, int device) {
    aclrtStream stream = stream_of(device);
    aclrtEvent own = ipc_event(), other = exchange(socket, own);
    char called;
    for (int round = 0; round < ROUNDS; round++) {
        if (device == 1) HOLDS(peer_receive(socket, &called, 1));
        if (device == 1) OK(aclrtStreamWaitEvent(stream, other));
        OK(aclrtRecordEvent(own, stream));
        peer_send(socket, "r", 1); /* the record was called: the other may call its wait */
        if (device == 0) HOLDS(peer_receive(socket, &called, 1));
        if (device == 0) OK(aclrtStreamWaitEvent(stream, other));
    }
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtDestroyEvent(other));
    peer_send(socket, "c", 1); /* closed */
    HOLDS(peer_receive(socket, &called, 1));
    OK(aclrtDestroyEvent(own));
    OK(aclrtDestroyStream(stream));
    OK(aclrtResetDevice(device));
}

static void second(int socket) { play(socket, 1); }

int main(void) {
    peer other = peer_start(second);
    play(other.socket, 0);
    peer_join(&other);
    return 0;
}
