/* Part of ascend-ipc, Apache-2.0.
 *
 * Memory beyond allocation and plain copies: variants, registration, rectangles, batches, words, pools, and what is told
 * about an address. Each rule is a function; the program runs the one that is named on its command line.
 */
#include <stdint.h>

#include "check.h"

static void *on_device(size_t size) {
    void *memory = NULL;
    OK(aclrtMalloc(&memory, size, ACL_MEM_MALLOC_HUGE_FIRST));
    return memory;
}
static void *pinned(size_t size) {
    void *memory = NULL;
    OK(aclrtMallocHost(&memory, size));
    memset(memory, 0, size);
    return memory;
}
static int all_are(const void *memory, int value, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (((const char *)memory)[i] != value) return 0;
    return 1;
}

static void variants_of_malloc_allocate_zeroes(void) {
    OK(aclrtSetDevice(0));
    void *memory[5] = {0};
    char out[64];
    OK(aclrtMallocAlign32(&memory[0], 33, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtMallocCached(&memory[1], 33, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtMallocWithCfg(&memory[2], 33, ACL_MEM_MALLOC_HUGE_FIRST, NULL));
    aclrtMallocAttribute attribute = {0};
    attribute.attr = ACL_RT_MEM_ATTR_MODULE_ID;
    attribute.value.moduleId = 33;
    aclrtMallocConfig config = {&attribute, 1};
    OK(aclrtMallocWithCfg(&memory[3], 33, ACL_MEM_MALLOC_HUGE_FIRST, &config));
    attribute.attr = ACL_RT_MEM_ATTR_DEVICE_ID;
    attribute.value.deviceId = 0;
    OK(aclrtMallocForTaskScheduler(&memory[4], 33, ACL_MEM_MALLOC_HUGE_FIRST, &config));
    for (int i = 0; i < 5; i++) {
        memset(out, 1, sizeof(out));
        HOLDS((size_t)memory[i] % 64 == 0);
        OK(aclrtMemcpy(out, 33, memory[i], 33, ACL_MEMCPY_DEVICE_TO_HOST));
        HOLDS(all_are(out, 0, 33));
        OK(aclrtFree(memory[i]));
    }
    ANSWERS(100000, aclrtMallocAlign32(NULL, 1, ACL_MEM_MALLOC_HUGE_FIRST));
    ANSWERS(100000, aclrtMallocCached(memory, 0, ACL_MEM_MALLOC_HUGE_FIRST));
    ANSWERS(100000, aclrtMallocWithCfg(NULL, 33, ACL_MEM_MALLOC_HUGE_FIRST, &config));
    attribute.value.deviceId = 99;
    ANSWERS(107001, aclrtMallocWithCfg(memory, 33, ACL_MEM_MALLOC_HUGE_FIRST, &config));
    config.attrs = NULL;
    ANSWERS(107000, aclrtMallocWithCfg(memory, 33, ACL_MEM_MALLOC_HUGE_FIRST, &config));
    void *host = NULL;
    OK(aclrtMallocHostWithCfg(&host, 64, NULL));
    HOLDS(all_are(host, 0, 64));
    ANSWERS(107000, aclrtFree(host));
    OK(aclrtFreeHost(host));
    ANSWERS(100000, aclrtMallocHostWithCfg(&host, 0, NULL));
}

static void freeing_with_synchronisation_waits_for_the_device(void) {
    aclrtStream stream = stream_of(0);
    void *device = on_device(64), *host = pinned(64);
    OK(aclrtMemset(device, 64, 6, 64));
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemcpyAsync(host, 64, device, 64, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    latch_open(&held);
    OK(aclrtFreeWithDevSync(device));
    HOLDS(is_idle(stream) && all_are(host, 6, 64));
    OK(aclrtFreeHostWithDevSync(host));
    ANSWERS(107000, aclrtFreeWithDevSync(device));
    ANSWERS(100000, aclrtFreeWithDevSync(NULL));
    ANSWERS(100000, aclrtFreeHostWithDevSync(NULL));
}

static void caches_are_flushed_in_allocations_only(void) {
    OK(aclrtSetDevice(0));
    void *memory = on_device(64);
    OK(aclrtMemFlush(memory, 64));
    OK(aclrtMemInvalidate(memory, 64));
    ANSWERS(100000, aclrtMemFlush(NULL, 64));
    ANSWERS(100000, aclrtMemInvalidate(NULL, 64));
    ANSWERS(107000, aclrtMemFlush(memory, 0));
    ANSWERS(107000, aclrtMemInvalidate(memory, 1 << 20));
}

static void registered_memory_is_copied_in_stream_order(void) {
    aclrtStream stream = stream_of(0);
    void *device = on_device(4096), *seen = NULL;
    char *memory = calloc(2, 4096);
    OK(aclrtHostRegister(memory, 4096, ACL_HOST_REGISTER_MAPPED, &seen));
    HOLDS(seen == memory);
    seen = NULL;
    OK(aclrtHostGetDevicePointer(memory + 5, &seen, 0));
    HOLDS(seen == memory + 5);
    OK(aclrtMemset(device, 4096, 3, 4096));
    static latch held;
    latch_hold(&held, stream);
    /* Pageable memory would wait for the stream here, and for ever. */
    OK(aclrtMemcpyAsync(memory, 4096, device, 4096, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    HOLDS(memory[0] == 0);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(all_are(memory, 3, 4096));
    OK(aclrtMemcpy(memory + 4000, 96 + 100, device, 96 + 100, ACL_MEMCPY_DEVICE_TO_HOST)); /* goes on behind it */
    ANSWERS(507910, aclrtHostRegister(memory + 8, 16, ACL_HOST_REGISTER_MAPPED, &seen));
    ANSWERS(507910, aclrtHostRegister(memory, 4096, ACL_HOST_REGISTER_MAPPED, &seen));
    ANSWERS(107000, aclrtHostRegister(device, 16, ACL_HOST_REGISTER_MAPPED, &seen));
    OK(aclrtHostUnregister(memory));
    ANSWERS(507911, aclrtHostUnregister(memory));
    ANSWERS(507911, aclrtHostGetDevicePointer(memory, &seen, 0));
    OK(aclrtHostRegisterV2(memory, 4096, ACL_HOST_REG_PINNED));
    ANSWERS(107000, aclrtHostGetDevicePointer(memory, &seen, 0)); /* not mapped */
    OK(aclrtHostUnregister(memory));
    OK(aclrtHostRegisterV2(memory, 4096, ACL_HOST_REG_MAPPED | ACL_HOST_REG_PINNED));
    OK(aclrtHostGetDevicePointer(memory, &seen, 0));
    OK(aclrtHostUnregister(memory));
    ANSWERS(100000, aclrtHostRegister(NULL, 16, ACL_HOST_REGISTER_MAPPED, &seen));
    ANSWERS(100000, aclrtHostRegister(memory, 16, ACL_HOST_REGISTER_MAPPED, NULL));
    ANSWERS(107000, aclrtHostRegister(memory, 0, ACL_HOST_REGISTER_MAPPED, &seen));
    ANSWERS(107000, aclrtHostRegister(memory, UINT64_MAX, ACL_HOST_REGISTER_MAPPED, &seen));
    ANSWERS(107000, aclrtHostRegister(memory, 16, (aclrtHostRegisterType)99, &seen));
    ANSWERS(107000, aclrtHostRegisterV2(memory, 16, 1));
    ANSWERS(100000, aclrtHostRegisterV2(NULL, 16, ACL_HOST_REG_MAPPED));
    ANSWERS(100000, aclrtHostUnregister(NULL));
    ANSWERS(100000, aclrtHostGetDevicePointer(NULL, &seen, 0));
    free(memory);
}

static void an_address_tells_where_it_is(void) {
    OK(aclrtSetDevice(2));
    void *device = on_device(64), *host = pinned(64), *list[2] = {device, (char *)device + 3};
    int local = 0;
    aclrtPtrAttributes attributes;
    uint32_t result = 77;
    OK(aclrtPointerGetAttributes((char *)device + 9, &attributes));
    HOLDS(attributes.location.type == ACL_MEM_LOCATION_TYPE_DEVICE && attributes.location.id == 2 && attributes.pageSize > 0);
    OK(aclrtPointerGetAttributes(host, &attributes));
    HOLDS(attributes.location.type == ACL_MEM_LOCATION_TYPE_HOST);
    OK(aclrtPointerGetAttributes(&local, &attributes));
    HOLDS(attributes.location.type == ACL_MEM_LOCATION_TYPE_UNREGISTERED);
    ANSWERS(100000, aclrtPointerGetAttributes(NULL, &attributes));
    ANSWERS(100000, aclrtPointerGetAttributes(device, NULL));
    OK(aclrtCheckMemType(list, 2, ACL_RT_MEM_TYPE_DEV, &result, 0));
    HOLDS(result == 1);
    list[1] = &local;
    OK(aclrtCheckMemType(list, 2, ACL_RT_MEM_TYPE_DEV, &result, 0));
    HOLDS(result == 0);
    OK(aclrtCheckMemType(list, 1, ACL_RT_MEM_TYPE_DVPP, &result, 0));
    HOLDS(result == 0);
    ANSWERS(100000, aclrtCheckMemType(NULL, 1, ACL_RT_MEM_TYPE_DEV, &result, 0));
    ANSWERS(107000, aclrtCheckMemType(list, 0, ACL_RT_MEM_TYPE_DEV, &result, 0));
    ANSWERS(107000, aclrtCheckMemType(list, 1, 0x400, &result, 0));
    void *base = NULL;
    size_t size = 0;
    OK(aclrtMemGetAddressRange((char *)device + 9, &base, &size));
    HOLDS(base == device && size >= 64);
    ANSWERS(107000, aclrtMemGetAddressRange(&local, &base, &size));
    OK(aclrtFree(device));
    OK(aclrtPointerGetAttributes(device, &attributes));
    HOLDS(attributes.location.type == ACL_MEM_LOCATION_TYPE_UNREGISTERED);
}

static void usage_knows_its_peak(void) {
    OK(aclrtSetDevice(0));
    aclrtMemUsageInfo usage[2];
    size_t count = 77;
    void *memory = on_device(1 << 20);
    OK(aclrtGetMemUsageInfo(0, usage, 2, &count));
    HOLDS(count == 1 && usage[0].name[0] && usage[0].curMemSize >= 1 << 20);
    OK(aclrtFree(memory));
    OK(aclrtGetMemUsageInfo(0, usage, 2, &count));
    HOLDS(usage[0].curMemSize == 0 && usage[0].memPeakSize >= 1 << 20);
    ANSWERS(107001, aclrtGetMemUsageInfo(99, usage, 2, &count));
    ANSWERS(100000, aclrtGetMemUsageInfo(0, NULL, 2, &count));
    ANSWERS(107000, aclrtGetMemUsageInfo(0, usage, 0, &count));
}

static void rectangles_keep_their_pitches(void) {
    aclrtStream stream = stream_of(0);
    char *device = on_device(64), in[32], *out = pinned(64);
    for (int i = 0; i < 32; i++) in[i] = (char)i;
    /* Four rows of 5: from a pitch of 8 to a pitch of 16 and back. */
    OK(aclrtMemcpy2d(device, 16, in, 8, 5, 4, ACL_MEMCPY_HOST_TO_DEVICE));
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemcpy2dAsync(out, 12, device, 16, 5, 4, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    HOLDS(out[1] == 0);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    for (int row = 0; row < 4; row++)
        for (int at = 0; at < 12; at++) HOLDS(out[row * 12 + at] == (at < 5 ? row * 8 + at : 0));
    ANSWERS(100000, aclrtMemcpy2d(NULL, 16, in, 8, 5, 4, ACL_MEMCPY_HOST_TO_DEVICE));
    ANSWERS(100000, aclrtMemcpy2d(device, 16, NULL, 8, 5, 4, ACL_MEMCPY_HOST_TO_DEVICE));
    ANSWERS(100000, aclrtMemcpy2d(device, 16, in, 8, 5, 4, (aclrtMemcpyKind)99));
    ANSWERS(107000, aclrtMemcpy2d(device, 16, in, 4, 5, 4, ACL_MEMCPY_HOST_TO_DEVICE));
    ANSWERS(107000, aclrtMemcpy2d(device, 4, in, 8, 5, 4, ACL_MEMCPY_HOST_TO_DEVICE));
    ANSWERS(107000, aclrtMemcpy2d(device, SIZE_MAX, in, 8, 5, 4, ACL_MEMCPY_HOST_TO_DEVICE));
    ANSWERS(107000, aclrtMemcpy2d(device, 16, in, 8, 5, 4000, ACL_MEMCPY_HOST_TO_DEVICE)); /* past the end */
    ANSWERS(207000, aclrtMemcpy2dAsync(out, 12, in, 8, 5, 4, ACL_MEMCPY_HOST_TO_HOST, stream));
    ANSWERS(107017, aclrtMemcpy2dAsync(out, 12, device, 16, 5, 4, ACL_MEMCPY_DEVICE_TO_HOST, (aclrtStream)device));
}

static void words_are_repeated(void) {
    aclrtStream stream = stream_of(0);
    uint32_t *device = on_device(64), *out = pinned(64);
    OK(aclrtMemsetD32(device, 64, 0x01020304, 5));
    OK(aclrtMemcpy(out, 64, device, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(out[0] == 0x01020304 && out[4] == 0x01020304 && out[5] == 0);
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemsetD32Async(device, 64, 7, 16, stream));
    OK(aclrtMemcpy(out, 64, device, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(out[15] == 0);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtMemcpy(out, 64, device, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(out[0] == 7 && out[15] == 7);
    ANSWERS(100000, aclrtMemsetD32(NULL, 64, 0, 5));
    ANSWERS(107000, aclrtMemsetD32(device, 64, 0, 17));
    ANSWERS(107000, aclrtMemsetD32(device, 64, 0, SIZE_MAX));
    ANSWERS(107000, aclrtMemsetD32Async(device, 4096, 0, 1024, stream)); /* past the end */
}

static void batches_are_checked_before_they_are_copied(void) {
    aclrtStream stream = stream_of(0);
    char *first = on_device(64), *second = on_device(64), in[2][64], *out = pinned(128);
    memset(in[0], 1, 64);
    memset(in[1], 2, 64);
    void *down[2] = {first, second}, *from[2] = {in[0], in[1]}, *up[2] = {out, out + 64}, *wrong[2] = {first, NULL};
    size_t sizes[2] = {64, 32}, maxima[2] = {64, 64}, begin[2] = {0, 0}, failed = 77, small[2] = {64, 31};
    aclrtMemcpyBatchAttr to_device = {0}, to_host = {0};
    to_device.dstLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    to_host.srcLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    ANSWERS(107000, aclrtMemcpyBatch(down, small, from, sizes, 2, &to_device, begin, 1, &failed));
    HOLDS(failed == 1);
    ANSWERS(100000, aclrtMemcpyBatch(wrong, maxima, from, sizes, 2, &to_device, begin, 1, &failed));
    HOLDS(failed == 1);
    OK(aclrtMemcpy(out, 64, first, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(all_are(out, 0, 64)); /* nothing of a refused batch was copied */
    OK(aclrtMemcpyBatch(down, maxima, from, sizes, 2, &to_device, begin, 1, &failed));
    HOLDS(failed == SIZE_MAX);
    static latch held;
    latch_hold(&held, stream);
    failed = 77;
    OK(aclrtMemcpyBatchAsync(up, maxima, down, maxima, 2, &to_host, begin, 1, &failed, stream));
    HOLDS(failed == SIZE_MAX && out[0] == 0);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(all_are(out, 1, 64) && all_are(out + 64, 2, 32) && all_are(out + 96, 0, 32));
    memset(in[0], 5, 64);
    OK(aclrtMemcpyBatchV2(down, maxima, from, sizes, 2, &to_device, begin, 1));
    OK(aclrtMemcpyBatchAsyncV2(up, maxima, down, maxima, 2, &to_host, begin, 1, stream));
    OK(aclrtSynchronizeStream(stream));
    HOLDS(all_are(out, 5, 64));
    failed = 77;
    ANSWERS(107000, aclrtMemcpyBatch(down, maxima, from, sizes, 0, &to_device, begin, 1, &failed));
    HOLDS(failed == SIZE_MAX);
    ANSWERS(107000, aclrtMemcpyBatch(down, maxima, from, sizes, 2, &to_device, begin, 0, &failed));
    ANSWERS(107000, aclrtMemcpyBatch(down, maxima, from, sizes, 2, &to_device, begin, 3, &failed));
    begin[0] = 1;
    ANSWERS(107000, aclrtMemcpyBatch(down, maxima, from, sizes, 2, &to_device, begin, 1, &failed));
    ANSWERS(100000, aclrtMemcpyBatch(NULL, maxima, from, sizes, 2, &to_device, begin, 1, &failed));
    ANSWERS(100000, aclrtMemcpyBatch(down, maxima, from, sizes, 2, &to_device, begin, 1, NULL));
    ANSWERS(107017, aclrtMemcpyBatchAsync(up, maxima, down, sizes, 2, &to_host, begin, 1, &failed, (aclrtStream)out));
}

static void offsets_apply_to_what_pointers_point_to(void) {
    aclrtStream stream = stream_of(0);
    char *from = on_device(64), *to = on_device(64), *out = pinned(64);
    void **cells = on_device(2 * sizeof(void *)), *values[2] = {to, from};
    OK(aclrtMemset(from, 64, 9, 64));
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemcpyAsyncWithOffset(&cells[0], 64, 8, (const void **)&cells[1], 16, 32, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    OK(aclrtMemcpy(cells, sizeof(values), values, sizeof(values), ACL_MEMCPY_HOST_TO_DEVICE)); /* before it runs */
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtMemcpy(out, 64, to, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(all_are(out, 0, 8) && all_are(out + 8, 9, 16) && all_are(out + 24, 0, 40));
    /* Pointers on the stack may be gone when it runs, so they are read at once. */
    OK(aclrtMemcpyAsyncWithOffset(&values[0], 64, 0, (const void **)&values[1], 8, 0, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    values[0] = values[1] = NULL;
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtMemcpy(out, 64, to, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(all_are(out, 9, 24));
    ANSWERS(107000, aclrtMemcpyAsyncWithOffset(values, 64, 0, (const void **)values, 8, 0, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    ANSWERS(100000, aclrtMemcpyAsyncWithOffset(NULL, 64, 0, (const void **)values, 8, 0, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    ANSWERS(107000, aclrtMemcpyAsyncWithOffset(&cells[0], 7, 0, (const void **)&cells[1], 8, 0, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    OK(aclrtMemset(cells, sizeof(values), 0, sizeof(values)));
    OK(aclrtMemcpyAsyncWithOffset(&cells[0], 64, 0, (const void **)&cells[1], 8, 0, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    HOLDS(aclrtSynchronizeStream(stream) != 0); /* null pointers: found when it runs */
    OK(aclrtSynchronizeStream(stream));
}

static void descriptors_are_read_when_the_copy_runs(void) {
    aclrtStream stream = stream_of(0);
    char *from = on_device(64), *to = on_device(64), *out = pinned(64);
    size_t size = 0;
    OK(aclrtGetMemcpyDescSize(ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, &size));
    HOLDS(size > 0);
    void *descriptor = on_device(size);
    OK(aclrtMemset(from, 64, 2, 64));
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemcpyAsyncWithDesc(descriptor, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, stream));
    OK(aclrtSetMemcpyDesc(descriptor, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, from, to, 32, NULL));
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtMemcpy(out, 64, to, 64, ACL_MEMCPY_DEVICE_TO_HOST));
    HOLDS(all_are(out, 2, 32) && all_are(out + 32, 0, 32));
    ANSWERS(100000, aclrtGetMemcpyDescSize(ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, NULL));
    ANSWERS(100000, aclrtSetMemcpyDesc(NULL, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, from, to, 32, NULL));
    ANSWERS(107000, aclrtSetMemcpyDesc(descriptor, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, from, to, 1 << 20, NULL));
    ANSWERS(100000, aclrtMemcpyAsyncWithDesc(NULL, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, stream));
    OK(aclrtMemcpyAsyncWithDesc(from, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, stream)); /* is no descriptor */
    ANSWERS(107000, aclrtSynchronizeStream(stream));
}

static uint64_t pool_has(aclrtMemPool pool, aclrtMemPoolAttr attribute) {
    uint64_t value = 77;
    OK(aclrtMemPoolGetAttr(pool, attribute, &value));
    return value;
}

static void pools_allocate_and_free_in_stream_order(void) {
    aclrtStream stream = stream_of(0);
    aclrtMemPoolProps props = {0};
    aclrtMemPool pool = NULL;
    props.allocType = ACL_MEM_ALLOCATION_TYPE_PINNED;
    props.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    props.maxSize = 1 << 20;
    OK(aclrtMemPoolCreate(&pool, &props));
    void *memory = NULL, *other = NULL;
    char *out = pinned(64);
    OK(aclrtMemPoolMallocAsync(&memory, 1 << 20, pool, stream));
    HOLDS(pool_has(pool, ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT) == 1 << 20);
    ANSWERS(207001, aclrtMemPoolMallocAsync(&other, 1, pool, stream));
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemsetAsync(memory, 64, 4, 64, stream));
    OK(aclrtMemcpyAsync(out, 64, memory, 64, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    OK(aclrtMemPoolFreeAsync(memory, stream));
    ANSWERS(107000, aclrtMemPoolFreeAsync(memory, stream));
    HOLDS(pool_has(pool, ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT) == 1 << 20); /* the stream has not come to it */
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(all_are(out, 4, 64));
    HOLDS(pool_has(pool, ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT) == 0);
    HOLDS(pool_has(pool, ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT) == 0);
    HOLDS(pool_has(pool, ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH) == 1 << 20);

    uint64_t threshold = 1 << 19, none = 0;
    OK(aclrtMemPoolSetAttr(pool, ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD, &threshold));
    OK(aclrtMemPoolSetAttr(pool, ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH, &none));
    HOLDS(pool_has(pool, ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH) == 0);
    ANSWERS(107000, aclrtMemPoolSetAttr(pool, ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT, &none));
    ANSWERS(107000, aclrtMemPoolSetAttr(pool, (aclrtMemPoolAttr)99, &none));
    OK(aclrtMemPoolMallocAsync(&memory, 1 << 20, pool, stream));
    latch_hold(&held, stream);
    OK(aclrtMemPoolFreeAsync(memory, stream)); /* no task uses it, and yet it is freed in order */
    HOLDS(pool_has(pool, ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT) == 1 << 20);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(pool_has(pool, ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT) == 1 << 19); /* what the pool keeps */
    OK(aclrtMemPoolTrimTo(pool, 1 << 18));
    HOLDS(pool_has(pool, ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT) == 1 << 18);

    OK(aclrtMemPoolMallocAsync(&memory, 64, pool, stream));
    OK(aclrtMemPoolDestroy(pool));
    OK(aclrtMemset(memory, 64, 1, 64)); /* outlives its pool */
    OK(aclrtMemPoolFreeAsync(memory, stream));
    OK(aclrtSynchronizeStream(stream));
    size_t left = 0, total = 1;
    OK(aclrtGetMemInfo(ACL_HBM_MEM, &left, &total));
    HOLDS(left == total);
    ANSWERS(107017, aclrtMemPoolDestroy(pool));
    ANSWERS(107017, aclrtMemPoolMallocAsync(&memory, 64, pool, stream));
    ANSWERS(100000, aclrtMemPoolCreate(NULL, &props));
    ANSWERS(100000, aclrtMemPoolCreate(&pool, NULL));
    ANSWERS(100000, aclrtMemPoolMallocAsync(&memory, 64, NULL, stream));
    props.location.id = 99;
    ANSWERS(107001, aclrtMemPoolCreate(&pool, &props));
    props.location.type = ACL_MEM_LOCATION_TYPE_HOST;
    ANSWERS(107000, aclrtMemPoolCreate(&pool, &props));
}

static void peer_access_is_told(void) {
    OK(aclrtSetDevice(0));
    int32_t status = 77;
    OK(aclrtDevicePeerAccessStatus(0, 1, &status));
    HOLDS(status == 0);
    OK(aclrtDeviceEnablePeerAccess(1, 0));
    OK(aclrtDevicePeerAccessStatus(0, 1, &status));
    HOLDS(status == 1);
    OK(aclrtDevicePeerAccessStatus(1, 0, &status));
    HOLDS(status == 0); /* one direction */
    ANSWERS(107000, aclrtDevicePeerAccessStatus(0, 99, &status));
    ANSWERS(100000, aclrtDevicePeerAccessStatus(0, 1, NULL));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(variants_of_malloc_allocate_zeroes),
    RULE(freeing_with_synchronisation_waits_for_the_device),
    RULE(caches_are_flushed_in_allocations_only),
    RULE(registered_memory_is_copied_in_stream_order),
    RULE(an_address_tells_where_it_is),
    RULE(usage_knows_its_peak),
    RULE(rectangles_keep_their_pitches),
    RULE(words_are_repeated),
    RULE(batches_are_checked_before_they_are_copied),
    RULE(offsets_apply_to_what_pointers_point_to),
    RULE(descriptors_are_read_when_the_copy_runs),
    RULE(pools_allocate_and_free_in_stream_order),
    RULE(peer_access_is_told),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: memory RULE\n");
    return 2;
}
