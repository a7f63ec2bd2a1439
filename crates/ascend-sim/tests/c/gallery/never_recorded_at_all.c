/* Part of ascend-ipc, Apache-2.0. The host asks about an event that is never recorded, and takes the answer for a completion. */
#include "../check.h"

int main(void) {
    OK(aclrtSetDevice(0));
    aclrtEvent event = NULL;
    OK(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC)); /* there */
    aclrtEventRecordedStatus status = ACL_EVENT_RECORDED_STATUS_NOT_READY;
    OK(aclrtQueryEventStatus(event, &status)); /* here */
    HOLDS(status == ACL_EVENT_RECORDED_STATUS_COMPLETE);
    OK(aclrtDestroyEvent(event));
    return 0;
}
