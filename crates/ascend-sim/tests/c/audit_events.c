/* Part of ascend-ipc, Apache-2.0.
 *
 * Events whose records end in another order than they were called in, and the order in which calls of events are checked.
 * Each rule is a function; the program runs the one that is named on its command line.
 */
#include "check.h"

static aclrtEvent sync_event(void) {
    aclrtEvent event = NULL;
    OK(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
    return event;
}

static void a_wait_does_not_pass_with_a_later_record_that_is_faster(void) {
    aclrtStream slow = stream_of(0), fast = another_stream(), waiter = another_stream();
    aclrtEvent event = sync_event();
    static latch held;
    latch_hold(&held, slow);
    OK(aclrtRecordEvent(event, slow));
    OK(aclrtStreamWaitEvent(waiter, event));
    OK(aclrtRecordEvent(event, fast));
    OK(aclrtSynchronizeStream(fast));
    HOLDS(status_of(event) == ACL_EVENT_RECORDED_STATUS_COMPLETE); /* the latest is executed */
    OK(aclrtSynchronizeEventWithTimeout(event, 10000));
    waits(waiter);
    latch_open(&held);
    OK(aclrtSynchronizeStreamWithTimeout(waiter, 10000));
    HOLDS(status_of(event) == ACL_EVENT_RECORDED_STATUS_COMPLETE);
}

static void a_wait_for_a_dropped_record_passes_with_a_later_one(void) {
    aclrtStream slow = stream_of(0), fast = another_stream(), waiter = another_stream();
    aclrtEvent event = sync_event();
    static latch held, late;
    latch_hold(&held, slow);
    sem_wait(&held.reached);
    OK(aclrtRecordEvent(event, slow));
    latch_hold(&late, waiter);
    OK(aclrtStreamWaitEvent(waiter, event));
    OK(aclrtStreamAbort(slow)); /* drops the record */
    HOLDS(status_of(event) == ACL_EVENT_RECORDED_STATUS_NOT_READY);
    OK(aclrtRecordEvent(event, fast));
    OK(aclrtSynchronizeStream(fast));
    latch_open(&late);
    OK(aclrtSynchronizeStreamWithTimeout(waiter, 10000));
    latch_open(&held);
    OK(aclrtSynchronizeStream(slow));
}

static void *synchronize(void *event) {
    aclError answer = aclrtSynchronizeEventWithTimeout(event, 1500);
    return (void *)(intptr_t)answer;
}
static void a_host_that_waits_for_a_dropped_record_does_not_pass_when_another_is_called(void) {
    aclrtStream slow = stream_of(0), other = another_stream();
    aclrtEvent event = sync_event();
    static latch held, late;
    latch_hold(&held, slow);
    sem_wait(&held.reached);
    OK(aclrtRecordEvent(event, slow));
    pthread_t thread;
    void *answer = NULL;
    HOLDS(pthread_create(&thread, NULL, synchronize, event) == 0);
    usleep(300000); /* it waits for the record by now; if not, this rule shows nothing, and passes */
    OK(aclrtStreamAbort(slow)); /* drops the record */
    latch_hold(&late, other);
    OK(aclrtRecordEvent(event, other)); /* called, and not executed */
    HOLDS(pthread_join(thread, &answer) == 0);
    HOLDS((intptr_t)answer == 507047);
    latch_open(&late);
    OK(aclrtSynchronizeStream(other));
    OK(aclrtSynchronizeEvent(event));
    latch_open(&held);
}

static void the_elapsed_time_is_the_difference_of_the_timestamps(void) {
    aclrtStream stream = stream_of(0);
    for (int i = 0; i < 100; i++) {
        aclrtEvent start = NULL, end = NULL;
        uint64_t from = 0, to = 0;
        float elapsed = -1;
        OK(aclrtCreateEventWithFlag(&start, ACL_EVENT_TIME_LINE));
        OK(aclrtCreateEventWithFlag(&end, ACL_EVENT_TIME_LINE));
        OK(aclrtRecordEvent(start, stream));
        usleep((useconds_t)i);
        OK(aclrtRecordEvent(end, stream));
        OK(aclrtSynchronizeStream(stream));
        OK(aclrtEventElapsedTime(&elapsed, start, end));
        OK(aclrtEventGetTimestamp(start, &from));
        OK(aclrtEventGetTimestamp(end, &to));
        double difference = (double)(to - from), microseconds = (double)elapsed * 1000;
        HOLDS(microseconds > difference - 0.4 && microseconds < difference + 0.4);
        OK(aclrtDestroyEvent(start));
        OK(aclrtDestroyEvent(end));
    }
}

/* What the runtime refuses is a thread's last error; what the front layer refuses is not. */
static void refuses(aclError code, aclError last, aclError answer) {
    HOLDS(answer == code);
    HOLDS(aclrtGetLastError(ACL_RT_THREAD_LEVEL) == last);
}

static void a_wrong_handle_is_found_before_a_wrong_timeout(void) {
    aclrtStream stream = stream_of(0), gone = another_stream();
    aclrtEvent event = sync_event(), ipc = ipc_event(), destroyed = sync_event();
    OK(aclrtDestroyEvent(destroyed));
    OK(aclrtDestroyStream(gone));
    refuses(107017, 107017, aclrtSynchronizeEventWithTimeout(destroyed, 0));
    refuses(107000, 0, aclrtSynchronizeEventWithTimeout(destroyed, -2)); /* the front layer is first */
    refuses(107000, 0, aclrtSynchronizeEventWithTimeout(ipc, -2));
    refuses(107000, 107000, aclrtSynchronizeEventWithTimeout(ipc, 0));
    refuses(107000, 107000, aclrtSynchronizeEventWithTimeout(event, 0));
    refuses(100000, 0, aclrtSynchronizeEventWithTimeout(NULL, -2));
    refuses(107017, 107017, aclrtSynchronizeStreamWithTimeout(gone, 0));
    refuses(107000, 107000, aclrtSynchronizeStreamWithTimeout(stream, 0));
    refuses(107000, 107000, aclrtSynchronizeStreamWithTimeout(NULL, -2));
    refuses(107000, 0, aclrtStreamWaitEventWithTimeout(gone, destroyed, -1));
    refuses(107017, 107017, aclrtStreamWaitEventWithTimeout(gone, NULL, 0));
    refuses(107000, 107000, aclrtStreamWaitEventWithTimeout(stream, NULL, 0));
}

static void *destroys(void *event) {
    usleep(50 * 1000);
    OK(aclrtDestroyEvent(event));
    return NULL;
}

/* With ASCEND_SIM_SOC=Ascend310P3, which has few. */
static void a_record_waits_a_while_for_a_number(void) {
    aclrtStream stream = stream_of(0);
    aclrtEvent event = NULL, modern = sync_event();
    for (int i = 0; i < 1023; i++) OK(aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC));
    ANSWERS(207007, aclrtRecordEvent(modern, stream));
    HOLDS(status_of(modern) == ACL_EVENT_RECORDED_STATUS_COMPLETE); /* it was never recorded */
    pthread_t thread;
    HOLDS(pthread_create(&thread, NULL, destroys, event) == 0);
    OK(aclrtRecordEvent(modern, stream));
    HOLDS(pthread_join(thread, NULL) == 0);
    OK(aclrtSynchronizeStream(stream));
}

static void *aborts_the_device(void *unused) {
    usleep(50 * 1000);
    OK(aclrtDeviceTaskAbort(0, 1000));
    return unused;
}

/* With ASCEND_SIM_HANGS=reproduce. The stream of another device keeps the slots, which an abort would free. */
static void a_record_without_a_free_slot_spins_until_its_device_is_aborted(void) {
    aclrtStream here = stream_of(0);
    aclrtEvent event = ipc_event();
    aclrtContext context = NULL;
    OK(aclrtGetCurrentContext(&context));
    aclrtStream there = stream_of(1);
    static latch held;
    latch_hold(&held, there);
    for (int i = 0; i < 8192; i++) OK(aclrtRecordEvent(event, there));
    OK(aclrtSetCurrentContext(context));
    pthread_t thread;
    HOLDS(pthread_create(&thread, NULL, aborts_the_device, NULL) == 0);
    ANSWERS(107022, aclrtRecordEvent(event, here));
    HOLDS(pthread_join(thread, NULL) == 0);
    latch_open(&held);
    OK(aclrtSetDevice(1));
    OK(aclrtSynchronizeStream(there));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_wait_does_not_pass_with_a_later_record_that_is_faster),
    RULE(a_wait_for_a_dropped_record_passes_with_a_later_one),
    RULE(a_host_that_waits_for_a_dropped_record_does_not_pass_when_another_is_called),
    RULE(the_elapsed_time_is_the_difference_of_the_timestamps),
    RULE(a_wrong_handle_is_found_before_a_wrong_timeout),
    RULE(a_record_waits_a_while_for_a_number),
    RULE(a_record_without_a_free_slot_spins_until_its_device_is_aborted),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: audit_events RULE\n");
    return 2;
}
