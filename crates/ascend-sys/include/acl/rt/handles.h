/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Scalars and opaque handles shared by every AscendCL header. */
#ifndef ASCEND_SYS_RT_HANDLES_H_
#define ASCEND_SYS_RT_HANDLES_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque handle of a stream; NULL means the current context's default stream. */
typedef void *aclrtStream;

/** Opaque handle of an event; destroy it before the device is reset. */
typedef void *aclrtEvent;

/** Opaque handle of a context; threads of one process can share it, processes cannot. */
typedef void *aclrtContext;

/** Opaque handle of a notify. */
typedef void *aclrtNotify;

/** Opaque handle of a counting notify. */
typedef void *aclrtCntNotify;

/** Opaque handle of a label. */
typedef void *aclrtLabel;

/** Opaque handle of a list of labels. */
typedef void *aclrtLabelList;

/** Opaque handle of an allocator's descriptor. */
typedef void *aclrtAllocatorDesc;

/** Allocator of the program, as its own functions know it. */
typedef void *aclrtAllocator;

/** What an allocator's functions call a block. */
typedef void *aclrtAllocatorBlock;

/** Address that an allocator is asked for. */
typedef void *aclrtAllocatorAddr;

/** Result code of a call; 0 is success. */
typedef int aclError;

/** States a fact about the ABI at compile time, in C11 and in C++11 and later. */
#ifdef __cplusplus
#define ACL_ABI_ASSERT(condition, text) static_assert(condition, text)
#define ACL_ABI_ALIGNOF(type) alignof(type)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define ACL_ABI_ASSERT(condition, text) _Static_assert(condition, text)
#define ACL_ABI_ALIGNOF(type) _Alignof(type)
#else /* C99 has no such thing; the declaration takes the semicolon */
#define ACL_ABI_ASSERT(condition, text) struct acl_abi_is_not_checked
#endif

ACL_ABI_ASSERT(sizeof(void *) == 8, "AscendCL is a 64-bit (LP64) interface");
ACL_ABI_ASSERT(sizeof(aclError) == 4, "sizeof aclError");

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_HANDLES_H_ */
