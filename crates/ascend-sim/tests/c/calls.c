/* Part of ascend-ipc, Apache-2.0.
 *
 * What the other calls answer: devices, contexts, streams, ordinary events, memory, errors. Each rule is a function; the
 * program runs the one that is named on its command line.
 */
#include <pthread.h>
#include <unistd.h>

#include "check.h"

static void *touches_nothing(void *unused) {
    (void)unused;
    int32_t device = 77;
    aclrtContext context = (aclrtContext)0x1;
    aclrtStream stream = NULL;
    void *memory = NULL;
    ANSWERS(107002, aclrtGetDevice(&device));
    ANSWERS(107002, aclrtGetCurrentContext(&context));
    HOLDS(context == NULL); /* callers test the pointer only */
    ANSWERS(107002, aclrtCreateStream(&stream));
    ANSWERS(107002, aclrtMalloc(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST));
    ANSWERS(107002, aclrtSynchronizeDevice());
    ANSWERS(107002, aclrtSynchronizeStream(NULL));
    return NULL;
}

static void a_new_thread_has_no_context(void) {
    OK(aclrtSetDevice(0));
    pthread_t thread;
    HOLDS(pthread_create(&thread, NULL, touches_nothing, NULL) == 0);
    HOLDS(pthread_join(thread, NULL) == 0);
}

static void set_and_reset_are_counted(void) {
    int32_t device;
    ANSWERS(507007, aclrtResetDevice(0));
    OK(aclrtSetDevice(0));
    OK(aclrtSetDevice(0));
    OK(aclrtResetDevice(0));
    OK(aclrtGetDevice(&device));
    HOLDS(device == 0);
    OK(aclrtResetDevice(0));
    ANSWERS(107002, aclrtGetDevice(&device));
    ANSWERS(507007, aclrtResetDevice(0));
    for (int i = 0; i < 5; i++) OK(aclrtSetDevice(3));
    OK(aclrtResetDeviceForce(3));
    ANSWERS(507007, aclrtResetDeviceForce(3));
    ANSWERS(507007, aclrtResetDevice(3));
}

static void a_teardown_unbinds_the_thread_from_any_device(void) {
    int32_t device;
    OK(aclrtSetDevice(0));
    OK(aclrtSetDevice(1));
    OK(aclrtResetDevice(0));
    ANSWERS(107002, aclrtGetDevice(&device));
    OK(aclrtSetDevice(1));
    OK(aclrtGetDevice(&device));
    HOLDS(device == 1);
}

static void a_wrong_device_is_refused_and_remembered(void) {
    ANSWERS(107001, aclrtSetDevice(100000));
    HOLDS(aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL) == 107001);
    HOLDS(aclrtGetLastError(ACL_RT_THREAD_LEVEL) == 107001);
    HOLDS(aclrtGetLastError(ACL_RT_THREAD_LEVEL) == 0);
    ANSWERS(107001, aclrtSetDevice(-1));
}

static void a_refusal_gives_its_text_once(void) {
    ANSWERS(107001, aclrtSetDevice(99));
    const char *text = aclGetRecentErrMsg();
    HOLDS(text != NULL && strncmp(text, "EE1001: aclrtSetDevice: ", 24) == 0 && strstr(text, "Solution:"));
    HOLDS(aclGetRecentErrMsg() == NULL);
    /* A refusal by the front layer has a text, but is no last error. */
    HOLDS(aclrtGetLastError(ACL_RT_THREAD_LEVEL) == 107001);
    ANSWERS(100000, aclrtGetDeviceCount(NULL));
    HOLDS(aclrtGetLastError(ACL_RT_THREAD_LEVEL) == 0);
    text = aclGetRecentErrMsg();
    HOLDS(text != NULL && strncmp(text, "EH0002", 6) == 0);
}

static void contexts_are_explicit_or_primary(void) {
    aclrtContext primary = NULL, other = NULL, current = NULL;
    int32_t device;
    OK(aclrtSetDevice(0));
    OK(aclrtGetCurrentContext(&primary));
    OK(aclrtCreateContext(&other, 1)); /* becomes current */
    OK(aclrtGetCurrentContext(&current));
    HOLDS(current == other);
    OK(aclrtGetDevice(&device));
    HOLDS(device == 1);
    OK(aclrtSetCurrentContext(primary));
    OK(aclrtGetDevice(&device));
    HOLDS(device == 0);
    ANSWERS(107002, aclrtDestroyContext(primary));
    OK(aclrtSetCurrentContext(other));
    OK(aclrtDestroyContext(other));
    ANSWERS(107002, aclrtGetDevice(&device)); /* a thread that destroys its current context has none */
    ANSWERS(107000, aclrtSetCurrentContext(other));
    ANSWERS(100000, aclrtSetCurrentContext(NULL));
}

static int order[4], ordered;
static void note(void *number) { order[ordered++] = (int)(size_t)number; }

static void a_stream_keeps_its_order(void) {
    aclrtStream stream = stream_of(0);
    static latch held;
    latch_hold(&held, stream);
    for (size_t i = 0; i < 4; i++) OK(aclrtLaunchHostFunc(stream, note, (void *)i));
    HOLDS(ordered == 0 && !is_idle(stream));
    ANSWERS(507046, aclrtSynchronizeStreamWithTimeout(stream, 20));
    ANSWERS(507046, aclrtSynchronizeDeviceWithTimeout(20));
    ANSWERS(107000, aclrtSynchronizeStreamWithTimeout(stream, 0));
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    for (int i = 0; i < 4; i++) HOLDS(order[i] == i);
    OK(aclrtDestroyStream(stream));
    ANSWERS(107017, aclrtDestroyStream(stream));
    ANSWERS(107017, aclrtSynchronizeStream(stream));
    ANSWERS(100000, aclrtDestroyStream(NULL));
}

static void destroying_by_force_drops_queued_work(void) {
    aclrtStream stream = stream_of(0);
    static latch held;
    latch_hold(&held, stream);
    sem_wait(&held.reached);
    OK(aclrtLaunchHostFunc(stream, note, NULL));
    OK(aclrtDestroyStreamForce(stream));
    latch_open(&held);
    OK(aclrtSynchronizeDevice());
    usleep(20000);
    HOLDS(ordered == 0);
}

static void memory_is_checked_and_copied(void) {
    stream_of(0);
    char out[64] = {0}, in[64];
    void *memory = NULL;
    memset(in, 7, sizeof(in));
    ANSWERS(100000, aclrtMalloc(NULL, 64, ACL_MEM_MALLOC_HUGE_FIRST));
    ANSWERS(100000, aclrtMalloc(&memory, 0, ACL_MEM_MALLOC_HUGE_FIRST));
    ANSWERS(207001, aclrtMalloc(&memory, (size_t)1 << 50, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtMalloc(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST));
    HOLDS((size_t)memory % 64 == 0);
    OK(aclrtMemcpy(out, 64, memory, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    for (int i = 0; i < 64; i++) HOLDS(out[i] == 0); /* fresh memory is zero */
    OK(aclrtMemcpy(memory, 64, in, 64, ACL_MEMCPY_HOST_TO_DEVICE));
    OK(aclrtMemcpy(out, 64, memory, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(memcmp(in, out, 64) == 0);
    OK(aclrtMemcpy(NULL, 0, NULL, 0, ACL_MEMCPY_HOST_TO_DEVICE)); /* a count of 0 wins */
    ANSWERS(100000, aclrtMemcpy(NULL, 64, in, 64, ACL_MEMCPY_HOST_TO_DEVICE));
    ANSWERS(100000, aclrtMemcpy(memory, 64, in, 64, (aclrtMemcpyKind)99));
    ANSWERS(107000, aclrtMemcpy(memory, 63, in, 64, ACL_MEMCPY_HOST_TO_DEVICE));
    ANSWERS(107000, aclrtMemset(memory, 63, 0, 64));
    ANSWERS(100000, aclrtMemset(NULL, 64, 0, 64));
    OK(aclrtMemset(memory, 64, 0x1ff, 64));
    OK(aclrtMemcpy(out, 64, memory, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    for (int i = 0; i < 64; i++) HOLDS((unsigned char)out[i] == 0xff);
    OK(aclrtFree(memory));
    ANSWERS(100000, aclrtFree(NULL));
    OK(aclrtMalloc(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtMemcpy(out, 64, memory, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    for (int i = 0; i < 64; i++) HOLDS(out[i] == 0); /* also after free and reuse */
}

static void asynchronous_copies_take_their_place(void) {
    aclrtStream stream = stream_of(0);
    void *device = NULL, *host = NULL;
    OK(aclrtMalloc(&device, 64, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtMallocHost(&host, 64));
    memset(host, 0, 64);
    ANSWERS(207000, aclrtMemcpyAsync(host, 64, host, 32, ACL_MEMCPY_HOST_TO_HOST, stream));
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemsetAsync(device, 64, 3, 64, stream));
    OK(aclrtMemcpyAsync(host, 64, device, 64, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    OK(aclrtFree(device)); /* a block in use survives being freed */
    HOLDS(((char *)host)[0] == 0);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(((char *)host)[0] == 3 && ((char *)host)[63] == 3);
    OK(aclrtFreeHost(host));
}

static void ordinary_events_have_two_modes(void) {
    aclrtStream stream = stream_of(0), waiter = NULL;
    OK(aclrtCreateStream(&waiter));
    aclrtEvent old = NULL, modern = NULL, line = NULL;
    OK(aclrtCreateEvent(&old));
    OK(aclrtCreateEventExWithFlag(&modern, ACL_EVENT_SYNC));
    OK(aclrtCreateEventExWithFlag(&line, ACL_EVENT_TIME_LINE));
    HOLDS(status_of(old) == ACL_EVENT_RECORDED_STATUS_NOT_READY);
    HOLDS(status_of(modern) == ACL_EVENT_RECORDED_STATUS_COMPLETE);
    ANSWERS(107000, aclrtStreamWaitEvent(waiter, old));
    OK(aclrtStreamWaitEvent(waiter, modern));
    ANSWERS(207000, aclrtStreamWaitEvent(waiter, line));
    aclrtEventStatus status;
    OK(aclrtQueryEvent(old, &status));
    HOLDS(status == ACL_EVENT_STATUS_COMPLETE);
    ANSWERS(207000, aclrtQueryEvent(modern, &status));
    ANSWERS(207000, aclrtResetEvent(modern, stream));

    static latch held;
    latch_hold(&held, stream);
    OK(aclrtRecordEvent(old, stream));
    OK(aclrtStreamWaitEvent(waiter, old));
    HOLDS(!is_idle(waiter));
    ANSWERS(507047, aclrtSynchronizeEventWithTimeout(old, 20));
    latch_open(&held);
    OK(aclrtSynchronizeEvent(old));
    OK(aclrtSynchronizeStream(waiter));
    HOLDS(status_of(old) == ACL_EVENT_RECORDED_STATUS_COMPLETE);
    OK(aclrtDestroyEvent(old));
}

static void wrong_event_flags_are_refused(void) {
    stream_of(0);
    aclrtEvent event = NULL;
    const uint32_t old[] = {0, 0x40, 0x11, 0x21, 0x30, 0x80}, modern[] = {0, 0x10, 0x20, 0x80};
    for (size_t i = 0; i < sizeof(old) / sizeof(*old); i++) ANSWERS(107000, aclrtCreateEventWithFlag(&event, old[i]));
    for (size_t i = 0; i < sizeof(modern) / sizeof(*modern); i++)
        ANSWERS(107000, aclrtCreateEventExWithFlag(&event, modern[i]));
}

static void elapsed_time_needs_a_time_line(void) {
    aclrtStream stream = stream_of(0);
    aclrtEvent start = NULL, end = NULL, plain = NULL;
    float elapsed = -1;
    uint64_t from = 0, to = 0;
    OK(aclrtCreateEvent(&start));
    OK(aclrtCreateEventWithFlag(&end, ACL_EVENT_TIME_LINE));
    OK(aclrtCreateEventWithFlag(&plain, ACL_EVENT_SYNC));
    ANSWERS(507000, aclrtEventElapsedTime(&elapsed, start, end));
    OK(aclrtRecordEvent(start, stream));
    OK(aclrtSynchronizeStream(stream));
    usleep(2000);
    OK(aclrtRecordEvent(end, stream));
    OK(aclrtRecordEvent(plain, stream));
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtEventElapsedTime(&elapsed, start, end));
    OK(aclrtEventGetTimestamp(start, &from));
    OK(aclrtEventGetTimestamp(end, &to));
    HOLDS(elapsed >= 2 && elapsed < 60000);
    HOLDS(to > from && (double)(to - from) / 1000 > elapsed - 1 && (double)(to - from) / 1000 < elapsed + 1);
    ANSWERS(107007, aclrtEventElapsedTime(&elapsed, end, start));
    ANSWERS(107006, aclrtEventElapsedTime(&elapsed, start, plain));
}

static void memory_keys_are_checked(void) {
    stream_of(0);
    char key[65], small[64];
    void *memory = NULL, *mapped = NULL;
    OK(aclrtMalloc(&memory, 8192, ACL_MEM_MALLOC_HUGE_FIRST));
    ANSWERS(100000, aclrtIpcMemGetExportKey(NULL, 8192, key, 65, 0));
    ANSWERS(100000, aclrtIpcMemGetExportKey(memory, 8192, NULL, 65, 0));
    ANSWERS(107000, aclrtIpcMemGetExportKey(memory, 0, key, 65, 0));
    ANSWERS(107000, aclrtIpcMemGetExportKey(memory, 8192, small, 64, 0));
    ANSWERS(107000, aclrtIpcMemGetExportKey(memory, 8192, key, 65, 2));
    ANSWERS(107000, aclrtIpcMemGetExportKey(key, 16, key, 65, 0)); /* no device memory */
    ANSWERS(507899, aclrtIpcMemGetExportKey(memory, 5000, key, 65, 0)); /* neither whole pages nor all of it */
    OK(aclrtIpcMemGetExportKey(memory, 4096, key, 65, 0));
    OK(aclrtIpcMemClose(key));
    void *odd = NULL;
    OK(aclrtMalloc(&odd, 5000, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtIpcMemGetExportKey(odd, 5000, key, 65, 0));
    OK(aclrtIpcMemClose(key));
    OK(aclrtFree(odd));
    OK(aclrtIpcMemGetExportKey(memory, 8192, key, 65, ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    HOLDS(strlen(key) == 64);
    ANSWERS(507899, aclrtIpcMemImportByKey(&mapped, key, 0)); /* the exporting process */
    OK(aclrtIpcMemClose(key));
    ANSWERS(107000, aclrtIpcMemImportByKey(&mapped, key, 0));
    ANSWERS(107000, aclrtIpcMemClose(key));
    ANSWERS(107000, aclrtIpcMemImportByKey(&mapped, "nonsense", 0));
    ANSWERS(100000, aclrtIpcMemImportByKey(&mapped, NULL, 0));
}

static void init_and_finalize_are_counted(void) {
    uint64_t left = 77;
    OK(aclInit(NULL));
    ANSWERS(100002, aclInit(""));
    ANSWERS(100003, aclInit("/nowhere/acl.json"));
    OK(aclFinalizeReference(&left));
    HOLDS(left == 1);
    OK(aclFinalize());
    ANSWERS(100037, aclFinalize());
    OK(aclInit(NULL));
    OK(aclrtSetDevice(0)); /* works, as it does without aclInit */
    OK(aclFinalize());
}

/* With ASCEND_RT_VISIBLE_DEVICES=2,5. */
static void visible_devices_are_renumbered(void) {
    uint32_t count = 0;
    int32_t physical = -1, user = -1;
    OK(aclrtGetDeviceCount(&count));
    HOLDS(count == 2);
    OK(aclrtGetPhyDevIdByLogicDevId(1, &physical));
    HOLDS(physical == 5);
    OK(aclrtGetLogicDevIdByPhyDevId(2, &user));
    HOLDS(user == 0);
    ANSWERS(107001, aclrtSetDevice(2));
}

/* With ASCEND_RT_VISIBLE_DEVICES=3,1. */
static void a_wrong_list_of_visible_devices_is_refused(void) {
    uint32_t count = 0;
    ANSWERS(207004, aclrtGetDeviceCount(&count));
    HOLDS(strstr(aclGetRecentErrMsg(), "EE2002"));
    ANSWERS(107001, aclrtSetDevice(0));
    HOLDS(strstr(aclGetRecentErrMsg(), "ASCEND_RT_VISIBLE_DEVICES=3,1"));
}

static void what_is_not_emulated_says_so(void) {
    stream_of(0);
    HOLDS(aclrtCreateStreamConfigHandle() == NULL);
    HOLDS(strstr(aclGetRecentErrMsg(), "aclrtCreateStreamConfigHandle"));
    ANSWERS(207000, aclmdlRICaptureBegin(NULL, ACL_MODEL_RI_CAPTURE_MODE_GLOBAL));
    const char *text = aclGetRecentErrMsg();
    HOLDS(text && strstr(text, "aclmdlRICaptureBegin") && strstr(text, "not emulate"));
    ANSWERS(207000, aclrtCreateLabel(NULL));
    ANSWERS(207000, aclrtRandomNumAsync(NULL, NULL, NULL));
    ANSWERS(207000, aclrtReduceAsync(NULL, NULL, 0, ACL_RT_MEMCPY_SDMA_AUTOMATIC_SUM, ACL_FLOAT, NULL, NULL));
    ANSWERS(207000, aclrtStreamStop(NULL));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_new_thread_has_no_context),
    RULE(set_and_reset_are_counted),
    RULE(a_teardown_unbinds_the_thread_from_any_device),
    RULE(a_wrong_device_is_refused_and_remembered),
    RULE(a_refusal_gives_its_text_once),
    RULE(contexts_are_explicit_or_primary),
    RULE(a_stream_keeps_its_order),
    RULE(destroying_by_force_drops_queued_work),
    RULE(memory_is_checked_and_copied),
    RULE(asynchronous_copies_take_their_place),
    RULE(ordinary_events_have_two_modes),
    RULE(wrong_event_flags_are_refused),
    RULE(elapsed_time_needs_a_time_line),
    RULE(memory_keys_are_checked),
    RULE(init_and_finalize_are_counted),
    RULE(visible_devices_are_renumbered),
    RULE(a_wrong_list_of_visible_devices_is_refused),
    RULE(what_is_not_emulated_says_so),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: calls RULE\n");
    return 2;
}
