/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Reductions made by the device. */
#ifndef ASCEND_SYS_RT_REDUCE_H_
#define ASCEND_SYS_RT_REDUCE_H_

#include "acl/rt/data_type.h"
#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a reduction combines two elements. */
typedef enum aclrtReduceKind {
    ACL_RT_MEMCPY_SDMA_AUTOMATIC_SUM = 10,
    ACL_RT_MEMCPY_SDMA_AUTOMATIC_MAX = 11,
    ACL_RT_MEMCPY_SDMA_AUTOMATIC_MIN = 12,
    ACL_RT_MEMCPY_SDMA_AUTOMATIC_EQUAL = 13
} aclrtReduceKind;
ACL_ABI_ASSERT(sizeof(aclrtReduceKind) == 4, "sizeof aclrtReduceKind");

/**
 * Combines elements of two ranges of memory in stream order.
 * @since v8.5.0-beta.1
 */
aclError aclrtReduceAsync(
    void *dst,
    const void *src,
    uint64_t count,
    aclrtReduceKind kind,
    aclDataType type,
    aclrtStream stream,
    void *reserve);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_REDUCE_H_ */
