/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Structures and callback signatures, with their layouts asserted. */
#ifndef ASCEND_SYS_RT_STRUCTS_H_
#define ASCEND_SYS_RT_STRUCTS_H_

#include "acl/rt/enums.h"
#include "acl/rt/flags.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Structures whose content the interface does not disclose. */
typedef struct aclrtUtilizationExtendInfo aclrtUtilizationExtendInfo;
typedef struct rtExceptionInfo aclrtExceptionInfo;

/** Opaque handle of physical memory. */
typedef void *aclrtDrvMemHandle;
/** Opaque handle of a memory pool. */
typedef void *aclrtMemPool;

/** Location of managed memory: a kind and an id. */
typedef struct aclrtMemManagedLocation {
    aclrtMemManagedLocationType type;
    int32_t id;
} aclrtMemManagedLocation;
ACL_ABI_ASSERT(sizeof(aclrtMemManagedLocation) == 8, "sizeof aclrtMemManagedLocation");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMemManagedLocation) == 4, "alignof aclrtMemManagedLocation");
ACL_ABI_ASSERT(offsetof(aclrtMemManagedLocation, type) == 0, "offsetof aclrtMemManagedLocation.type");
ACL_ABI_ASSERT(offsetof(aclrtMemManagedLocation, id) == 4, "offsetof aclrtMemManagedLocation.id");

/** Value of one allocation attribute; the attribute type tells which member counts. */
typedef union aclrtMallocAttrValue {
    uint16_t moduleId;
    uint32_t deviceId;
    uint32_t vaFlag;
    uint8_t rsv[8];
} aclrtMallocAttrValue;
ACL_ABI_ASSERT(sizeof(aclrtMallocAttrValue) == 8, "sizeof aclrtMallocAttrValue");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMallocAttrValue) == 4, "alignof aclrtMallocAttrValue");
ACL_ABI_ASSERT(offsetof(aclrtMallocAttrValue, moduleId) == 0, "offsetof aclrtMallocAttrValue.moduleId");
ACL_ABI_ASSERT(offsetof(aclrtMallocAttrValue, deviceId) == 0, "offsetof aclrtMallocAttrValue.deviceId");
ACL_ABI_ASSERT(offsetof(aclrtMallocAttrValue, vaFlag) == 0, "offsetof aclrtMallocAttrValue.vaFlag");
ACL_ABI_ASSERT(offsetof(aclrtMallocAttrValue, rsv) == 0, "offsetof aclrtMallocAttrValue.rsv");

/** One allocation attribute: its type and its value. */
typedef struct aclrtMallocAttribute {
    aclrtMallocAttrType attr;
    aclrtMallocAttrValue value;
} aclrtMallocAttribute;
ACL_ABI_ASSERT(sizeof(aclrtMallocAttribute) == 12, "sizeof aclrtMallocAttribute");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMallocAttribute) == 4, "alignof aclrtMallocAttribute");
ACL_ABI_ASSERT(offsetof(aclrtMallocAttribute, attr) == 0, "offsetof aclrtMallocAttribute.attr");
ACL_ABI_ASSERT(offsetof(aclrtMallocAttribute, value) == 4, "offsetof aclrtMallocAttribute.value");

/** List of allocation attributes. */
typedef struct aclrtMallocConfig {
    aclrtMallocAttribute *attrs;
    size_t numAttrs;
} aclrtMallocConfig;
ACL_ABI_ASSERT(sizeof(aclrtMallocConfig) == 16, "sizeof aclrtMallocConfig");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMallocConfig) == 8, "alignof aclrtMallocConfig");
ACL_ABI_ASSERT(offsetof(aclrtMallocConfig, attrs) == 0, "offsetof aclrtMallocConfig.attrs");
ACL_ABI_ASSERT(offsetof(aclrtMallocConfig, numAttrs) == 8, "offsetof aclrtMallocConfig.numAttrs");

/** PIDs of one server, which sdid identifies, for import whitelists. */
typedef struct aclrtServerPid {
    uint32_t sdid;
    int32_t *pid;
    size_t num;
} aclrtServerPid;
ACL_ABI_ASSERT(sizeof(aclrtServerPid) == 24, "sizeof aclrtServerPid");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtServerPid) == 8, "alignof aclrtServerPid");
ACL_ABI_ASSERT(offsetof(aclrtServerPid, sdid) == 0, "offsetof aclrtServerPid.sdid");
ACL_ABI_ASSERT(offsetof(aclrtServerPid, pid) == 8, "offsetof aclrtServerPid.pid");
ACL_ABI_ASSERT(offsetof(aclrtServerPid, num) == 16, "offsetof aclrtServerPid.num");

/** Stream configuration: work area with its size in bytes, flags and priority. */
typedef struct aclrtStreamConfigHandle {
    void *workptr;
    size_t workSize;
    size_t flag;
    uint32_t priority;
} aclrtStreamConfigHandle;
ACL_ABI_ASSERT(sizeof(aclrtStreamConfigHandle) == 32, "sizeof aclrtStreamConfigHandle");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtStreamConfigHandle) == 8, "alignof aclrtStreamConfigHandle");
ACL_ABI_ASSERT(offsetof(aclrtStreamConfigHandle, workptr) == 0, "offsetof aclrtStreamConfigHandle.workptr");
ACL_ABI_ASSERT(offsetof(aclrtStreamConfigHandle, workSize) == 8, "offsetof aclrtStreamConfigHandle.workSize");
ACL_ABI_ASSERT(offsetof(aclrtStreamConfigHandle, flag) == 16, "offsetof aclrtStreamConfigHandle.flag");
ACL_ABI_ASSERT(offsetof(aclrtStreamConfigHandle, priority) == 24, "offsetof aclrtStreamConfigHandle.priority");

/** Utilisation figures of a device: cube, vector, AI CPU and memory. */
typedef struct aclrtUtilizationInfo {
    int32_t cubeUtilization;
    int32_t vectorUtilization;
    int32_t aicpuUtilization;
    int32_t memoryUtilization;
    aclrtUtilizationExtendInfo *utilizationExtend;
} aclrtUtilizationInfo;
ACL_ABI_ASSERT(sizeof(aclrtUtilizationInfo) == 24, "sizeof aclrtUtilizationInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtUtilizationInfo) == 8, "alignof aclrtUtilizationInfo");
ACL_ABI_ASSERT(offsetof(aclrtUtilizationInfo, cubeUtilization) == 0, "offsetof aclrtUtilizationInfo.cubeUtilization");
ACL_ABI_ASSERT(offsetof(aclrtUtilizationInfo, vectorUtilization) == 4, "offsetof aclrtUtilizationInfo.vectorUtilization");
ACL_ABI_ASSERT(offsetof(aclrtUtilizationInfo, aicpuUtilization) == 8, "offsetof aclrtUtilizationInfo.aicpuUtilization");
ACL_ABI_ASSERT(offsetof(aclrtUtilizationInfo, memoryUtilization) == 12, "offsetof aclrtUtilizationInfo.memoryUtilization");
ACL_ABI_ASSERT(offsetof(aclrtUtilizationInfo, utilizationExtend) == 16, "offsetof aclrtUtilizationInfo.utilizationExtend");

/** Location of memory: an id and a kind of place. */
typedef struct aclrtMemLocation {
    uint32_t id;
    aclrtMemLocationType type;
} aclrtMemLocation;
ACL_ABI_ASSERT(sizeof(aclrtMemLocation) == 8, "sizeof aclrtMemLocation");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMemLocation) == 4, "alignof aclrtMemLocation");
ACL_ABI_ASSERT(offsetof(aclrtMemLocation, id) == 0, "offsetof aclrtMemLocation.id");
ACL_ABI_ASSERT(offsetof(aclrtMemLocation, type) == 4, "offsetof aclrtMemLocation.type");

/** Attributes of a pointer: location and page size. */
typedef struct aclrtPtrAttributes {
    aclrtMemLocation location;
    uint32_t pageSize;
    uint32_t rsv[4];
} aclrtPtrAttributes;
ACL_ABI_ASSERT(sizeof(aclrtPtrAttributes) == 28, "sizeof aclrtPtrAttributes");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtPtrAttributes) == 4, "alignof aclrtPtrAttributes");
ACL_ABI_ASSERT(offsetof(aclrtPtrAttributes, location) == 0, "offsetof aclrtPtrAttributes.location");
ACL_ABI_ASSERT(offsetof(aclrtPtrAttributes, pageSize) == 8, "offsetof aclrtPtrAttributes.pageSize");
ACL_ABI_ASSERT(offsetof(aclrtPtrAttributes, rsv) == 12, "offsetof aclrtPtrAttributes.rsv");

/** Memory usage under one name: current and peak size. */
typedef struct aclrtMemUsageInfo {
    char name[32];
    uint64_t curMemSize;
    uint64_t memPeakSize;
    size_t reserved[8];
} aclrtMemUsageInfo;
ACL_ABI_ASSERT(sizeof(aclrtMemUsageInfo) == 112, "sizeof aclrtMemUsageInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMemUsageInfo) == 8, "alignof aclrtMemUsageInfo");
ACL_ABI_ASSERT(offsetof(aclrtMemUsageInfo, name) == 0, "offsetof aclrtMemUsageInfo.name");
ACL_ABI_ASSERT(offsetof(aclrtMemUsageInfo, curMemSize) == 32, "offsetof aclrtMemUsageInfo.curMemSize");
ACL_ABI_ASSERT(offsetof(aclrtMemUsageInfo, memPeakSize) == 40, "offsetof aclrtMemUsageInfo.memPeakSize");
ACL_ABI_ASSERT(offsetof(aclrtMemUsageInfo, reserved) == 48, "offsetof aclrtMemUsageInfo.reserved");

/** Fabric handle of 128 bytes that shares physical memory across servers. */
typedef struct aclrtMemFabricHandle {
    uint8_t data[128];
} aclrtMemFabricHandle;
ACL_ABI_ASSERT(sizeof(aclrtMemFabricHandle) == 128, "sizeof aclrtMemFabricHandle");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMemFabricHandle) == 1, "alignof aclrtMemFabricHandle");
ACL_ABI_ASSERT(offsetof(aclrtMemFabricHandle, data) == 0, "offsetof aclrtMemFabricHandle.data");

/** Properties of physical memory: handle type, allocation type, attribute and location. */
typedef struct aclrtPhysicalMemProp {
    aclrtMemHandleType handleType;
    aclrtMemAllocationType allocationType;
    aclrtMemAttr memAttr;
    aclrtMemLocation location;
    uint64_t reserve;
} aclrtPhysicalMemProp;
ACL_ABI_ASSERT(sizeof(aclrtPhysicalMemProp) == 32, "sizeof aclrtPhysicalMemProp");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtPhysicalMemProp) == 8, "alignof aclrtPhysicalMemProp");
ACL_ABI_ASSERT(offsetof(aclrtPhysicalMemProp, handleType) == 0, "offsetof aclrtPhysicalMemProp.handleType");
ACL_ABI_ASSERT(offsetof(aclrtPhysicalMemProp, allocationType) == 4, "offsetof aclrtPhysicalMemProp.allocationType");
ACL_ABI_ASSERT(offsetof(aclrtPhysicalMemProp, memAttr) == 8, "offsetof aclrtPhysicalMemProp.memAttr");
ACL_ABI_ASSERT(offsetof(aclrtPhysicalMemProp, location) == 12, "offsetof aclrtPhysicalMemProp.location");
ACL_ABI_ASSERT(offsetof(aclrtPhysicalMemProp, reserve) == 24, "offsetof aclrtPhysicalMemProp.reserve");

/** One faulty memory range: address and length. */
typedef struct aclrtMemUceInfo {
    void *addr;
    size_t len;
    size_t reserved[14];
} aclrtMemUceInfo;
ACL_ABI_ASSERT(sizeof(aclrtMemUceInfo) == 128, "sizeof aclrtMemUceInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMemUceInfo) == 8, "alignof aclrtMemUceInfo");
ACL_ABI_ASSERT(offsetof(aclrtMemUceInfo, addr) == 0, "offsetof aclrtMemUceInfo.addr");
ACL_ABI_ASSERT(offsetof(aclrtMemUceInfo, len) == 8, "offsetof aclrtMemUceInfo.len");
ACL_ABI_ASSERT(offsetof(aclrtMemUceInfo, reserved) == 16, "offsetof aclrtMemUceInfo.reserved");

/** Up to 20 faulty memory ranges; arraySize tells how many count. */
typedef struct aclrtMemUceInfoArray {
    size_t arraySize;
    aclrtMemUceInfo memUceInfoArray[20];
} aclrtMemUceInfoArray;
ACL_ABI_ASSERT(sizeof(aclrtMemUceInfoArray) == 2568, "sizeof aclrtMemUceInfoArray");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMemUceInfoArray) == 8, "alignof aclrtMemUceInfoArray");
ACL_ABI_ASSERT(offsetof(aclrtMemUceInfoArray, arraySize) == 0, "offsetof aclrtMemUceInfoArray.arraySize");
ACL_ABI_ASSERT(offsetof(aclrtMemUceInfoArray, memUceInfoArray) == 8, "offsetof aclrtMemUceInfoArray.memUceInfoArray");

/** Detail of a device error; the error type tells which member counts. */
typedef union aclrtErrorInfoDetail {
    aclrtMemUceInfoArray uceInfo;
    aclrtAicoreErrorType aicoreErrType;
} aclrtErrorInfoDetail;
ACL_ABI_ASSERT(sizeof(aclrtErrorInfoDetail) == 2568, "sizeof aclrtErrorInfoDetail");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtErrorInfoDetail) == 8, "alignof aclrtErrorInfoDetail");
ACL_ABI_ASSERT(offsetof(aclrtErrorInfoDetail, uceInfo) == 0, "offsetof aclrtErrorInfoDetail.uceInfo");
ACL_ABI_ASSERT(offsetof(aclrtErrorInfoDetail, aicoreErrType) == 0, "offsetof aclrtErrorInfoDetail.aicoreErrType");

/** Description of a device error: type, detail and whether a repair can be tried. */
typedef struct aclrtErrorInfo {
    uint8_t tryRepair;
    uint8_t hasDetail;
    uint8_t reserved[2];
    aclrtErrorType errorType;
    aclrtErrorInfoDetail detail;
} aclrtErrorInfo;
ACL_ABI_ASSERT(sizeof(aclrtErrorInfo) == 2576, "sizeof aclrtErrorInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtErrorInfo) == 8, "alignof aclrtErrorInfo");
ACL_ABI_ASSERT(offsetof(aclrtErrorInfo, tryRepair) == 0, "offsetof aclrtErrorInfo.tryRepair");
ACL_ABI_ASSERT(offsetof(aclrtErrorInfo, hasDetail) == 1, "offsetof aclrtErrorInfo.hasDetail");
ACL_ABI_ASSERT(offsetof(aclrtErrorInfo, reserved) == 2, "offsetof aclrtErrorInfo.reserved");
ACL_ABI_ASSERT(offsetof(aclrtErrorInfo, errorType) == 4, "offsetof aclrtErrorInfo.errorType");
ACL_ABI_ASSERT(offsetof(aclrtErrorInfo, detail) == 8, "offsetof aclrtErrorInfo.detail");

/** Value of one stream attribute; the attribute tells which member counts. */
typedef union aclrtStreamAttrValue {
    uint64_t failureMode;
    uint32_t overflowSwitch;
    uint32_t userCustomTag;
    uint32_t cacheOpInfoSwitch;
    uint32_t streamPriority;
    uint32_t reserve[4];
} aclrtStreamAttrValue;
ACL_ABI_ASSERT(sizeof(aclrtStreamAttrValue) == 16, "sizeof aclrtStreamAttrValue");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtStreamAttrValue) == 8, "alignof aclrtStreamAttrValue");
ACL_ABI_ASSERT(offsetof(aclrtStreamAttrValue, failureMode) == 0, "offsetof aclrtStreamAttrValue.failureMode");
ACL_ABI_ASSERT(offsetof(aclrtStreamAttrValue, overflowSwitch) == 0, "offsetof aclrtStreamAttrValue.overflowSwitch");
ACL_ABI_ASSERT(offsetof(aclrtStreamAttrValue, userCustomTag) == 0, "offsetof aclrtStreamAttrValue.userCustomTag");
ACL_ABI_ASSERT(offsetof(aclrtStreamAttrValue, cacheOpInfoSwitch) == 0, "offsetof aclrtStreamAttrValue.cacheOpInfoSwitch");
ACL_ABI_ASSERT(offsetof(aclrtStreamAttrValue, streamPriority) == 0, "offsetof aclrtStreamAttrValue.streamPriority");
ACL_ABI_ASSERT(offsetof(aclrtStreamAttrValue, reserve) == 0, "offsetof aclrtStreamAttrValue.reserve");

/** Attributes of batched copies: destination and source location. */
typedef struct aclrtMemcpyBatchAttr {
    aclrtMemLocation dstLoc;
    aclrtMemLocation srcLoc;
    uint8_t rsv[16];
} aclrtMemcpyBatchAttr;
ACL_ABI_ASSERT(sizeof(aclrtMemcpyBatchAttr) == 32, "sizeof aclrtMemcpyBatchAttr");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMemcpyBatchAttr) == 4, "alignof aclrtMemcpyBatchAttr");
ACL_ABI_ASSERT(offsetof(aclrtMemcpyBatchAttr, dstLoc) == 0, "offsetof aclrtMemcpyBatchAttr.dstLoc");
ACL_ABI_ASSERT(offsetof(aclrtMemcpyBatchAttr, srcLoc) == 8, "offsetof aclrtMemcpyBatchAttr.srcLoc");
ACL_ABI_ASSERT(offsetof(aclrtMemcpyBatchAttr, rsv) == 16, "offsetof aclrtMemcpyBatchAttr.rsv");

/** Unique id of a device, 16 bytes. */
typedef struct aclrtUuid {
    char bytes[16];
} aclrtUuid;
ACL_ABI_ASSERT(sizeof(aclrtUuid) == 16, "sizeof aclrtUuid");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtUuid) == 1, "alignof aclrtUuid");
ACL_ABI_ASSERT(offsetof(aclrtUuid, bytes) == 0, "offsetof aclrtUuid.bytes");

/** What a counting notify record does: mode and value. */
typedef struct aclrtCntNotifyRecordInfo {
    aclrtCntNotifyRecordMode mode;
    uint32_t value;
} aclrtCntNotifyRecordInfo;
ACL_ABI_ASSERT(sizeof(aclrtCntNotifyRecordInfo) == 8, "sizeof aclrtCntNotifyRecordInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtCntNotifyRecordInfo) == 4, "alignof aclrtCntNotifyRecordInfo");
ACL_ABI_ASSERT(offsetof(aclrtCntNotifyRecordInfo, mode) == 0, "offsetof aclrtCntNotifyRecordInfo.mode");
ACL_ABI_ASSERT(offsetof(aclrtCntNotifyRecordInfo, value) == 4, "offsetof aclrtCntNotifyRecordInfo.value");

/** What a counting notify wait waits for: mode, value, timeout and whether to clear. */
typedef struct aclrtCntNotifyWaitInfo {
    aclrtCntNotifyWaitMode mode;
    uint32_t value;
    uint32_t timeout;
    uint8_t isClear;
    uint8_t rsv[3];
} aclrtCntNotifyWaitInfo;
ACL_ABI_ASSERT(sizeof(aclrtCntNotifyWaitInfo) == 16, "sizeof aclrtCntNotifyWaitInfo");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtCntNotifyWaitInfo) == 4, "alignof aclrtCntNotifyWaitInfo");
ACL_ABI_ASSERT(offsetof(aclrtCntNotifyWaitInfo, mode) == 0, "offsetof aclrtCntNotifyWaitInfo.mode");
ACL_ABI_ASSERT(offsetof(aclrtCntNotifyWaitInfo, value) == 4, "offsetof aclrtCntNotifyWaitInfo.value");
ACL_ABI_ASSERT(offsetof(aclrtCntNotifyWaitInfo, timeout) == 8, "offsetof aclrtCntNotifyWaitInfo.timeout");
ACL_ABI_ASSERT(offsetof(aclrtCntNotifyWaitInfo, isClear) == 12, "offsetof aclrtCntNotifyWaitInfo.isClear");
ACL_ABI_ASSERT(offsetof(aclrtCntNotifyWaitInfo, rsv) == 13, "offsetof aclrtCntNotifyWaitInfo.rsv");

/** Access right of one location to a mapped range. */
typedef struct aclrtMemAccessDesc {
    aclrtMemAccessFlags flags;
    aclrtMemLocation location;
    uint8_t rsv[12];
} aclrtMemAccessDesc;
ACL_ABI_ASSERT(sizeof(aclrtMemAccessDesc) == 24, "sizeof aclrtMemAccessDesc");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMemAccessDesc) == 4, "alignof aclrtMemAccessDesc");
ACL_ABI_ASSERT(offsetof(aclrtMemAccessDesc, flags) == 0, "offsetof aclrtMemAccessDesc.flags");
ACL_ABI_ASSERT(offsetof(aclrtMemAccessDesc, location) == 4, "offsetof aclrtMemAccessDesc.location");
ACL_ABI_ASSERT(offsetof(aclrtMemAccessDesc, rsv) == 12, "offsetof aclrtMemAccessDesc.rsv");

/** Version of a CANN package as text, whole and in parts. */
typedef struct aclCANNPackageVersion {
    char version[128];
    char majorVersion[64];
    char minorVersion[64];
    char releaseVersion[64];
    char patchVersion[64];
    char reserved[128];
} aclCANNPackageVersion;
ACL_ABI_ASSERT(sizeof(aclCANNPackageVersion) == 512, "sizeof aclCANNPackageVersion");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclCANNPackageVersion) == 1, "alignof aclCANNPackageVersion");
ACL_ABI_ASSERT(offsetof(aclCANNPackageVersion, version) == 0, "offsetof aclCANNPackageVersion.version");
ACL_ABI_ASSERT(offsetof(aclCANNPackageVersion, majorVersion) == 128, "offsetof aclCANNPackageVersion.majorVersion");
ACL_ABI_ASSERT(offsetof(aclCANNPackageVersion, minorVersion) == 192, "offsetof aclCANNPackageVersion.minorVersion");
ACL_ABI_ASSERT(offsetof(aclCANNPackageVersion, releaseVersion) == 256, "offsetof aclCANNPackageVersion.releaseVersion");
ACL_ABI_ASSERT(offsetof(aclCANNPackageVersion, patchVersion) == 320, "offsetof aclCANNPackageVersion.patchVersion");
ACL_ABI_ASSERT(offsetof(aclCANNPackageVersion, reserved) == 384, "offsetof aclCANNPackageVersion.reserved");

/** Handle of an IPC event; 64 bytes, of which only the first 8 carry information. */
typedef struct aclrtIpcEventHandle {
    char reserved[64];
} aclrtIpcEventHandle;
ACL_ABI_ASSERT(sizeof(aclrtIpcEventHandle) == 64, "sizeof aclrtIpcEventHandle");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtIpcEventHandle) == 1, "alignof aclrtIpcEventHandle");
ACL_ABI_ASSERT(offsetof(aclrtIpcEventHandle, reserved) == 0, "offsetof aclrtIpcEventHandle.reserved");

/** Properties of a memory pool: allocation type, handle type, location and maximum size. */
typedef struct aclrtMemPoolProps {
    aclrtMemAllocationType allocType;
    aclrtMemHandleType handleType;
    aclrtMemLocation location;
    size_t maxSize;
    unsigned char reserved[32];
} aclrtMemPoolProps;
ACL_ABI_ASSERT(sizeof(aclrtMemPoolProps) == 56, "sizeof aclrtMemPoolProps");
ACL_ABI_ASSERT(ACL_ABI_ALIGNOF(aclrtMemPoolProps) == 8, "alignof aclrtMemPoolProps");
ACL_ABI_ASSERT(offsetof(aclrtMemPoolProps, allocType) == 0, "offsetof aclrtMemPoolProps.allocType");
ACL_ABI_ASSERT(offsetof(aclrtMemPoolProps, handleType) == 4, "offsetof aclrtMemPoolProps.handleType");
ACL_ABI_ASSERT(offsetof(aclrtMemPoolProps, location) == 8, "offsetof aclrtMemPoolProps.location");
ACL_ABI_ASSERT(offsetof(aclrtMemPoolProps, maxSize) == 16, "offsetof aclrtMemPoolProps.maxSize");
ACL_ABI_ASSERT(offsetof(aclrtMemPoolProps, reserved) == 24, "offsetof aclrtMemPoolProps.reserved");

/* Functions that the runtime calls back. */
/** Stream callback run by the subscribed thread; must not synchronise, allocate or launch. */
typedef void (*aclrtCallback)(void *);
/** Host function run by a runtime-owned thread; must not synchronise, allocate or launch. */
typedef void (*aclrtHostFunc)(void *);
/** Callback for device state changes: device id, state, user data. */
typedef void (*aclrtDeviceStateCallback)(int32_t, aclrtDeviceState, void *);
/** Callback for stream state changes: stream, state, user data. */
typedef void (*aclrtStreamStateCallback)(aclrtStream, aclrtStreamState, void *);
/** Callback around a device task abort: device id, stage, a number and user data. */
typedef int32_t (*aclrtDeviceTaskAbortCallback)(int32_t, aclrtDeviceTaskAbortStage, uint32_t, void *);
/** Callback for initialisation: a text, a size and user data. */
typedef aclError (*aclInitCallbackFunc)(const char *, size_t, void *);
/** Callback for finalisation: user data. */
typedef aclError (*aclFinalizeCallbackFunc)(void *);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_STRUCTS_H_ */
