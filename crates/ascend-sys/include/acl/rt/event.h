/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Events within a process. */
#ifndef ASCEND_SYS_RT_EVENT_H_
#define ASCEND_SYS_RT_EVENT_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Creates an old-mode event with sync and timeline; a wait before any record gives 107000.
 * @since v8.5.0-beta.1
 */
aclError aclrtCreateEvent(aclrtEvent *event);

/**
 * Creates an old-mode event with ACL_EVENT_* bits; flag 0 and ACL_EVENT_IPC give 107000.
 * @since v8.5.0-beta.1
 */
aclError aclrtCreateEventWithFlag(aclrtEvent *event, uint32_t flag);

/**
 * Creates a new-mode event; ACL_EVENT_IPC must stand alone and gives 207000 if unsupported.
 * @since v8.5.0-beta.1
 */
aclError aclrtCreateEventExWithFlag(aclrtEvent *event, uint32_t flag);

/**
 * Destroys an event without blocking or a context; must come before the device reset.
 * @since v8.5.0-beta.1
 */
aclError aclrtDestroyEvent(aclrtEvent event);

/**
 * Records the work queued so far on a stream; a stream of another context gives 107003.
 * @since v8.5.0-beta.1
 */
aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream);

/**
 * Records an event with an ACL_EVENT_RECORD_* flag; never mix both flags on one event.
 * @since v9.2.0-beta.1
 */
aclError aclrtRecordEventWithFlag(aclrtEvent event, aclrtStream stream, uint32_t flag);

/**
 * Resets an old-mode event in stream order; new-mode and IPC events give 207000.
 * @since v8.5.0-beta.1
 */
aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream);

/**
 * Queries an old-mode event (deprecated); new-mode and IPC events give 207000.
 * @since v8.5.0-beta.1
 */
aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus *status);

/**
 * Reports whether the latest record is done; never recorded is NOT_READY only for old-mode events.
 * @since v8.5.0-beta.1
 */
aclError aclrtQueryEventStatus(aclrtEvent event, aclrtEventRecordedStatus *status);

/**
 * Reports whether no wait on an old-mode event is outstanding; IPC events give 207000.
 * @since v8.5.0-beta.1
 */
aclError aclrtQueryEventWaitStatus(aclrtEvent event, aclrtEventWaitStatus *status);

/**
 * Waits on the host for the latest record; on an IPC event it can lose the wake-up and hang.
 * @since v8.5.0-beta.1
 */
aclError aclrtSynchronizeEvent(aclrtEvent event);

/**
 * Waits for the latest record up to timeout milliseconds, -1 forever, not 0; expiry is 507047.
 * @since v8.5.0-beta.1
 */
aclError aclrtSynchronizeEventWithTimeout(aclrtEvent event, int32_t timeout);

/**
 * Gets the milliseconds between two completed events with timestamps; IPC events give 207000.
 * @since v8.5.0-beta.1
 */
aclError aclrtEventElapsedTime(float *ms, aclrtEvent startEvent, aclrtEvent endEvent);

/**
 * Gets the completion time of an event in microseconds; IPC events give 207000.
 * @since v8.5.0-beta.1
 */
aclError aclrtEventGetTimestamp(aclrtEvent event, uint64_t *timestamp);

/**
 * Waits, on the device, for the latest record; no-op on a new-mode or IPC event never recorded.
 * @since v8.5.0-beta.1
 */
aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event);

/**
 * Waits, on the device, with an ACL_EVENT_WAIT_* flag; EXTERNAL needs timeout 0.
 * @since v9.2.0-beta.1
 */
aclError aclrtStreamWaitEventWithFlag(aclrtStream stream, aclrtEvent event, uint32_t timeout, uint32_t flag);

/**
 * Waits, on the device, up to timeout seconds, 0 forever; IPC events ignore the timeout.
 * @since v8.5.0-beta.1
 */
aclError aclrtStreamWaitEventWithTimeout(aclrtStream stream, aclrtEvent event, int32_t timeout);

/**
 * Gets the hardware id of a recorded event; never recorded gives 507000, IPC 207000.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetEventId(aclrtEvent event, uint32_t *eventId);

/**
 * Gets how many more events the device has left.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetEventAvailNum(uint32_t *eventCount);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_EVENT_H_ */
