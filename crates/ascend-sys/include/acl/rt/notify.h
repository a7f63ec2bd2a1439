/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Notifies and counting notifies. */
#ifndef ASCEND_SYS_RT_NOTIFY_H_
#define ASCEND_SYS_RT_NOTIFY_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Creates a notify on the current device; flag is ACL_NOTIFY_DEFAULT or DEVICE_USE_ONLY.
 * @since v8.5.0-beta.1
 */
aclError aclrtCreateNotify(aclrtNotify *notify, uint64_t flag);

/**
 * Destroys a notify; needs a current context, else 107002.
 * @since v8.5.0-beta.1
 */
aclError aclrtDestroyNotify(aclrtNotify notify);

/**
 * Creates a counting notify.
 * @since v8.5.0-beta.1
 */
aclError aclrtCntNotifyCreate(aclrtCntNotify *cntNotify, uint64_t flag);

/**
 * Destroys a counting notify.
 * @since v8.5.0-beta.1
 */
aclError aclrtCntNotifyDestroy(aclrtCntNotify cntNotify);

/**
 * Records a notify in stream order; one record wakes one wait.
 * @since v8.5.0-beta.1
 */
aclError aclrtRecordNotify(aclrtNotify notify, aclrtStream stream);

/**
 * Waits, on the device, up to timeout seconds, 0 forever; only on the device that created it.
 * @since v8.5.0-beta.1
 */
aclError aclrtWaitAndResetNotify(aclrtNotify notify, aclrtStream stream, uint32_t timeout);

/**
 * Gets the hardware id of a notify.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetNotifyId(aclrtNotify notify, uint32_t *notifyId);

/**
 * Resets several notifies; num 0 gives 107000.
 * @since v8.5.0-beta.1
 */
aclError aclrtNotifyBatchReset(aclrtNotify *notifies, size_t num);

/**
 * Exports a notify as a text key; len is at least 65 bytes; a second export gives 507000.
 * @since v8.5.0-beta.1
 */
aclError aclrtNotifyGetExportKey(aclrtNotify notify, char *key, size_t len, uint64_t flags);

/**
 * Opens a notify of another process by its key; it can be recorded but not waited elsewhere.
 * @since v8.5.0-beta.1
 */
aclError aclrtNotifyImportByKey(aclrtNotify *notify, const char *key, uint64_t flags);

/**
 * Lists the PIDs that may import a notify; containers need the bare host PID.
 * @since v8.5.0-beta.1
 */
aclError aclrtNotifySetImportPid(aclrtNotify notify, int32_t *pid, size_t num);

/**
 * Lists the processes of other servers that may import a notify.
 * @since v8.5.0-beta.1
 */
aclError aclrtNotifySetImportPidInterServer(aclrtNotify notify, aclrtServerPid *serverPids, size_t num);

/**
 * Records a counting notify in stream order with the given mode and value.
 * @since v8.5.0-beta.1
 */
aclError aclrtCntNotifyRecord(aclrtCntNotify cntNotify, aclrtStream stream, aclrtCntNotifyRecordInfo *info);

/**
 * Waits, on the device, until a counting notify meets the condition or the timeout ends.
 * @since v8.5.0-beta.1
 */
aclError aclrtCntNotifyWaitWithTimeout(
    aclrtCntNotify cntNotify,
    aclrtStream stream,
    aclrtCntNotifyWaitInfo *info);

/**
 * Resets a counting notify in stream order.
 * @since v8.5.0-beta.1
 */
aclError aclrtCntNotifyReset(aclrtCntNotify cntNotify, aclrtStream stream);

/**
 * Gets the id of a counting notify.
 * @since v8.5.0-beta.1
 */
aclError aclrtCntNotifyGetId(aclrtCntNotify cntNotify, uint32_t *notifyId);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_NOTIFY_H_ */
