/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Writing and waiting for a value in device memory. */
#ifndef ASCEND_SYS_RT_VALUE_H_
#define ASCEND_SYS_RT_VALUE_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Writes 64 bits to an 8-byte aligned device address in stream order; flag must be 0.
 * @since v8.5.0-beta.1
 */
aclError aclrtValueWrite(void *devAddr, uint64_t value, uint32_t flag, aclrtStream stream);

/**
 * Waits, on the device, until the 64-bit value meets the condition; has no timeout.
 * @since v8.5.0-beta.1
 */
aclError aclrtValueWait(void *devAddr, uint64_t value, uint32_t flag, aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_VALUE_H_ */
