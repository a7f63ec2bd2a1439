/* Part of ascend-ipc, Apache-2.0.
 *
 * What forked children do to themselves and to their parent, under everything that looks on: strict mode, rules, orders.
 */
#include <signal.h>

#include "check.h"

enum { FORKS = 300, PATIENCE = 10000 /* ms */ };

static void *call_again_and_again(void *unused) {
    (void)unused;
    uint32_t count = 0;
    for (;;) OK(aclrtGetDeviceCount(&count));
}
/* A child that hangs is killed, and told of. */
static void child_ends(pid_t child) {
    int status = 0;
    for (int look = 0; waitpid(child, &status, WNOHANG) == 0; look++) {
        if (look == PATIENCE) {
            kill(child, SIGKILL);
            fprintf(stderr, "a forked child hangs\n");
            exit(1);
        }
        usleep(1000);
    }
    HOLDS(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Whatever the other threads hold at the fork, nobody gives it back in the child. */
static void children_end_whatever_other_threads_held_at_the_fork(void) {
    aclrtStream stream = stream_of(0);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) HOLDS(pthread_create(&threads[i], NULL, call_again_and_again, NULL) == 0);
    for (int i = 0; i < FORKS; i++) {
        pid_t child = fork();
        if (child == 0) {
            uint32_t count = 0;
            if (i % 2) OK(aclrtGetDeviceCount(&count)); /* a call that needs no device; others only exit */
            exit(0);
        }
        child_ends(child);
    }
    OK(aclrtDestroyStream(stream));
    _exit(0); /* the threads call for ever */
}

/* A leak each, which strict mode tells of, and a host function, which a schedule does not know. */
static void nothing(void *unused) { (void)unused; }
static void a_child_that_was_forked_before_the_first_context_is_a_process_of_its_own(void) {
    uint32_t count = 0;
    OK(aclInit(NULL));
    OK(aclrtGetDeviceCount(&count));
    HOLDS(aclCreateDataBuffer(NULL, 0) != NULL); /* the parent's to give back */
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        if (child == 0) {
            aclrtStream stream = stream_of(0);
            aclrtEvent event = NULL;
            OK(aclrtLaunchHostFunc(stream, nothing, NULL));
            OK(aclrtSynchronizeStream(stream));
            OK(aclrtDestroyStream(stream));
            OK(aclrtCreateEvent(&event));
            exit(0);
        }
        child_ends(child);
    }
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(children_end_whatever_other_threads_held_at_the_fork),
    RULE(a_child_that_was_forked_before_the_first_context_is_a_process_of_its_own),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: forks NAME\n");
    return 2;
}
