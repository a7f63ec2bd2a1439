/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Contexts. */
#ifndef ASCEND_SYS_RT_CONTEXT_H_
#define ASCEND_SYS_RT_CONTEXT_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Creates a context on a device and makes it current on the calling thread.
 * @since v8.5.0-beta.1
 */
aclError aclrtCreateContext(aclrtContext *context, int32_t deviceId);

/**
 * Destroys an explicit context; a device's primary context is refused with 107002.
 * @since v8.5.0-beta.1
 */
aclError aclrtDestroyContext(aclrtContext context);

/**
 * Makes a context, and so its device, current on the calling thread; NULL is rejected (100000).
 * @since v8.5.0-beta.1
 */
aclError aclrtSetCurrentContext(aclrtContext context);

/**
 * Gets the calling thread's current context; 107002 if there is none.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetCurrentContext(aclrtContext *context);

/**
 * Gets a system parameter option of the current context.
 * @since v8.5.0-beta.1
 */
aclError aclrtCtxGetSysParamOpt(aclSysParamOpt opt, int64_t *value);

/**
 * Sets a system parameter option of the current context.
 * @since v8.5.0-beta.1
 */
aclError aclrtCtxSetSysParamOpt(aclSysParamOpt opt, int64_t value);

/**
 * Gets a system parameter option.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetSysParamOpt(aclSysParamOpt opt, int64_t *value);

/**
 * Sets a system parameter option.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetSysParamOpt(aclSysParamOpt opt, int64_t value);

/**
 * Gets the default stream of the current context.
 * @since v8.5.0-beta.1
 */
aclError aclrtCtxGetCurrentDefaultStream(aclrtStream *stream);

/**
 * Tells whether a device's primary context is active; flags must be NULL.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetPrimaryCtxState(int32_t deviceId, uint32_t *flags, int32_t *active);

/**
 * Gets the float overflow address of the current context.
 * @since v8.5.0-beta.1
 */
aclError aclrtCtxGetFloatOverflowAddr(void **overflowAddr);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_CONTEXT_H_ */
