/* Part of ascend-ipc, Apache-2.0.
 *
 * ipc_notify checked|unchecked CREATOR IMPORTER: a process on one device wakes a stream of another process. With the check,
 * only a process that the creator has listed may import the notify.
 */
#include "program.h"

enum { BYTES = 4096, KEY = 65 };

/* ipc_notify import checked|unchecked DEVICE KEY */
static int import(char **argv) {
    aclrtNotify notify = NULL;
    aclrtStream stream = NULL;
    int32_t device = atoi(argv[3]), pid = 0;
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtCreateStream(&stream));
    CHECK_ACL(aclrtDeviceGetBareTgid(&pid));
    if (strcmp(argv[2], "checked") == 0)
        CHECK_REFUSED(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
                      aclrtNotifyImportByKey(&notify, argv[4], ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    CHECK(notify == NULL);
    send_bytes(PARENT, &pid, sizeof(pid));
    hear(PARENT, 'l');
    CHECK_ACL(aclrtNotifyImportByKey(&notify, argv[4], ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    say(PARENT, 'i');
    hear(PARENT, 'w');
    CHECK_ACL(aclrtRecordNotify(notify, stream));
    CHECK_ACL(aclrtSynchronizeStream(stream));
    CHECK_ACL(aclrtDestroyNotify(notify));
    CHECK_ACL(aclrtDestroyStream(stream));
    CHECK_ACL(aclrtResetDevice(device));
    return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    if (argc == 5 && strcmp(argv[1], "import") == 0) return import(argv);
    CHECK(argc == 4);
    int is_checked = strcmp(argv[1], "checked") == 0;
    int32_t device = atoi(argv[2]), pid = 0;
    aclrtNotify notify = NULL;
    aclrtStream stream = NULL;
    void *memory = NULL;
    char key[KEY];
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtCreateStream(&stream));
    CHECK_ACL(aclrtCreateNotify(&notify, ACL_NOTIFY_DEFAULT));
    CHECK_ACL(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK_ACL(aclrtNotifyGetExportKey(notify, key, KEY,
                                      is_checked ? ACL_RT_NOTIFY_EXPORT_FLAG_DEFAULT
                                                 : ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    CHECK(memchr(key, '\0', KEY) != NULL); /* a text, so that it can be an argument */

    char *arguments[] = {argv[0], "import", argv[1], argv[3], key, NULL};
    child other = child_start(arguments);
    receive_bytes(other.socket, &pid, sizeof(pid));
    CHECK(pid == other.pid);
    if (is_checked) CHECK_ACL(aclrtNotifySetImportPid(notify, &pid, 1)); /* after the key was handed out */
    say(other.socket, 'l');
    hear(other.socket, 'i');
    CHECK_ACL(aclrtWaitAndResetNotify(notify, stream, 0));
    CHECK_ACL(aclrtMemsetAsync(memory, BYTES, 0x66, BYTES, stream));
    check_waits(stream);
    CHECK(device_is_filled(memory, 0, BYTES));
    say(other.socket, 'w');
    CHECK_ACL(aclrtSynchronizeStream(stream));
    CHECK(device_is_filled(memory, 0x66, BYTES));
    child_join(&other);

    CHECK_ACL(aclrtFree(memory));
    CHECK_ACL(aclrtDestroyNotify(notify));
    CHECK_ACL(aclrtDestroyStream(stream));
    CHECK_ACL(aclrtResetDevice(device));
    printf("device %s woke device %d, %s\n", argv[3], device, argv[1]);
    return EXIT_SUCCESS;
}
