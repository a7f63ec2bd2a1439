/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Error reports. */
#ifndef ASCEND_SYS_RT_ERROR_H_
#define ASCEND_SYS_RT_ERROR_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Returns and consumes recent error text, or NULL; copy it before the thread's next call.
 * @since v8.5.0-beta.1
 */
const char *aclGetRecentErrMsg(void);

/**
 * Returns the calling thread's last runtime error and keeps it; 1000xx rejections do not set it.
 * @since v8.5.0-beta.1
 */
aclError aclrtPeekAtLastError(aclrtLastErrLevel level);

/**
 * Returns the calling thread's last runtime error and clears it; 1000xx rejections do not set it.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetLastError(aclrtLastErrLevel level);

/**
 * Fills in details about the error state of a device.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetErrorVerbose(int32_t deviceId, aclrtErrorInfo *errorInfo);

/**
 * Asks for the repair of a device error described by aclrtGetErrorVerbose.
 * @since v8.5.0-beta.1
 */
aclError aclrtRepairError(int32_t deviceId, const aclrtErrorInfo *errorInfo);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_ERROR_H_ */
