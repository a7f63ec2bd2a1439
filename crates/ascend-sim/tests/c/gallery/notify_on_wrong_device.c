/* Part of ascend-ipc, Apache-2.0. A stream of another device waits for a notify, which only the notify's own device can. */
#include "../check.h"

int main(void) {
    OK(aclrtSetDevice(0));
    aclrtNotify notify = NULL;
    OK(aclrtCreateNotify(&notify, 0)); /* there */
    aclrtStream stream = stream_of(1);
    ANSWERS(107000, aclrtWaitAndResetNotify(notify, stream, 1)); /* here */
    OK(aclrtDestroyStream(stream));
    OK(aclrtDestroyNotify(notify));
    return 0;
}
