/* Part of ascend-ipc, Apache-2.0.
 *
 * What programs see of the machine that is simulated: its SoC, its topology, and the release of its runtime. Each rule is
 * a function; the program runs the one that is named on its command line, and the environment says which machine it is.
 */
#include "check.h"

enum { GRAIN = 2 << 20, MOST_OPENINGS = 128 };

static aclrtIpcEventHandle handle_of(aclrtEvent event) {
    aclrtIpcEventHandle handle;
    memset(&handle, 0, sizeof(handle));
    OK(aclrtIpcGetEventHandle(event, &handle));
    return handle;
}
static uint64_t topology(uint32_t one, uint32_t other) {
    uint64_t bits = 77;
    OK(aclrtGetDevicesTopo(one, other, &bits));
    return bits;
}
static int64_t chip(uint32_t device) {
    int64_t value = -1;
    OK(aclrtGetDeviceInfo(device, ACL_DEV_ATTR_PHY_CHIP_ID, &value));
    return value;
}
static int are_on_one_bus(int32_t one, int32_t other) {
    char first[16], second[16];
    OK(aclrtDeviceGetPCIBusId(one, first, 13));
    OK(aclrtDeviceGetPCIBusId(other, second, 13));
    HOLDS(strcmp(first, second) != 0);
    return strncmp(first, second, strlen(first) - 1) == 0; /* all but the function */
}
static int reaches(int32_t one, int32_t other) {
    int32_t can = 77;
    OK(aclrtDeviceCanAccessPeer(&can, one, other));
    return can;
}
static int is_enabled(int32_t one, int32_t other) {
    int32_t status = 77;
    OK(aclrtDevicePeerAccessStatus(one, other, &status));
    return status;
}

/* --- SoCs --- */

static void a_card_of_an_a3_has_two_dies(void) {
    HOLDS(strncmp(aclrtGetSocName(), "Ascend910_93", 12) == 0);
    for (uint32_t die = 0; die < 8; die += 2) {
        aclrtUuid first, second;
        HOLDS(topology(die, die + 1) == ACL_RT_DEVS_TOPOLOGY_SIO && topology(die + 1, die) == ACL_RT_DEVS_TOPOLOGY_SIO);
        HOLDS(topology(die + 1, (die + 2) % 8) == ACL_RT_DEVS_TOPOLOGY_HCCS);
        HOLDS(chip(die) == chip(die + 1) && chip(die) != chip((die + 2) % 8));
        HOLDS(are_on_one_bus((int32_t)die, (int32_t)die + 1) && !are_on_one_bus((int32_t)die + 1, ((int32_t)die + 2) % 8));
        OK(aclrtDeviceGetUuid((int32_t)die, &first));
        OK(aclrtDeviceGetUuid((int32_t)die + 1, &second));
        HOLDS(memcmp(&first, &second, sizeof(first)) != 0); /* each die is a device */
    }
}

static void a_device_of_a_910b_has_a_card_for_itself(void) {
    HOLDS(strncmp(aclrtGetSocName(), "Ascend910B", 10) == 0);
    HOLDS(topology(0, 1) == ACL_RT_DEVS_TOPOLOGY_HCCS && topology(2, 2) == 0);
    HOLDS(chip(0) != chip(1) && !are_on_one_bus(0, 1));
}

static void a_hidden_device_does_not_move_the_others_to_other_cards(void) { /* with 1,2,3: only 2 and 3 are of one card */
    HOLDS(topology(0, 1) == ACL_RT_DEVS_TOPOLOGY_HCCS && topology(1, 2) == ACL_RT_DEVS_TOPOLOGY_SIO);
    HOLDS(chip(0) == 0 && chip(1) == 1 && chip(2) == 1);
}

static void a_short_name_means_a_soc_without_ipc_events(void) {
    stream_of(0);
    aclrtEvent event = NULL;
    ANSWERS(207000, aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC));
    HOLDS(strncmp(aclrtGetSocName(), "Ascend", 6) == 0);
}

static void a_950_opens_its_own_event(void) {
    static latch held;
    aclrtStream recorder = stream_of(0), waiter = another_stream();
    aclrtEvent event = ipc_event(), opened = NULL;
    aclrtIpcEventHandle handle = handle_of(event);
    OK(aclrtIpcOpenEventHandle(handle, &opened));
    latch_hold(&held, recorder);
    OK(aclrtRecordEvent(event, recorder));
    OK(aclrtStreamWaitEvent(waiter, opened));
    waits(waiter);
    latch_open(&held);
    OK(aclrtSynchronizeStreamWithTimeout(waiter, 10000));
    OK(aclrtSynchronizeStream(recorder)); /* else the record keeps the event, and with it the key */
    OK(aclrtDestroyEvent(event));
    event = NULL; /* the process has it open still, but its key went with the creator's event */
    ANSWERS(507899, aclrtIpcOpenEventHandle(handle, &event));
    HOLDS(event == NULL);
    OK(aclrtDestroyEvent(opened));
}

static void importer_outlives(int creator) {
    aclrtIpcEventHandle handle;
    char destroyed;
    aclrtStream stream = stream_of(1);
    aclrtEvent event = NULL, again = NULL;
    HOLDS(peer_receive(creator, &handle, sizeof(handle)));
    OK(aclrtIpcOpenEventHandle(handle, &event));
    peer_send(creator, "o", 1);
    HOLDS(peer_receive(creator, &destroyed, 1));
    aclError expected = strncmp(aclrtGetSocName(), "Ascend950", 9) == 0 ? 507899 : 0;
    ANSWERS(expected, aclrtIpcOpenEventHandle(handle, &again));
    OK(aclrtRecordEvent(event, stream)); /* the importer's is alive in any case */
    OK(aclrtSynchronizeStream(stream));
    HOLDS(status_of(event) == ACL_EVENT_RECORDED_STATUS_COMPLETE);
}
static void destroy_and_let_open_again(void) {
    peer importer = peer_start(importer_outlives);
    char opened;
    stream_of(0);
    aclrtEvent event = ipc_event();
    aclrtIpcEventHandle handle = handle_of(event);
    peer_send(importer.socket, &handle, sizeof(handle));
    HOLDS(peer_receive(importer.socket, &opened, 1));
    OK(aclrtDestroyEvent(event));
    peer_send(importer.socket, "d", 1);
    peer_join(&importer);
}
static void what_a_910b_destroyed_can_be_opened_while_somebody_has_it(void) { destroy_and_let_open_again(); }
static void what_a_950_destroyed_cannot_be_opened_but_importers_live(void) { destroy_and_let_open_again(); }

static void a_950dt_refuses_ipc_events_in_the_driver(void) {
    aclrtEvent event = NULL;
    aclrtIpcEventHandle handle;
    memset(&handle, 0, sizeof(handle));
    ANSWERS(107002, aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC)); /* the runtime would know them: context first */
    ANSWERS(107002, aclrtIpcOpenEventHandle(handle, &event));
    stream_of(0);
    ANSWERS(207000, aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC));
    ANSWERS(207000, aclrtIpcOpenEventHandle(handle, &event));
    ANSWERS(107017, aclrtIpcGetEventHandle((aclrtEvent)&handle, &handle));
    HOLDS(event == NULL);
}

static void a_soc_has_so_many_events(void) {
    uint32_t left = 0;
    OK(aclrtSetDevice(0));
    OK(aclrtGetEventAvailNum(&left));
    HOLDS(left == 65536);
}

/* --- topologies --- */

static void without_peer_access_no_device_reaches_another(void) {
    OK(aclrtSetDevice(0));
    HOLDS(!reaches(0, 1) && !reaches(5, 2));
    HOLDS(topology(0, 1) == ACL_RT_DEVS_TOPOLOGY_SYS);
    ANSWERS(207000, aclrtDeviceEnablePeerAccess(1, 0));
    HOLDS(strstr(aclGetRecentErrMsg(), "do not reach each other"));
    ANSWERS(200006, aclrtDeviceEnablePeerAccess(1, 1)); /* the front layer knows no topology */
    ANSWERS(107001, aclrtDeviceEnablePeerAccess(99, 0));
    HOLDS(!is_enabled(0, 1));
    OK(aclrtDeviceDisablePeerAccess(1)); /* what is not enabled */
}

static void only_the_dies_of_a_card_reach_each_other(void) {
    OK(aclrtSetDevice(3));
    HOLDS(reaches(2, 3) && reaches(3, 2) && !reaches(3, 4) && !reaches(1, 2));
    HOLDS(topology(2, 3) == ACL_RT_DEVS_TOPOLOGY_SIO && topology(3, 4) == ACL_RT_DEVS_TOPOLOGY_SYS);
    OK(aclrtDeviceEnablePeerAccess(2, 0));
    ANSWERS(207000, aclrtDeviceEnablePeerAccess(4, 0));
    HOLDS(is_enabled(3, 2) && !is_enabled(3, 4));
}

/* What a process on device 0 shares in every way there is. */
typedef struct offer {
    aclrtIpcEventHandle event;
    char memory[65], notify[65];
    uint64_t physical;
} offer;

static void import_without_access(int owner) {
    offer offered;
    char opened;
    HOLDS(peer_receive(owner, &offered, sizeof(offered)));
    OK(aclrtSetDevice(1));
    aclrtEvent event = NULL;
    void *memory = NULL;
    aclrtNotify notify = NULL;
    aclrtDrvMemHandle physical = NULL;
    for (int i = 0; i < 2 * MOST_OPENINGS; i++) /* each is undone: else the event ran out of openings */
        ANSWERS(207000, aclrtIpcOpenEventHandle(offered.event, &event));
    for (uint64_t flags = 0; flags <= ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS; flags++)
        ANSWERS(207000, aclrtIpcMemImportByKey(&memory, offered.memory, flags));
    ANSWERS(107000, aclrtIpcMemImportByKey(&memory, "nonsense", 0)); /* what is unknown has no owner */
    ANSWERS(207000, aclrtMemImportFromShareableHandle(offered.physical, 1, &physical));
    ANSWERS(207000, aclrtNotifyImportByKey(&notify, offered.notify, ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    HOLDS(event == NULL && memory == NULL && physical == NULL && notify == NULL);
    HOLDS(!is_enabled(0, 1) && !is_enabled(1, 0));
    OK(aclrtSetDevice(0)); /* on the owner's device nothing is needed */
    OK(aclrtIpcOpenEventHandle(offered.event, &event));
    OK(aclrtIpcMemImportByKey(&memory, offered.memory, 0));
    OK(aclrtMemImportFromShareableHandle(offered.physical, 0, &physical));
    OK(aclrtNotifyImportByKey(&notify, offered.notify, ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    peer_send(owner, "o", 1);
    HOLDS(peer_receive(owner, &opened, 1));
}

static void import_with_access(int owner) {
    offer offered;
    char opened;
    HOLDS(peer_receive(owner, &offered, sizeof(offered)));
    OK(aclrtSetDevice(1));
    aclrtEvent event = NULL;
    void *memory = NULL;
    OK(aclrtIpcMemImportByKey(&memory, offered.memory, 0));
    HOLDS(!is_enabled(1, 0)); /* nobody asked for it */
    OK(aclrtIpcMemClose(offered.memory));
    OK(aclrtIpcMemImportByKey(&memory, offered.memory, ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    HOLDS(is_enabled(1, 0) && !is_enabled(0, 1)); /* one direction */
    OK(aclrtIpcOpenEventHandle(offered.event, &event));
    HOLDS(is_enabled(1, 0) && is_enabled(0, 1)); /* both */
    peer_send(owner, "o", 1);
    HOLDS(peer_receive(owner, &opened, 1));
}

static void offer_to(void (*life)(int)) {
    peer importer = peer_start(life);
    offer offered;
    char done;
    aclrtPhysicalMemProp prop = {0};
    aclrtDrvMemHandle physical = NULL;
    aclrtNotify notify = NULL;
    void *memory = NULL;
    memset(&offered, 0, sizeof(offered));
    stream_of(0);
    offered.event = handle_of(ipc_event());
    OK(aclrtMalloc(&memory, GRAIN, ACL_MEM_MALLOC_HUGE_FIRST));
    OK(aclrtIpcMemGetExportKey(memory, GRAIN, offered.memory, 65, ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    prop.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED;
    prop.memAttr = ACL_HBM_MEM_HUGE;
    prop.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    OK(aclrtMallocPhysical(&physical, GRAIN, &prop, 0));
    OK(aclrtMemExportToShareableHandle(physical, ACL_MEM_HANDLE_TYPE_NONE, ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION,
                                       &offered.physical));
    OK(aclrtCreateNotify(&notify, 0));
    OK(aclrtNotifyGetExportKey(notify, offered.notify, 65, ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    peer_send(importer.socket, &offered, sizeof(offered));
    HOLDS(peer_receive(importer.socket, &done, 1));
    peer_send(importer.socket, "d", 1);
    peer_join(&importer);
}
static void without_peer_access_nothing_of_another_device_is_imported(void) { offer_to(import_without_access); }
static void imports_connect_the_devices(void) { offer_to(import_with_access); }

static void opener_sees_other_devices(int creator) {
    aclrtIpcEventHandle handle;
    HOLDS(setenv("ASCEND_RT_VISIBLE_DEVICES", "1,5", 1) == 0);
    HOLDS(peer_receive(creator, &handle, sizeof(handle)));
    aclrtStream stream = stream_of(1); /* the same device as the creator's */
    aclrtEvent event = NULL;
    OK(aclrtIpcOpenEventHandle(handle, &event));
    HOLDS(status_of(event) == ACL_EVENT_RECORDED_STATUS_NOT_READY);
    OK(aclrtStreamWaitEvent(stream, event));
    waits(stream);
    OK(aclrtSetDevice(0)); /* driver's device 1, which has no way to 5 */
    aclrtEvent other = NULL;
    ANSWERS(207000, aclrtIpcOpenEventHandle(handle, &other));
    peer_send(creator, "w", 1);
    OK(aclrtSynchronizeStreamWithTimeout(stream, 10000));
}
/* With ASCEND_RT_VISIBLE_DEVICES=2,3,5: ids differ between processes, devices do not. */
static void processes_that_see_different_devices_share_events(void) {
    peer opener = peer_start(opener_sees_other_devices);
    static latch held;
    char waiting;
    aclrtStream stream = stream_of(2);
    aclrtEvent event = ipc_event();
    aclrtIpcEventHandle handle = handle_of(event);
    latch_hold(&held, stream);
    OK(aclrtRecordEvent(event, stream));
    peer_send(opener.socket, &handle, sizeof(handle));
    HOLDS(peer_receive(opener.socket, &waiting, 1));
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    peer_join(&opener);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_card_of_an_a3_has_two_dies),
    RULE(a_device_of_a_910b_has_a_card_for_itself),
    RULE(a_hidden_device_does_not_move_the_others_to_other_cards),
    RULE(a_short_name_means_a_soc_without_ipc_events),
    RULE(a_950_opens_its_own_event),
    RULE(what_a_910b_destroyed_can_be_opened_while_somebody_has_it),
    RULE(what_a_950_destroyed_cannot_be_opened_but_importers_live),
    RULE(a_950dt_refuses_ipc_events_in_the_driver),
    RULE(a_soc_has_so_many_events),
    RULE(without_peer_access_no_device_reaches_another),
    RULE(only_the_dies_of_a_card_reach_each_other),
    RULE(without_peer_access_nothing_of_another_device_is_imported),
    RULE(imports_connect_the_devices),
    RULE(processes_that_see_different_devices_share_events),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: %s RULE\n", arguments[0]);
    return 2;
}
