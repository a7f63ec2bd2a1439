/* Part of ascend-ipc, Apache-2.0. Several objects are left when the program ends. */
#include "../check.h"

int main(void) {
    OK(aclrtSetDevice(0));
    for (int i = 0; i < 3; i++) {
        aclrtEvent event = NULL;
        OK(aclrtCreateEvent(&event)); /* here */
    }
    aclrtStream stream = NULL;
    OK(aclrtCreateStream(&stream)); /* there */
    void *memory = NULL;
    OK(aclrtMalloc(&memory, 1 << 20, ACL_MEM_MALLOC_HUGE_FIRST));
    char key[65];
    OK(aclrtIpcMemGetExportKey(memory, 1 << 20, key, sizeof(key), 0)); /* other */
    return 0;
}
