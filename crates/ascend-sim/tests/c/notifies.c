/* Part of ascend-ipc, Apache-2.0.
 *
 * Notifies, within a process and between processes. Each rule is a function; the program runs the one that is named on its
 * command line.
 */
#include <signal.h>
#include <time.h>

#include "check.h"

#define KEY 65

static aclrtNotify notify_of(void) {
    aclrtNotify notify = NULL;
    OK(aclrtCreateNotify(&notify, ACL_NOTIFY_DEFAULT));
    return notify;
}
static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void a_notify_wait_blocks_until_a_record(void) {
    aclrtStream waiter = stream_of(0), recorder = another_stream();
    aclrtNotify notify = notify_of();
    OK(aclrtWaitAndResetNotify(notify, waiter, 0));
    static latch held;
    latch_hold(&held, recorder);
    OK(aclrtRecordNotify(notify, recorder));
    waits(waiter); /* the record is called, but not executed */
    latch_open(&held);
    OK(aclrtSynchronizeStream(waiter));
    OK(aclrtDestroyNotify(notify));
}

static void an_early_record_is_remembered_once(void) {
    aclrtStream stream = stream_of(0);
    aclrtNotify notify = notify_of();
    OK(aclrtRecordNotify(notify, stream));
    OK(aclrtRecordNotify(notify, stream)); /* binary: the second adds nothing */
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    waits(stream);
    OK(aclrtRecordNotify(notify, NULL)); /* the default stream */
    OK(aclrtSynchronizeStream(stream));
}

static void one_record_wakes_one_wait(void) {
    aclrtStream a = stream_of(0), b = another_stream(), recorder = another_stream();
    aclrtNotify notify = notify_of();
    OK(aclrtWaitAndResetNotify(notify, a, 0));
    OK(aclrtWaitAndResetNotify(notify, b, 0));
    waits(a);
    OK(aclrtRecordNotify(notify, recorder));
    while (!is_idle(a) && !is_idle(b)) usleep(1000);
    waits(is_idle(a) ? b : a);
    OK(aclrtRecordNotify(notify, recorder));
    OK(aclrtSynchronizeStream(a));
    OK(aclrtSynchronizeStream(b));
}

static void a_batch_reset_forgets_records(void) {
    aclrtStream stream = stream_of(0);
    aclrtNotify both[2] = {notify_of(), notify_of()}, with_null[2] = {both[0], NULL}, with_stale[2] = {both[0], notify_of()};
    OK(aclrtDestroyNotify(with_stale[1]));
    for (int i = 0; i < 2; i++) OK(aclrtRecordNotify(both[i], stream));
    OK(aclrtSynchronizeStream(stream));
    ANSWERS(100000, aclrtNotifyBatchReset(NULL, 1));
    ANSWERS(107000, aclrtNotifyBatchReset(both, 0));
    ANSWERS(107000, aclrtNotifyBatchReset(with_null, 2));
    ANSWERS(107017, aclrtNotifyBatchReset(with_stale, 2));
    OK(aclrtWaitAndResetNotify(both[0], stream, 0)); /* a refused reset forgets nothing */
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtRecordNotify(both[0], stream));
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtNotifyBatchReset(both, 2));
    for (int i = 0; i < 2; i++) {
        OK(aclrtWaitAndResetNotify(both[i], stream, 0));
        waits(stream);
        OK(aclrtRecordNotify(both[i], NULL));
        OK(aclrtSynchronizeStream(stream));
    }
}

static int passed_on;
static void pass_on(void *unused) {
    (void)unused;
    passed_on = 1;
}

static void a_notify_wait_that_expires_is_told_at_the_next_synchronise(void) {
    aclrtStream stream = stream_of(0);
    aclrtNotify notify = notify_of();
    double start = now();
    OK(aclrtWaitAndResetNotify(notify, stream, 1));
    OK(aclrtLaunchHostFunc(stream, pass_on, NULL));
    waits(stream);
    ANSWERS(507012, aclrtSynchronizeStream(stream));
    HOLDS(now() - start > 0.9 && now() - start < 10);
    HOLDS(passed_on); /* the stream goes on */
    OK(aclrtSynchronizeStream(stream)); /* told once */
    OK(aclrtRecordNotify(notify, stream));
    OK(aclrtWaitAndResetNotify(notify, stream, 1)); /* in time */
    OK(aclrtSynchronizeStream(stream));
}

static void the_process_wide_timeout_counts_for_plain_waits_only(void) {
    aclrtStream plain = stream_of(0), forever = another_stream(), event_stream = another_stream(), held_stream = another_stream();
    aclrtNotify notify = notify_of(), other = notify_of();
    aclrtEvent event = NULL;
    OK(aclrtCreateEvent(&event));
    static latch held;
    latch_hold(&held, held_stream);
    OK(aclrtRecordEvent(event, held_stream));
    OK(aclrtSetOpWaitTimeout(1));
    OK(aclrtWaitAndResetNotify(notify, plain, UINT32_MAX));
    OK(aclrtWaitAndResetNotify(other, forever, 0));
    OK(aclrtStreamWaitEvent(event_stream, event));
    ANSWERS(507012, aclrtSynchronizeStream(plain));
    ANSWERS(507012, aclrtSynchronizeStream(event_stream));
    waits(forever);
    OK(aclrtSetOpWaitTimeout(0));
    OK(aclrtWaitAndResetNotify(notify, plain, UINT32_MAX));
    ANSWERS(507046, aclrtSynchronizeStreamWithTimeout(plain, 1200));
    OK(aclrtRecordNotify(notify, NULL));
    OK(aclrtRecordNotify(other, NULL));
    latch_open(&held);
    OK(aclrtSynchronizeDevice());
}

static void *notify_calls_without_a_context(void *notify) {
    aclrtNotify made = (aclrtNotify)0x7, imported = (aclrtNotify)0x7;
    uint32_t id = 0;
    char key[KEY] = "nonsense";
    ANSWERS(107002, aclrtCreateNotify(&made, 0));
    ANSWERS(107000, aclrtCreateNotify(&made, 2)); /* parameters come first */
    HOLDS(made == (aclrtNotify)0x7);
    ANSWERS(107002, aclrtRecordNotify(notify, NULL));
    ANSWERS(107002, aclrtWaitAndResetNotify(notify, NULL, 0));
    ANSWERS(107002, aclrtNotifyImportByKey(&imported, key, 0));
    ANSWERS(107002, aclrtDestroyNotify(notify));
    OK(aclrtGetNotifyId(notify, &id));
    return NULL;
}

static void notify_calls_check_in_order(void) {
    aclrtStream stream = stream_of(0);
    aclrtNotify notify = NULL;
    uint32_t id = 0, other_id = 0;
    ANSWERS(100000, aclrtCreateNotify(NULL, 0));
    ANSWERS(107000, aclrtCreateNotify(&notify, 2));
    HOLDS(notify == NULL);
    OK(aclrtCreateNotify(&notify, ACL_NOTIFY_DEVICE_USE_ONLY));
    OK(aclrtDestroyNotify(notify));
    ANSWERS(107017, aclrtDestroyNotify(notify));
    ANSWERS(107017, aclrtRecordNotify(notify, stream));
    ANSWERS(107017, aclrtWaitAndResetNotify(notify, stream, 0));
    ANSWERS(107017, aclrtGetNotifyId(notify, &id));
    notify = notify_of();
    on_a_new_thread(notify_calls_without_a_context, notify);
    ANSWERS(100000, aclrtDestroyNotify(NULL));
    ANSWERS(100000, aclrtRecordNotify(NULL, stream));
    ANSWERS(100000, aclrtWaitAndResetNotify(NULL, stream, 0));
    ANSWERS(100000, aclrtGetNotifyId(NULL, &id));
    ANSWERS(100000, aclrtGetNotifyId(notify, NULL));
    ANSWERS(107017, aclrtRecordNotify(stream, stream)); /* a handle of another kind */
    ANSWERS(107017, aclrtRecordNotify(notify, (aclrtStream)0x1234));
    OK(aclrtGetNotifyId(notify, &id));
    OK(aclrtGetNotifyId(notify_of(), &other_id));
    HOLDS(id != other_id);
    /* A stream of another context; and another device may record, but not wait. */
    aclrtContext mine = NULL, other = NULL;
    OK(aclrtGetCurrentContext(&mine));
    OK(aclrtCreateContext(&other, 1));
    ANSWERS(107003, aclrtRecordNotify(notify, stream));
    ANSWERS(107003, aclrtWaitAndResetNotify(notify, stream, 0));
    ANSWERS(107000, aclrtWaitAndResetNotify(notify, NULL, 0));
    OK(aclrtRecordNotify(notify, NULL));
    OK(aclrtSynchronizeStream(NULL));
    OK(aclrtSetCurrentContext(mine));
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    OK(aclrtSynchronizeStream(stream));
}

static void a_device_has_so_many_notifies(void) {
    stream_of(0);
    static aclrtNotify notifies[8192];
    aclrtNotify extra = NULL;
    for (int i = 0; i < 8192; i++) notifies[i] = notify_of();
    ANSWERS(207009, aclrtCreateNotify(&extra, 0));
    OK(aclrtSetDevice(1));
    OK(aclrtCreateNotify(&extra, 0));
    OK(aclrtSetDevice(0));
    OK(aclrtDestroyNotify(notifies[77]));
    OK(aclrtCreateNotify(&extra, 0));
}

static void destroying_a_notify_does_not_disturb_a_wait(void) {
    aclrtStream waiter = stream_of(0), recorder = another_stream();
    aclrtNotify notify = notify_of();
    static latch held;
    latch_hold(&held, recorder);
    OK(aclrtRecordNotify(notify, recorder));
    OK(aclrtWaitAndResetNotify(notify, waiter, 0));
    OK(aclrtDestroyNotify(notify));
    waits(waiter);
    latch_open(&held);
    OK(aclrtSynchronizeStream(waiter));
}

static void an_aborted_notify_wait_ends(void) {
    aclrtStream stream = stream_of(0);
    aclrtNotify notify = notify_of();
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    waits(stream);
    OK(aclrtStreamAbort(stream));
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    OK(aclrtDestroyStreamForce(stream));
    OK(aclrtSynchronizeDevice());
}

static void a_notify_is_exported_once(void) {
    stream_of(0);
    aclrtNotify notify = notify_of(), imported = NULL;
    char key[KEY + 3], wrong[KEY];
    int32_t pid = getpid();
    memset(key, 'x', sizeof(key));
    ANSWERS(100000, aclrtNotifyGetExportKey(NULL, key, KEY, 0));
    ANSWERS(100000, aclrtNotifyGetExportKey(notify, NULL, KEY, 0));
    ANSWERS(107000, aclrtNotifyGetExportKey(notify, key, KEY - 1, 0));
    ANSWERS(107000, aclrtNotifyGetExportKey(notify, key, 0, 0));
    ANSWERS(107000, aclrtNotifyGetExportKey(notify, key, KEY, 1)); /* the bit is 2, not 1 */
    ANSWERS(107017, aclrtNotifyGetExportKey((aclrtNotify)0x1234, key, KEY, 0));
    OK(aclrtNotifyGetExportKey(notify, key, KEY, ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    HOLDS(strlen(key) == KEY - 1 && key[KEY] == 'x');
    ANSWERS(507000, aclrtNotifyGetExportKey(notify, key, KEY, ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    ANSWERS(507899, aclrtNotifyImportByKey(&imported, key, 0)); /* the exporting process */
    memcpy(wrong, key, KEY);
    wrong[KEY - 2] = wrong[KEY - 2] == '0' ? '1' : '0';
    ANSWERS(107000, aclrtNotifyImportByKey(&imported, wrong, 0));
    ANSWERS(107000, aclrtNotifyImportByKey(&imported, "nonsense", 0));
    ANSWERS(107000, aclrtNotifyImportByKey(&imported, "", 0));
    ANSWERS(107000, aclrtNotifyImportByKey(&imported, key, 4));
    ANSWERS(100000, aclrtNotifyImportByKey(NULL, key, 0));
    ANSWERS(100000, aclrtNotifyImportByKey(&imported, NULL, 0));
    HOLDS(imported == NULL);
    ANSWERS(100000, aclrtNotifySetImportPid(NULL, &pid, 1));
    ANSWERS(100000, aclrtNotifySetImportPid(notify, NULL, 1));
    ANSWERS(107000, aclrtNotifySetImportPid(notify, &pid, 0));
    OK(aclrtNotifySetImportPid(notify, &pid, 1));
    OK(aclrtDestroyNotify(notify));
    ANSWERS(107017, aclrtNotifySetImportPid(notify, &pid, 1));
    ANSWERS(107000, aclrtNotifyImportByKey(&imported, key, 0)); /* gone with the notify */
}

/* Does what it is told: one letter a command, one letter as the answer. */
static void importers_life(int socket) {
    char key[KEY], command;
    aclrtStream stream = stream_of(0);
    aclrtNotify notify = NULL;
    uint32_t id = 0;
    int32_t pid = getpid();
    HOLDS(peer_receive(socket, key, sizeof(key)));
    while (peer_receive(socket, &command, 1)) {
        switch (command) {
        case 'i': OK(aclrtNotifyImportByKey(&notify, key, ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS)); break;
        case 'x': ANSWERS(507899, aclrtNotifyImportByKey(&notify, key, 0)); break;
        case 'u': ANSWERS(107000, aclrtNotifyImportByKey(&notify, key, 0)); break;
        case 'r': OK(aclrtRecordNotify(notify, stream)); OK(aclrtSynchronizeStream(stream)); break;
        case 'w': OK(aclrtWaitAndResetNotify(notify, stream, 0)); break;
        case 'b': waits(stream); break;
        case 's': OK(aclrtSynchronizeStream(stream)); break;
        case '1': OK(aclrtSetDevice(1)); stream = another_stream(); break;
        case 'n': ANSWERS(107000, aclrtWaitAndResetNotify(notify, stream, 0)); break;
        case 'e': ANSWERS(507000, aclrtNotifyGetExportKey(notify, key, KEY, 0)); break;
        case 'p': ANSWERS(107000, aclrtNotifySetImportPid(notify, &pid, 1)); break;
        case 'd': OK(aclrtDestroyNotify(notify)); break;
        case 'q': OK(aclrtGetNotifyId(notify, &id)); peer_send(socket, &id, sizeof(id)); break;
        default: HOLDS(!"a command");
        }
        peer_send(socket, &command, 1);
    }
}
static void tell(peer *other, const char *commands) {
    for (; *commands; commands++) {
        char answer = 0;
        peer_send(other->socket, commands, 1);
        HOLDS(peer_receive(other->socket, &answer, 1) && answer == *commands);
    }
}
static aclrtNotify exported_to(peer *other, uint64_t flags) {
    char key[KEY];
    aclrtNotify notify = notify_of();
    OK(aclrtNotifyGetExportKey(notify, key, sizeof(key), flags));
    peer_send(other->socket, key, sizeof(key));
    return notify;
}

static void a_record_of_an_importer_wakes_the_creators_wait(void) {
    peer other = peer_start(importers_life);
    aclrtStream stream = stream_of(0);
    notify_of(); /* so that the number is not 0 */
    aclrtNotify notify = exported_to(&other, ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION);
    uint32_t mine = 0, theirs = 77;
    OK(aclrtGetNotifyId(notify, &mine));
    tell(&other, "i");
    peer_send(other.socket, "q", 1);
    HOLDS(peer_receive(other.socket, &theirs, sizeof(theirs)) && theirs == mine);
    char answer;
    HOLDS(peer_receive(other.socket, &answer, 1));
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    waits(stream);
    tell(&other, "r");
    OK(aclrtSynchronizeStream(stream));
    tell(&other, "rr"); /* early, and remembered once */
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    waits(stream);
    tell(&other, "1r"); /* from another device */
    OK(aclrtSynchronizeStream(stream));
    tell(&other, "nepd");
    OK(aclrtDestroyNotify(notify));
    peer_join(&other);
}

static void an_importer_waits_on_the_creating_device_only(void) {
    peer other = peer_start(importers_life);
    aclrtStream stream = stream_of(0);
    aclrtNotify notify = exported_to(&other, ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION);
    tell(&other, "iwb");
    OK(aclrtRecordNotify(notify, stream));
    tell(&other, "s1n");
    peer_join(&other);
}

static void only_a_listed_process_may_import_a_notify(void) {
    peer other = peer_start(importers_life);
    stream_of(0);
    aclrtNotify notify = exported_to(&other, ACL_RT_NOTIFY_EXPORT_FLAG_DEFAULT);
    int32_t strangers[2] = {1, getpid()}, pid = other.pid;
    tell(&other, "x");
    OK(aclrtNotifySetImportPid(notify, strangers, 2));
    tell(&other, "x");
    OK(aclrtNotifySetImportPid(notify, &pid, 1)); /* after the key was handed out */
    tell(&other, "ir");
    aclrtStream stream = another_stream();
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    OK(aclrtSynchronizeStream(stream));
    peer_join(&other);
}

static void an_importer_outlives_the_creators_notify_but_nobody_joins(void) {
    peer other = peer_start(importers_life);
    aclrtStream stream = stream_of(0);
    aclrtNotify notify = exported_to(&other, ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION);
    tell(&other, "i");
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    OK(aclrtDestroyNotify(notify));
    tell(&other, "u"); /* although a task still uses it */
    waits(stream);
    tell(&other, "r");
    OK(aclrtSynchronizeStream(stream));
    tell(&other, "rwsud");
    peer_join(&other);
}

static void a_killed_waiter_takes_no_record_with_it(void) {
    peer other = peer_start(importers_life);
    aclrtStream stream = stream_of(0);
    aclrtNotify notify = exported_to(&other, ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION);
    tell(&other, "iwb");
    HOLDS(kill(other.pid, SIGKILL) == 0 && waitpid(other.pid, NULL, 0) == other.pid);
    OK(aclrtRecordNotify(notify, stream));
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    waits(stream);
}

static void a_key_of_a_dead_process_is_unknown(void) {
    peer creator = peer_start(NULL);
    if (creator.pid == 0) {
        char key[KEY];
        stream_of(0);
        OK(aclrtNotifyGetExportKey(notify_of(), key, sizeof(key), ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION));
        peer_send(creator.socket, key, sizeof(key));
        HOLDS(!peer_receive(creator.socket, key, 1));
        exit(0);
    }
    char key[KEY];
    aclrtNotify notify = NULL;
    aclrtStream stream = stream_of(0);
    HOLDS(peer_receive(creator.socket, key, sizeof(key)));
    OK(aclrtNotifyImportByKey(&notify, key, 0));
    peer_join(&creator);
    aclrtNotify again = NULL;
    ANSWERS(107000, aclrtNotifyImportByKey(&again, key, 0));
    OK(aclrtRecordNotify(notify, stream));
    OK(aclrtWaitAndResetNotify(notify, stream, 0));
    OK(aclrtSynchronizeStream(stream));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_notify_wait_blocks_until_a_record),
    RULE(an_early_record_is_remembered_once),
    RULE(one_record_wakes_one_wait),
    RULE(a_batch_reset_forgets_records),
    RULE(a_notify_wait_that_expires_is_told_at_the_next_synchronise),
    RULE(the_process_wide_timeout_counts_for_plain_waits_only),
    RULE(notify_calls_check_in_order),
    RULE(a_device_has_so_many_notifies),
    RULE(destroying_a_notify_does_not_disturb_a_wait),
    RULE(an_aborted_notify_wait_ends),
    RULE(a_notify_is_exported_once),
    RULE(a_record_of_an_importer_wakes_the_creators_wait),
    RULE(an_importer_waits_on_the_creating_device_only),
    RULE(only_a_listed_process_may_import_a_notify),
    RULE(an_importer_outlives_the_creators_notify_but_nobody_joins),
    RULE(a_killed_waiter_takes_no_record_with_it),
    RULE(a_key_of_a_dead_process_is_unknown),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: notifies RULE\n");
    return 2;
}
