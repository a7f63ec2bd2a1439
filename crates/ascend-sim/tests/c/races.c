/* Part of ascend-ipc, Apache-2.0.
 *
 * Threads that use one stream at once, and teardown while a stream waits for ever.
 */
#include "check.h"

enum { ROUNDS = 4 };

static aclrtStream stream;
static aclrtEvent event;
static int calls;

static void *record(void *unused) {
    (void)unused;
    OK(aclrtSetDevice(0));
    for (int i = 0; i < calls; i++) OK(aclrtRecordEvent(event, stream));
    return NULL;
}
static void *wait_for_records(void *unused) {
    (void)unused;
    OK(aclrtSetDevice(0));
    for (int i = 0; i < calls; i++) OK(aclrtStreamWaitEvent(stream, event));
    return NULL;
}

/* A wait is queued behind the record that it is bound to, so the stream always comes to its end. */
static void race(aclrtEvent raced, int count) {
    event = raced;
    calls = count;
    OK(aclrtRecordEvent(event, stream)); /* some kinds refuse to wait before any record */
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t threads[2];
        HOLDS(pthread_create(&threads[0], NULL, record, NULL) == 0);
        HOLDS(pthread_create(&threads[1], NULL, wait_for_records, NULL) == 0);
        for (int i = 0; i < 2; i++) HOLDS(pthread_join(threads[i], NULL) == 0);
        OK(aclrtSynchronizeStreamWithTimeout(stream, 30000));
    }
    OK(aclrtDestroyEvent(event));
}
static void race_all_kinds(int count) {
    stream = stream_of(0);
    race(ipc_event(), count);
    aclrtEvent created = NULL;
    OK(aclrtCreateEvent(&created));
    race(created, count);
    OK(aclrtCreateEventWithFlag(&created, ACL_EVENT_SYNC));
    race(created, count);
    OK(aclrtCreateEventExWithFlag(&created, ACL_EVENT_SYNC));
    race(created, count);
}
static void a_wait_comes_behind_the_record_that_it_is_bound_to(void) { race_all_kinds(2000); }
/* A few calls: with a seed each task is drawn. */
static void a_wait_comes_behind_its_record_under_a_seed(void) { race_all_kinds(100); }

static void a_forced_reset_drops_what_waits(void) {
    aclrtStream waiting = stream_of(0);
    aclrtNotify notify = NULL;
    OK(aclrtCreateNotify(&notify, ACL_NOTIFY_DEFAULT));
    OK(aclrtWaitAndResetNotify(notify, waiting, 0));
    OK(aclrtWaitAndResetNotify(notify, NULL, 0));
    void *value = NULL;
    aclrtStream blocked = another_stream();
    OK(aclrtMalloc(&value, 8, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtMemset(value, 8, 0, 8));
    OK(aclrtValueWait(value, 1, 1 /* is equal */, blocked));
    HOLDS(!is_idle(waiting) && !is_idle(blocked));
    OK(aclrtResetDeviceForce(0));
    OK(aclrtSetDevice(0));
    OK(aclrtSynchronizeDevice());
}

static int told[3];
static void wait_for_my_stream(void *unused) {
    (void)unused;
    OK(aclrtSetDevice(0));
    told[0] = aclrtSynchronizeStream(stream);
    told[1] = aclrtSynchronizeStreamWithTimeout(stream, 600000);
    told[2] = aclrtSynchronizeDevice();
}
static void a_host_function_that_waits_for_its_own_stream_is_told(void) {
    stream = stream_of(0);
    OK(aclrtLaunchHostFunc(stream, wait_for_my_stream, NULL));
    OK(aclrtSynchronizeStream(stream));
    for (int i = 0; i < 3; i++) HOLDS(told[i] == 507899);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_wait_comes_behind_the_record_that_it_is_bound_to),
    RULE(a_wait_comes_behind_its_record_under_a_seed),
    RULE(a_forced_reset_drops_what_waits),
    RULE(a_host_function_that_waits_for_its_own_stream_is_told),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: races NAME\n");
    return 2;
}
