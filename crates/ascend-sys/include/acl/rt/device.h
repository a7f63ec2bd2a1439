/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Devices. */
#ifndef ASCEND_SYS_RT_DEVICE_H_
#define ASCEND_SYS_RT_DEVICE_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Binds the calling thread to a device's primary context; every call counts one reference.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetDevice(int32_t deviceId);

/**
 * Drops one device reference; the last tears the device down, and one too many gives 507007.
 * @since v8.5.0-beta.1
 */
aclError aclrtResetDevice(int32_t deviceId);

/**
 * Tears the device down whatever other threads have set; any later reset gives 507007.
 * @since v8.5.0-beta.1
 */
aclError aclrtResetDeviceForce(int32_t deviceId);

/**
 * Gets the calling thread's current device id; 107002 without a context or default device.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetDevice(int32_t *deviceId);

/**
 * Waits on the host for all streams of the current device.
 * @since v8.5.0-beta.1
 */
aclError aclrtSynchronizeDevice(void);

/**
 * Waits for the device's streams up to timeout milliseconds, -1 forever; expiry is 507046.
 * @since v8.5.0-beta.1
 */
aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout);

/**
 * Selects the task scheduler used by the current device.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetTsDevice(aclrtTsId tsId);

/**
 * Gets the utilisation figures of a device.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetDeviceUtilizationRate(int32_t deviceId, aclrtUtilizationInfo *utilizationInfo);

/**
 * Gets the number of visible devices; 207004 if ASCEND_RT_VISIBLE_DEVICES is rejected.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetDeviceCount(uint32_t *count);

/**
 * Tells whether one device can access another; equal ids give 100000; needs a context.
 * @since v8.5.0-beta.1
 */
aclError aclrtDeviceCanAccessPeer(int32_t *canAccessPeer, int32_t deviceId, int32_t peerDeviceId);

/**
 * Enables access from the current device to a peer, one direction only; flags must be 0.
 * @since v8.5.0-beta.1
 */
aclError aclrtDeviceEnablePeerAccess(int32_t peerDeviceId, uint32_t flags);

/**
 * Disables access from the current device to a peer device.
 * @since v8.5.0-beta.1
 */
aclError aclrtDeviceDisablePeerAccess(int32_t peerDeviceId);

/**
 * Sets the process-wide wait timeout in seconds, 0 is never; IPC event waits ignore it.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetOpWaitTimeout(uint32_t timeout);

/**
 * Sets the operator execution timeout.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetOpExecuteTimeOut(uint32_t timeout);

/**
 * Sets the operator execution timeout in milliseconds.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetOpExecuteTimeOutWithMs(uint32_t timeout);

/**
 * Sets the operator execution timeout and reports the one actually used.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetOpExecuteTimeOutV2(uint64_t timeout, uint64_t *actualTimeout);

/**
 * Gets the interval (granularity) of operator timeouts.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetOpTimeOutInterval(uint64_t *interval);

/**
 * Sets the float overflow (saturation) mode of the device.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetDeviceSatMode(aclrtFloatOverflowMode mode);

/**
 * Gets the float overflow (saturation) mode of the device.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetDeviceSatMode(aclrtFloatOverflowMode *mode);

/**
 * Queries whether a device is in a normal state.
 * @since v8.5.0-beta.1
 */
aclError aclrtQueryDeviceStatus(int32_t deviceId, aclrtDeviceStatus *deviceStatus);

/**
 * Gets this process's bare host PID, which PID whitelists need inside containers.
 * @since v8.5.0-beta.1
 */
aclError aclrtDeviceGetBareTgid(int32_t *pid);

/**
 * Aborts the tasks of a device within a timeout; later host calls on it return 107022.
 * @since v8.5.0-beta.1
 */
aclError aclrtDeviceTaskAbort(int32_t deviceId, uint32_t timeout);

/**
 * Gets the value of one attribute of a device.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetDeviceInfo(uint32_t deviceId, aclrtDevAttr attr, int64_t *value);

/**
 * Gets the least and the greatest stream priority.
 * @since v8.5.0-beta.1
 */
aclError aclrtDeviceGetStreamPriorityRange(int32_t *leastPriority, int32_t *greatestPriority);

/**
 * Gets the 16-byte unique id of a device.
 * @since v8.5.0-beta.1
 */
aclError aclrtDeviceGetUuid(int32_t deviceId, aclrtUuid *uuid);

/**
 * Sets a device limit; it always acts on device 0 and fails if that is filtered out.
 * @since v9.2.0-beta.1
 */
aclError aclrtDeviceSetLimit(aclrtDeviceLimit limit, size_t value);

/**
 * Gets the value of a device limit.
 * @since v9.2.0-beta.1
 */
aclError aclrtDeviceGetLimit(aclrtDeviceLimit limit, size_t *value);

/**
 * Writes a device's PCI bus id as text; the buffer needs at least 13 bytes.
 * @since master@2026-08-22
 */
aclError aclrtDeviceGetPCIBusId(int32_t deviceId, char *pciBusId, int32_t len);

/**
 * Gets the device id that belongs to a PCI bus id.
 * @since master@2026-08-22
 */
aclError aclrtDeviceGetByPCIBusId(const char *pciBusId, int32_t *deviceId);

/**
 * Gets, for count operations, the atomic capabilities between a device and the host.
 * @since v9.1.0-beta.1
 */
aclError aclrtDeviceGetHostAtomicCapabilities(
    uint32_t *capabilities,
    const aclrtAtomicOperation *operations,
    const uint32_t count,
    int32_t deviceId);

/**
 * Gets, for count operations, the atomic capabilities from one device to another.
 * @since v9.1.0-beta.1
 */
aclError aclrtDeviceGetP2PAtomicCapabilities(
    uint32_t *capabilities,
    const aclrtAtomicOperation *operations,
    const uint32_t count,
    int32_t srcDeviceId,
    int32_t dstDeviceId);

/**
 * Gets a device's limit for one kind of resource.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type, uint32_t *value);

/**
 * Sets a device's limit for one kind of resource.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type, uint32_t value);

/**
 * Resets the resource limits of a device.
 * @since v8.5.0-beta.1
 */
aclError aclrtResetDeviceResLimit(int32_t deviceId);

/**
 * Gets the topology relation between two devices as ACL_RT_DEVS_TOPOLOGY_* bits.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetDevicesTopo(uint32_t deviceId, uint32_t otherDeviceId, uint64_t *value);

/**
 * Converts a user device id to the driver's logical id; needs no context.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetLogicDevIdByUserDevId(const int32_t userDevid, int32_t *const logicDevId);

/**
 * Converts the driver's logical device id to a user id; needs no context.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetUserDevIdByLogicDevId(const int32_t logicDevId, int32_t *const userDevid);

/**
 * Converts a physical device id; despite the name it returns the user id.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetLogicDevIdByPhyDevId(const int32_t phyDevId, int32_t *const logicDevId);

/**
 * Converts to a physical device id; despite the name it takes the user id.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetPhyDevIdByLogicDevId(const int32_t logicDevId, int32_t *const phyDevId);

/**
 * Converts a physical device id to a user id; needs no context.
 * @since v9.1.0.pre
 */
aclError aclrtGetUserDevIdByPhyDevId(const int32_t phyDevId, int32_t *const userDevId);

/**
 * Converts a user device id to a physical id; needs no context.
 * @since v9.1.0.pre
 */
aclError aclrtGetPhyDevIdByUserDevId(const int32_t userDevId, int32_t *const phyDevId);

/**
 * Registers a named callback for device set and reset.
 * @since v8.5.0-beta.1
 */
aclError aclrtRegDeviceStateCallback(const char *regName, aclrtDeviceStateCallback callback, void *args);

/**
 * Sets a named callback that runs before and after a device task abort.
 * @since v8.5.0-beta.1
 */
aclError aclrtSetDeviceTaskAbortCallback(
    const char *regName,
    aclrtDeviceTaskAbortCallback callback,
    void *args);

/**
 * Gets the operator execution timeout in milliseconds.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetOpExecuteTimeout(uint32_t *const timeoutMs);

/**
 * Gets the peer access status between two devices.
 * @since v8.5.0-beta.1
 */
aclError aclrtDevicePeerAccessStatus(int32_t deviceId, int32_t peerDeviceId, int32_t *status);

/**
 * Flushes the device's L2 cache; the parameter is reserved.
 * @since master@2026-08-22
 */
aclError aclrtDeviceL2CacheFlush(void *rsv);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_DEVICE_H_ */
