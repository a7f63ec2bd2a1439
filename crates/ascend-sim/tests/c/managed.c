/* Part of ascend-ipc, Apache-2.0.
 *
 * Managed memory. Each rule is a function; the program runs the one that is named on its
 * command line.
 */
#include "check.h"

static char *managed(size_t size) {
    void *memory = NULL;
    OK(aclrtMemAllocManaged(&memory, size, ACL_RT_MEM_ATTACH_GLOBAL));
    return memory;
}
static uint32_t told(aclrtMemManagedRangeAttribute attribute, const void *at, size_t size) {
    uint32_t value = 77;
    OK(aclrtMemManagedGetAttr(attribute, at, size, &value, sizeof(value)));
    return value;
}
static const aclrtMemManagedLocation host = {ACL_MEM_LOCATIONTYPE_HOST, 0}, device_0 = {ACL_MEM_LOCATIONTYPE_DEVICE, 0},
                                     device_3 = {ACL_MEM_LOCATIONTYPE_DEVICE, 3},
                                     device_99 = {ACL_MEM_LOCATIONTYPE_DEVICE, 99},
                                     nowhere = {ACL_MEM_LOCATIONTYPE_INVALID, 0};

static void host_and_devices_share_managed_memory(void) {
    aclrtStream stream = stream_of(0);
    char *memory = managed(8192);
    memory[5] = 7;
    char seen = 0;
    OK(aclrtMemcpy(&seen, 1, memory + 5, 1, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(seen == 7);
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemsetAsync(memory, 8192, 3, 8192, stream)); /* does not wait for the stream: it is no pageable memory */
    OK(aclrtValueWrite(memory + 16, 1, 0, stream));
    sem_wait(&held.reached);
    HOLDS(memory[5] == 7);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(memory[5] == 3 && memory[8191] == 3 && memory[16] == 1 && memory[17] == 0);
    ANSWERS(107000, aclrtMemset(memory, 9000, 0, 9000)); /* past its end */
    aclrtPtrAttributes attributes;
    OK(aclrtPointerGetAttributes(memory, &attributes));
    HOLDS(attributes.location.type == ACL_MEM_LOCATION_TYPE_MANAGED);
    ANSWERS(107000, aclrtFreeHost(memory));
    OK(aclrtFree(memory));
    ANSWERS(107000, aclrtFree(memory));
}

static void advice_holds_for_its_range(void) {
    stream_of(0);
    char *memory = managed(8192);
    const aclrtMemManagedRangeAttribute mostly = ACL_MEM_RANGE_ATTRIBUTE_READ_MOSTLY,
                                        type = ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE,
                                        id = ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_ID;
    HOLDS(told(mostly, memory, 8192) == 0 && told(type, memory, 8192) == ACL_MEM_LOCATIONTYPE_INVALID);
    OK(aclrtMemManagedAdvise(memory + 100, 200, ACL_MEM_ADVISE_SET_READ_MOSTLY, nowhere));
    HOLDS(told(mostly, memory + 100, 200) == 1 && told(mostly, memory + 150, 1) == 1);
    HOLDS(told(mostly, memory, 100) == 0 && told(mostly, memory + 300, 1) == 0);
    HOLDS(told(mostly, memory + 99, 2) == 0 && told(mostly, memory + 299, 2) == 0); /* only where all of it is */
    OK(aclrtMemManagedAdvise(memory, 4096, ACL_MEM_ADVISE_SET_PREFERRED_LOCATION, device_3));
    OK(aclrtMemManagedAdvise(memory + 4096, 4096, ACL_MEM_ADVISE_SET_PREFERRED_LOCATION, host));
    HOLDS(told(type, memory, 4096) == ACL_MEM_LOCATIONTYPE_DEVICE && told(id, memory, 4096) == 3);
    HOLDS(told(type, memory + 4096, 4096) == ACL_MEM_LOCATIONTYPE_HOST);
    HOLDS(told(type, memory, 8192) == ACL_MEM_LOCATIONTYPE_INVALID && told(id, memory, 8192) == 0);
    HOLDS(told(mostly, memory + 100, 200) == 1); /* one advice leaves the others alone */
    OK(aclrtMemManagedAdvise(memory, 8192, ACL_MEM_ADVISE_UNSET_PREFERRED_LOCATION, nowhere));
    OK(aclrtMemManagedAdvise(memory, 8192, ACL_MEM_ADVISE_UNSET_READ_MOSTLY, nowhere));
    HOLDS(told(type, memory, 10) == ACL_MEM_LOCATIONTYPE_INVALID && told(mostly, memory + 150, 1) == 0);
    OK(aclrtMemManagedAdvise(memory, 8192, ACL_MEM_ADVISE_SET_ACCESSED_BY, device_0));
    OK(aclrtMemManagedAdvise(memory, 8192, ACL_MEM_ADVISE_UNSET_ACCESSED_BY, device_0));
    OK(aclrtFree(memory));
}

static void the_last_prefetch_is_remembered(void) {
    aclrtStream stream = stream_of(0);
    char *memory = managed(4096), *other = managed(4096);
    aclrtMemManagedRangeAttribute both[] = {ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE,
                                            ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_ID};
    uint32_t type = 77, id = 77;
    void *data[] = {&type, &id};
    size_t sizes[] = {4, 4};
    OK(aclrtMemManagedGetAttrs(both, 2, memory, 4096, data, sizes));
    HOLDS(type == ACL_MEM_LOCATIONTYPE_INVALID && id == 0);
    OK(aclrtMemManagedPrefetchAsync(memory, 1024, device_3, 0, stream));
    OK(aclrtMemManagedGetAttrs(both, 2, memory, 1024, data, sizes));
    HOLDS(type == ACL_MEM_LOCATIONTYPE_DEVICE && id == 3);
    HOLDS(told(both[0], memory, 4096) == ACL_MEM_LOCATIONTYPE_INVALID);

    const void *ranges[] = {memory, memory + 1024, other};
    size_t lengths[] = {1024, 1024, 4096}, begins[] = {0, 2};
    aclrtMemManagedLocation places[] = {host, device_0};
    OK(aclrtMemManagedPrefetchBatchAsync(ranges, lengths, 3, places, begins, 2, 0, stream));
    HOLDS(told(both[0], memory, 2048) == ACL_MEM_LOCATIONTYPE_HOST);
    HOLDS(told(both[0], other, 4096) == ACL_MEM_LOCATIONTYPE_DEVICE && told(both[1], other, 4096) == 0);
    lengths[2] = 4097; /* one wrong range, and none is prefetched */
    places[0] = device_3;
    ANSWERS(107000, aclrtMemManagedPrefetchBatchAsync(ranges, lengths, 3, places, begins, 2, 0, stream));
    HOLDS(told(both[0], memory, 2048) == ACL_MEM_LOCATIONTYPE_HOST);
    lengths[2] = 4096;
    for (size_t wrong = 0; wrong < 3; wrong++) {
        size_t indexes[][2] = {{1, 2}, {0, 0}, {0, 3}};
        ANSWERS(107000, aclrtMemManagedPrefetchBatchAsync(ranges, lengths, 3, places, indexes[wrong], 2, 0, stream));
    }
    ANSWERS(107000, aclrtMemManagedPrefetchBatchAsync(ranges, lengths, 1, places, begins, 2, 0, stream));
    ANSWERS(100000, aclrtMemManagedPrefetchBatchAsync(NULL, lengths, 3, places, begins, 2, 0, stream));
    ranges[1] = NULL;
    ANSWERS(100000, aclrtMemManagedPrefetchBatchAsync(ranges, lengths, 3, places, begins, 2, 0, stream));
    OK(aclrtSynchronizeStream(stream));
}

static void *managed_calls_without_a_context(void *memory) {
    void *made = NULL;
    ANSWERS(107002, aclrtMemAllocManaged(&made, 64, ACL_RT_MEM_ATTACH_GLOBAL));
    ANSWERS(107002, aclrtMemManagedPrefetchAsync(memory, 64, host, 0, NULL));
    HOLDS(told(ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE, memory, 64) == ACL_MEM_LOCATIONTYPE_INVALID);
    return NULL;
}

static void managed_calls_are_checked(void) {
    aclrtStream stream = stream_of(0);
    char *memory = managed(64);
    void *made = NULL, *plain = NULL;
    uint64_t data[2] = {0};
    OK(aclrtMalloc(&plain, 64, ACL_MEM_MALLOC_HUGE_FIRST));
    ANSWERS(100000, aclrtMemAllocManaged(NULL, 64, ACL_RT_MEM_ATTACH_GLOBAL));
    ANSWERS(100000, aclrtMemAllocManaged(&made, 0, ACL_RT_MEM_ATTACH_GLOBAL));
    ANSWERS(107000, aclrtMemAllocManaged(&made, 64, 0));
    HOLDS(made == NULL);
    ANSWERS(100000, aclrtMemManagedAdvise(NULL, 64, ACL_MEM_ADVISE_SET_READ_MOSTLY, host));
    ANSWERS(107000, aclrtMemManagedAdvise(plain, 64, ACL_MEM_ADVISE_SET_READ_MOSTLY, host));
    ANSWERS(107000, aclrtMemManagedAdvise(memory, 0, ACL_MEM_ADVISE_SET_READ_MOSTLY, host));
    ANSWERS(107000, aclrtMemManagedAdvise(memory, 65, ACL_MEM_ADVISE_SET_READ_MOSTLY, host));
    ANSWERS(107000, aclrtMemManagedAdvise(memory, 64, (aclrtMemManagedAdviseType)6, host));
    ANSWERS(107000, aclrtMemManagedAdvise(memory, 64, ACL_MEM_ADVISE_SET_PREFERRED_LOCATION, nowhere));
    ANSWERS(107001, aclrtMemManagedAdvise(memory, 64, ACL_MEM_ADVISE_SET_PREFERRED_LOCATION, device_99));
    ANSWERS(107001, aclrtMemManagedPrefetchAsync(memory, 64, device_99, 0, stream));
    ANSWERS(107000, aclrtMemManagedPrefetchAsync(memory, 64, host, 1, stream));
    ANSWERS(107000, aclrtMemManagedPrefetchAsync(plain, 64, host, 0, stream));
    ANSWERS(107017, aclrtMemManagedPrefetchAsync(memory, 64, host, 0, (aclrtStream)0x1234));
    ANSWERS(100000, aclrtMemManagedGetAttr(ACL_MEM_RANGE_ATTRIBUTE_READ_MOSTLY, memory, 64, NULL, 4));
    ANSWERS(107000, aclrtMemManagedGetAttr(ACL_MEM_RANGE_ATTRIBUTE_READ_MOSTLY, memory, 64, data, 8));
    ANSWERS(107000, aclrtMemManagedGetAttr((aclrtMemManagedRangeAttribute)9, memory, 64, data, 4));
    ANSWERS(107000, aclrtMemManagedGetAttrs((aclrtMemManagedRangeAttribute *)data, 0, memory, 64,
                                            (void **)data, (size_t *)data));
    /* Attributes whose layout the facts do not give. */
    ANSWERS(207000, aclrtMemManagedGetAttr(ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION, memory, 64, data, 8));
    ANSWERS(207000, aclrtMemManagedGetAttr(ACL_MEM_RANGE_ATTRIBUTE_ACCESSED_BY, memory, 64, data, 8));
    ANSWERS(207000, aclrtMemManagedGetAttr(ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION, memory, 64, data, 8));
    HOLDS(data[0] == 0 && data[1] == 0);
    on_a_new_thread(managed_calls_without_a_context, memory);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(host_and_devices_share_managed_memory),
    RULE(advice_holds_for_its_range),
    RULE(the_last_prefetch_is_remembered),
    RULE(managed_calls_are_checked),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: managed RULE\n");
    return 2;
}
