/* Part of ascend-ipc, Apache-2.0.
 *
 * Callbacks that a thread of the program runs. Each rule is a function; the program runs the one that is named on its
 * command line.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "check.h"

/* A thread that runs callbacks until it is told to stop. */
typedef struct reporter {
    pthread_t thread;
    atomic_int stop, rounds;
} reporter;

static void *reporter_life(void *at) {
    reporter *self = at;
    while (!self->stop) {
        aclrtProcessReport(20);
        self->rounds++;
    }
    return NULL;
}
static void reporter_start(reporter *self) {
    self->stop = self->rounds = 0;
    HOLDS(pthread_create(&self->thread, NULL, reporter_life, self) == 0);
}
static void reporter_stop(reporter *self) {
    self->stop = 1;
    HOLDS(pthread_join(self->thread, NULL) == 0);
}

static atomic_int order[8], ordered;
static pthread_t ran_on;
static void note(void *number) {
    ran_on = pthread_self();
    order[ordered++] = (int)(size_t)number;
}
static int ordered_becomes(int wanted) {
    for (int i = 0; i < 5000 && ordered != wanted; i++) usleep(1000);
    return ordered == wanted;
}

static void a_blocking_callback_holds_the_stream_until_the_thread_has_run_it(void) {
    aclrtStream stream = stream_of(0);
    reporter reports;
    OK(aclrtSubscribeReport((uint64_t)pthread_self(), stream));
    OK(aclrtLaunchCallback(note, (void *)1, ACL_CALLBACK_BLOCK, stream));
    ANSWERS(507046, aclrtSynchronizeStreamWithTimeout(stream, 50)); /* nobody has run it */
    HOLDS(ordered == 0 && !is_idle(stream));
    OK(aclrtProcessReport(1000));
    HOLDS(ordered == 1 && pthread_equal(ran_on, pthread_self()));
    OK(aclrtSynchronizeStreamWithTimeout(stream, 5000));
    OK(aclrtUnSubscribeReport((uint64_t)pthread_self(), stream));

    reporter_start(&reports);
    OK(aclrtSubscribeReport((uint64_t)reports.thread, stream));
    OK(aclrtLaunchCallback(note, (void *)2, ACL_CALLBACK_BLOCK, stream));
    OK(aclrtSynchronizeStream(stream));
    HOLDS(ordered == 2 && order[1] == 2 && pthread_equal(ran_on, reports.thread));
    OK(aclrtUnSubscribeReport((uint64_t)reports.thread, stream));
    reporter_stop(&reports);
    OK(aclrtDestroyStream(stream));
}

static void a_callback_that_does_not_block_lets_the_stream_go_on(void) {
    aclrtStream stream = stream_of(0);
    OK(aclrtSubscribeReport((uint64_t)pthread_self(), stream));
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_NO_BLOCK, stream));
    OK(aclrtSynchronizeStreamWithTimeout(stream, 5000));
    HOLDS(ordered == 0);
    OK(aclrtProcessReport(1000));
    HOLDS(ordered == 1);
    ANSWERS(507012, aclrtProcessReport(20));
}

static void a_callback_waits_for_what_was_launched_before_it(void) {
    aclrtStream stream = stream_of(0);
    aclrtEvent event = NULL;
    aclrtStream other = NULL;
    reporter reports;
    static latch held;
    OK(aclrtCreateStream(&other));
    OK(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
    reporter_start(&reports);
    OK(aclrtSubscribeReport((uint64_t)reports.thread, stream));
    latch_hold(&held, other);
    OK(aclrtRecordEvent(event, other));
    OK(aclrtStreamWaitEvent(stream, event));
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_NO_BLOCK, stream));
    usleep(50000);
    HOLDS(ordered == 0);
    latch_open(&held);
    HOLDS(ordered_becomes(1));
    reporter_stop(&reports);
}

static void callbacks_keep_the_order_of_their_launch(void) {
    aclrtStream stream = stream_of(0);
    reporter reports;
    reporter_start(&reports);
    OK(aclrtSubscribeReport((uint64_t)reports.thread, stream));
    for (size_t i = 0; i < 8; i++)
        OK(aclrtLaunchCallback(note, (void *)i, i % 3 ? ACL_CALLBACK_NO_BLOCK : ACL_CALLBACK_BLOCK, stream));
    OK(aclrtSynchronizeStream(stream));
    HOLDS(ordered_becomes(8));
    for (int i = 0; i < 8; i++) HOLDS(order[i] == i);
    OK(aclrtUnSubscribeReport((uint64_t)reports.thread, stream));
    reporter_stop(&reports);
}

static void one_thread_serves_several_streams_of_one_device(void) {
    aclrtStream first = stream_of(0), second = NULL, elsewhere = stream_of(1);
    reporter reports;
    OK(aclrtSetDevice(0));
    OK(aclrtCreateStream(&second));
    reporter_start(&reports);
    OK(aclrtSubscribeReport((uint64_t)reports.thread, first));
    OK(aclrtSubscribeReport((uint64_t)reports.thread, second));
    ANSWERS(107012, aclrtSubscribeReport((uint64_t)reports.thread, elsewhere));
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, first));
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, second));
    OK(aclrtSynchronizeDevice());
    HOLDS(ordered == 2);
    OK(aclrtUnSubscribeReport((uint64_t)reports.thread, first));
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, second));
    OK(aclrtSynchronizeStream(second));
    HOLDS(ordered == 3);
    reporter_stop(&reports);
}

static void subscribing_may_come_after_the_thread_polls(void) {
    aclrtStream stream = stream_of(0);
    reporter reports;
    reporter_start(&reports);
    while (reports.rounds < 3) usleep(1000);
    OK(aclrtSubscribeReport((uint64_t)reports.thread, stream));
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, stream));
    OK(aclrtSynchronizeStream(stream));
    HOLDS(ordered == 1);
    reporter_stop(&reports);
}

static void callbacks_are_checked(void) {
    aclrtStream stream = stream_of(0);
    uint64_t self = (uint64_t)pthread_self();
    ANSWERS(100000, aclrtLaunchCallback(NULL, NULL, ACL_CALLBACK_BLOCK, stream));
    ANSWERS(100000, aclrtLaunchCallback(note, NULL, (aclrtCallbackBlockType)2, stream));
    ANSWERS(107015, aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, stream));
    ANSWERS(107015, aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, NULL));
    ANSWERS(107017, aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, (aclrtStream)0x1234));
    ANSWERS(107017, aclrtSubscribeReport(self, (aclrtStream)0x1234));
    ANSWERS(100000, aclrtProcessReport(0));
    ANSWERS(100000, aclrtProcessReport(-2));
    ANSWERS(107012, aclrtProcessReport(20));
    ANSWERS(107012, aclrtProcessReport(-1));
    ANSWERS(107012, aclrtUnSubscribeReport(self, stream));
    OK(aclrtSubscribeReport(self, stream));
    ANSWERS(107011, aclrtSubscribeReport(self, stream));
    ANSWERS(107011, aclrtSubscribeReport(self + 4096, stream));
    ANSWERS(107011, aclrtUnSubscribeReport(self, NULL));
    ANSWERS(507012, aclrtProcessReport(20));
    OK(aclrtUnSubscribeReport(self, stream));
    ANSWERS(107012, aclrtUnSubscribeReport(self, stream));
    ANSWERS(107015, aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, stream));
    OK(aclrtSubscribeReport(self, NULL)); /* the default stream */
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_NO_BLOCK, NULL));
    OK(aclrtProcessReport(1000));
    HOLDS(ordered == 1);
}

static void *polls_without_a_context(void *stream) {
    ANSWERS(107002, aclrtLaunchCallback(note, NULL, ACL_CALLBACK_NO_BLOCK, stream));
    OK(aclrtSubscribeReport((uint64_t)pthread_self(), stream));
    ANSWERS(507012, aclrtProcessReport(20));
    OK(aclrtUnSubscribeReport((uint64_t)pthread_self(), stream));
    return NULL;
}

static void only_launching_needs_a_context(void) {
    aclrtStream stream = stream_of(0);
    pthread_t thread;
    HOLDS(pthread_create(&thread, NULL, polls_without_a_context, stream) == 0);
    HOLDS(pthread_join(thread, NULL) == 0);
    aclrtContext other = NULL;
    OK(aclrtCreateContext(&other, 0));
    ANSWERS(107003, aclrtLaunchCallback(note, NULL, ACL_CALLBACK_NO_BLOCK, stream));
}

static void host_functions_and_callbacks_do_not_mix(void) {
    aclrtStream stream = stream_of(0);
    OK(aclrtLaunchHostFunc(stream, note, NULL));
    OK(aclrtSubscribeReport((uint64_t)pthread_self(), stream));
    OK(aclrtLaunchHostFunc(stream, note, NULL));
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_NO_BLOCK, stream));
    ANSWERS(107011, aclrtLaunchHostFunc(stream, note, NULL));
    OK(aclrtProcessReport(1000));
}

static void what_is_still_subscribed_hinders_no_destruction(void) {
    aclrtStream stream = stream_of(0), owned = NULL;
    aclrtContext context = NULL;
    uint64_t self = (uint64_t)pthread_self();
    OK(aclrtSubscribeReport(self, stream));
    OK(aclrtDestroyStream(stream));
    ANSWERS(107012, aclrtProcessReport(20)); /* the subscription went with the stream */
    OK(aclrtCreateContext(&context, 0));
    OK(aclrtCreateStream(&owned));
    OK(aclrtSubscribeReport(self, owned));
    OK(aclrtDestroyContext(context));
    stream = stream_of(0);
    OK(aclrtSubscribeReport(self, stream));
    OK(aclrtResetDevice(0));
    OK(aclrtResetDevice(0));
    ANSWERS(107012, aclrtProcessReport(20));
}

static void an_aborted_stream_drops_its_callbacks(void) {
    aclrtStream stream = stream_of(0);
    OK(aclrtSubscribeReport((uint64_t)pthread_self(), stream));
    for (int i = 0; i < 2; i++) OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, stream));
    ANSWERS(507046, aclrtSynchronizeStreamWithTimeout(stream, 20));
    OK(aclrtStreamAbort(stream));
    OK(aclrtSynchronizeStreamWithTimeout(stream, 5000));
    ANSWERS(507012, aclrtProcessReport(20));
    HOLDS(ordered == 0);
}

static void *subscribes_and_ends(void *stream) {
    OK(aclrtSubscribeReport((uint64_t)pthread_self(), stream));
    ANSWERS(507012, aclrtProcessReport(20));
    return NULL;
}

static void a_blocking_callback_whose_thread_has_ended_is_reported(void) {
    aclrtStream stream = stream_of(0);
    pthread_t thread;
    HOLDS(pthread_create(&thread, NULL, subscribes_and_ends, stream) == 0);
    HOLDS(pthread_join(thread, NULL) == 0);
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, stream));
    ANSWERS(507899, aclrtSynchronizeStream(stream));
    HOLDS(strstr(aclGetRecentErrMsg(), "for ever"));
    OK(aclrtDestroyStream(stream));
}

static void a_thread_that_waits_for_its_own_callback_is_told(void) {
    aclrtStream stream = stream_of(0);
    OK(aclrtSubscribeReport((uint64_t)pthread_self(), stream));
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, stream));
    ANSWERS(507899, aclrtSynchronizeStream(stream));
    HOLDS(strstr(aclGetRecentErrMsg(), "for ever") && ordered == 0);
    OK(aclrtProcessReport(1000));
    OK(aclrtSynchronizeStream(stream));
    HOLDS(ordered == 1);
    OK(aclrtLaunchCallback(note, NULL, ACL_CALLBACK_BLOCK, stream));
    OK(aclrtDestroyStream(stream));
    HOLDS(ordered == 1);
}

static aclrtStream used;
static void uses_the_runtime(void *number) {
    OK(aclrtLaunchCallback(note, number, ACL_CALLBACK_NO_BLOCK, used));
    OK(aclrtUnSubscribeReport((uint64_t)pthread_self(), used));
}

static void a_callback_may_use_the_runtime(void) {
    used = stream_of(0);
    OK(aclrtSubscribeReport((uint64_t)pthread_self(), used));
    OK(aclrtLaunchCallback(uses_the_runtime, (void *)5, ACL_CALLBACK_NO_BLOCK, used));
    OK(aclrtProcessReport(1000));
    OK(aclrtSynchronizeStream(used));
    OK(aclrtProcessReport(1000)); /* what was launched before is run still */
    HOLDS(ordered == 1 && order[0] == 5);
    ANSWERS(107012, aclrtProcessReport(1000));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_blocking_callback_holds_the_stream_until_the_thread_has_run_it),
    RULE(a_callback_that_does_not_block_lets_the_stream_go_on),
    RULE(a_callback_waits_for_what_was_launched_before_it),
    RULE(callbacks_keep_the_order_of_their_launch),
    RULE(one_thread_serves_several_streams_of_one_device),
    RULE(subscribing_may_come_after_the_thread_polls),
    RULE(callbacks_are_checked),
    RULE(only_launching_needs_a_context),
    RULE(host_functions_and_callbacks_do_not_mix),
    RULE(what_is_still_subscribed_hinders_no_destruction),
    RULE(an_aborted_stream_drops_its_callbacks),
    RULE(a_blocking_callback_whose_thread_has_ended_is_reported),
    RULE(a_thread_that_waits_for_its_own_callback_is_told),
    RULE(a_callback_may_use_the_runtime),
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
