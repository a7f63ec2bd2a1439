/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Host functions and callbacks on a stream. */
#ifndef ASCEND_SYS_RT_CALLBACK_H_
#define ASCEND_SYS_RT_CALLBACK_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes a thread (pthread_self value) serve a stream's callbacks; one thread per stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtSubscribeReport(uint64_t threadId, aclrtStream stream);

/**
 * Queues a host callback; the stream needs a subscribed thread, else 107015.
 * @since v8.5.0-beta.1
 */
aclError aclrtLaunchCallback(
    aclrtCallback fn,
    void *userData,
    aclrtCallbackBlockType blockType,
    aclrtStream stream);

/**
 * Runs pending callbacks on this thread, waiting up to timeout milliseconds; 507012 if none came.
 * @since v8.5.0-beta.1
 */
aclError aclrtProcessReport(int32_t timeout);

/**
 * Ends a thread's service of a stream's callbacks.
 * @since v8.5.0-beta.1
 */
aclError aclrtUnSubscribeReport(uint64_t threadId, aclrtStream stream);

/**
 * Makes a thread serve a stream's host functions; libacl_rt.so does not export it.
 * @since v8.5.0-beta.1; @unexported by libacl_rt.so: resolve it optionally
 */
aclError aclrtSubscribeHostFunc(uint64_t hostFuncThreadId, aclrtStream exeStream);

/**
 * Runs pending host functions within a timeout; libacl_rt.so does not export it.
 * @since v8.5.0-beta.1; @unexported by libacl_rt.so: resolve it optionally
 */
aclError aclrtProcessHostFunc(int32_t timeout);

/**
 * Ends a thread's service of a stream's host functions; libacl_rt.so does not export it.
 * @since v8.5.0-beta.1; @unexported by libacl_rt.so: resolve it optionally
 */
aclError aclrtUnSubscribeHostFunc(uint64_t hostFuncThreadId, aclrtStream exeStream);

/**
 * Queues a host function on a runtime-owned thread; the stream blocks until it returns.
 * @since v8.5.0-beta.1
 */
aclError aclrtLaunchHostFunc(aclrtStream stream, aclrtHostFunc fn, void *args);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_CALLBACK_H_ */
