/* Part of ascend-ipc, Apache-2.0.
 *
 * device [ID]: what the devices are, and every order in which programs leave one. Like many programs it never calls
 * aclInit.
 */
#include "program.h"

enum { BYTES = 64 << 20, ABSURD = 100000 };

static size_t memory_left(size_t *total) {
    size_t left = 0;
    CHECK_ACL(aclrtGetMemInfo(ACL_HBM_MEM, &left, total));
    return left;
}

int main(int argc, char **argv) {
    int32_t device = argc > 1 ? atoi(argv[1]) : 0, current = -1;
    uint32_t count = 0;
    aclrtRunMode mode = ACL_DEVICE;
    CHECK_ACL(aclrtGetDeviceCount(&count));
    CHECK_ACL(aclrtGetRunMode(&mode));
    const char *soc = aclrtGetSocName();
    CHECK(soc != NULL && strncmp(soc, "Ascend", 6) == 0);
    CHECK((uint32_t)device < count && mode == ACL_HOST);

    /* A probe tries ids until one is refused. */
    CHECK_REFUSED(ACL_ERROR_RT_INVALID_DEVICEID, aclrtSetDevice(ABSURD));
    CHECK_REFUSED(ACL_ERROR_RT_INVALID_DEVICEID, aclrtSetDevice((int32_t)count));
    CHECK(aclrtGetDevice(&current) != ACL_SUCCESS);
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtGetDevice(&current));
    CHECK(current == device);

    size_t total = 0, total_after = 0, before = memory_left(&total);
    void *memory = NULL;
    CHECK_ACL(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK(memory_left(&total_after) <= before - BYTES && total_after == total);
    CHECK(device_is_filled(memory, 0, 1 << 20)); /* nobody else's bytes */
    CHECK_ACL(aclrtFree(memory));
    CHECK(memory_left(&total_after) == before);

    for (int32_t other = 0; other < (int32_t)count; other++) {
        int32_t can = 0;
        if (other == device) continue;
        CHECK_ACL(aclrtDeviceCanAccessPeer(&can, device, other));
        if (!can) continue;
        CHECK_ACL(aclrtDeviceEnablePeerAccess(other, 0));
        CHECK_ACL(aclrtDeviceEnablePeerAccess(other, 0)); /* a library did so already */
        CHECK_ACL(aclrtDeviceDisablePeerAccess(other));
    }

    /* Reset while streams of the device still exist. */
    aclrtStream streams[3];
    CHECK_ACL(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    for (int i = 0; i < 3; i++) {
        CHECK_ACL(aclrtCreateStream(&streams[i]));
        CHECK_ACL(aclrtMemsetAsync(memory, BYTES, i, BYTES / 64, streams[i]));
    }
    CHECK_ACL(aclrtResetDevice(device));
    CHECK_REFUSED(ACL_ERROR_RT_CONTEXT_NULL, aclrtSynchronizeDevice());

    /* A thread that sets the device twice owes two resets, which the force does at once. */
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtCreateStream(&streams[0]));
    aclrtEvent event = NULL;
    CHECK_ACL(aclrtCreateEvent(&event));
    CHECK_ACL(aclrtRecordEvent(event, streams[0]));
    CHECK_ACL(aclrtSynchronizeStream(streams[0]));
    CHECK_ACL(aclrtDestroyEvent(event));
    CHECK_ACL(aclrtDestroyStream(streams[0]));
    CHECK_ACL(aclrtFree(memory));
    CHECK_ACL(aclrtResetDeviceForce(device));
    CHECK_REFUSED(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDevice(device));

    printf("device %d of %u (%s) was used and left in every order\n", device, count, soc);
    return EXIT_SUCCESS;
}
