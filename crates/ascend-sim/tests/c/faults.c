/* Part of ascend-ipc, Apache-2.0.
 *
 * Faults that ASCEND_SIM_FAULTS injects; each rule below is run with the variable that its name suggests.
 */
#include <sys/prctl.h>

#include "check.h"

enum { BYTES = 64 };

/* The newest text says why. */
static void told(const char *why) {
    const char *text = aclGetRecentErrMsg();
    if (text == NULL || strstr(text, why) == NULL) {
        fprintf(stderr, "\"%s\" is not in: %s\n", why, text ? text : "(nothing)");
        exit(1);
    }
}

static unsigned char *device_memory(void) {
    void *memory = NULL;
    OK(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    return memory;
}
static unsigned char first_byte(const unsigned char *memory) {
    unsigned char byte = 0;
    OK(aclrtMemcpy(&byte, 1, memory, 1, ACL_MEMCPY_DEVICE_TO_HOST));
    return byte;
}

static void without_rules_nothing_fails(void) {
    OK(aclInit(NULL));
    stream_of(0);
    OK(aclFinalize());
}

static void the_third_call_fails_and_no_other(void) {
    aclrtStream stream = stream_of(0);
    aclrtEvent event = ipc_event();
    OK(aclrtRecordEvent(event, stream));
    ANSWERS(100000, aclrtRecordEvent(NULL, stream)); /* a call that is refused counts */
    ANSWERS(507000, aclrtRecordEvent(event, stream));
    told("injected by the rule \"aclrtRecordEvent@3=507000\"");
    HOLDS(aclrtGetLastError(ACL_RT_THREAD_LEVEL) == 507000);
    for (int i = 0; i < 10; i++) OK(aclrtRecordEvent(event, stream));
    OK(aclrtSynchronizeStream(stream));
}

static void culprit(int socket) {
    (void)socket;
    setenv("ASCEND_SIM_PROCESS", "culprit", 1);
    ANSWERS(507000, aclrtSetDevice(0));
    ANSWERS(507000, aclrtSetDevice(0));
}
static void named(int socket) {
    (void)socket;
    prctl(PR_SET_NAME, "named");
    ANSWERS(507001, aclrtSetDevice(0));
}
static void nameless(int socket) {
    (void)socket;
    ANSWERS(507002, aclrtCreateContext(NULL, 0));
}
static void only_the_named_process_is_hit(void) {
    peer first = peer_start(culprit), second = peer_start(named), third = peer_start(nameless);
    OK(aclrtSetDevice(0));
    ANSWERS(100000, aclrtCreateContext(NULL, 0));
    peer_join(&third);
    peer_join(&first);
    peer_join(&second);
}

static void a_delayed_task_keeps_its_place(void) {
    aclrtStream stream = stream_of(0), other = another_stream();
    unsigned char *memory = device_memory(), *seen = NULL;
    OK(aclrtMallocHost((void **)&seen, BYTES));
    seen[0] = 1;
    OK(aclrtMemsetAsync(memory, BYTES, 7, BYTES, stream));
    OK(aclrtMemcpyAsync(seen, BYTES, memory, BYTES, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    waits(stream); /* the call came back before the task had run */
    HOLDS(first_byte(memory) == 0 && seen[0] == 1);
    OK(aclrtMemsetAsync(memory + 1, 1, 8, 1, other));
    OK(aclrtSynchronizeStream(other)); /* other streams are not held up */
    HOLDS(first_byte(memory) == 0);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(seen[0] == 7);
}

static void a_task_that_is_aborted_during_its_delay_never_runs(void) {
    aclrtStream stream = stream_of(0);
    aclrtEvent event = ipc_event();
    OK(aclrtRecordEvent(event, stream));
    waits(stream);
    OK(aclrtStreamAbort(stream));
    OK(aclrtSynchronizeStream(stream));
    HOLDS(status_of(event) == ACL_EVENT_RECORDED_STATUS_NOT_READY);
}

static void recorder(int waiter) {
    setenv("ASCEND_SIM_PROCESS", "recorder", 1);
    aclrtStream stream = stream_of(0);
    aclrtEvent event = ipc_event();
    aclrtIpcEventHandle handle;
    memset(&handle, 0, sizeof(handle));
    OK(aclrtIpcGetEventHandle(event, &handle));
    OK(aclrtRecordEvent(event, stream));
    OK(aclrtSynchronizeStream(stream)); /* the signal is lost; the stream goes on */
    peer_send(waiter, &handle, sizeof(handle));
    char done;
    peer_receive(waiter, &done, 1);
}
static void a_dropped_record_is_told_to_the_peers_waiter(void) {
    peer other = peer_start(recorder);
    aclrtStream stream = stream_of(1);
    aclrtIpcEventHandle handle;
    HOLDS(peer_receive(other.socket, &handle, sizeof(handle)));
    aclrtEvent event = NULL;
    OK(aclrtIpcOpenEventHandle(handle, &event));
    HOLDS(status_of(event) == ACL_EVENT_RECORDED_STATUS_NOT_READY);
    OK(aclrtStreamWaitEvent(stream, event));
    ANSWERS(507899, aclrtSynchronizeStreamWithTimeout(stream, 10000));
    char sentence[128];
    snprintf(sentence, sizeof(sentence),
             " of device 0: its record by process %d was dropped by the rule \"aclrtRecordEvent/recorder=drop\";", other.pid);
    told(sentence);
    ANSWERS(507899, aclrtSynchronizeEventWithTimeout(event, 10000));
    told("was dropped by the rule \"aclrtRecordEvent/recorder=drop\"");
    peer_send(other.socket, "d", 1);
    peer_join(&other);
}

static void a_dropped_record_hangs_on_demand(void) {
    aclrtStream stream = stream_of(0), waiter = another_stream();
    aclrtEvent event = ipc_event(), plain = NULL;
    OK(aclrtCreateEvent(&plain));
    OK(aclrtRecordEvent(event, stream)); /* dropped */
    OK(aclrtRecordEvent(plain, stream));
    OK(aclrtStreamWaitEvent(waiter, event));
    OK(aclrtSynchronizeStreamWithTimeout(stream, 10000));
    OK(aclrtSynchronizeEvent(plain));
    ANSWERS(507047, aclrtSynchronizeEventWithTimeout(event, 60));
    waits(waiter);
    OK(aclrtDestroyStreamForce(waiter));
}

static void a_dropped_copy_times_out_and_an_abort_frees_the_stream(void) {
    aclrtStream stream = stream_of(0);
    unsigned char *memory = device_memory();
    OK(aclrtMemsetAsync(memory, BYTES, 7, BYTES, stream));
    OK(aclrtMemsetAsync(memory, BYTES, 8, BYTES, stream));
    waits(stream);
    HOLDS(!is_idle(stream));
    ANSWERS(507899, aclrtSynchronizeStream(stream)); /* this one would wait for ever */
    told("dropped by the rule \"aclrtMemsetAsync@1=drop\"");
    waits(stream);
    OK(aclrtStreamAbort(stream));
    OK(aclrtSynchronizeStreamWithTimeout(stream, 10000));
    HOLDS(first_byte(memory) == 0);
    OK(aclrtMemsetAsync(memory, BYTES, 9, BYTES, stream));
    OK(aclrtSynchronizeStream(stream));
    HOLDS(first_byte(memory) == 9);
}

static void a_dropped_copy_hangs_on_demand(void) {
    aclrtStream stream = stream_of(0);
    unsigned char *memory = device_memory();
    aclrtEvent event = ipc_event();
    OK(aclrtMemsetAsync(memory, BYTES, 7, BYTES, stream));
    OK(aclrtRecordEvent(event, stream));
    waits(stream);
    ANSWERS(507047, aclrtSynchronizeEventWithTimeout(event, 60));
    OK(aclrtStreamAbort(stream));
    OK(aclrtSynchronizeStreamWithTimeout(stream, 10000));
    HOLDS(first_byte(memory) == 0);
}

static void what_waits_for_a_record_behind_a_dropped_copy_is_told(void) {
    aclrtStream stream = stream_of(0), waiter = another_stream();
    aclrtEvent early = ipc_event(), late = NULL;
    OK(aclrtCreateEvent(&late));
    OK(aclrtMemsetAsync(device_memory(), BYTES, 7, BYTES, stream));
    OK(aclrtRecordEvent(early, stream));
    OK(aclrtStreamWaitEvent(waiter, early));
    ANSWERS(507899, aclrtSynchronizeStream(waiter));
    told("dropped by the rule \"aclrtMemsetAsync@1=drop\"");
    ANSWERS(507899, aclrtSynchronizeStream(stream)); /* by now it certainly knows that it is stuck */
    OK(aclrtRecordEvent(late, stream));
    ANSWERS(507899, aclrtSynchronizeEvent(late));
    told("dropped by the rule \"aclrtMemsetAsync@1=drop\"");
}

static void a_dropped_notify_record_is_told_to_one_wait(void) {
    aclrtStream stream = stream_of(0), first = another_stream(), second = another_stream();
    aclrtNotify notify = NULL;
    OK(aclrtCreateNotify(&notify, 0));
    OK(aclrtRecordNotify(notify, stream)); /* dropped */
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtWaitAndResetNotify(notify, first, 0));
    waits(first);
    ANSWERS(507899, aclrtSynchronizeStreamWithTimeout(first, 10000));
    told("dropped by the rule \"aclrtRecordNotify@1=drop\"");
    OK(aclrtWaitAndResetNotify(notify, second, 0));
    ANSWERS(507046, aclrtSynchronizeStreamWithTimeout(second, 700)); /* the loss was told once */
    OK(aclrtRecordNotify(notify, stream));
    OK(aclrtSynchronizeStreamWithTimeout(second, 10000));
}

/* The loss is the reason why the first wait's time limit has passed; the third wait has nothing to do with it. */
static void a_dropped_notify_record_costs_one_wait_with_a_limit(void) {
    aclrtStream stream = stream_of(0), waiter = another_stream();
    aclrtNotify notify = NULL;
    OK(aclrtCreateNotify(&notify, 0));
    OK(aclrtRecordNotify(notify, stream)); /* dropped */
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtWaitAndResetNotify(notify, waiter, 1));
    ANSWERS(507012, aclrtSynchronizeStreamWithTimeout(waiter, 10000));
    OK(aclrtRecordNotify(notify, stream));
    OK(aclrtWaitAndResetNotify(notify, waiter, 0));
    OK(aclrtSynchronizeStreamWithTimeout(waiter, 10000));
    OK(aclrtWaitAndResetNotify(notify, waiter, 0));
    ANSWERS(507046, aclrtSynchronizeStreamWithTimeout(waiter, 700)); /* longer than a wait hopes after a loss */
    OK(aclrtRecordNotify(notify, stream));
    OK(aclrtSynchronizeStreamWithTimeout(waiter, 10000));
}

static void who_waits_for_a_record_that_was_aborted_in_its_delay_is_told(void) {
    aclrtStream stream = stream_of(0), waiter = another_stream();
    aclrtEvent event = ipc_event();
    OK(aclrtRecordEvent(event, stream));
    OK(aclrtStreamWaitEvent(waiter, event));
    waits(waiter);
    OK(aclrtStreamAbort(stream)); /* nobody synchronises it */
    ANSWERS(507899, aclrtSynchronizeStreamWithTimeout(waiter, 10000));
}

static void functions_without_a_code_take_no_rules(void) {
    aclDataBuffer *buffer = aclCreateDataBuffer(&buffer, 8);
    HOLDS(buffer != NULL && aclGetDataBufferSizeV2(buffer) == 8);
    HOLDS(aclrtAllocatorCreateDesc() != NULL);
    ANSWERS(507000, aclDestroyDataBuffer(buffer));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(without_rules_nothing_fails),
    RULE(the_third_call_fails_and_no_other),
    RULE(only_the_named_process_is_hit),
    RULE(a_delayed_task_keeps_its_place),
    RULE(a_task_that_is_aborted_during_its_delay_never_runs),
    RULE(a_dropped_record_is_told_to_the_peers_waiter),
    RULE(a_dropped_record_hangs_on_demand),
    RULE(a_dropped_copy_times_out_and_an_abort_frees_the_stream),
    RULE(a_dropped_copy_hangs_on_demand),
    RULE(what_waits_for_a_record_behind_a_dropped_copy_is_told),
    RULE(a_dropped_notify_record_is_told_to_one_wait),
    RULE(a_dropped_notify_record_costs_one_wait_with_a_limit),
    RULE(who_waits_for_a_record_that_was_aborted_in_its_delay_is_told),
    RULE(functions_without_a_code_take_no_rules),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: faults NAME\n");
    return 2;
}
