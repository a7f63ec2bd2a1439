/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Virtual memory and shareable handles. */
#ifndef ASCEND_SYS_RT_VMM_H_
#define ASCEND_SYS_RT_VMM_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Reserves a virtual range of size bytes; alignment must be 0.
 * @since v8.5.0-beta.1
 */
aclError aclrtReserveMemAddress(
    void **virPtr,
    size_t size,
    size_t alignment,
    void *expectPtr,
    uint64_t flags);

/**
 * Releases a reserved virtual range; needs no context.
 * @since v8.5.0-beta.1
 */
aclError aclrtReleaseMemAddress(void *virPtr);

/**
 * Allocates size bytes of physical memory; flags must be 0; needs no context.
 * @since v8.5.0-beta.1
 */
aclError aclrtMallocPhysical(
    aclrtDrvMemHandle *handle,
    size_t size,
    const aclrtPhysicalMemProp *prop,
    uint64_t flags);

/**
 * Frees physical memory, really only after the unmap and after all importers released it.
 * @since v8.5.0-beta.1
 */
aclError aclrtFreePhysical(aclrtDrvMemHandle handle);

/**
 * Maps physical memory to a reserved range; offset and flags must be 0.
 * @since v8.5.0-beta.1
 */
aclError aclrtMapMem(void *virPtr, size_t size, size_t offset, aclrtDrvMemHandle handle, uint64_t flags);

/**
 * Unmaps physical memory from a virtual address.
 * @since v8.5.0-beta.1
 */
aclError aclrtUnmapMem(void *virPtr);

/**
 * Maps physical memory to a reserved range without access rights.
 * @since v9.2.0-beta.1
 */
aclError aclrtMemMapNoAccess(
    void *virPtr,
    size_t size,
    size_t offset,
    aclrtDrvMemHandle handle,
    uint64_t flags);

/**
 * Exports physical memory as a 64-bit handle; exporting it twice fails on A2/A3.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemExportToShareableHandle(
    aclrtDrvMemHandle handle,
    aclrtMemHandleType handleType,
    uint64_t flags,
    uint64_t *shareableHandle);

/**
 * Exports physical memory as a handle of the given kind, such as a 128-byte fabric handle.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemExportToShareableHandleV2(
    aclrtDrvMemHandle handle,
    uint64_t flags,
    aclrtMemSharedHandleType shareType,
    void *shareableHandle);

/**
 * Imports another process's physical memory; needs a context; same-process import fails.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemImportFromShareableHandle(
    uint64_t shareableHandle,
    int32_t deviceId,
    aclrtDrvMemHandle *handle);

/**
 * Imports physical memory from a handle of the given kind, also across servers.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemImportFromShareableHandleV2(
    void *shareableHandle,
    aclrtMemSharedHandleType shareType,
    uint64_t flags,
    aclrtDrvMemHandle *handle);

/**
 * Lists up to 65535 PIDs that may import a handle; only the exporting process may call it.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemSetPidToShareableHandle(uint64_t shareableHandle, int32_t *pid, size_t pidNum);

/**
 * Lists the PIDs that may import a handle of the given kind.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemSetPidToShareableHandleV2(
    void *shareableHandle,
    aclrtMemSharedHandleType shareType,
    int32_t *pid,
    size_t pidNum);

/**
 * Gets the minimum or recommended allocation granularity in bytes.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemGetAllocationGranularity(
    aclrtPhysicalMemProp *prop,
    aclrtMemGranularityOptions option,
    size_t *granularity);

/**
 * Sets which locations may access a mapped range; a host location gives the host access.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemSetAccess(void *virPtr, size_t size, aclrtMemAccessDesc *desc, size_t count);

/**
 * Gets the access flags of a location for a mapped address.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemGetAccess(void *virPtr, aclrtMemLocation *location, uint64_t *flag);

/**
 * Gets the physical memory handle behind a mapped address and retains it.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemRetainAllocationHandle(void *virPtr, aclrtDrvMemHandle *handle);

/**
 * Gets the properties of physical memory from its handle.
 * @since v8.5.0-beta.1
 */
aclError aclrtMemGetAllocationPropertiesFromHandle(aclrtDrvMemHandle handle, aclrtPhysicalMemProp *prop);

/**
 * Reserves a virtual range of size bytes in the NoUCMemory variant.
 * @since v9.0.0-beta.1
 */
aclError aclrtReserveMemAddressNoUCMemory(
    void **virPtr,
    size_t size,
    size_t alignment,
    void *expectPtr,
    uint64_t flags);

/**
 * Gets the base address and the size in bytes of the range that holds a pointer.
 * @since v9.0.0-beta.1
 */
aclError aclrtMemGetAddressRange(void *ptr, void **pbase, size_t *psize);

/**
 * Maps device memory for access from another device.
 * @since v9.0.0-beta.2
 */
aclError aclrtMemP2PMap(void *devPtr, size_t size, int32_t dstDevId, uint64_t flags);

/**
 * Maps memory to a second virtual address over the link with the given index.
 * @since v9.1.0-beta.3
 */
aclError aclrtMemMapSelectedLink(void *virPtrDst, size_t size, void *virPtrSrc, uint32_t linkIdx);

/**
 * Sets the advised link type of physical memory.
 * @since master@2026-08-22
 */
aclError aclrtMemMapSetLink(aclrtDrvMemHandle handle, aclrtMemLinkType adviceLink);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_VMM_H_ */
