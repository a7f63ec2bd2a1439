/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Memory shared between processes. */
#ifndef ASCEND_SYS_RT_IPC_MEMORY_H_
#define ASCEND_SYS_RT_IPC_MEMORY_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Exports device memory as a text key; len is at least 65 bytes including the NUL.
 * @since v8.5.0-beta.1
 */
aclError aclrtIpcMemGetExportKey(void *devPtr, size_t size, char *key, size_t len, uint64_t flags);

/**
 * Closes this process's import of a key, or else the export; importers close first.
 * @since v8.5.0-beta.1
 */
aclError aclrtIpcMemClose(const char *key);

/**
 * Maps another process's memory by its key; needs a context; refused PIDs get 507899.
 * @since v8.5.0-beta.1
 */
aclError aclrtIpcMemImportByKey(void **devPtr, const char *key, uint64_t flags);

/**
 * Lists the bare host PIDs that may import a key; counts only in the exporting process.
 * @since v8.5.0-beta.1
 */
aclError aclrtIpcMemSetImportPid(const char *key, int32_t *pid, size_t num);

/**
 * Selects the access link of exported memory; unsupported chips give 207000.
 * @since v8.5.0-beta.1
 */
aclError aclrtIpcMemSetAttr(const char *key, aclrtIpcMemAttrType type, uint64_t attr);

/**
 * Lists the processes of other servers that may import a key.
 * @since v8.5.0-beta.1
 */
aclError aclrtIpcMemImportPidInterServer(const char *key, aclrtServerPid *serverPids, size_t num);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_IPC_MEMORY_H_ */
