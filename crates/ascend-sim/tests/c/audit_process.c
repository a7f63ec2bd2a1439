/* Part of ascend-ipc, Apache-2.0. What counts for a whole process: its configuration, its forked children, and which of
 * several mistakes a call names. */
#include "check.h"

/* Writes a file that aclInit reads. */
static const char *configuration(const char *content) {
    static char path[] = "/tmp/ascend-sim-configuration-XXXXXX";
    int file = mkstemp(path);
    HOLDS(file >= 0 && write(file, content, strlen(content)) == (ssize_t)strlen(content));
    close(file);
    return path;
}
static aclError init_with(const char *content) {
    const char *path = configuration(content);
    aclError answer = aclInit(path);
    unlink(path);
    memset((char *)path + strlen(path) - 6, 'X', 6); /* the next file's name begins as this one's did */
    return answer;
}

static void a_wrong_configuration_is_refused_and_forgotten(void) {
    ANSWERS(100000, init_with("{\"err_msg_mode\": \"2\"}"));
    ANSWERS(100006, init_with("{\"err_msg_mode\": "));
    ANSWERS(100006, init_with("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}"));
    ANSWERS(107001, init_with("{\"defaultDevice\": {\"default_device\": \"99\"}}"));
    /* None of them was a success, so this one is the first, and all others must be like it. */
    OK(init_with("{\"dump\": {}}"));
    ANSWERS(100000, aclInit(NULL));
    ANSWERS(100002, init_with("{\"dump\": {}}"));
    OK(aclFinalize());
    ANSWERS(100000, aclInit(NULL));
}

static void limits_cannot_be_configured_while_device_0_is_hidden(void) {
    ANSWERS(107001, init_with("{\"StackSize\": {\"aicore_stack_size\": 32768}}"));
    OK(aclInit(NULL)); /* the first success */
}

static void *needs_a_context(void *count) {
    int32_t device = 77;
    aclrtContext context = NULL;
    OK(aclrtGetDevice(&device));
    HOLDS(device == 3);
    ANSWERS(107002, aclrtGetCurrentContext(&context)); /* asking for the device made none */
    aclrtEvent event = NULL;
    OK(aclrtCreateEvent(&event));
    OK(aclrtGetCurrentContext(&context));
    OK(aclrtDestroyEvent(event));
    ++*(int *)count;
    return NULL;
}
static void a_thread_without_a_context_gets_the_default_device(void) {
    int count = 0;
    OK(init_with("{\"defaultDevice\": {\"default_device\": \"3\"}}"));
    on_a_new_thread(needs_a_context, &count);
    on_a_new_thread(needs_a_context, &count);
    for (; count > 0; count--) OK(aclrtResetDevice(3)); /* each of them has counted */
    ANSWERS(507007, aclrtResetDevice(3));
    OK(aclFinalize());
    ANSWERS(107002, aclrtGetDevice(&count));
}

static void *fails(void *unused) {
    (void)unused;
    ANSWERS(107001, aclrtSetDevice(-1));
    return NULL;
}
static void threads_share_error_texts_if_so_configured(void) {
    on_a_new_thread(fails, NULL);
    HOLDS(aclGetRecentErrMsg() == NULL);
    OK(init_with("{\"err_msg_mode\": \"1\"}"));
    on_a_new_thread(fails, NULL);
    const char *text = aclGetRecentErrMsg();
    HOLDS(text != NULL && strstr(text, "aclrtSetDevice") != NULL);
    HOLDS(aclGetRecentErrMsg() == NULL);
    HOLDS(aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL) == 0); /* codes stay with their thread */
}

static pthread_key_t late;
static void asks_late(void *stream) {
    uint32_t cores = 0;
    OK(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &cores));
    OK(aclrtUnuseStreamResInCurrentThread(stream));
    ANSWERS(100000, aclrtMalloc(NULL, 1, ACL_MEM_MALLOC_HUGE_FIRST));
    ANSWERS(107001, aclrtSetDevice(-1));
    HOLDS(aclrtGetLastError(ACL_RT_THREAD_LEVEL) == 107001);
    OK(aclrtSetDevice(0));
    OK(aclrtDestroyStream(stream));
}
static void *ends(void *unused) {
    aclrtStream stream = stream_of(0);
    OK(aclrtUseStreamResInCurrentThread(stream));
    ANSWERS(107001, aclrtSetDevice(-1)); /* has a text to lose */
    HOLDS(pthread_setspecific(late, stream) == 0);
    return unused;
}
static void a_thread_that_is_ending_may_still_call(void) {
    HOLDS(pthread_key_create(&late, asks_late) == 0);
    on_a_new_thread(ends, NULL);
}

static void child_of_a_user(void) {
    uint32_t count = 0;
    aclrtEvent event = NULL;
    OK(aclrtGetDeviceCount(&count));
    ANSWERS(507899, aclrtSetDevice(0));
    ANSWERS(507899, aclrtSynchronizeDevice());
    ANSWERS(507899, aclrtCreateEvent(&event));
    HOLDS(aclrtGetLastError(ACL_RT_THREAD_LEVEL) == 507899);
    HOLDS(aclGetRecentErrMsg() != NULL && event == NULL);
    HOLDS(aclCreateDataBuffer(NULL, 0) == NULL && aclrtAllocatorCreateDesc() == NULL);
    HOLDS(strstr(aclGetRecentErrMsg(), "aclrtAllocatorCreateDesc") != NULL);
}
static void wait_for(pid_t child) {
    int status = 0;
    HOLDS(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
static void a_child_forked_after_the_first_use_of_a_device_is_refused(void) {
    static latch held;
    uint32_t count = 0;
    OK(aclrtGetDeviceCount(&count)); /* no use of a device yet */
    pid_t early = fork();
    if (early == 0) {
        OK(aclrtSetDevice(0));
        OK(aclrtSynchronizeDevice());
        exit(0);
    }
    wait_for(early);
    aclrtStream stream = stream_of(0);
    latch_hold(&held, stream); /* a thread that the child will not have */
    pid_t late = fork();
    if (late == 0) {
        child_of_a_user();
        exit(0);
    }
    wait_for(late);
    latch_open(&held);
    OK(aclrtDestroyStream(stream)); /* the parent is as it was */
}

static void a_wrong_handle_is_told_before_a_wrong_value_and_that_before_a_missing_context(void) {
    aclrtStream bad = (aclrtStream)&bad;
    ANSWERS(107017, aclrtSynchronizeStreamWithTimeout(bad, 0));
    ANSWERS(107000, aclrtSynchronizeStreamWithTimeout(NULL, 0));
    ANSWERS(107002, aclrtSynchronizeStreamWithTimeout(NULL, -1));
    int64_t value = 0;
    ANSWERS(107000, aclrtCtxGetSysParamOpt((aclSysParamOpt)99, &value));
    ANSWERS(107000, aclrtCtxSetSysParamOpt((aclSysParamOpt)99, 1));
    ANSWERS(107002, aclrtCtxGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value));
}
static void the_front_layer_looks_before_anybody_else(void) {
    aclrtMallocConfig lost = {NULL, 3};
    void *memory = NULL;
    ANSWERS(100000, aclrtMallocWithCfg(&memory, 0, ACL_MEM_MALLOC_HUGE_FIRST, &lost));
    ANSWERS(100000, aclrtMallocHostWithCfg(&memory, 0, &lost));
    ANSWERS(107000, aclrtMallocWithCfg(&memory, 1, ACL_MEM_MALLOC_HUGE_FIRST, &lost));
    size_t failed = 0;
    ANSWERS(100000, aclrtMemcpyBatchAsync(NULL, NULL, NULL, NULL, 1, NULL, NULL, 1, &failed, (aclrtStream)&failed));
}

static size_t length_of(size_t size, aclrtMemMallocPolicy policy) {
    void *memory = NULL, *base = NULL;
    size_t length = 0;
    OK(aclrtMalloc(&memory, size, policy));
    OK(aclrtMemGetAddressRange(memory, &base, &length));
    HOLDS(base == memory);
    OK(aclrtFree(memory));
    return length;
}
static void allocations_are_padded(void) {
    OK(aclrtSetDevice(0));
    HOLDS(length_of(1, ACL_MEM_MALLOC_HUGE_FIRST) == 64);
    HOLDS(length_of(32, (aclrtMemMallocPolicy)77777) == 64);
    HOLDS(length_of(33, ACL_MEM_MALLOC_HUGE1G_ONLY) == 64); /* rounded up only */
}
static void a_950_pads_nothing(void) {
    OK(aclrtSetDevice(0));
    HOLDS(length_of(1, ACL_MEM_MALLOC_HUGE_FIRST) == 32);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_wrong_configuration_is_refused_and_forgotten),
    RULE(limits_cannot_be_configured_while_device_0_is_hidden),
    RULE(a_thread_without_a_context_gets_the_default_device),
    RULE(threads_share_error_texts_if_so_configured),
    RULE(a_thread_that_is_ending_may_still_call),
    RULE(a_child_forked_after_the_first_use_of_a_device_is_refused),
    RULE(a_wrong_handle_is_told_before_a_wrong_value_and_that_before_a_missing_context),
    RULE(the_front_layer_looks_before_anybody_else),
    RULE(allocations_are_padded),
    RULE(a_950_pads_nothing),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: audit_process RULE\n");
    return 2;
}
