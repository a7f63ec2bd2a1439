/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Streams. */
#ifndef ASCEND_SYS_RT_STREAM_H_
#define ASCEND_SYS_RT_STREAM_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Returns the stream id held in an exception info record.
 * @since v8.5.0-beta.1
 */
uint32_t aclrtGetStreamIdFromExceptionInfo(const aclrtExceptionInfo *info);

/**
 * Sets continue (0) or stop (1) on failure; stop holds for the whole context and cannot be undone.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode);

/**
 * Gets the numeric id of a stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtStreamGetId(aclrtStream stream, int32_t *streamId);

/**
 * Creates a stream configuration handle; libacl_rt.so does not export this function.
 * @since v8.5.0-beta.1; @unexported by libacl_rt.so: resolve it optionally
 */
aclrtStreamConfigHandle *aclrtCreateStreamConfigHandle(void);

/**
 * Destroys a stream configuration handle; libacl_rt.so does not export this function.
 * @since v8.5.0-beta.1; @unexported by libacl_rt.so: resolve it optionally
 */
aclError aclrtDestroyStreamConfigHandle(aclrtStreamConfigHandle *handle);

/**
 * Sets one option of a stream configuration handle; libacl_rt.so does not export this function.
 * @since v8.5.0-beta.1; @unexported by libacl_rt.so: resolve it optionally
 */
aclError aclrtSetStreamConfigOpt(
    aclrtStreamConfigHandle *handle,
    aclrtStreamConfigAttr attr,
    const void *attrValue,
    size_t valueSize);

/**
 * Creates a stream in the calling thread's current context; 107002 without one.
 * @since v8.5.0-beta.1
 */
aclError aclrtCreateStream(aclrtStream *stream);

/**
 * Creates a stream from a configuration handle; libacl_rt.so does not export this function.
 * @since v8.5.0-beta.1; @unexported by libacl_rt.so: resolve it optionally
 */
aclError aclrtCreateStreamV2(aclrtStream *stream, const aclrtStreamConfigHandle *handle);

/**
 * Creates a stream with a priority and ACL_STREAM_* flags; unknown flag bits are ignored.
 * @since v8.5.0-beta.1
 */
aclError aclrtCreateStreamWithConfig(aclrtStream *stream, uint32_t priority, uint32_t flag);

/**
 * Destroys a stream after waiting for its work; needs a current context, else 107002.
 * @since v8.5.0-beta.1
 */
aclError aclrtDestroyStream(aclrtStream stream);

/**
 * Destroys a stream and discards its pending work; needs a current context, else 107002.
 * @since v8.5.0-beta.1
 */
aclError aclrtDestroyStreamForce(aclrtStream stream);

/**
 * Waits on the host for all work of a stream; needs a context; NULL is the default stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtSynchronizeStream(aclrtStream stream);

/**
 * Waits for a stream up to timeout milliseconds, -1 forever, 0 is rejected; expiry is 507046.
 * @since v8.5.0-beta.1
 */
aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream, int32_t timeout);

/**
 * Reports without waiting whether all work of a stream is done; NULL is the default stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus *status);

/**
 * Gets the priority of a stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtStreamGetPriority(aclrtStream stream, uint32_t *priority);

/**
 * Gets the creation flags of a stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtStreamGetFlags(aclrtStream stream, uint32_t *flags);

/**
 * Switches overflow detection of a stream on or off.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetStreamOverflowSwitch(aclrtStream stream, uint32_t flag);

/**
 * Gets whether overflow detection of a stream is on.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetStreamOverflowSwitch(aclrtStream stream, uint32_t *flag);

/**
 * Discards a stream's tasks; synchronise returns 107023 and streams waiting on its events hang.
 * @since v8.5.0-beta.1
 */
aclError aclrtStreamAbort(aclrtStream stream);

/**
 * Gets how many more streams can be created.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetStreamAvailableNum(uint32_t *streamCount);

/**
 * Sets one attribute of a stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetStreamAttribute(
    aclrtStream stream,
    aclrtStreamAttr stmAttrType,
    aclrtStreamAttrValue *value);

/**
 * Gets one attribute of a stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetStreamAttribute(
    aclrtStream stream,
    aclrtStreamAttr stmAttrType,
    aclrtStreamAttrValue *value);

/**
 * Gets a stream's limit for one kind of device resource.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t *value);

/**
 * Sets a stream's limit for one kind of device resource.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t value);

/**
 * Resets the device resource limits of a stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtResetStreamResLimit(aclrtStream stream);

/**
 * Applies a stream's resource limits to the calling thread.
 * @since v8.5.0-beta.1
 */
aclError aclrtUseStreamResInCurrentThread(aclrtStream stream);

/**
 * Stops applying a stream's resource limits to the calling thread.
 * @since v8.5.0-beta.1
 */
aclError aclrtUnuseStreamResInCurrentThread(aclrtStream stream);

/**
 * Gets the calling thread's amount of one kind of device resource.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetResInCurrentThread(aclrtDevResLimitType type, uint32_t *value);

/**
 * Activates another stream from within a stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtActiveStream(aclrtStream activeStream, aclrtStream stream);

/**
 * Compares two values in a stream and goes on with the true or the false stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtSwitchStream(
    void *leftValue,
    aclrtCondition cond,
    void *rightValue,
    aclrtCompareDataType dataType,
    aclrtStream trueStream,
    aclrtStream falseStream,
    aclrtStream stream);

/**
 * Registers a named callback for stream state changes.
 * @since v8.5.0-beta.1
 */
aclError aclrtRegStreamStateCallback(const char *regName, aclrtStreamStateCallback callback, void *args);

/**
 * Stops a stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtStreamStop(aclrtStream stream);

/**
 * Cleans the tasks of a persistent stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtPersistentTaskClean(aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_STREAM_H_ */
