/* Part of ascend-ipc, Apache-2.0.
 *
 * What is left of shared objects when the process that made them has given them up. Each rule is a function; the program
 * runs the one that is named on its command line.
 */
#include "check.h"

#include <sys/resource.h>

#define GRAIN ((size_t)2 << 20)

static aclrtDrvMemHandle physical(void) {
    aclrtPhysicalMemProp prop = {0};
    aclrtDrvMemHandle handle = NULL;
    prop.handleType = ACL_MEM_HANDLE_TYPE_NONE;
    prop.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED;
    prop.memAttr = ACL_HBM_MEM_HUGE;
    prop.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    OK(aclrtMallocPhysical(&handle, GRAIN, &prop, 0));
    return handle;
}

/* Imports whatever it is told to; gives it back at the next word. */
static void imports_memory(int owner) {
    OK(aclrtSetDevice(1));
    uint64_t number;
    while (peer_receive(owner, &number, sizeof(number))) {
        aclrtDrvMemHandle handle = NULL;
        aclError answer = aclrtMemImportFromShareableHandle(number, 1, &handle);
        peer_send(owner, &answer, sizeof(answer));
        char word;
        if (answer == 0 && peer_receive(owner, &word, 1)) {
            OK(aclrtFreePhysical(handle));
            peer_send(owner, "f", 1);
        }
    }
}

static aclError lets_import(peer *importer, uint64_t number) {
    aclError answer = -1;
    peer_send(importer->socket, &number, sizeof(number));
    HOLDS(peer_receive(importer->socket, &answer, sizeof(answer)));
    return answer;
}
static void lets_free(peer *importer) {
    char word;
    peer_send(importer->socket, "f", 1);
    HOLDS(peer_receive(importer->socket, &word, 1));
}

/* As with events: the memory can be imported as long as anybody has it. A 950 refuses; its codes differ, too. */
static void memory_with_importers_is_imported_after_its_owner_freed_it(void) {
    peer second = peer_start(imports_memory), first = peer_start(imports_memory);
    int is_950 = getenv("ASCEND_SIM_SOC") != NULL;
    aclError unknown = is_950 ? 507899 : 107017;
    aclrtDrvMemHandle handle = physical();
    uint64_t number = 0;
    OK(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION, &number));
    HOLDS(lets_import(&first, number) == 0);
    OK(aclrtFreePhysical(handle));
    aclError answer = lets_import(&second, number);
    HOLDS(answer == (is_950 ? 507899 : 0));
    lets_free(&first);
    if (answer == 0) lets_free(&second);
    HOLDS(lets_import(&first, number) == unknown);
    HOLDS(lets_import(&first, 0x1234) == unknown);
    peer_join(&first); /* started last: the other one has no end of its socket */
    peer_join(&second);
}

static void holds_a_notify(int owner) {
    OK(aclrtSetDevice(0));
    char key[65], word;
    aclrtNotify notify = NULL;
    HOLDS(peer_receive(owner, key, sizeof(key)));
    OK(aclrtNotifyImportByKey(&notify, key, 0));
    peer_send(owner, "i", 1);
    HOLDS(peer_receive(owner, &word, 1));
    OK(aclrtDestroyNotify(notify));
    peer_send(owner, "d", 1);
    peer_receive(owner, &word, 1);
}

static uint32_t number_of_a_new_notify(void) {
    aclrtNotify notify = NULL;
    uint32_t number = 0;
    OK(aclrtCreateNotify(&notify, 0));
    OK(aclrtGetNotifyId(notify, &number));
    OK(aclrtDestroyNotify(notify));
    return number;
}

static void a_notifys_number_is_in_use_until_its_importers_have_destroyed_it(void) {
    peer importer = peer_start(holds_a_notify);
    stream_of(0);
    aclrtNotify notify = NULL;
    uint32_t number = 0;
    char key[65], word;
    OK(aclrtCreateNotify(&notify, 0));
    OK(aclrtGetNotifyId(notify, &number));
    OK(aclrtNotifyGetExportKey(notify, key, sizeof(key), ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    peer_send(importer.socket, key, sizeof(key));
    HOLDS(peer_receive(importer.socket, &word, 1));
    OK(aclrtDestroyNotify(notify));
    HOLDS(number_of_a_new_notify() != number);
    peer_send(importer.socket, "d", 1);
    HOLDS(peer_receive(importer.socket, &word, 1));
    HOLDS(number_of_a_new_notify() == number);
    peer_join(&importer);
}

#define MANY 200

static void opens_many(int owner) {
    struct rlimit limit;
    HOLDS(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = 64;
    HOLDS(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    OK(aclrtSetDevice(1));
    for (int i = 0; i < MANY; i++) {
        aclrtIpcEventHandle handle;
        aclrtEvent event = NULL;
        HOLDS(peer_receive(owner, &handle, sizeof(handle)));
        OK(aclrtIpcOpenEventHandle(handle, &event));
    }
    peer_send(owner, "o", 1);
}

static void a_low_soft_limit_of_descriptors_is_no_limit_of_events(void) {
    peer opener = peer_start(opens_many);
    stream_of(0);
    for (int i = 0; i < MANY; i++) {
        aclrtIpcEventHandle handle;
        memset(&handle, 0, sizeof(handle));
        OK(aclrtIpcGetEventHandle(ipc_event(), &handle));
        peer_send(opener.socket, &handle, sizeof(handle));
    }
    char word;
    HOLDS(peer_receive(opener.socket, &word, 1));
    peer_join(&opener);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(memory_with_importers_is_imported_after_its_owner_freed_it),
    RULE(a_notifys_number_is_in_use_until_its_importers_have_destroyed_it),
    RULE(a_low_soft_limit_of_descriptors_is_no_limit_of_events),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: audit_sharing RULE\n");
    return 2;
}
