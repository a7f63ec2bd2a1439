/* Part of ascend-ipc, Apache-2.0.
 *
 * Records and waits of events with a flag, and how many events there are. Each rule is a function; the program runs the one
 * that is named on its command line.
 */
#include "check.h"

static aclrtEvent sync_event(void) {
    aclrtEvent event = NULL;
    OK(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
    return event;
}
static uint32_t events_left(void) {
    uint32_t left = 77;
    OK(aclrtGetEventAvailNum(&left));
    return left;
}

static void the_default_flag_changes_nothing(void) {
    aclrtStream recorder = stream_of(0), waiter = another_stream();
    aclrtEvent events[2] = {sync_event(), ipc_event()};
    for (int i = 0; i < 2; i++) {
        static latch held;
        latch_hold(&held, recorder);
        OK(aclrtRecordEventWithFlag(events[i], recorder, ACL_EVENT_RECORD_DEFAULT));
        OK(aclrtStreamWaitEventWithFlag(waiter, events[i], 0, ACL_EVENT_WAIT_DEFAULT));
        HOLDS(status_of(events[i]) == ACL_EVENT_RECORDED_STATUS_NOT_READY);
        waits(waiter);
        latch_open(&held);
        OK(aclrtSynchronizeStream(waiter));
        HOLDS(status_of(events[i]) == ACL_EVENT_RECORDED_STATUS_COMPLETE);
        OK(aclrtSynchronizeStream(recorder));
    }
    OK(aclrtRecordEventWithFlag(events[0], NULL, 0)); /* the default stream */
    OK(aclrtSynchronizeEvent(events[0]));
}

static void a_wait_with_a_flag_expires_unless_the_event_is_for_ipc(void) {
    aclrtStream recorder = stream_of(0), waiter = another_stream(), ipc_waiter = another_stream();
    aclrtEvent event = sync_event(), ipc = ipc_event();
    static latch held;
    latch_hold(&held, recorder);
    OK(aclrtRecordEvent(event, recorder));
    OK(aclrtRecordEvent(ipc, recorder));
    OK(aclrtSetOpWaitTimeout(1));
    OK(aclrtStreamWaitEventWithFlag(ipc_waiter, ipc, 1, ACL_EVENT_WAIT_DEFAULT));
    OK(aclrtStreamWaitEvent(ipc_waiter, ipc));
    OK(aclrtSetOpWaitTimeout(0));
    OK(aclrtStreamWaitEventWithFlag(waiter, event, 1, ACL_EVENT_WAIT_DEFAULT));
    ANSWERS(507012, aclrtSynchronizeStream(waiter));
    ANSWERS(507046, aclrtSynchronizeStreamWithTimeout(ipc_waiter, 300));
    latch_open(&held);
    OK(aclrtSynchronizeStream(ipc_waiter));
}

static void an_external_record_or_wait_needs_a_graph(void) {
    aclrtStream stream = stream_of(0);
    aclrtEvent event = sync_event(), line = NULL, old = NULL, gone = sync_event();
    OK(aclrtDestroyEvent(gone));
    OK(aclrtCreateEventExWithFlag(&line, ACL_EVENT_SYNC | ACL_EVENT_TIME_LINE));
    OK(aclrtCreateEventWithFlag(&old, ACL_EVENT_SYNC));
    aclrtEvent wrong[] = {line, old, ipc_event()};
    ANSWERS(100000, aclrtRecordEventWithFlag(NULL, stream, 0));
    ANSWERS(100000, aclrtStreamWaitEventWithFlag(stream, NULL, 0, 0));
    ANSWERS(100000, aclrtRecordEventWithFlag(event, stream, 2));
    ANSWERS(100000, aclrtStreamWaitEventWithFlag(stream, event, 0, 2));
    ANSWERS(107017, aclrtRecordEventWithFlag(gone, stream, 1));
    ANSWERS(107017, aclrtStreamWaitEventWithFlag(stream, gone, 0, 1));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        ANSWERS(207000, aclrtRecordEventWithFlag(wrong[i], stream, ACL_EVENT_RECORD_EXTERNAL));
        ANSWERS(207000, aclrtStreamWaitEventWithFlag(stream, wrong[i], 0, ACL_EVENT_WAIT_EXTERNAL));
        ANSWERS(100000, aclrtStreamWaitEventWithFlag(stream, wrong[i], 1, ACL_EVENT_WAIT_EXTERNAL));
    }
    ANSWERS(107029, aclrtRecordEventWithFlag(event, stream, ACL_EVENT_RECORD_EXTERNAL));
    ANSWERS(107029, aclrtStreamWaitEventWithFlag(stream, event, 0, ACL_EVENT_WAIT_EXTERNAL));
    aclrtContext other = NULL;
    OK(aclrtCreateContext(&other, 1));
    ANSWERS(107003, aclrtRecordEventWithFlag(event, stream, ACL_EVENT_RECORD_EXTERNAL));
    ANSWERS(107003, aclrtRecordEventWithFlag(event, stream, ACL_EVENT_RECORD_DEFAULT));
}

static void *asks_without_a_context(void *unused) {
    (void)unused;
    uint32_t left = 77;
    ANSWERS(107002, aclrtGetEventAvailNum(&left));
    ANSWERS(100000, aclrtGetEventAvailNum(NULL));
    HOLDS(left == 77);
    return NULL;
}

static void old_events_take_a_number_at_once_and_others_with_their_record(void) {
    aclrtStream stream = stream_of(0);
    on_a_new_thread(asks_without_a_context, NULL);
    aclrtEvent old = NULL, line = NULL, plain = NULL;
    uint32_t id = 0, other = 0;
    HOLDS(events_left() == 65536);
    OK(aclrtCreateEventWithFlag(&old, ACL_EVENT_SYNC));
    HOLDS(events_left() == 65535);
    aclrtEvent modern = sync_event();
    OK(aclrtCreateEvent(&plain));
    OK(aclrtCreateEventExWithFlag(&line, ACL_EVENT_TIME_LINE));
    HOLDS(events_left() == 65535);
    for (int i = 0; i < 2; i++) { /* the second time it has one */
        OK(aclrtRecordEvent(modern, stream));
        OK(aclrtRecordEvent(plain, stream));
        OK(aclrtRecordEvent(line, stream)); /* takes none */
    }
    HOLDS(events_left() == 65533);
    OK(aclrtGetEventId(modern, &id));
    OK(aclrtGetEventId(plain, &other));
    HOLDS(id != other);
    OK(aclrtSynchronizeStream(stream));
    aclrtEvent all[] = {old, modern, line, plain};
    for (int i = 0; i < 4; i++) OK(aclrtDestroyEvent(all[i]));
    HOLDS(events_left() == 65536);
}

/* With ASCEND_SIM_SOC=Ascend310P3. */
static void a_device_runs_out_of_events(void) {
    aclrtStream stream = stream_of(0);
    aclrtEvent event = NULL, first = NULL, modern = sync_event();
    HOLDS(events_left() == 1023);
    for (int i = 0; i < 1023; i++) {
        OK(aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC));
        if (!first) first = event;
    }
    HOLDS(events_left() == 0);
    ANSWERS(207007, aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC));
    ANSWERS(207007, aclrtRecordEvent(modern, stream));
    OK(aclrtDestroyEvent(first));
    OK(aclrtRecordEvent(modern, stream));
    OK(aclrtSynchronizeStream(stream));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(the_default_flag_changes_nothing),
    RULE(a_wait_with_a_flag_expires_unless_the_event_is_for_ipc),
    RULE(an_external_record_or_wait_needs_a_graph),
    RULE(old_events_take_a_number_at_once_and_others_with_their_record),
    RULE(a_device_runs_out_of_events),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: flagged_events RULE\n");
    return 2;
}
