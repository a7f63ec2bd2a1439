/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Memory. */
#ifndef ASCEND_SYS_RT_MEMORY_H_
#define ASCEND_SYS_RT_MEMORY_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Allocates size bytes of uninitialised device memory; needs a context; 207001 when exhausted.
 * @since v8.5.0-beta.1
 */
aclError aclrtMalloc(void **devPtr, size_t size, aclrtMemMallocPolicy policy);

/**
 * Allocates size bytes of device memory, the size aligned to 32 bytes.
 * @since v8.5.0-beta.1
 */
aclError aclrtMallocAlign32(void **devPtr, size_t size, aclrtMemMallocPolicy policy);

/**
 * Allocates size bytes of cached device memory.
 * @since v8.5.0-beta.1
 */
aclError aclrtMallocCached(void **devPtr, size_t size, aclrtMemMallocPolicy policy);

/**
 * Allocates size bytes of device memory with extra attributes.
 * @since v8.5.0-beta.1
 */
aclError aclrtMallocWithCfg(void **devPtr, size_t size, aclrtMemMallocPolicy policy, aclrtMallocConfig *cfg);

/**
 * Allocates size bytes of device memory for the task scheduler, with extra attributes.
 * @since v8.5.0-beta.1
 */
aclError aclrtMallocForTaskScheduler(
    void **devPtr,
    size_t size,
    aclrtMemMallocPolicy policy,
    aclrtMallocConfig *cfg);

/**
 * Allocates size bytes of host memory with extra attributes.
 * @since v8.5.0-beta.1
 */
aclError aclrtMallocHostWithCfg(void **ptr, uint64_t size, aclrtMallocConfig *cfg);

/**
 * Gets the location and the page size of the memory behind a pointer.
 * @since v8.5.0-beta.1
 */
aclError aclrtPointerGetAttributes(const void *ptr, aclrtPtrAttributes *attributes);

/**
 * Gets one attribute of a range of managed memory.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemManagedGetAttr(
    aclrtMemManagedRangeAttribute attribute,
    const void *ptr,
    size_t size,
    void *data,
    size_t dataSize);

/**
 * Gets several attributes of a range of managed memory.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemManagedGetAttrs(
    aclrtMemManagedRangeAttribute *attributes,
    size_t numAttributes,
    const void *ptr,
    size_t size,
    void **data,
    size_t *dataSizes);

/**
 * Registers size bytes of host memory and gets a device pointer to them.
 * @since v8.5.0-beta.1
 */
aclError aclrtHostRegister(void *ptr, uint64_t size, aclrtHostRegisterType type, void **devPtr);

/**
 * Registers size bytes of host memory with ACL_HOST_REG_* flags.
 * @since v8.5.0
 */
aclError aclrtHostRegisterV2(void *ptr, uint64_t size, uint32_t flag);

/**
 * Gets the device pointer of registered host memory.
 * @since v8.5.0
 */
aclError aclrtHostGetDevicePointer(void *pHost, void **pDevice, uint32_t flag);

/**
 * Ends the registration of host memory.
 * @since v8.5.0-beta.1
 */
aclError aclrtHostUnregister(void *ptr);

/**
 * Tells whether an accelerator of a device supports mapped host memory.
 * @since v9.0.0-beta.1
 */
aclError aclrtHostMemMapCapabilities(
    uint32_t deviceId,
    aclrtHacType hacType,
    aclrtHostMemMapCapability *capabilities);

/**
 * Flushes the cache for size bytes of device memory.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemFlush(void *devPtr, size_t size);

/**
 * Invalidates the cache for size bytes of device memory.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemInvalidate(void *devPtr, size_t size);

/**
 * Frees device memory; needs no context; NULL is rejected with 100000.
 * @since v8.5.0-beta.1
 */
aclError aclrtFree(void *devPtr);

/**
 * Allocates size bytes of pinned host memory; needs a current context.
 * @since v8.5.0-beta.1
 */
aclError aclrtMallocHost(void **hostPtr, size_t size);

/**
 * Allocates size bytes of managed memory.
 * @since v9.0.0-beta.2
 */
aclError aclrtMemAllocManaged(void **ptr, uint64_t size, uint32_t flag);

/**
 * Frees pinned host memory; NULL is rejected with 100000.
 * @since v8.5.0-beta.1
 */
aclError aclrtFreeHost(void *hostPtr);

/**
 * Frees device memory with a device synchronisation.
 * @since v8.5.0-beta.1
 */
aclError aclrtFreeWithDevSync(void *devPtr);

/**
 * Frees host memory with a device synchronisation.
 * @since v8.5.0-beta.1
 */
aclError aclrtFreeHostWithDevSync(void *hostPtr);

/**
 * Copies count bytes and returns when done; count 0 succeeds; does not wait for any stream.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemcpy(void *dst, size_t destMax, const void *src, size_t count, aclrtMemcpyKind kind);

/**
 * Fills count bytes with a byte value; count 0 succeeds, count above maxCount gives 107000.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemset(void *devPtr, size_t maxCount, int32_t value, size_t count);

/**
 * Copies count bytes in stream order; with pageable host memory it blocks the caller.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemcpyAsync(
    void *dst,
    size_t destMax,
    const void *src,
    size_t count,
    aclrtMemcpyKind kind,
    aclrtStream stream);

/**
 * Fills memory with N copies of a 32-bit value.
 * @since v9.1.0-beta.3
 */
aclError aclrtMemsetD32(void *ptr, size_t memSize, uint32_t value, size_t N);

/**
 * Fills memory with N copies of a 32-bit value in stream order.
 * @since v9.1.0-beta.3
 */
aclError aclrtMemsetD32Async(void *ptr, size_t memSize, uint32_t value, size_t N, aclrtStream stream);

/**
 * Copies count bytes in stream order under a condition.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemcpyAsyncWithCondition(
    void *dst,
    size_t destMax,
    const void *src,
    size_t count,
    aclrtMemcpyKind kind,
    aclrtStream stream);

/**
 * Copies height rows of width bytes, with a pitch in bytes on either side.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemcpy2d(
    void *dst,
    size_t dpitch,
    const void *src,
    size_t spitch,
    size_t width,
    size_t height,
    aclrtMemcpyKind kind);

/**
 * Copies height rows of width bytes in stream order, with a pitch on either side.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemcpy2dAsync(
    void *dst,
    size_t dpitch,
    const void *src,
    size_t spitch,
    size_t width,
    size_t height,
    aclrtMemcpyKind kind,
    aclrtStream stream);

/**
 * Copies count bytes from a device symbol, starting at offset.
 * @since v9.1.0.pre
 */
aclError aclrtMemcpyFromSymbol(
    void *dst,
    size_t dstMax,
    const void *symbol,
    size_t count,
    size_t offset,
    aclrtMemcpyKind kind);

/**
 * Copies count bytes from a device symbol in stream order, starting at offset.
 * @since v9.1.0.pre
 */
aclError aclrtMemcpyFromSymbolAsync(
    void *dst,
    size_t dstMax,
    const void *symbol,
    size_t count,
    size_t offset,
    aclrtMemcpyKind kind,
    aclrtStream stream);

/**
 * Copies count bytes to a device symbol, starting at offset.
 * @since v9.1.0.pre
 */
aclError aclrtMemcpyToSymbol(
    const void *symbol,
    const void *src,
    size_t count,
    size_t offset,
    aclrtMemcpyKind kind);

/**
 * Copies count bytes to a device symbol in stream order, starting at offset.
 * @since v9.1.0.pre
 */
aclError aclrtMemcpyToSymbolAsync(
    const void *symbol,
    const void *src,
    size_t count,
    size_t offset,
    aclrtMemcpyKind kind,
    aclrtStream stream);

/**
 * Fills count bytes with a byte value in stream order; count 0 succeeds.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemsetAsync(void *devPtr, size_t maxCount, int32_t value, size_t count, aclrtStream stream);

/**
 * Gives advice on the use of a range of managed memory.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemManagedAdvise(
    const void *const ptr,
    uint64_t size,
    aclrtMemManagedAdviseType advise,
    aclrtMemManagedLocation location);

/**
 * Gets the free and the total amount of one kind of device memory.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetMemInfo(aclrtMemAttr attr, size_t *free, size_t *total);

/**
 * Gets memory usage records of a device, at most inputNum of them.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetMemUsageInfo(
    int32_t deviceId,
    aclrtMemUsageInfo *memUsageInfo,
    size_t inputNum,
    size_t *outputNum);

/**
 * Gets the size in bytes of a copy descriptor.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetMemcpyDescSize(aclrtMemcpyKind kind, size_t *descSize);

/**
 * Fills in a copy descriptor with addresses and a byte count.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetMemcpyDesc(
    void *desc,
    aclrtMemcpyKind kind,
    void *srcAddr,
    void *dstAddr,
    size_t count,
    void *config);

/**
 * Copies count bytes in stream order, with an offset on either side.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemcpyAsyncWithOffset(
    void **dst,
    size_t destMax,
    size_t dstDataOffset,
    const void **src,
    size_t count,
    size_t srcDataOffset,
    aclrtMemcpyKind kind,
    aclrtStream stream);

/**
 * Runs the copy of a descriptor in stream order.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemcpyAsyncWithDesc(void *desc, aclrtMemcpyKind kind, aclrtStream stream);

/**
 * Runs several copies; failIndex holds the maximum of size_t on success.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemcpyBatch(
    void **dsts,
    size_t *destMaxs,
    void **srcs,
    size_t *sizes,
    size_t numBatches,
    aclrtMemcpyBatchAttr *attrs,
    size_t *attrsIndexes,
    size_t numAttrs,
    size_t *failIndex);

/**
 * Runs several copies without reporting a fail index.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemcpyBatchV2(
    void **dsts,
    size_t *destMaxs,
    void **srcs,
    size_t *sizes,
    size_t numBatches,
    aclrtMemcpyBatchAttr *attrs,
    size_t *attrsIndexes,
    size_t numAttrs);

/**
 * Runs several copies in stream order; failIndex holds the maximum of size_t on success.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemcpyBatchAsync(
    void **dsts,
    size_t *destMaxs,
    void **srcs,
    size_t *sizes,
    size_t numBatches,
    aclrtMemcpyBatchAttr *attrs,
    size_t *attrsIndexes,
    size_t numAttrs,
    size_t *failIndex,
    aclrtStream stream);

/**
 * Runs several copies in stream order without reporting a fail index.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemcpyBatchAsyncV2(
    void **dsts,
    size_t *destMaxs,
    void **srcs,
    size_t *sizes,
    size_t numBatches,
    aclrtMemcpyBatchAttr *attrs,
    size_t *attrsIndexes,
    size_t numAttrs,
    aclrtStream stream);

/**
 * Checks whether addresses belong to the given ACL_RT_MEM_TYPE_* memory types.
 * @since v8.5.0-beta.1
 */
aclError aclrtCheckMemType(
    void **addrList,
    uint32_t size,
    uint32_t memType,
    uint32_t *checkResult,
    uint32_t reserve);

/**
 * Prefetches a range of managed memory to a location in stream order.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemManagedPrefetchAsync(
    const void *ptr,
    size_t size,
    aclrtMemManagedLocation location,
    uint32_t flags,
    aclrtStream stream);

/**
 * Prefetches several ranges of managed memory in stream order.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemManagedPrefetchBatchAsync(
    const void **ptrs,
    size_t *sizes,
    size_t count,
    aclrtMemManagedLocation *prefetchLocs,
    size_t *prefetchLocIdxs,
    size_t numPrefetchLocs,
    uint64_t flags,
    aclrtStream stream);

/**
 * Creates a memory pool with the given properties.
 * @since v9.0.0-beta.2
 */
aclError aclrtMemPoolCreate(aclrtMemPool *memPool, const aclrtMemPoolProps *poolProps);

/**
 * Destroys a memory pool.
 * @since v9.0.0-beta.2
 */
aclError aclrtMemPoolDestroy(const aclrtMemPool memPool);

/**
 * Sets one attribute of a memory pool.
 * @since v9.0.0-beta.2
 */
aclError aclrtMemPoolSetAttr(aclrtMemPool memPool, aclrtMemPoolAttr attr, void *value);

/**
 * Gets one attribute of a memory pool.
 * @since v9.0.0-beta.2
 */
aclError aclrtMemPoolGetAttr(aclrtMemPool memPool, aclrtMemPoolAttr attr, void *value);

/**
 * Allocates size bytes from a memory pool in stream order.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemPoolMallocAsync(void **ptr, size_t size, aclrtMemPool memPool, aclrtStream stream);

/**
 * Frees memory of a pool in stream order.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemPoolFreeAsync(void *ptr, aclrtStream stream);

/**
 * Trims a memory pool, keeping at least the given number of bytes.
 * @since v9.1.0-beta.1
 */
aclError aclrtMemPoolTrimTo(aclrtMemPool memPool, size_t minBytesToKeep);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_MEMORY_H_ */
