/* Part of ascend-ipc, Apache-2.0.
 *
 * What streams, devices, contexts and initialisation have besides their work: settings, ids, limits, and callbacks for
 * their states. Each rule is a function; the program runs the one that is named on its command line.
 */
#include <pthread.h>
#include <unistd.h>

#include "check.h"

static void a_stream_knows_how_it_was_created(void) {
    aclrtStream plain = stream_of(0), other = NULL, standard = NULL;
    uint32_t flags = 77, priority = 77;
    int32_t id = -1, other_id = -1, least = -1, greatest = -1;
    OK(aclrtCreateStreamWithConfig(&other, 3, ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC | 0x1000));
    OK(aclrtStreamGetFlags(other, &flags));
    HOLDS(flags == (ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC)); /* unknown bits are ignored */
    OK(aclrtStreamGetFlags(plain, &flags));
    HOLDS(flags == 0);
    OK(aclrtStreamGetPriority(other, &priority));
    HOLDS(priority == 3);
    OK(aclrtStreamGetId(plain, &id));
    OK(aclrtStreamGetId(other, &other_id));
    HOLDS(id >= 0 && other_id >= 0 && id != other_id);
    OK(aclrtStreamGetId(NULL, &other_id));
    OK(aclrtCtxGetCurrentDefaultStream(&standard));
    OK(aclrtStreamGetId(standard, &id));
    HOLDS(standard != NULL && id == other_id);
    OK(aclrtDeviceGetStreamPriorityRange(&least, &greatest));
    HOLDS(least == 7 && greatest == 0);
    ANSWERS(100000, aclrtStreamGetFlags(plain, NULL));
    ANSWERS(100000, aclrtStreamGetPriority(plain, NULL));
    ANSWERS(100000, aclrtStreamGetId(plain, NULL));
    ANSWERS(107017, aclrtStreamGetId((aclrtStream)0x1234, &id));
    OK(aclrtDestroyStream(other));
    ANSWERS(107017, aclrtStreamGetFlags(other, &flags));
}

static int done;
static void set_done(void *unused) {
    (void)unused;
    done = 1;
}

static void the_default_stream_has_a_handle_and_the_same_order(void) {
    aclrtStream standard = NULL;
    static latch held;
    ANSWERS(107002, aclrtCtxGetCurrentDefaultStream(&standard));
    OK(aclrtSetDevice(0));
    ANSWERS(100000, aclrtCtxGetCurrentDefaultStream(NULL));
    OK(aclrtCtxGetCurrentDefaultStream(&standard));
    latch_hold(&held, NULL);
    OK(aclrtLaunchHostFunc(standard, set_done, NULL));
    usleep(20000);
    HOLDS(!done && !is_idle(standard));
    latch_open(&held);
    OK(aclrtSynchronizeStream(NULL));
    HOLDS(done);
    ANSWERS(107000, aclrtDestroyStream(standard));
    OK(aclrtResetDevice(0));
    OK(aclrtSetDevice(0));
    ANSWERS(107017, aclrtSynchronizeStream(standard));
}

static void a_device_has_1984_streams(void) {
    aclrtStream streams[1984], more = NULL;
    uint32_t left = 0;
    OK(aclrtSetDevice(0));
    OK(aclrtGetStreamAvailableNum(&left));
    HOLDS(left == 1984);
    for (int i = 0; i < 1984; i++) OK(aclrtCreateStream(&streams[i]));
    OK(aclrtGetStreamAvailableNum(&left));
    HOLDS(left == 0);
    ANSWERS(207008, aclrtCreateStream(&more));
    OK(aclrtDestroyStream(streams[7]));
    OK(aclrtCreateStream(&more));
    stream_of(1); /* each device counts its own */
    OK(aclrtResetDevice(0));
    OK(aclrtSetDevice(0));
    OK(aclrtGetStreamAvailableNum(&left));
    HOLDS(left == 1984); /* a reset frees them all */
    ANSWERS(100000, aclrtGetStreamAvailableNum(NULL));
}

static void a_persistent_stream_is_not_waited_for(void) {
    aclrtStream stream = NULL;
    static latch held;
    OK(aclrtSetDevice(0));
    OK(aclrtCreateStreamWithConfig(&stream, 0, ACL_STREAM_PERSISTENT));
    latch_hold(&held, stream);
    sem_wait(&held.reached);
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtSynchronizeStreamWithTimeout(stream, 20));
    OK(aclrtSynchronizeDevice());
    HOLDS(!is_idle(stream));
    OK(aclrtLaunchHostFunc(stream, set_done, NULL));
    OK(aclrtPersistentTaskClean(stream));
    latch_open(&held);
    OK(aclrtDestroyStream(stream));
    HOLDS(!done);
}

static void waiting_for_a_foreign_stream_makes_the_context_explicit(void) {
    aclrtStream foreign = NULL;
    aclrtContext context = NULL;
    int32_t device = -1;
    OK(aclrtSetDevice(2));
    OK(aclrtCreateContext(&context, 1));
    OK(aclrtCreateStream(&foreign));
    OK(aclrtSetDevice(0));
    OK(aclrtSynchronizeStream(foreign));
    OK(aclrtGetDevice(&device));
    HOLDS(device == 0);
    OK(aclrtResetDevice(2)); /* clears the binding to a primary context only */
    OK(aclrtGetDevice(&device));
    HOLDS(device == 0);
}

static void stream_attributes_are_kept(void) {
    aclrtStream stream = stream_of(0);
    aclrtStreamAttrValue value = {.failureMode = 0};
    uint32_t on = 77;
    OK(aclrtGetStreamOverflowSwitch(stream, &on));
    HOLDS(on == 0);
    OK(aclrtSetStreamOverflowSwitch(stream, 1));
    OK(aclrtGetStreamOverflowSwitch(stream, &on));
    HOLDS(on == 1);
    OK(aclrtGetStreamAttribute(stream, ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK, &value));
    HOLDS(value.overflowSwitch == 1);
    value.failureMode = ~0ull;
    value.userCustomTag = 0xabcd;
    OK(aclrtSetStreamAttribute(stream, ACL_STREAM_ATTR_USER_CUSTOM_TAG, &value));
    OK(aclrtGetStreamAttribute(stream, ACL_STREAM_ATTR_USER_CUSTOM_TAG, &value));
    HOLDS(value.userCustomTag == 0xabcd);
    ANSWERS(107000, aclrtGetStreamAttribute(stream, (aclrtStreamAttr)99, &value));
    ANSWERS(100000, aclrtGetStreamAttribute(stream, ACL_STREAM_ATTR_PRIORITY, NULL));
    ANSWERS(100000, aclrtSetStreamAttribute(stream, ACL_STREAM_ATTR_PRIORITY, NULL));
    ANSWERS(107000, aclrtSetStreamOverflowSwitch(stream, 2));
}

static void stopping_on_failure_stops_the_whole_context(void) {
    aclrtStream stream = stream_of(0), other = NULL, holder = NULL, apart = NULL;
    aclrtContext context = NULL, primary = NULL;
    aclrtEvent event = NULL;
    static latch held;
    OK(aclrtCreateStream(&other));
    OK(aclrtGetCurrentContext(&primary));
    OK(aclrtCreateContext(&context, 0));
    OK(aclrtCreateStream(&apart));
    OK(aclrtCreateStream(&holder));
    OK(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
    latch_hold(&held, holder);
    OK(aclrtRecordEvent(event, holder));
    OK(aclrtSetCurrentContext(primary));
    ANSWERS(107000, aclrtSetStreamFailureMode(stream, 2));
    OK(aclrtSetStreamFailureMode(stream, ACL_CONTINUE_ON_FAILURE));
    OK(aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE));
    OK(aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE));
    ANSWERS(207000, aclrtSetStreamFailureMode(stream, ACL_CONTINUE_ON_FAILURE));
    OK(aclrtStreamWaitEventWithTimeout(stream, event, 1));
    OK(aclrtLaunchHostFunc(stream, set_done, NULL));
    HOLDS(aclrtSynchronizeStream(stream) == 507012);
    HOLDS(!done); /* what was behind the failure is dropped */
    ANSWERS(507012, aclrtSynchronizeStream(stream));
    ANSWERS(507012, aclrtLaunchHostFunc(other, set_done, NULL));
    ANSWERS(507012, aclrtSynchronizeDevice());
    OK(aclrtDestroyStream(other));
    OK(aclrtSetCurrentContext(context));
    OK(aclrtSynchronizeStream(apart)); /* another context is not stopped */
    latch_open(&held);
}

static aclrtStream told_stream;
static int told[8], tellings;
static void hear_stream(aclrtStream stream, aclrtStreamState state, void *data) {
    HOLDS(data == &tellings);
    told_stream = stream;
    told[tellings++] = (int)state;
}
static void hear_device(int32_t device, aclrtDeviceState state, void *data) {
    HOLDS(data == &tellings && device == 2);
    told[tellings++] = (int)state;
}

static void stream_states_are_told(void) {
    aclrtStream stream = NULL;
    ANSWERS(100000, aclrtRegStreamStateCallback(NULL, hear_stream, NULL));
    OK(aclrtRegStreamStateCallback("test", hear_stream, &tellings));
    OK(aclrtSetDevice(0));
    OK(aclrtCreateStream(&stream));
    HOLDS(tellings == 1 && told_stream == stream && told[0] == ACL_RT_STREAM_STATE_CREATE_POST);
    told_stream = NULL;
    OK(aclrtDestroyStream(stream));
    HOLDS(tellings == 2 && told_stream == stream && told[1] == ACL_RT_STREAM_STATE_DESTROY_PRE);
    OK(aclrtRegStreamStateCallback("test", NULL, NULL));
    OK(aclrtCreateStream(&stream));
    HOLDS(tellings == 2);
}

static void device_states_are_told(void) {
    OK(aclrtRegDeviceStateCallback("test", hear_device, &tellings));
    ANSWERS(107001, aclrtSetDevice(100000));
    ANSWERS(507007, aclrtResetDevice(0));
    HOLDS(tellings == 0);
    OK(aclrtSetDevice(2));
    HOLDS(tellings == 2 && told[0] == ACL_RT_DEVICE_STATE_SET_PRE && told[1] == ACL_RT_DEVICE_STATE_SET_POST);
    OK(aclrtResetDevice(2));
    HOLDS(tellings == 4 && told[2] == ACL_RT_DEVICE_STATE_RESET_PRE && told[3] == ACL_RT_DEVICE_STATE_RESET_POST);
    OK(aclrtRegDeviceStateCallback("test", NULL, NULL));
    OK(aclrtSetDevice(2));
    HOLDS(tellings == 4);
}

static int32_t hear_abort(int32_t device, aclrtDeviceTaskAbortStage stage, uint32_t timeout, void *data) {
    HOLDS(device == 0 && timeout == 1000 && data == &tellings);
    told[tellings++] = (int)stage;
    return 0;
}

static void an_aborted_device_refuses_until_it_is_reset(void) {
    aclrtStream stream = stream_of(0), elsewhere = stream_of(1);
    static latch held;
    void *memory = NULL;
    int32_t device = -1;
    aclrtEventRecordedStatus recorded;
    OK(aclrtSetDevice(0));
    aclrtEvent shared = ipc_event();
    OK(aclrtSetDeviceTaskAbortCallback("test", hear_abort, &tellings));
    ANSWERS(107001, aclrtDeviceTaskAbort(100000, 1000));
    latch_hold(&held, stream);
    sem_wait(&held.reached);
    OK(aclrtLaunchHostFunc(stream, set_done, NULL));
    OK(aclrtDeviceTaskAbort(0, 1000));
    HOLDS(tellings == 2 && told[0] == ACL_RT_DEVICE_TASK_ABORT_PRE && told[1] == ACL_RT_DEVICE_TASK_ABORT_POST);
    ANSWERS(107022, aclrtLaunchHostFunc(stream, set_done, NULL));
    ANSWERS(107022, aclrtSynchronizeStream(stream));
    ANSWERS(107022, aclrtSynchronizeDevice());
    ANSWERS(107022, aclrtQueryEventStatus(shared, &recorded)); /* the state of its own context counts */
    ANSWERS(107022, aclrtSynchronizeEvent(shared));
    ANSWERS(107022, aclrtMalloc(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtGetDevice(&device));
    latch_open(&held);
    OK(aclrtDestroyStream(stream));
    HOLDS(!done);
    OK(aclrtSetDevice(1));
    OK(aclrtLaunchHostFunc(elsewhere, set_done, NULL)); /* another device goes on */
    OK(aclrtSynchronizeStream(elsewhere));
    OK(aclrtResetDeviceForce(0));
    stream = stream_of(0);
    OK(aclrtSynchronizeStream(stream));
}

/* With ASCEND_RT_VISIBLE_DEVICES=2,5. */
static void every_id_is_converted(void) {
    int32_t id = -1;
    OK(aclrtGetLogicDevIdByUserDevId(1, &id));
    HOLDS(id == 5);
    OK(aclrtGetUserDevIdByLogicDevId(5, &id));
    HOLDS(id == 1);
    OK(aclrtGetPhyDevIdByUserDevId(0, &id));
    HOLDS(id == 2);
    OK(aclrtGetUserDevIdByPhyDevId(2, &id));
    HOLDS(id == 0);
    ANSWERS(107001, aclrtGetUserDevIdByPhyDevId(3, &id));
    ANSWERS(107001, aclrtGetLogicDevIdByUserDevId(2, &id));
    ANSWERS(107001, aclrtGetPhyDevIdByUserDevId(-1, &id));
    ANSWERS(100000, aclrtGetLogicDevIdByUserDevId(0, NULL));
    ANSWERS(100000, aclrtGetUserDevIdByLogicDevId(2, NULL));
    size_t size = 0;
    ANSWERS(107001, aclrtDeviceSetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, 65536)); /* of device 0, which is hidden */
    ANSWERS(107001, aclrtDeviceGetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, &size));
}

static void devices_have_bus_ids_and_unique_ids(void) {
    char bus[16];
    int32_t device = -1;
    aclrtUuid first, second;
    ANSWERS(107000, aclrtDeviceGetPCIBusId(3, bus, 12));
    ANSWERS(100000, aclrtDeviceGetPCIBusId(3, NULL, 13));
    ANSWERS(107001, aclrtDeviceGetPCIBusId(100000, bus, 13));
    OK(aclrtDeviceGetPCIBusId(3, bus, 13));
    HOLDS(strlen(bus) == 12);
    OK(aclrtDeviceGetByPCIBusId(bus, &device));
    HOLDS(device == 3);
    ANSWERS(107000, aclrtDeviceGetByPCIBusId("nonsense", &device));
    ANSWERS(100000, aclrtDeviceGetByPCIBusId(NULL, &device));
    OK(aclrtDeviceGetUuid(0, &first));
    OK(aclrtDeviceGetUuid(1, &second));
    HOLDS(memcmp(&first, &second, sizeof(first)) != 0);
    OK(aclrtDeviceGetUuid(1, &first));
    HOLDS(memcmp(&first, &second, sizeof(first)) == 0);
    ANSWERS(100000, aclrtDeviceGetUuid(0, NULL));
    ANSWERS(107001, aclrtDeviceGetUuid(100000, &first));
}

static void devices_say_what_they_are(void) {
    int64_t value = 0;
    int32_t flag = -1;
    uint64_t bits = 0;
    aclrtDeviceStatus status = ACL_RT_DEVICE_STATUS_END;
    aclrtUtilizationInfo busy;
    static aclrtErrorInfo error;
    OK(aclrtGetDeviceInfo(0, ACL_DEV_ATTR_AICORE_CORE_NUM, &value));
    HOLDS(value > 0);
    OK(aclrtGetDeviceInfo(0, ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE, &value));
    HOLDS(value == 64ll << 30);
    ANSWERS(107001, aclrtGetDeviceInfo(100000, ACL_DEV_ATTR_AICORE_CORE_NUM, &value));
    ANSWERS(107001, aclrtGetDeviceInfo(~0u, ACL_DEV_ATTR_AICORE_CORE_NUM, &value));
    ANSWERS(107000, aclrtGetDeviceInfo(0, (aclrtDevAttr)9999, &value));
    ANSWERS(100000, aclrtGetDeviceInfo(0, ACL_DEV_ATTR_AICORE_CORE_NUM, NULL));
    OK(aclrtGetDeviceCapability(0, ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV, &flag));
    HOLDS(flag == ACL_DEV_FEATURE_SUPPORT || flag == ACL_DEV_FEATURE_NOT_SUPPORT);
    OK(aclrtQueryDeviceStatus(0, &status));
    HOLDS(status == ACL_RT_DEVICE_STATUS_NORMAL);
    OK(aclrtGetDeviceUtilizationRate(0, &busy));
    HOLDS(busy.memoryUtilization >= 0 && busy.memoryUtilization <= 100);
    OK(aclrtGetDevicesTopo(0, 1, &bits));
    HOLDS(bits == ACL_RT_DEVS_TOPOLOGY_HCCS);
    memset(&error, 0xff, sizeof(error));
    OK(aclrtGetErrorVerbose(0, &error));
    HOLDS(error.errorType == ACL_RT_NO_ERROR && !error.tryRepair && !error.hasDetail);
    OK(aclrtCheckArchCompatibility("Ascend910B1", &flag));
    HOLDS(flag == 1);
    OK(aclrtCheckArchCompatibility("Ascend310P3", &flag));
    HOLDS(flag == 0);
}

static void peer_access_has_a_direction(void) {
    int32_t status = -1;
    OK(aclrtSetDevice(0));
    OK(aclrtDeviceEnablePeerAccess(1, 0));
    OK(aclrtDevicePeerAccessStatus(0, 1, &status));
    HOLDS(status == 1);
    OK(aclrtDevicePeerAccessStatus(1, 0, &status));
    HOLDS(status == 0);
    OK(aclrtDeviceDisablePeerAccess(1));
    OK(aclrtDevicePeerAccessStatus(0, 1, &status));
    HOLDS(status == 0);
    ANSWERS(107000, aclrtDevicePeerAccessStatus(0, 100000, &status));
    ANSWERS(100000, aclrtDevicePeerAccessStatus(0, 1, NULL));
}

static void options_belong_to_a_context_or_to_the_process(void) {
    int64_t value = -1;
    aclrtContext primary = NULL, other = NULL;
    ANSWERS(107002, aclrtCtxSetSysParamOpt(ACL_OPT_DETERMINISTIC, 1));
    ANSWERS(107021, aclrtGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value));
    OK(aclrtSetSysParamOpt(ACL_OPT_DETERMINISTIC, 1));
    OK(aclrtGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value));
    HOLDS(value == 1);
    OK(aclrtSetDevice(0));
    OK(aclrtGetCurrentContext(&primary));
    ANSWERS(107021, aclrtCtxGetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, &value));
    OK(aclrtCtxSetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, 1));
    OK(aclrtCtxGetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, &value));
    HOLDS(value == 1);
    OK(aclrtCreateContext(&other, 0));
    ANSWERS(107021, aclrtCtxGetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, &value));
    ANSWERS(107000, aclrtCtxSetSysParamOpt((aclSysParamOpt)99, 1));
    ANSWERS(100000, aclrtCtxGetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, NULL));
}

static void saturation_timeouts_and_limits_are_kept(void) {
    aclrtFloatOverflowMode mode = ACL_RT_OVERFLOW_MODE_UNDEF;
    uint64_t interval = 0, actual = 0;
    uint32_t milliseconds = 0;
    size_t size = 0;
    ANSWERS(107002, aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_SATURATION));
    OK(aclrtSetDevice(0));
    OK(aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_SATURATION));
    OK(aclrtGetDeviceSatMode(&mode));
    HOLDS(mode == ACL_RT_OVERFLOW_MODE_SATURATION);
    ANSWERS(107000, aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_UNDEF));
    OK(aclrtGetOpTimeOutInterval(&interval));
    HOLDS(interval > 0);
    OK(aclrtSetOpExecuteTimeOutV2(interval + 1, &actual));
    HOLDS(actual == 2 * interval);
    OK(aclrtSetOpExecuteTimeOut(5));
    OK(aclrtGetOpExecuteTimeout(&milliseconds));
    HOLDS(milliseconds == 5000);
    OK(aclrtSetOpExecuteTimeOutV2(~0ull, &actual)); /* the longest that there is */
    ANSWERS(100000, aclrtSetOpExecuteTimeOutV2(1, NULL));
    OK(aclrtDeviceSetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, 65536));
    OK(aclrtDeviceGetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, &size));
    HOLDS(size == 65536);
    ANSWERS(107000, aclrtDeviceGetLimit((aclrtDeviceLimit)99, &size));
}

static void core_limits_go_from_device_to_stream_to_thread(void) {
    aclrtStream stream = stream_of(0);
    uint32_t all = 0, cores = 0;
    OK(aclrtGetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, &all));
    ANSWERS(107000, aclrtSetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, all + 1));
    ANSWERS(107000, aclrtSetDeviceResLimit(0, (aclrtDevResLimitType)9, 1));
    OK(aclrtSetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, 8));
    OK(aclrtGetStreamResLimit(stream, ACL_RT_DEV_RES_CUBE_CORE, &cores));
    HOLDS(cores == 8);
    OK(aclrtSetStreamResLimit(stream, ACL_RT_DEV_RES_CUBE_CORE, 4));
    OK(aclrtGetStreamResLimit(stream, ACL_RT_DEV_RES_CUBE_CORE, &cores));
    HOLDS(cores == 4);
    OK(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &cores));
    HOLDS(cores == 8);
    OK(aclrtUseStreamResInCurrentThread(stream));
    OK(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &cores));
    HOLDS(cores == 4);
    OK(aclrtUnuseStreamResInCurrentThread(stream));
    OK(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &cores));
    HOLDS(cores == 8);
    OK(aclrtResetStreamResLimit(stream));
    OK(aclrtResetDeviceResLimit(0));
    OK(aclrtGetStreamResLimit(stream, ACL_RT_DEV_RES_CUBE_CORE, &cores));
    HOLDS(cores == all);
}

static void the_installed_version_is_read(void) {
    static aclCANNPackageVersion version;
    char home[] = "/tmp/ascend-sim-XXXXXX", command[256];
    unsetenv("ASCEND_HOME_PATH");
    ANSWERS(100003, aclsysGetCANNVersion(ACL_PKG_NAME_RUNTIME, &version));
    ANSWERS(100000, aclsysGetCANNVersion(ACL_PKG_NAME_RUNTIME, NULL));
    ANSWERS(100000, aclsysGetCANNVersion((aclCANNPackageName)99, &version));
    HOLDS(mkdtemp(home) != NULL);
    setenv("ASCEND_HOME_PATH", home, 1);
    snprintf(command, sizeof(command), "mkdir -p %s/share/info/runtime && echo Version=9.1.0 > %s/share/info/runtime/version.info",
             home, home);
    HOLDS(system(command) == 0);
    OK(aclsysGetCANNVersion(ACL_PKG_NAME_RUNTIME, &version));
    snprintf(command, sizeof(command), "rm -r %s", home);
    HOLDS(system(command) == 0);
    HOLDS(strcmp(version.version, "9.1.0") == 0 && strcmp(version.majorVersion, "9") == 0);
    HOLDS(strcmp(version.minorVersion, "1") == 0 && strcmp(version.releaseVersion, "0") == 0);
}

static char heard[16];
static aclError hear_init(const char *text, size_t length, void *data) {
    HOLDS(text != NULL && strlen(text) == length);
    strcat(heard, data);
    return 0;
}
static aclError hear_second_init(const char *text, size_t length, void *data) { return hear_init(text, length, data); }
static aclError refuse_init(const char *text, size_t length, void *data) {
    (void)text, (void)length, (void)data;
    return 500001;
}
static aclError hear_finalize(void *data) {
    strcat(heard, data);
    return 0;
}

static void initialisation_and_finalisation_are_told_in_order(void) {
    uint64_t left = 0;
    OK(aclInitCallbackRegister(ACL_REG_TYPE_OTHER, hear_init, "a"));
    OK(aclInitCallbackRegister(ACL_REG_TYPE_ACL_MODEL, hear_second_init, "b"));
    OK(aclFinalizeCallbackRegister(ACL_REG_TYPE_OTHER, hear_finalize, "z"));
    ANSWERS(100000, aclInitCallbackRegister(ACL_REG_TYPE_OTHER, NULL, NULL));
    ANSWERS(100000, aclFinalizeCallbackRegister((aclRegisterCallbackType)99, hear_finalize, NULL));
    OK(aclInit(NULL));
    HOLDS(strcmp(heard, "ab") == 0);
    ANSWERS(100002, aclInit(NULL));
    OK(aclFinalizeReference(&left));
    HOLDS(left == 1 && strcmp(heard, "ab") == 0); /* only the first and the last count */
    OK(aclFinalize());
    HOLDS(strcmp(heard, "abz") == 0);
    OK(aclInitCallbackUnRegister(ACL_REG_TYPE_OTHER, hear_init));
    OK(aclFinalizeCallbackUnRegister(ACL_REG_TYPE_OTHER, hear_finalize));
    OK(aclInit(NULL));
    OK(aclFinalize());
    HOLDS(strcmp(heard, "abzb") == 0);
    OK(aclInitCallbackRegister(ACL_REG_TYPE_ACL_DVPP, refuse_init, NULL));
    ANSWERS(500001, aclInit(NULL));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_stream_knows_how_it_was_created),
    RULE(the_default_stream_has_a_handle_and_the_same_order),
    RULE(a_device_has_1984_streams),
    RULE(a_persistent_stream_is_not_waited_for),
    RULE(waiting_for_a_foreign_stream_makes_the_context_explicit),
    RULE(stream_attributes_are_kept),
    RULE(stopping_on_failure_stops_the_whole_context),
    RULE(stream_states_are_told),
    RULE(device_states_are_told),
    RULE(an_aborted_device_refuses_until_it_is_reset),
    RULE(every_id_is_converted),
    RULE(devices_have_bus_ids_and_unique_ids),
    RULE(devices_say_what_they_are),
    RULE(peer_access_has_a_direction),
    RULE(options_belong_to_a_context_or_to_the_process),
    RULE(saturation_timeouts_and_limits_are_kept),
    RULE(core_limits_go_from_device_to_stream_to_thread),
    RULE(the_installed_version_is_read),
    RULE(initialisation_and_finalisation_are_told_in_order),
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
