/* Part of ascend-ipc, Apache-2.0.
 *
 * What devices can do with memory that is not their own, links, caches, and overflows. Each rule is a function; the program runs the one that is named on its
 * command line.
 */
#include "check.h"

static char *device_memory(void) {
    void *memory = NULL;
    OK(aclrtMalloc(&memory, 4096, ACL_MEM_MALLOC_HUGE_FIRST));
    return memory;
}

static void every_accelerator_sees_memory_of_the_host(void) {
    aclrtHostMemMapCapability can = (aclrtHostMemMapCapability)77;
    for (int type = ACL_RT_HAC_TYPE_STARS; type <= ACL_RT_HAC_TYPE_CCU; type++) {
        OK(aclrtHostMemMapCapabilities(7, (aclrtHacType)type, &can)); /* needs no context */
        HOLDS(can == ACL_RT_HOST_MEM_MAP_SUPPORTED);
    }
    ANSWERS(100000, aclrtHostMemMapCapabilities(0, ACL_RT_HAC_TYPE_AIC, NULL));
    ANSWERS(107001, aclrtHostMemMapCapabilities(8, ACL_RT_HAC_TYPE_AIC, &can));
    ANSWERS(107000, aclrtHostMemMapCapabilities(0, (aclrtHacType)10, &can));
}

static void no_operation_is_atomic_without_operators(void) {
    aclrtAtomicOperation all[] = {ACL_RT_ATOMIC_OPERATION_INTEGER_ADD, ACL_RT_ATOMIC_OPERATION_FLOAT_MAX,
                                  ACL_RT_ATOMIC_OPERATION_DMA_MIN, ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_EXCH};
    uint32_t can[5] = {77, 77, 77, 77, 77};
    OK(aclrtDeviceGetHostAtomicCapabilities(can, all, 4, 0));
    HOLDS(can[0] == 0 && can[1] == 0 && can[2] == 0 && can[3] == 0 && can[4] == 77);
    can[0] = can[3] = 77;
    OK(aclrtDeviceGetP2PAtomicCapabilities(can, all, 4, 0, 1));
    HOLDS(can[0] == 0 && can[3] == 0 && can[4] == 77);
    ANSWERS(100000, aclrtDeviceGetHostAtomicCapabilities(NULL, all, 4, 0));
    ANSWERS(100000, aclrtDeviceGetHostAtomicCapabilities(can, NULL, 4, 0));
    ANSWERS(107000, aclrtDeviceGetHostAtomicCapabilities(can, all, 0, 0));
    ANSWERS(107001, aclrtDeviceGetHostAtomicCapabilities(can, all, 4, 8));
    ANSWERS(107001, aclrtDeviceGetP2PAtomicCapabilities(can, all, 4, 0, -1));
    for (int unknown = 13; unknown < 50; unknown = unknown == 13 ? 29 : unknown == 29 ? 33 : unknown == 33 ? 45 : 50) {
        all[1] = (aclrtAtomicOperation)unknown;
        ANSWERS(107000, aclrtDeviceGetHostAtomicCapabilities(can, all, 2, 0));
    }
}

static void links_are_chosen_of_what_is_shared(void) {
    stream_of(0);
    char key[65];
    OK(aclrtIpcMemGetExportKey(device_memory(), 4096, key, sizeof(key), 1));
    for (uint64_t link = 0; link < 4; link++) OK(aclrtIpcMemSetAttr(key, ACL_RT_IPC_MEM_ATTR_ACCESS_LINK, link));
    ANSWERS(100000, aclrtIpcMemSetAttr(NULL, ACL_RT_IPC_MEM_ATTR_ACCESS_LINK, 0));
    ANSWERS(107000, aclrtIpcMemSetAttr(key, ACL_RT_IPC_MEM_ATTR_ACCESS_LINK, 4));
    ANSWERS(107000, aclrtIpcMemSetAttr(key, (aclrtIpcMemAttrType)1, 0));
    ANSWERS(107000, aclrtIpcMemSetAttr("no key", ACL_RT_IPC_MEM_ATTR_ACCESS_LINK, 0));
    OK(aclrtIpcMemClose(key));
    ANSWERS(107000, aclrtIpcMemSetAttr(key, ACL_RT_IPC_MEM_ATTR_ACCESS_LINK, 0));

    aclrtPhysicalMemProp prop = {ACL_MEM_HANDLE_TYPE_NONE, ACL_MEM_ALLOCATION_TYPE_PINNED, ACL_HBM_MEM_HUGE,
                                 {0, ACL_MEM_LOCATION_TYPE_DEVICE}, 0};
    aclrtDrvMemHandle physical = NULL;
    OK(aclrtMallocPhysical(&physical, 2 << 20, &prop, 0));
    OK(aclrtMemMapSetLink(physical, ACL_RT_MEM_ACCESS_LINK_HCCS));
    ANSWERS(107000, aclrtMemMapSetLink(physical, (aclrtMemLinkType)4));
    ANSWERS(100000, aclrtMemMapSetLink(NULL, ACL_RT_MEM_ACCESS_LINK_HCCS));
    OK(aclrtFreePhysical(physical));
    ANSWERS(107017, aclrtMemMapSetLink(physical, ACL_RT_MEM_ACCESS_LINK_HCCS));
}

/* With ASCEND_SIM_SOC=Ascend310P3. */
static void a_soc_without_links_refuses_a_choice(void) {
    stream_of(0);
    char key[65];
    OK(aclrtIpcMemGetExportKey(device_memory(), 4096, key, sizeof(key), 1));
    ANSWERS(207000, aclrtIpcMemSetAttr(key, ACL_RT_IPC_MEM_ATTR_ACCESS_LINK, 0));
    ANSWERS(207000, aclrtMemMapSetLink(key, ACL_RT_MEM_ACCESS_LINK_HCCS));
}

static void memory_of_a_device_is_mapped_for_another(void) {
    stream_of(0);
    char *memory = device_memory(), mine[16];
    void *pinned = NULL;
    OK(aclrtMallocHost(&pinned, 64));
    OK(aclrtMemP2PMap(memory + 64, 64, 1, 0));
    ANSWERS(100000, aclrtMemP2PMap(NULL, 64, 1, 0));
    ANSWERS(107000, aclrtMemP2PMap(memory, 0, 1, 0));
    ANSWERS(107000, aclrtMemP2PMap(memory, 64, 1, 1));
    ANSWERS(107000, aclrtMemP2PMap(memory, 8192, 1, 0));
    ANSWERS(107000, aclrtMemP2PMap(mine, 16, 1, 0));
    ANSWERS(107000, aclrtMemP2PMap(pinned, 64, 1, 0));
    ANSWERS(107001, aclrtMemP2PMap(memory, 64, 8, 0));
}

static void a_cache_is_flushed_with_a_context(void) {
    ANSWERS(107002, aclrtDeviceL2CacheFlush(NULL));
    stream_of(0);
    OK(aclrtDeviceL2CacheFlush(NULL));
    ANSWERS(100000, aclrtDeviceL2CacheFlush(&(int){0}));
}

static void a_context_has_memory_for_overflows(void) {
    void *address = NULL, *again = NULL, *others = NULL;
    size_t before = 0, after = 0, total = 0;
    ANSWERS(107002, aclrtCtxGetFloatOverflowAddr(&address));
    stream_of(0);
    ANSWERS(100000, aclrtCtxGetFloatOverflowAddr(NULL));
    OK(aclrtGetMemInfo(ACL_HBM_MEM, &before, &total));
    OK(aclrtCtxGetFloatOverflowAddr(&address));
    OK(aclrtCtxGetFloatOverflowAddr(&again));
    HOLDS(address != NULL && again == address);
    uint64_t status[64];
    memset(status, 1, sizeof(status));
    OK(aclrtMemcpy(status, sizeof(status), address, sizeof(status), ACL_MEMCPY_DEVICE_TO_HOST));
    for (size_t i = 0; i < 64; i++) HOLDS(status[i] == 0);
    aclrtContext other = NULL;
    OK(aclrtCreateContext(&other, 0));
    OK(aclrtCtxGetFloatOverflowAddr(&others));
    HOLDS(others != address);
    OK(aclrtDestroyContext(other));
    OK(aclrtSetDevice(0));
    OK(aclrtCtxGetFloatOverflowAddr(&again)); /* the other one's goes */
    HOLDS(again == address);
    OK(aclrtGetMemInfo(ACL_HBM_MEM, &after, &total));
    HOLDS(before - after < 1024);
}

static void the_overflow_status_is_written_in_stream_order(void) {
    aclrtStream stream = stream_of(0);
    char *memory = device_memory(), seen[65], mine[8];
    static latch held;
    OK(aclrtMemset(memory, 4096, 5, 4096));
    latch_hold(&held, stream);
    OK(aclrtResetOverflowStatus(stream));
    OK(aclrtGetOverflowStatus(memory, 64, stream));
    sem_wait(&held.reached);
    OK(aclrtMemcpy(seen, 65, memory, 65, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(seen[0] == 5 && seen[63] == 5);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtMemcpy(seen, 65, memory, 65, ACL_MEMCPY_DEVICE_TO_HOST));
    for (size_t i = 0; i < 64; i++) HOLDS(seen[i] == 0);
    HOLDS(seen[64] == 5);
    ANSWERS(100000, aclrtGetOverflowStatus(NULL, 64, stream));
    ANSWERS(107000, aclrtGetOverflowStatus(memory, 0, stream));
    ANSWERS(107000, aclrtGetOverflowStatus(memory, 5000, stream));
    ANSWERS(107000, aclrtGetOverflowStatus(mine, 8, stream));
    ANSWERS(107017, aclrtGetOverflowStatus(memory, 64, (aclrtStream)0x1234));
    ANSWERS(107017, aclrtResetOverflowStatus((aclrtStream)0x1234));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(every_accelerator_sees_memory_of_the_host),
    RULE(no_operation_is_atomic_without_operators),
    RULE(links_are_chosen_of_what_is_shared),
    RULE(a_soc_without_links_refuses_a_choice),
    RULE(memory_of_a_device_is_mapped_for_another),
    RULE(a_cache_is_flushed_with_a_context),
    RULE(a_context_has_memory_for_overflows),
    RULE(the_overflow_status_is_written_in_stream_order),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: capabilities RULE\n");
    return 2;
}
