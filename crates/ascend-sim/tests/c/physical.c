/* Part of ascend-ipc, Apache-2.0.
 *
 * Physical memory, reserved addresses, and physical memory shared between processes. Each rule is a function; the program
 * runs the one that is named on its command line.
 */
#include "check.h"

enum { GRAIN = 2 << 20 };

static aclrtPhysicalMemProp on_device(uint32_t device) {
    aclrtPhysicalMemProp prop = {0};
    prop.handleType = ACL_MEM_HANDLE_TYPE_NONE;
    prop.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED;
    prop.memAttr = ACL_HBM_MEM_HUGE;
    prop.location.id = device;
    prop.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    return prop;
}
static aclrtDrvMemHandle block(uint32_t device, size_t size) {
    aclrtPhysicalMemProp prop = on_device(device);
    aclrtDrvMemHandle handle = NULL;
    OK(aclrtMallocPhysical(&handle, size, &prop, 0));
    return handle;
}
static char *reserved(size_t size) {
    void *address = NULL;
    OK(aclrtReserveMemAddress(&address, size, 0, NULL, 0));
    return address;
}
static char *at(char *address, aclrtDrvMemHandle handle) {
    OK(aclrtMapMem(address, GRAIN, 0, handle, 0));
    return address;
}
static char *mapped(aclrtDrvMemHandle handle) { return at(reserved(GRAIN), handle); }
static size_t bytes_free(void) {
    size_t left = 0, total = 0;
    OK(aclrtGetMemInfo(ACL_HBM_MEM, &left, &total));
    return left;
}
static void fill(char *address, int value) { OK(aclrtMemset(address, GRAIN, value, GRAIN)); }
static int is_filled(const char *address, int value) {
    static char out[GRAIN];
    OK(aclrtMemcpy(out, GRAIN, address, GRAIN, ACL_MEMCPY_DEVICE_TO_HOST));
    for (int i = 0; i < GRAIN; i++)
        if (out[i] != value) return 0;
    return 1;
}

static void memory_is_allocated_mapped_used_and_given_back(void) {
    OK(aclrtSetDevice(0));
    size_t before = bytes_free();
    aclrtDrvMemHandle handle = block(0, GRAIN);
    HOLDS(bytes_free() == before - GRAIN);
    char *address = mapped(handle);
    HOLDS(is_filled(address, 0)); /* fresh memory is zero */
    fill(address, 5);
    HOLDS(is_filled(address, 5));
    ANSWERS(107000, aclrtMemset(address, 2 * (size_t)GRAIN, 0, GRAIN + 1)); /* past the end of the mapping */
    ANSWERS(107000, aclrtFree(address));
    OK(aclrtUnmapMem(address));
    ANSWERS(107000, aclrtUnmapMem(address));
    OK(aclrtFreePhysical(handle));
    ANSWERS(107017, aclrtFreePhysical(handle));
    HOLDS(bytes_free() == before);
    OK(aclrtReleaseMemAddress(address));
    ANSWERS(107000, aclrtReleaseMemAddress(address));
}

static void allocating_and_mapping_need_no_context(void) {
    aclrtDrvMemHandle handle = block(0, GRAIN), imported = NULL;
    uint64_t number = 0;
    char *address = mapped(handle);
    OK(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, 0, &number));
    ANSWERS(107002, aclrtMemImportFromShareableHandle(number, 0, &imported));
    OK(aclrtUnmapMem(address));
    OK(aclrtReleaseMemAddress(address));
    OK(aclrtFreePhysical(handle));
}

static void mapped_memory_keeps_what_it_held_elsewhere(void) {
    OK(aclrtSetDevice(0));
    aclrtDrvMemHandle first = block(0, GRAIN), second = block(0, GRAIN);
    char *address = mapped(first), *other = mapped(first);
    fill(address, 1);
    HOLDS(is_filled(other, 1)); /* the same memory at two addresses */
    OK(aclrtUnmapMem(address));
    at(address, second); /* another block where one was unmapped */
    HOLDS(is_filled(address, 0) && is_filled(other, 1));
    ANSWERS(107000, aclrtMapMem(address, GRAIN, 0, first, 0)); /* something is there */
    ANSWERS(107000, aclrtReleaseMemAddress(address));
}

static void one_access_spans_blocks_side_by_side(void) {
    aclrtStream stream = stream_of(0);
    char *address = reserved(4 * GRAIN), out[64];
    at(address, block(0, GRAIN));
    at(address + GRAIN, block(0, GRAIN));
    at(address + 3 * GRAIN, block(0, GRAIN));
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemsetAsync(address + GRAIN - 32, 64, 7, 64, stream));
    OK(aclrtUnmapMem(address + GRAIN)); /* the task still uses it */
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtMemcpy(out, 32, address + GRAIN - 32, 32, ACL_MEMCPY_DEVICE_TO_HOST));
    for (int i = 0; i < 32; i++) HOLDS(out[i] == 7);
    ANSWERS(107000, aclrtMemset(address + GRAIN - 32, 64, 8, 64)); /* the second one is gone */
    at(address + GRAIN, block(0, GRAIN));
    OK(aclrtMemset(address, 2 * (size_t)GRAIN, 9, 2 * (size_t)GRAIN));
    HOLDS(is_filled(address, 9) && is_filled(address + GRAIN, 9));
    ANSWERS(107000, aclrtMemset(address, 4 * (size_t)GRAIN, 9, 2 * (size_t)GRAIN + 1)); /* into the gap */
}

static void a_reservation_holds_blocks_side_by_side(void) {
    OK(aclrtSetDevice(0));
    char *address = reserved(2 * GRAIN), *odd = reserved(GRAIN + 1);
    HOLDS((size_t)address % GRAIN == 0);
    at(address, block(0, GRAIN));
    at(address + GRAIN, block(1, GRAIN));
    fill(address, 1);
    fill(address + GRAIN, 2);
    HOLDS(is_filled(address, 1) && is_filled(address + GRAIN, 2));
    ANSWERS(107000, aclrtMapMem(address + 2 * GRAIN, GRAIN, 0, block(0, GRAIN), 0));
    ANSWERS(107000, aclrtMapMem(odd, 2 * GRAIN, 0, block(0, GRAIN), 0)); /* larger than the block */
    ANSWERS(107000, aclrtMapMem(&odd, GRAIN, 0, block(0, GRAIN), 0));
    OK(aclrtMapMem(odd + GRAIN, 1, 0, block(0, GRAIN), 0));
    HOLDS(odd[GRAIN] == 0);
}

static void freed_memory_lives_while_it_is_mapped(void) {
    OK(aclrtSetDevice(0));
    size_t before = bytes_free();
    aclrtDrvMemHandle handle = block(0, GRAIN), again = NULL;
    char *address = mapped(handle);
    OK(aclrtFreePhysical(handle));
    fill(address, 9);
    HOLDS(is_filled(address, 9) && bytes_free() == before - GRAIN);
    OK(aclrtMemRetainAllocationHandle(address, &again)); /* a handle again */
    OK(aclrtUnmapMem(address));
    HOLDS(bytes_free() == before - GRAIN);
    OK(aclrtFreePhysical(again));
    HOLDS(bytes_free() == before);
}

static void a_retained_handle_is_freed_once_more(void) {
    aclrtDrvMemHandle handle = block(1, GRAIN), again = NULL;
    char *address = mapped(handle);
    OK(aclrtMemRetainAllocationHandle(address + 7, &again));
    HOLDS(again == handle);
    aclrtPhysicalMemProp prop;
    memset(&prop, 0x55, sizeof(prop));
    OK(aclrtFreePhysical(handle));
    OK(aclrtMemGetAllocationPropertiesFromHandle(again, &prop));
    HOLDS(prop.location.id == 1 && prop.location.type == ACL_MEM_LOCATION_TYPE_DEVICE);
    HOLDS(prop.memAttr == ACL_HBM_MEM_HUGE && prop.handleType == ACL_MEM_HANDLE_TYPE_NONE);
    OK(aclrtFreePhysical(again));
    ANSWERS(107017, aclrtMemGetAllocationPropertiesFromHandle(again, &prop));
    ANSWERS(107000, aclrtMemRetainAllocationHandle(&prop, &again));
}

static void unmapping_what_a_task_uses_is_safe(void) {
    aclrtStream stream = stream_of(0);
    void *host = NULL;
    OK(aclrtMallocHost(&host, GRAIN));
    aclrtDrvMemHandle handle = block(0, GRAIN);
    char *address = mapped(handle);
    fill(address, 4);
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtMemcpyAsync(host, GRAIN, address, GRAIN, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    OK(aclrtUnmapMem(address));
    OK(aclrtFreePhysical(handle));
    OK(aclrtReleaseMemAddress(address));
    HOLDS(*(char *)host == 0);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(*(char *)host == 4);

    /* What is mapped to the same address meanwhile stays when the task has ended. */
    address = mapped(block(0, GRAIN));
    latch_hold(&held, stream);
    OK(aclrtMemcpyAsync(host, GRAIN, address, GRAIN, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    OK(aclrtUnmapMem(address));
    at(address, block(0, GRAIN));
    fill(address, 6);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(is_filled(address, 6));
}

static void fixed_arguments_are_checked(void) {
    aclrtPhysicalMemProp prop = on_device(0), wrong;
    aclrtDrvMemHandle handle = NULL;
    void *address = NULL;
    ANSWERS(100000, aclrtReserveMemAddress(NULL, GRAIN, 0, NULL, 0));
    ANSWERS(100000, aclrtReserveMemAddress(&address, 0, 0, NULL, 0));
    ANSWERS(100000, aclrtReserveMemAddress(&address, GRAIN, GRAIN, NULL, 0));
    ANSWERS(100000, aclrtReserveMemAddress(&address, GRAIN, 0, NULL, 2));
    ANSWERS(207001, aclrtReserveMemAddress(&address, (size_t)-1, 0, NULL, 0));
    OK(aclrtReserveMemAddress(&address, GRAIN, 0, NULL, 1));
    OK(aclrtReleaseMemAddress(address));
    OK(aclrtReserveMemAddress(&address, GRAIN, 0, address, 0));
    ANSWERS(100000, aclrtMallocPhysical(NULL, GRAIN, &prop, 0));
    ANSWERS(100000, aclrtMallocPhysical(&handle, GRAIN, NULL, 0));
    ANSWERS(100000, aclrtMallocPhysical(&handle, 0, &prop, 0));
    ANSWERS(100000, aclrtMallocPhysical(&handle, GRAIN, &prop, 1));
    ANSWERS(207001, aclrtMallocPhysical(&handle, (size_t)1 << 50, &prop, 0));
    ANSWERS(207001, aclrtMallocPhysical(&handle, (size_t)-1, &prop, 0));
    wrong = on_device(99);
    ANSWERS(107001, aclrtMallocPhysical(&handle, GRAIN, &wrong, 0));
    wrong = prop;
    wrong.allocationType = 7;
    ANSWERS(107000, aclrtMallocPhysical(&handle, GRAIN, &wrong, 0));
    wrong = prop;
    wrong.handleType = ACL_MEM_HANDLE_TYPE_POSIX;
    ANSWERS(107000, aclrtMallocPhysical(&handle, GRAIN, &wrong, 0));
    HOLDS(handle == NULL);
    handle = block(0, GRAIN);
    ANSWERS(100000, aclrtMapMem(NULL, GRAIN, 0, handle, 0));
    ANSWERS(100000, aclrtMapMem(address, GRAIN, 0, NULL, 0));
    ANSWERS(100000, aclrtMapMem(address, GRAIN, GRAIN, handle, 0));
    ANSWERS(100000, aclrtMapMem(address, GRAIN, 0, handle, 1));
    ANSWERS(107017, aclrtMapMem(address, GRAIN, 0, (aclrtDrvMemHandle)&wrong, 0));
    ANSWERS(100000, aclrtUnmapMem(NULL));
    ANSWERS(100000, aclrtReleaseMemAddress(NULL));
    ANSWERS(100000, aclrtFreePhysical(NULL));
}

static void the_granularity_is_two_mebibytes(void) {
    aclrtPhysicalMemProp prop = on_device(0);
    size_t granularity = 0;
    OK(aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, &granularity));
    HOLDS(granularity == GRAIN);
    ANSWERS(100000, aclrtMemGetAllocationGranularity(NULL, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, &granularity));
    ANSWERS(100000, aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, NULL));
    ANSWERS(107000, aclrtMemGetAllocationGranularity(&prop, ACL_RT_MEM_ALLOC_GRANULARITY_UNDEF, &granularity));
}

static void access_is_set_for_mapped_ranges(void) {
    char *address = reserved(3 * GRAIN);
    at(address, block(0, GRAIN));
    at(address + GRAIN, block(0, GRAIN));
    aclrtMemAccessDesc right = {0};
    right.flags = ACL_RT_MEM_ACCESS_FLAGS_READWRITE;
    right.location.id = 1;
    right.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    aclrtMemLocation own = {0, ACL_MEM_LOCATION_TYPE_DEVICE}, peer = right.location, host = {0, ACL_MEM_LOCATION_TYPE_HOST};
    uint64_t flags = 77;
    OK(aclrtMemGetAccess(address, &own, &flags));
    HOLDS(flags == ACL_RT_MEM_ACCESS_FLAGS_READWRITE);
    OK(aclrtMemGetAccess(address, &peer, &flags));
    HOLDS(flags == ACL_RT_MEM_ACCESS_FLAGS_NONE);
    OK(aclrtMemSetAccess(address, 2 * GRAIN, &right, 1));
    OK(aclrtMemGetAccess(address + GRAIN, &peer, &flags));
    HOLDS(flags == ACL_RT_MEM_ACCESS_FLAGS_READWRITE);
    right.location = host;
    OK(aclrtMemSetAccess(address, GRAIN, &right, 1));
    ANSWERS(107000, aclrtMemSetAccess(address, 3 * GRAIN, &right, 1)); /* nothing is mapped to the last third */
    ANSWERS(100000, aclrtMemSetAccess(NULL, GRAIN, &right, 1));
    ANSWERS(100000, aclrtMemSetAccess(address, GRAIN, NULL, 1));
    ANSWERS(107000, aclrtMemSetAccess(address, GRAIN, &right, 0));
    right.flags = 2;
    ANSWERS(107000, aclrtMemSetAccess(address, GRAIN, &right, 1));
    right.flags = ACL_RT_MEM_ACCESS_FLAGS_READ;
    right.location.id = 99;
    right.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    ANSWERS(107001, aclrtMemSetAccess(address, GRAIN, &right, 1));
}

static void memory_is_exported_once_and_not_imported_at_home(void) {
    OK(aclrtSetDevice(0));
    aclrtDrvMemHandle handle = block(0, GRAIN), imported = NULL;
    uint64_t number = 0, second = 0;
    int32_t pid = getpid();
    ANSWERS(100000, aclrtMemExportToShareableHandle(NULL, ACL_MEM_HANDLE_TYPE_NONE, 0, &number));
    ANSWERS(100000, aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, 0, NULL));
    ANSWERS(107000, aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, 2, &number));
    ANSWERS(107017, aclrtMemExportToShareableHandle((aclrtDrvMemHandle)0x1234, ACL_MEM_HANDLE_TYPE_NONE, 0, &number));
    OK(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, 0, &number));
    ANSWERS(507899, aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, 1, &second));
    ANSWERS(507899, aclrtMemImportFromShareableHandle(number, 0, &imported));
    ANSWERS(107017, aclrtMemImportFromShareableHandle(0, 0, &imported));
    ANSWERS(107017, aclrtMemImportFromShareableHandle(number + 1, 0, &imported));
    ANSWERS(107017, aclrtMemImportFromShareableHandle(~(uint64_t)0, 0, &imported));
    ANSWERS(107001, aclrtMemImportFromShareableHandle(number, 99, &imported));
    ANSWERS(100000, aclrtMemImportFromShareableHandle(number, 0, NULL));
    OK(aclrtMemSetPidToShareableHandle(number, &pid, 1)); /* a list is allowed, so the failed export changed nothing */
    ANSWERS(100000, aclrtMemSetPidToShareableHandle(number, NULL, 1));
    ANSWERS(107000, aclrtMemSetPidToShareableHandle(number, &pid, 0));
    ANSWERS(107000, aclrtMemSetPidToShareableHandle(number, &pid, 65536));
    ANSWERS(107017, aclrtMemSetPidToShareableHandle(number + 1, &pid, 1));
    OK(aclrtFreePhysical(handle));
    ANSWERS(107017, aclrtMemImportFromShareableHandle(number, 0, &imported)); /* the number went with the memory */
    handle = block(0, GRAIN);
    OK(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION, &number));
    ANSWERS(207006, aclrtMemSetPidToShareableHandle(number, &pid, 1));
    ANSWERS(507899, aclrtMemImportFromShareableHandle(number, 0, &imported));
    HOLDS(imported == NULL);
}

/* Imports what is offered, tells the answer, and sends back what it read after the owner has freed everything. */
static void import_and_read(int owner) {
    OK(aclrtSetDevice(1));
    uint64_t number;
    while (peer_receive(owner, &number, sizeof(number))) {
        aclrtDrvMemHandle handle = NULL;
        aclError answer = aclrtMemImportFromShareableHandle(number, 1, &handle);
        char told;
        int32_t pid = getpid();
        HOLDS(aclrtMemSetPidToShareableHandle(number, &pid, 1) == 207006); /* only its owner may */
        peer_send(owner, &answer, sizeof(answer));
        if (answer != 0) continue;
        int32_t reached = 0;
        OK(aclrtDevicePeerAccessStatus(1, 0, &reached));
        HOLDS(reached == 1); /* the import gave access to the owner's device */
        char *address = reserved(2 * GRAIN);
        at(address, block(1, GRAIN)); /* own and imported side by side */
        at(address + GRAIN, handle);
        HOLDS(is_filled(address, 0) && is_filled(address + GRAIN, 0x5a));
        fill(address + GRAIN, 0x3c);
        peer_send(owner, "w", 1);
        HOLDS(peer_receive(owner, &told, 1)); /* it has freed everything */
        HOLDS(is_filled(address + GRAIN, 0x3c));
        aclrtDrvMemHandle again = NULL;
        OK(aclrtMemImportFromShareableHandle(number, 1, &again)); /* as long as anybody has it */
        OK(aclrtFreePhysical(again));
        OK(aclrtUnmapMem(address + GRAIN));
        OK(aclrtFreePhysical(handle));
        ANSWERS(107017, aclrtMemImportFromShareableHandle(number, 1, &again));
        OK(aclrtUnmapMem(address));
        OK(aclrtReleaseMemAddress(address));
    }
}

static void lend(peer *importer, uint64_t number, char *address, aclrtDrvMemHandle handle) {
    aclError answer = 77;
    char told;
    fill(address, 0x5a);
    peer_send(importer->socket, &number, sizeof(number));
    HOLDS(peer_receive(importer->socket, &answer, sizeof(answer)));
    HOLDS(answer == 0);
    HOLDS(peer_receive(importer->socket, &told, 1));
    HOLDS(is_filled(address, 0x3c)); /* what the importer wrote */
    OK(aclrtUnmapMem(address));
    OK(aclrtFreePhysical(handle));
    OK(aclrtReleaseMemAddress(address));
    peer_send(importer->socket, "f", 1);
}

static void a_listed_process_imports_and_others_are_refused(void) {
    peer importer = peer_start(import_and_read);
    OK(aclrtSetDevice(0));
    aclrtDrvMemHandle handle = block(0, GRAIN);
    char *address = mapped(handle);
    uint64_t number = 0;
    int32_t other = getpid(), pid = importer.pid;
    aclError answer = 77;
    OK(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, 0, &number));
    OK(aclrtMemSetPidToShareableHandle(number, &other, 1));
    peer_send(importer.socket, &number, sizeof(number));
    HOLDS(peer_receive(importer.socket, &answer, sizeof(answer)));
    HOLDS(answer == 507899);
    OK(aclrtMemSetPidToShareableHandle(number, &pid, 1)); /* later than the number was handed out */
    lend(&importer, number, address, handle);
    peer_join(&importer);
}

static void without_a_check_anybody_imports(void) {
    peer importer = peer_start(import_and_read);
    OK(aclrtSetDevice(0));
    aclrtDrvMemHandle handle = block(0, GRAIN);
    char *address = mapped(handle);
    uint64_t number = 0;
    OK(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION, &number));
    lend(&importer, number, address, handle);
    peer_join(&importer);
}

static void import_fabric(int owner) {
    aclrtMemFabricHandle fabric;
    aclrtDrvMemHandle handle = NULL;
    HOLDS(peer_receive(owner, &fabric, sizeof(fabric)));
    ANSWERS(107002, aclrtMemImportFromShareableHandleV2(&fabric, ACL_MEM_SHARE_HANDLE_TYPE_FABRIC, 0, &handle));
    OK(aclrtSetDevice(0));
    ANSWERS(107000, aclrtMemImportFromShareableHandleV2(&fabric, 3, 0, &handle));
    OK(aclrtMemImportFromShareableHandleV2(&fabric, ACL_MEM_SHARE_HANDLE_TYPE_FABRIC, 0, &handle));
    HOLDS(is_filled(mapped(handle), 8));
    fabric.data[0] ^= 1;
    ANSWERS(107017, aclrtMemImportFromShareableHandleV2(&fabric, ACL_MEM_SHARE_HANDLE_TYPE_FABRIC, 0, &handle));
}

static void a_fabric_handle_names_the_same_memory(void) {
    peer importer = peer_start(import_fabric);
    OK(aclrtSetDevice(0));
    aclrtDrvMemHandle handle = block(0, GRAIN);
    fill(mapped(handle), 8);
    aclrtMemFabricHandle fabric;
    uint64_t number = 0;
    int32_t pid = importer.pid;
    OK(aclrtMemExportToShareableHandleV2(handle, 0, ACL_MEM_SHARE_HANDLE_TYPE_FABRIC, &fabric));
    ANSWERS(507899, aclrtMemExportToShareableHandleV2(handle, 0, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, &number));
    OK(aclrtMemSetPidToShareableHandleV2(&fabric, ACL_MEM_SHARE_HANDLE_TYPE_FABRIC, &pid, 1));
    peer_send(importer.socket, &fabric, sizeof(fabric));
    peer_join(&importer);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(memory_is_allocated_mapped_used_and_given_back),
    RULE(allocating_and_mapping_need_no_context),
    RULE(mapped_memory_keeps_what_it_held_elsewhere),
    RULE(one_access_spans_blocks_side_by_side),
    RULE(a_reservation_holds_blocks_side_by_side),
    RULE(freed_memory_lives_while_it_is_mapped),
    RULE(a_retained_handle_is_freed_once_more),
    RULE(unmapping_what_a_task_uses_is_safe),
    RULE(fixed_arguments_are_checked),
    RULE(the_granularity_is_two_mebibytes),
    RULE(access_is_set_for_mapped_ranges),
    RULE(memory_is_exported_once_and_not_imported_at_home),
    RULE(a_listed_process_imports_and_others_are_refused),
    RULE(without_a_check_anybody_imports),
    RULE(a_fabric_handle_names_the_same_memory),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: physical RULE\n");
    return 2;
}
