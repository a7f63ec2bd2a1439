/* Part of ascend-ipc, Apache-2.0.
 *
 * init: the runtime is started and ended again and again in one process, by itself and by libraries that count.
 */
#include "program.h"

enum { CYCLES = 3, BYTES = 4096 };

static void use_a_device(int value) {
    aclrtStream stream = NULL;
    void *memory = NULL;
    CHECK_ACL(aclrtSetDevice(0));
    CHECK_ACL(aclrtCreateStream(&stream));
    CHECK_ACL(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK_ACL(aclrtMemsetAsync(memory, BYTES, value, BYTES, stream));
    CHECK_ACL(aclrtSynchronizeStream(stream));
    CHECK(device_is_filled(memory, value, BYTES));
    CHECK_ACL(aclrtFree(memory));
    CHECK_ACL(aclrtDestroyStream(stream));
    CHECK_ACL(aclrtResetDevice(0));
}

int main(void) {
    use_a_device(1); /* nobody has to call aclInit */
    for (int cycle = 0; cycle < CYCLES; cycle++) {
        CHECK_ACL(aclInit(cycle % 2 ? "" : NULL)); /* the same configuration */
        use_a_device(cycle + 2);
        CHECK_ACL(aclFinalize());
    }
    CHECK_REFUSED(ACL_ERROR_REPEAT_FINALIZE, aclFinalize());

    /* The program, and two libraries that do not know of each other. */
    uint64_t left = 77;
    CHECK_ACL(aclInit(NULL));
    CHECK_REFUSED(ACL_ERROR_REPEAT_INITIALIZE, aclInit(NULL));
    CHECK_REFUSED(ACL_ERROR_REPEAT_INITIALIZE, aclInit(NULL));
    CHECK_ACL(aclFinalizeReference(&left));
    CHECK(left == 2);
    use_a_device(9);
    CHECK_ACL(aclFinalizeReference(NULL));
    CHECK_ACL(aclFinalizeReference(&left));
    CHECK(left == 0);
    CHECK_REFUSED(ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(&left));
    CHECK_REFUSED(ACL_ERROR_INVALID_FILE, aclInit("/nowhere/acl.json"));
    use_a_device(10); /* works without, too */
    printf("%d cycles of initialisation\n", CYCLES + 1);
    return EXIT_SUCCESS;
}
