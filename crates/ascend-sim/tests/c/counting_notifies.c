/* Part of ascend-ipc, Apache-2.0.
 *
 * Counting notifies. Each rule is a function; the program runs the one that is named on its
 * command line.
 */
#include "check.h"
#include <time.h>

static aclrtCntNotify counting(void) {
    aclrtCntNotify notify = NULL;
    OK(aclrtCntNotifyCreate(&notify, ACL_NOTIFY_DEFAULT));
    return notify;
}
static void record(aclrtCntNotify notify, aclrtStream stream, aclrtCntNotifyRecordMode mode, uint32_t value) {
    aclrtCntNotifyRecordInfo info = {mode, value};
    OK(aclrtCntNotifyRecord(notify, stream, &info));
}
static void set(aclrtCntNotify notify, aclrtStream stream, uint32_t value) {
    record(notify, stream, ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE, value);
}
static void await(aclrtCntNotify notify, aclrtStream stream, aclrtCntNotifyWaitMode mode, uint32_t value) {
    aclrtCntNotifyWaitInfo info = {mode, value, 0, 0, {0}};
    OK(aclrtCntNotifyWaitWithTimeout(notify, stream, &info));
}
/* The value is this, as a wait of a stream finds that has nothing else to do. */
static void has(aclrtCntNotify notify, aclrtStream stream, uint32_t value) {
    await(notify, stream, ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE, value);
    OK(aclrtSynchronizeStreamWithTimeout(stream, 20000));
}

static void a_record_sets_adds_or_combines_bits(void) {
    aclrtStream stream = stream_of(0);
    aclrtCntNotify notify = counting();
    has(notify, stream, 0);
    set(notify, stream, 9);
    has(notify, stream, 9);
    record(notify, stream, ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE, 4);
    has(notify, stream, 13);
    record(notify, stream, ACL_RT_CNT_NOTIFY_RECORD_BIT_OR_MODE, 0x12);
    has(notify, stream, 0x1f);
    record(notify, stream, ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE, 0x15);
    has(notify, stream, 0x15);
    set(notify, stream, UINT32_MAX);
    record(notify, stream, ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE, 3);
    has(notify, stream, 2);
    OK(aclrtCntNotifyReset(notify, stream));
    has(notify, stream, 0);
    OK(aclrtCntNotifyDestroy(notify));
}

static void a_counting_wait_passes_when_its_condition_holds(void) {
    static const struct {
        aclrtCntNotifyWaitMode mode;
        uint32_t operand, before, after;
    } cases[] = {
        {ACL_RT_CNT_NOTIFY_WAIT_LESS_MODE, 5, 5, 4},
        {ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE, 5, 6, 5},
        {ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE, 0, 1, 0},
        {ACL_RT_CNT_NOTIFY_WAIT_BIGGER_MODE, 5, 5, 6},
        {ACL_RT_CNT_NOTIFY_WAIT_BIGGER_MODE, 5, 4, UINT32_MAX}, /* there is no sign */
        {ACL_RT_CNT_NOTIFY_WAIT_BIGGER_OR_EQUAL_MODE, 5, 4, 5},
        {ACL_RT_CNT_NOTIFY_WAIT_EQUAL_WITH_BITMASK_MODE, 6, 0xb, 0xe},
    };
    aclrtStream waiter = stream_of(0), writer = another_stream();
    aclrtCntNotify notify = counting();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        set(notify, writer, cases[i].before);
        OK(aclrtSynchronizeStream(writer));
        await(notify, waiter, cases[i].mode, cases[i].operand);
        waits(waiter);
        set(notify, writer, cases[i].after);
        OK(aclrtSynchronizeStreamWithTimeout(waiter, 20000));
        has(notify, waiter, cases[i].after); /* a wait changes nothing */
        await(notify, waiter, cases[i].mode, cases[i].operand); /* and holds still */
        OK(aclrtSynchronizeStreamWithTimeout(waiter, 20000));
    }
}

static void a_counting_wait_may_clear_the_value(void) {
    aclrtStream waiter = stream_of(0), other = another_stream();
    aclrtCntNotify notify = counting();
    aclrtCntNotifyWaitInfo info = {ACL_RT_CNT_NOTIFY_WAIT_BIGGER_MODE, 2, 0, 1, {0}};
    set(notify, other, 2);
    OK(aclrtCntNotifyWaitWithTimeout(notify, waiter, &info));
    waits(waiter);
    has(notify, other, 2); /* not before it passes */
    record(notify, other, ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE, 1);
    OK(aclrtSynchronizeStreamWithTimeout(waiter, 20000));
    has(notify, other, 0);
    OK(aclrtCntNotifyWaitWithTimeout(notify, waiter, &info)); /* one record passes one such wait */
    waits(waiter);
    set(notify, other, 7);
    await(notify, other, ACL_RT_CNT_NOTIFY_WAIT_LESS_MODE, 1); /* a clearing wakes others */
    OK(aclrtSynchronizeStreamWithTimeout(other, 20000));
}

static void records_and_resets_keep_their_streams_order(void) {
    aclrtStream stream = stream_of(0), other = another_stream();
    aclrtCntNotify notify = counting();
    static latch first, second;
    latch_hold(&first, stream);
    set(notify, stream, 5);
    latch_hold(&second, stream);
    OK(aclrtCntNotifyReset(notify, stream));
    sem_wait(&first.reached);
    has(notify, other, 0);
    latch_open(&first);
    sem_wait(&second.reached);
    has(notify, other, 5);
    latch_open(&second);
    OK(aclrtSynchronizeStream(stream));
    has(notify, other, 0);
    OK(aclrtCntNotifyReset(notify, NULL)); /* the default stream */
    OK(aclrtSynchronizeStream(NULL));
}

static void a_counting_wait_that_expires_is_told_at_the_next_synchronise(void) {
    aclrtStream stream = stream_of(0);
    aclrtCntNotify notify = counting();
    aclrtCntNotifyWaitInfo info = {ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE, 1, 1, 0, {0}};
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    OK(aclrtCntNotifyWaitWithTimeout(notify, stream, &info));
    set(notify, stream, 3); /* behind it */
    ANSWERS(507012, aclrtSynchronizeStream(stream));
    clock_gettime(CLOCK_MONOTONIC, &end); /* not before its second is over, however late */
    HOLDS((end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000 >= 999);
    OK(aclrtSynchronizeStream(stream)); /* told once */
    has(notify, stream, 3);
}

static void an_aborted_counting_wait_ends(void) {
    aclrtStream stream = stream_of(0);
    aclrtCntNotify notify = counting();
    await(notify, stream, ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE, 1);
    waits(stream);
    OK(aclrtCntNotifyDestroy(notify)); /* the task keeps it */
    waits(stream);
    OK(aclrtStreamAbort(stream));
    OK(aclrtSynchronizeStreamWithTimeout(stream, 20000));
}

static void *counting_calls_without_a_context(void *notify) {
    aclrtCntNotify made = NULL;
    uint32_t id = 77;
    aclrtCntNotifyRecordInfo info = {ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE, 1};
    ANSWERS(107002, aclrtCntNotifyCreate(&made, 0));
    ANSWERS(107002, aclrtCntNotifyRecord(notify, NULL, &info));
    ANSWERS(107002, aclrtCntNotifyReset(notify, NULL));
    ANSWERS(107002, aclrtCntNotifyDestroy(notify));
    OK(aclrtCntNotifyGetId(notify, &id));
    HOLDS(made == NULL && id != 77);
    return NULL;
}

static void counting_calls_check_in_order(void) {
    aclrtStream stream = stream_of(0);
    aclrtCntNotify notify = counting();
    aclrtCntNotifyRecordInfo add = {ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE, 1};
    aclrtCntNotifyRecordInfo no_record = {(aclrtCntNotifyRecordMode)3, 1};
    aclrtCntNotifyWaitInfo equal = {ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE, 0, 0, 0, {0}};
    aclrtCntNotifyWaitInfo no_wait = {(aclrtCntNotifyWaitMode)5, 0, 0, 0, {0}};
    aclrtNotify plain = NULL;
    uint32_t id = 0;
    OK(aclrtCreateNotify(&plain, 0));
    ANSWERS(100000, aclrtCntNotifyCreate(NULL, 0));
    ANSWERS(107000, aclrtCntNotifyCreate(&notify, 2));
    ANSWERS(100000, aclrtCntNotifyDestroy(NULL));
    ANSWERS(100000, aclrtCntNotifyRecord(NULL, stream, &add));
    ANSWERS(100000, aclrtCntNotifyRecord(notify, stream, NULL));
    ANSWERS(100000, aclrtCntNotifyWaitWithTimeout(notify, stream, NULL));
    ANSWERS(100000, aclrtCntNotifyReset(NULL, stream));
    ANSWERS(100000, aclrtCntNotifyGetId(notify, NULL));
    ANSWERS(107000, aclrtCntNotifyRecord(notify, stream, &no_record));
    ANSWERS(107000, aclrtCntNotifyWaitWithTimeout(notify, stream, &no_wait));
    ANSWERS(107017, aclrtCntNotifyRecord(plain, stream, &add)); /* another kind of notify */
    ANSWERS(107017, aclrtCntNotifyRecord(notify, (aclrtStream)0x1234, &add));
    ANSWERS(107017, aclrtCntNotifyWaitWithTimeout(plain, stream, &equal));
    ANSWERS(107017, aclrtCntNotifyGetId(plain, &id));
    on_a_new_thread(counting_calls_without_a_context, notify);
    aclrtContext other = NULL;
    OK(aclrtCreateContext(&other, 1));
    ANSWERS(107003, aclrtCntNotifyRecord(notify, stream, &add));
    ANSWERS(107003, aclrtCntNotifyWaitWithTimeout(notify, stream, &equal));
    ANSWERS(107000, aclrtCntNotifyWaitWithTimeout(notify, NULL, &equal)); /* another device */
    OK(aclrtCntNotifyRecord(notify, NULL, &add));
    OK(aclrtCntNotifyDestroy(notify));
    ANSWERS(107017, aclrtCntNotifyDestroy(notify));
}

static void a_counting_notify_has_a_number_while_it_lives(void) {
    static aclrtCntNotify all[1024];
    aclrtCntNotify extra = NULL;
    uint32_t first = 0, second = 0, again = 0;
    stream_of(0);
    for (size_t i = 0; i < 1024; i++) all[i] = counting();
    OK(aclrtCntNotifyGetId(all[0], &first));
    OK(aclrtCntNotifyGetId(all[1], &second));
    HOLDS(first != second);
    ANSWERS(207009, aclrtCntNotifyCreate(&extra, 0));
    OK(aclrtCntNotifyDestroy(all[1]));
    OK(aclrtCntNotifyCreate(&extra, ACL_NOTIFY_DEVICE_USE_ONLY));
    OK(aclrtCntNotifyGetId(extra, &again));
    HOLDS(again == second);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_record_sets_adds_or_combines_bits),
    RULE(a_counting_wait_passes_when_its_condition_holds),
    RULE(a_counting_wait_may_clear_the_value),
    RULE(records_and_resets_keep_their_streams_order),
    RULE(a_counting_wait_that_expires_is_told_at_the_next_synchronise),
    RULE(an_aborted_counting_wait_ends),
    RULE(counting_calls_check_in_order),
    RULE(a_counting_notify_has_a_number_while_it_lives),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: counting_notifies RULE\n");
    return 2;
}
