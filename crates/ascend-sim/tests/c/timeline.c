/* Part of ascend-ipc, Apache-2.0.
 *
 * What a trace shows: two processes that record and wait for each other's events and notifies, and one that is killed.
 * The programs do not look at the trace; whoever runs them does.
 */
#include "check.h"

#include <signal.h>
#include <time.h>

enum { ROUNDS = 20, BYTES = 4096 };

typedef struct offer {
    aclrtIpcEventHandle event;
    char key[65];
} offer;

static void nothing(void *unused) { (void)unused; }

static void wait_for_the_other(int recorder) {
    aclrtStream stream = stream_of(0);
    offer offered;
    aclrtEvent event = NULL;
    aclrtNotify notify = NULL;
    HOLDS(peer_receive(recorder, &offered, sizeof(offered)));
    OK(aclrtIpcOpenEventHandle(offered.event, &event));
    OK(aclrtNotifyImportByKey(&notify, offered.key, 0));
    OK(aclrtStreamWaitEvent(stream, event)); /* never recorded: there is nothing to wait for */
    peer_send(recorder, "u", 1);
    for (int i = 0; i < ROUNDS; i++) {
        char recorded;
        HOLDS(peer_receive(recorder, &recorded, 1));
        OK(aclrtStreamWaitEvent(stream, event));
        peer_send(recorder, "w", 1);
        OK(aclrtSynchronizeStream(stream));
        OK(aclrtRecordNotify(notify, stream));
        OK(aclrtSynchronizeStream(stream));
        peer_send(recorder, "n", 1);
    }
    OK(aclrtDestroyNotify(notify));
    OK(aclrtDestroyEvent(event));
    OK(aclrtResetDevice(0));
}

/* Each record is held until the other's wait is bound to it, so that each wait has something to wait for. */
static void records_in_one_process_release_waits_in_another(void) {
    static latch held[ROUNDS];
    peer other = peer_start(wait_for_the_other);
    aclrtStream stream = stream_of(0), second = another_stream();
    aclrtEvent event = ipc_event(), local = NULL;
    aclrtNotify notify = NULL;
    void *memory = NULL;
    offer offered;
    OK(aclrtCreateEventExWithFlag(&local, ACL_EVENT_SYNC));
    OK(aclrtCreateNotify(&notify, 0));
    OK(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtIpcGetEventHandle(event, &offered.event));
    OK(aclrtNotifyGetExportKey(notify, offered.key, sizeof(offered.key), ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    peer_send(other.socket, &offered, sizeof(offered));
    char unbound;
    HOLDS(peer_receive(other.socket, &unbound, 1));
    for (int i = 0; i < ROUNDS; i++) {
        char waiting, notified;
        latch_hold(&held[i], stream);
        OK(aclrtMemsetAsync(memory, BYTES, i, BYTES, stream));
        OK(aclrtRecordEvent(event, stream));
        OK(aclrtRecordEvent(local, stream));
        OK(aclrtStreamWaitEvent(second, local));
        OK(aclrtWaitAndResetNotify(notify, second, 0));
        peer_send(other.socket, "r", 1);
        HOLDS(peer_receive(other.socket, &waiting, 1));
        latch_open(&held[i]);
        HOLDS(peer_receive(other.socket, &notified, 1));
        OK(aclrtSynchronizeStream(second));
        OK(aclrtSynchronizeStream(stream));
    }
    ANSWERS(107017, aclrtDestroyEvent((aclrtEvent)&offered)); /* a refusal is on the time line, too */
    peer_join(&other);
    OK(aclrtResetDevice(0));
}

static void record_for_ever(int killer) {
    aclrtStream stream = stream_of(0), second = another_stream();
    aclrtEvent event = ipc_event();
    OK(aclrtSynchronizeStream(stream)); /* what was called so far is in the trace now */
    peer_send(killer, "g", 1);
    for (;;) {
        OK(aclrtRecordEvent(event, stream));
        OK(aclrtStreamWaitEvent(second, event));
        OK(aclrtLaunchHostFunc(stream, nothing, NULL));
        OK(aclrtSynchronizeStream(stream));
    }
}

static void one_goes_on_when_the_other_is_killed(void) {
    peer other = peer_start(record_for_ever);
    const char *text = getenv("TIMELINE_MICROSECONDS");
    long microseconds = text ? atol(text) : 1000;
    struct timespec until;
    aclrtStream stream = stream_of(1);
    aclrtEvent event = ipc_event();
    char going;
    HOLDS(peer_receive(other.socket, &going, 1));
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += microseconds * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    for (struct timespec now = {0, 0}; now.tv_sec < until.tv_sec || (now.tv_sec == until.tv_sec && now.tv_nsec < until.tv_nsec);) {
        OK(aclrtRecordEvent(event, stream)); /* so that both write at the same time */
        clock_gettime(CLOCK_MONOTONIC, &now);
    }
    HOLDS(kill(other.pid, SIGKILL) == 0);
    HOLDS(waitpid(other.pid, NULL, 0) == other.pid);
    OK(aclrtRecordEvent(event, stream));
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtDestroyEvent(event));
    OK(aclrtResetDevice(1));
    OK(aclFinalize());
}

/* The wait is bound to a record that is then discarded: nothing released it. */
static void an_aborted_record_releases_nobody(void) {
    static latch held;
    aclrtStream stream = stream_of(0), second = another_stream();
    aclrtEvent event = ipc_event();
    latch_hold(&held, stream);
    OK(aclrtRecordEvent(event, stream));
    OK(aclrtStreamWaitEvent(second, event));
    OK(aclrtStreamAbort(stream));
    ANSWERS(507899, aclrtSynchronizeStream(second));
    latch_open(&held);
    OK(aclrtResetDevice(0));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(records_in_one_process_release_waits_in_another),
    RULE(one_goes_on_when_the_other_is_killed),
    RULE(an_aborted_record_releases_nobody),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: timeline RULE\n");
    return 2;
}
