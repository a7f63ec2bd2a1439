/* Part of ascend-ipc, Apache-2.0.
 *
 * What programs see of the runtime's release: its versions, the functions it lacks, and what it got wrong before 9.1.0.
 * Each rule is a function; the program runs the one that is named on its command line.
 */
#include "check.h"

static void is_release(const char *text, int32_t number, int32_t minor) {
    char name[] = "runtime", version[ACL_PKG_VERSION_MAX_SIZE];
    int32_t seen = -1, numbers[3] = {-1, -1, -1};
    OK(aclsysGetVersionStr(name, version));
    HOLDS(strcmp(version, text) == 0);
    OK(aclsysGetVersionNum(name, &seen));
    HOLDS(seen == number);
    OK(aclrtGetVersion(&numbers[0], &numbers[1], &numbers[2]));
    HOLDS(numbers[0] == 1 && numbers[1] == minor && numbers[2] == 0);
}
static void a_fresh_machine_has_9_1_0(void) { is_release("9.1.0", 90100000, 17); }
static void a_release_is_seen_in_every_version(void) { is_release("9.0.0", 90000000, 16); }
static void a_preview_counts_below_its_release(void) { is_release("8.5.0-beta.1", 80499801, 15); }

static void the_baseline_has_every_function(void) {
    int32_t id = -1;
    char bus[16];
    OK(aclrtGetUserDevIdByPhyDevId(0, &id));
    OK(aclrtDeviceGetPCIBusId(0, bus, 13));
    aclrtStream stream = stream_of(0);
    OK(aclrtRecordEventWithFlag(ipc_event(), stream, ACL_EVENT_RECORD_DEFAULT));
}

static void what_a_release_does_not_have_is_refused(void) {
    int32_t id = -1;
    char bus[16];
    ANSWERS(207000, aclrtGetUserDevIdByPhyDevId(0, &id));
    const char *text = aclGetRecentErrMsg();
    HOLDS(text && strstr(text, "aclrtGetUserDevIdByPhyDevId") && strstr(text, "9.0.0") && strstr(text, "v9.1.0.pre"));
    ANSWERS(207000, aclrtDeviceGetPCIBusId(0, NULL, 0)); /* no argument is looked at */
    ANSWERS(207000, aclrtDeviceGetPCIBusId(0, bus, 13));
    ANSWERS(207000, aclrtMemManagedPrefetchAsync(NULL, 0, (aclrtMemManagedLocation){0}, 0, NULL)); /* not emulated either */
    HOLDS(strstr(aclGetRecentErrMsg(), "v9.1.0-beta.1"));
    aclrtStream stream = stream_of(0);
    aclrtEvent event = ipc_event();
    ANSWERS(207000, aclrtRecordEventWithFlag(event, stream, ACL_EVENT_RECORD_DEFAULT));
    OK(aclrtRecordEvent(event, stream));
    aclrtMemPoolProps props = {0};
    ANSWERS(100000, aclrtMemPoolCreate(NULL, &props)); /* this one is older */
}

static void a_950_has_ipc_events_since_9_1_only(void) {
    stream_of(0);
    aclrtEvent event = NULL;
    ANSWERS(207000, aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC));
    HOLDS(strstr(aclGetRecentErrMsg(), "9.1.0-beta.1"));
}

/* Opens the event, records it behind a latch when told to, and opens the latch when told to. */
static void recorder(int creator) {
    aclrtIpcEventHandle handle;
    static latch held;
    char command;
    aclrtStream stream = stream_of(1), waiter = another_stream();
    aclrtEvent event = NULL;
    HOLDS(peer_receive(creator, &handle, sizeof(handle)));
    OK(aclrtIpcOpenEventHandle(handle, &event));
    while (peer_receive(creator, &command, 1)) {
        if (command == 'w') OK(aclrtStreamWaitEvent(waiter, event));
        if (command == 'r') {
            latch_hold(&held, stream);
            OK(aclrtRecordEvent(event, stream));
        }
        if (command == 'o') latch_open(&held);
        peer_send(creator, &command, 1);
    }
}
static void tell(peer *other, char command) {
    char answer;
    peer_send(other->socket, &command, 1);
    HOLDS(peer_receive(other->socket, &answer, 1) && answer == command);
}
static peer recorder_of(aclrtEvent *event, aclrtStream *stream) {
    peer other = peer_start(recorder);
    *stream = stream_of(0);
    *event = ipc_event();
    aclrtIpcEventHandle handle;
    memset(&handle, 0, sizeof(handle));
    OK(aclrtIpcGetEventHandle(*event, &handle));
    peer_send(other.socket, &handle, sizeof(handle));
    return other;
}

/* This process has recorded and remembers it; now another one has recorded, which this one cannot see. */
static void synchronizes_with_a_stale_memory(aclError expected) {
    aclrtEvent event;
    aclrtStream stream;
    peer other = recorder_of(&event, &stream);
    OK(aclrtRecordEvent(event, stream));
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtSynchronizeEvent(event)); /* all is well while nobody else records */
    tell(&other, 'r');
    ANSWERS(expected, aclrtSynchronizeEventWithTimeout(event, 500));
    if (expected == 507899) {
        const char *text = aclGetRecentErrMsg();
        HOLDS(text && strstr(text, "9.1.0") && strstr(text, "9.0.0") && strstr(text, "event "));
    }
    tell(&other, 'o');
    peer_join(&other);
}
static void a_stale_memory_passes_for_completion(void) { synchronizes_with_a_stale_memory(0); }
static void a_stale_memory_is_reported_before_9_1(void) { synchronizes_with_a_stale_memory(507899); }
static void a_stale_memory_hangs_before_9_1_on_demand(void) { synchronizes_with_a_stale_memory(507047); }

/* With ASCEND_SIM_RECYCLE=on-synchronize: the other process holds the first record when this one is done with it. */
static void a_held_record_is_remembered(int remembers) {
    static latch held;
    aclrtEvent event;
    aclrtStream stream;
    peer other = recorder_of(&event, &stream);
    latch_hold(&held, stream);
    OK(aclrtRecordEvent(event, stream));
    tell(&other, 'w');
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    tell(&other, 'r');
    HOLDS(status_of(event) == (remembers ? ACL_EVENT_RECORDED_STATUS_COMPLETE : ACL_EVENT_RECORDED_STATUS_NOT_READY));
    ANSWERS(remembers ? 0 : 507047, aclrtSynchronizeEventWithTimeout(event, 100));
    tell(&other, 'o');
    OK(aclrtSynchronizeEventWithTimeout(event, 10000)); /* nothing stale is in the way */
    peer_join(&other);
}
static void a_record_that_others_hold_is_remembered(void) { a_held_record_is_remembered(1); }
static void a_record_that_others_hold_was_not_remembered_before_9_1(void) { a_held_record_is_remembered(0); }

static void linger(void *unused) {
    (void)unused;
    usleep(1000);
}
/* The recorder's own synchronise, which must not take its own completion for a stale one. */
static void synchronizing_ones_own_record_works_in_any_release(void) {
    static latch held;
    aclrtStream stream = stream_of(0);
    aclrtEvent event = ipc_event();
    for (int i = 0; i < 100; i++) {
        OK(aclrtLaunchHostFunc(stream, linger, NULL)); /* so that it ends while it is waited for */
        OK(aclrtRecordEvent(event, stream));
        OK(aclrtSynchronizeEventWithTimeout(event, 10000));
    }
    latch_hold(&held, stream);
    OK(aclrtRecordEvent(event, stream));
    ANSWERS(507047, aclrtSynchronizeEventWithTimeout(event, 50));
    latch_open(&held);
    OK(aclrtSynchronizeEventWithTimeout(event, 10000));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_fresh_machine_has_9_1_0),
    RULE(a_release_is_seen_in_every_version),
    RULE(a_preview_counts_below_its_release),
    RULE(the_baseline_has_every_function),
    RULE(what_a_release_does_not_have_is_refused),
    RULE(a_950_has_ipc_events_since_9_1_only),
    RULE(a_stale_memory_passes_for_completion),
    RULE(a_stale_memory_is_reported_before_9_1),
    RULE(a_stale_memory_hangs_before_9_1_on_demand),
    RULE(a_record_that_others_hold_is_remembered),
    RULE(a_record_that_others_hold_was_not_remembered_before_9_1),
    RULE(synchronizing_ones_own_record_works_in_any_release),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: %s RULE\n", arguments[0]);
    return 2;
}
