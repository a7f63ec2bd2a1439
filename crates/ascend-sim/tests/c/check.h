/* Part of ascend-ipc, Apache-2.0. What the C programs of this folder share: checks, a latch, and a peer process. */
#ifndef ASCEND_SIM_TESTS_CHECK_H_
#define ASCEND_SIM_TESTS_CHECK_H_

#include <acl/acl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends the process with a sentence unless a call answers as expected. */
#define ANSWERS(expected, call)                                                                   \
    do {                                                                                          \
        aclError answer_ = (call);                                                                \
        if (answer_ != (expected)) {                                                              \
            const char *text_ = aclGetRecentErrMsg();                                             \
            fprintf(stderr, "%s:%d: %s answered %d, not %d\n%s\n", __FILE__, __LINE__, #call,     \
                    answer_, (expected), text_ ? text_ : "");                                     \
            exit(1);                                                                              \
        }                                                                                         \
    } while (0)
#define OK(call) ANSWERS(0, call)
#define HOLDS(condition)                                                                          \
    do {                                                                                          \
        if (!(condition)) {                                                                       \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);         \
            exit(1);                                                                              \
        }                                                                                         \
    } while (0)

/* Holds a stream until it is opened. Static: the stream's thread may look at it when the function has returned. */
typedef struct latch {
    sem_t reached, opened;
} latch;

static inline void latch_hold_(void *at) {
    latch *self = at;
    sem_post(&self->reached);
    sem_wait(&self->opened);
}
static inline void latch_hold(latch *self, aclrtStream stream) {
    sem_init(&self->reached, 0, 0);
    sem_init(&self->opened, 0, 0);
    OK(aclrtLaunchHostFunc(stream, latch_hold_, self));
}
static inline void latch_open(latch *self) { sem_post(&self->opened); }

/* Another process, forked before anybody has called AscendCL, and a socket to it. */
typedef struct peer {
    pid_t pid;
    int socket;
} peer;

static inline peer peer_start(void (*life)(int socket)) {
    int ends[2];
    HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    peer started = {fork(), ends[0]};
    HOLDS(started.pid >= 0);
    if (started.pid == 0) {
        close(ends[0]);
        if (life == NULL) { /* the caller is the life */
            started.socket = ends[1];
            return started;
        }
        life(ends[1]);
        exit(0);
    }
    close(ends[1]);
    return started;
}
static inline void peer_send(int socket, const void *bytes, size_t count) {
    HOLDS(write(socket, bytes, count) == (ssize_t)count);
}
/* 0 at the end of the other process. */
static inline int peer_receive(int socket, void *bytes, size_t count) {
    size_t have = 0;
    while (have < count) {
        ssize_t got = read(socket, (char *)bytes + have, count - have);
        if (got <= 0) return 0;
        have += (size_t)got;
    }
    return 1;
}
static inline void peer_join(peer *self) {
    int status = 0;
    close(self->socket);
    HOLDS(waitpid(self->pid, &status, 0) == self->pid);
    HOLDS(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static inline aclrtEvent ipc_event(void) {
    aclrtEvent event = NULL;
    OK(aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC));
    return event;
}
static inline aclrtStream stream_of(int device) {
    aclrtStream stream = NULL;
    OK(aclrtSetDevice(device));
    OK(aclrtCreateStream(&stream));
    return stream;
}
static inline aclrtEventRecordedStatus status_of(aclrtEvent event) {
    aclrtEventRecordedStatus status = 77;
    OK(aclrtQueryEventStatus(event, &status));
    return status;
}
static inline int is_idle(aclrtStream stream) {
    aclrtStreamStatus status = 77;
    OK(aclrtStreamQuery(stream, &status));
    return status == ACL_STREAM_STATUS_COMPLETE;
}

static inline aclrtStream another_stream(void) {
    aclrtStream stream = NULL;
    OK(aclrtCreateStream(&stream));
    return stream;
}
/* The stream does not end within a while: it waits. */
static inline void waits(aclrtStream stream) { ANSWERS(507046, aclrtSynchronizeStreamWithTimeout(stream, 60)); }
static inline void on_a_new_thread(void *(*body)(void *), void *argument) {
    pthread_t thread;
    HOLDS(pthread_create(&thread, NULL, body, argument) == 0);
    HOLDS(pthread_join(thread, NULL) == 0);
}

#endif
