/* Part of ascend-ipc, Apache-2.0. What the programs of this folder share, in C and in C++: they are written as users write
 * theirs, with a macro for errors, a host function that holds a stream, and themselves as the other process. */
#ifndef ASCEND_SIM_CHAPTERS_PROGRAM_H_
#define ASCEND_SIM_CHAPTERS_PROGRAM_H_

#include <acl/acl.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK_ACL(call)                                                                            \
    do {                                                                                           \
        aclError code_ = (call);                                                                   \
        if (code_ != ACL_SUCCESS) {                                                                \
            const char *why_ = aclGetRecentErrMsg();                                               \
            fprintf(stderr, "%s:%d: %s failed with %d\n%s\n", __FILE__, __LINE__, #call, code_,    \
                    why_ != NULL ? why_ : "(no message)");                                         \
            exit(EXIT_FAILURE);                                                                    \
        }                                                                                          \
    } while (0)

#define CHECK_REFUSED(expected, call)                                                              \
    do {                                                                                           \
        aclError code_ = (call);                                                                   \
        if (code_ != (expected)) {                                                                 \
            fprintf(stderr, "%s:%d: %s gave %d instead of %d\n", __FILE__, __LINE__, #call, code_, \
                    (int)(expected));                                                              \
            exit(EXIT_FAILURE);                                                                    \
        }                                                                                          \
    } while (0)

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            exit(EXIT_FAILURE);                                                                    \
        }                                                                                          \
    } while (0)

/* Holds a stream until it is opened. Keep it static: the runtime's thread may still look at it after the caller returned. */
typedef struct gate {
    sem_t open;
} gate;

static inline void gate_pass_(void *at) {
    while (sem_wait(&((gate *)at)->open) != 0) {
    }
}
static inline void gate_close(gate *self, aclrtStream stream) {
    sem_init(&self->open, 0, 0);
    CHECK_ACL(aclrtLaunchHostFunc(stream, gate_pass_, self));
}
static inline void gate_open(gate *self) { sem_post(&self->open); }

/* Long enough for anything that does not wait to end. */
static inline void check_waits(aclrtStream stream) {
    CHECK_REFUSED(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(stream, 50));
}

static inline int is_filled(const void *memory, int value, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)memory)[i] != (unsigned char)value) return 0;
    return 1;
}
/* Whether device memory holds only this byte. */
static inline int device_is_filled(const void *memory, int value, size_t size) {
    void *copy = malloc(size);
    CHECK(copy != NULL);
    memset(copy, value + 1, size);
    CHECK_ACL(aclrtMemcpy(copy, size, memory, size, ACL_MEMCPY_DEVICE_TO_HOST));
    int filled = is_filled(copy, value, size);
    free(copy);
    return filled;
}

/* Where a child finds the socket to its parent. */
enum { PARENT = 3 };

typedef struct child {
    pid_t pid;
    int socket;
} child;

/* Runs this program again: exec follows fork at once, since a runtime does not survive a fork. */
static inline child child_start(char **arguments) {
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    child started;
    started.socket = ends[0];
    started.pid = fork();
    CHECK(started.pid >= 0);
    if (started.pid == 0) {
        if (ends[1] == PARENT)
            fcntl(PARENT, F_SETFD, 0);
        else
            dup2(ends[1], PARENT);
        execv("/proc/self/exe", arguments);
        _exit(127);
    }
    close(ends[1]);
    return started;
}
static inline void child_join(child *self) {
    int status = 0;
    close(self->socket);
    CHECK(waitpid(self->pid, &status, 0) == self->pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static inline void send_bytes(int socket, const void *bytes, size_t count) {
    CHECK(send(socket, bytes, count, MSG_NOSIGNAL) == (ssize_t)count);
}
static inline void receive_bytes(int socket, void *bytes, size_t count) {
    CHECK(recv(socket, bytes, count, MSG_WAITALL) == (ssize_t)count);
}
/* The two processes take turns with single letters, so that a mistake in their order is seen. */
static inline void say(int socket, char letter) { send_bytes(socket, &letter, 1); }
static inline void hear(int socket, char letter) {
    char heard = 0;
    receive_bytes(socket, &heard, 1);
    CHECK(heard == letter);
}

#endif
