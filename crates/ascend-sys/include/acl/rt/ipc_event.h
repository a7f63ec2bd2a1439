/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Events shared between processes. */
#ifndef ASCEND_SYS_RT_IPC_EVENT_H_
#define ASCEND_SYS_RT_IPC_EVENT_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Exports an IPC event; writes only the first 8 of 64 bytes, so zero the handle first.
 * @since v8.5.0-beta.1
 */
aclError aclrtIpcGetEventHandle(aclrtEvent event, aclrtIpcEventHandle *handle);

/**
 * Opens another process's IPC event on the current context; A2/A3 refuse it in the creator.
 * @since v8.5.0-beta.1
 */
aclError aclrtIpcOpenEventHandle(aclrtIpcEventHandle handle, aclrtEvent *event);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_IPC_EVENT_H_ */
