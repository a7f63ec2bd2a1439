/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Allocators of the program, registered for streams. */
#ifndef ASCEND_SYS_RT_ALLOCATOR_H_
#define ASCEND_SYS_RT_ALLOCATOR_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Allocates so many bytes and returns a block. */
typedef void *(*aclrtAllocatorAllocFunc)(aclrtAllocator, size_t);
/** Frees a block. */
typedef void (*aclrtAllocatorFreeFunc)(aclrtAllocator, aclrtAllocatorBlock);
/** Allocates so many bytes, at the given address if that can be done, and returns a block. */
typedef void *(*aclrtAllocatorAllocAdviseFunc)(aclrtAllocator, size_t, aclrtAllocatorAddr);
/** Returns the address of a block. */
typedef void *(*aclrtAllocatorGetAddrFromBlockFunc)(aclrtAllocatorBlock);

/**
 * Creates an empty descriptor of an allocator.
 * @since v8.5.0-beta.1
 */
aclrtAllocatorDesc aclrtAllocatorCreateDesc(void);

/**
 * Destroys a descriptor of an allocator.
 * @since v8.5.0-beta.1
 */
aclError aclrtAllocatorDestroyDesc(aclrtAllocatorDesc allocatorDesc);

/**
 * Puts the allocator itself into a descriptor.
 * @since v8.5.0-beta.1
 */
aclError aclrtAllocatorSetObjToDesc(aclrtAllocatorDesc allocatorDesc, aclrtAllocator allocator);

/**
 * Puts the function that allocates into a descriptor.
 * @since v8.5.0-beta.1
 */
aclError aclrtAllocatorSetAllocFuncToDesc(aclrtAllocatorDesc allocatorDesc, aclrtAllocatorAllocFunc func);

/**
 * Puts the function that frees into a descriptor.
 * @since v8.5.0-beta.1
 */
aclError aclrtAllocatorSetFreeFuncToDesc(aclrtAllocatorDesc allocatorDesc, aclrtAllocatorFreeFunc func);

/**
 * Puts the function that allocates at a wished address into a descriptor.
 * @since v8.5.0-beta.1
 */
aclError aclrtAllocatorSetAllocAdviseFuncToDesc(
    aclrtAllocatorDesc allocatorDesc,
    aclrtAllocatorAllocAdviseFunc func);

/**
 * Puts the function that tells a block's address into a descriptor.
 * @since v8.5.0-beta.1
 */
aclError aclrtAllocatorSetGetAddrFromBlockFuncToDesc(
    aclrtAllocatorDesc allocatorDesc,
    aclrtAllocatorGetAddrFromBlockFunc func);

/**
 * Registers the allocator of a descriptor for a stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtAllocatorRegister(aclrtStream stream, aclrtAllocatorDesc allocatorDesc);

/**
 * Ends the registration of a stream's allocator.
 * @since v8.5.0-beta.1
 */
aclError aclrtAllocatorUnregister(aclrtStream stream);

/**
 * Gets the allocator that is registered for a stream: its descriptor, itself and its functions.
 * @since v8.5.0-beta.1
 */
aclError aclrtAllocatorGetByStream(
    aclrtStream stream,
    aclrtAllocatorDesc *allocatorDesc,
    aclrtAllocator *allocator,
    aclrtAllocatorAllocFunc *allocFunc,
    aclrtAllocatorFreeFunc *freeFunc,
    aclrtAllocatorAllocAdviseFunc *allocAdviseFunc,
    aclrtAllocatorGetAddrFromBlockFunc *getAddrFromBlockFunc);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_ALLOCATOR_H_ */
