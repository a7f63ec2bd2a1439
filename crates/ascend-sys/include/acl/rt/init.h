/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Initialisation and finalisation. */
#ifndef ASCEND_SYS_RT_INIT_H_
#define ASCEND_SYS_RT_INIT_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Initialises the process and counts calls; a repeat returns 100002, to be treated as success.
 * @since v8.5.0-beta.1
 */
aclError aclInit(const char *configPath);

/**
 * Finalises at once whatever the init count; a second consecutive call returns 100037.
 * @since v8.5.0-beta.1
 */
aclError aclFinalize(void);

/**
 * Drops one init reference, really finalises at the last one and writes the count left.
 * @since v8.5.0-beta.1
 */
aclError aclFinalizeReference(uint64_t *refCount);

/**
 * Registers a callback of the given type for initialisation.
 * @since v8.5.0-beta.1
 */
aclError aclInitCallbackRegister(aclRegisterCallbackType type, aclInitCallbackFunc cbFunc, void *userData);

/**
 * Removes an initialisation callback registered for the given type.
 * @since v8.5.0-beta.1
 */
aclError aclInitCallbackUnRegister(aclRegisterCallbackType type, aclInitCallbackFunc cbFunc);

/**
 * Registers a callback of the given type for finalisation.
 * @since v8.5.0-beta.1
 */
aclError aclFinalizeCallbackRegister(
    aclRegisterCallbackType type,
    aclFinalizeCallbackFunc cbFunc,
    void *userData);

/**
 * Removes a finalisation callback registered for the given type.
 * @since v8.5.0-beta.1
 */
aclError aclFinalizeCallbackUnRegister(aclRegisterCallbackType type, aclFinalizeCallbackFunc cbFunc);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_INIT_H_ */
