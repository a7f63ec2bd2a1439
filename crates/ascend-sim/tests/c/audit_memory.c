/* Part of ascend-ipc, Apache-2.0. Copies to several mapped blocks at once, and to addresses where nothing is. */
#include "check.h"

enum { GRAIN = 2 << 20 };

static aclrtDrvMemHandle block(void) {
    aclrtPhysicalMemProp prop = {ACL_MEM_HANDLE_TYPE_NONE, ACL_MEM_ALLOCATION_TYPE_PINNED, ACL_HBM_MEM_HUGE,
                                 {0, ACL_MEM_LOCATION_TYPE_DEVICE}, 0};
    aclrtDrvMemHandle handle = NULL;
    OK(aclrtMallocPhysical(&handle, GRAIN, &prop, 0));
    return handle;
}
/* Three blocks' room; the last stays empty. */
static char *two_blocks(void) {
    void *room = NULL;
    OK(aclrtReserveMemAddress(&room, 3 * GRAIN, 0, NULL, 0));
    OK(aclrtMapMem(room, GRAIN, 0, block(), 0));
    OK(aclrtMapMem((char *)room + GRAIN, GRAIN, 0, block(), 0));
    return room;
}

static void a_copy_reaches_over_blocks_that_are_mapped_side_by_side(void) {
    static char pageable[64];
    aclrtStream stream = stream_of(0);
    char *room = two_blocks(), *border = room + GRAIN - 32;
    OK(aclrtMemset(room, 2 * GRAIN, 1, 2 * GRAIN));
    HOLDS(room[0] == 1 && room[2 * GRAIN - 1] == 1);
    OK(aclrtMemcpy(pageable, 64, border, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(pageable[0] == 1 && pageable[63] == 1);
    OK(aclrtMemsetAsync(border, 64, 2, 64, stream));
    OK(aclrtMemcpyAsync(room, 64, border, 64, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    OK(aclrtSynchronizeStream(stream));
    HOLDS(room[0] == 2 && room[63] == 2 && room[64] == 1);
    /* But not into what is only reserved. */
    ANSWERS(107000, aclrtMemset(room, 3 * GRAIN, 3, 3 * GRAIN));
    HOLDS(room[64] == 1);
}

static void blocks_side_by_side_may_be_unmapped_while_a_copy_waits(void) {
    static latch held;
    aclrtStream stream = stream_of(0);
    char *room = two_blocks();
    latch_hold(&held, stream);
    OK(aclrtMemsetAsync(room, 2 * GRAIN, 1, 2 * GRAIN, stream));
    OK(aclrtUnmapMem(room));
    OK(aclrtUnmapMem(room + GRAIN));
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
}

static void addresses_without_memory_are_refused(void) {
    char pageable[16] = {0};
    aclrtStream stream = stream_of(0);
    char *empty = two_blocks() + 2 * GRAIN;
    ANSWERS(107000, aclrtMemcpy(empty, 16, pageable, 16, ACL_MEMCPY_HOST_TO_DEVICE));
    ANSWERS(107000, aclrtMemcpy(pageable, 16, empty, 16, ACL_MEMCPY_DEVICE_TO_HOST));
    ANSWERS(107000, aclrtMemset(empty, 16, 1, 16));
    ANSWERS(107000, aclrtMemsetAsync(empty, 16, 1, 16, stream));
    ANSWERS(107000, aclrtMemcpyAsync(empty, 16, pageable, 16, ACL_MEMCPY_HOST_TO_DEVICE, stream));
    ANSWERS(107000, aclrtMemcpy2d(empty, 16, pageable, 16, 16, 1, ACL_MEMCPY_HOST_TO_DEVICE));
}

static void freed_memory_is_refused_and_not_soiled(void) {
    char pageable[16] = {1};
    void *memory = NULL, *pinned = NULL;
    OK(aclrtSetDevice(0));
    OK(aclrtMalloc(&memory, 16, ACL_MEM_MALLOC_HUGE_FIRST));
    ANSWERS(107000, aclrtMemset((char *)memory + 256, 16, 1, 16)); /* behind it, and nobody's */
    OK(aclrtFree(memory));
    ANSWERS(107000, aclrtMemcpy(memory, 16, pageable, 16, ACL_MEMCPY_HOST_TO_DEVICE));
    OK(aclrtMallocHost(&pinned, 16));
    OK(aclrtFreeHost(pinned));
    ANSWERS(107000, aclrtMemset(pinned, 16, 1, 16));
    OK(aclrtMalloc(&memory, 16, ACL_MEM_MALLOC_HUGE_FIRST));
    HOLDS(*(char *)memory == 0);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_copy_reaches_over_blocks_that_are_mapped_side_by_side),
    RULE(blocks_side_by_side_may_be_unmapped_while_a_copy_waits),
    RULE(addresses_without_memory_are_refused),
    RULE(freed_memory_is_refused_and_not_soiled),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: audit_memory RULE\n");
    return 2;
}
