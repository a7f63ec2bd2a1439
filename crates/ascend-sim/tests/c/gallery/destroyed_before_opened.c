/* Part of ascend-ipc, Apache-2.0. A handle was given out, and its event is destroyed before anybody has opened it. */
#include "../check.h"

int main(void) {
    OK(aclrtSetDevice(0));
    aclrtEvent event = ipc_event();
    aclrtIpcEventHandle handle = {0};
    OK(aclrtIpcGetEventHandle(event, &handle)); /* there */
    OK(aclrtDestroyEvent(event)); /* here */
    return 0;
}
