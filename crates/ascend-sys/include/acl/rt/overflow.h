/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file The overflow status of a stream. */
#ifndef ASCEND_SYS_RT_OVERFLOW_H_
#define ASCEND_SYS_RT_OVERFLOW_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Writes the overflow status to device memory in stream order.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetOverflowStatus(void *outputAddr, size_t outputSize, aclrtStream stream);

/**
 * Clears the overflow status in stream order.
 * @since v8.5.0-beta.1
 */
aclError aclrtResetOverflowStatus(aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_OVERFLOW_H_ */
