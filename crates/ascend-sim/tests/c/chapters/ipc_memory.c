/* Part of ascend-ipc, Apache-2.0.
 *
 * ipc_memory checked|unchecked EXPORTER IMPORTER...: one block of memory and several processes that write and read it by its
 * key. With the check, a process that the exporter has not listed is refused, and cannot list itself.
 */
#include "program.h"

#include <ctype.h>

enum { SLICE = 8192, MOST = 8, KEY = 65 };

/* ipc_memory import checked|unchecked DEVICE KEY SLICE COUNT */
static int import(char **argv) {
    int32_t device = atoi(argv[3]), pid = 0;
    int slice = atoi(argv[5]), count = atoi(argv[6]);
    const char *key = argv[4];
    char *shared = NULL;
    aclrtStream stream = NULL;
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtCreateStream(&stream));
    CHECK_ACL(aclrtDeviceGetBareTgid(&pid));
    if (strcmp(argv[2], "checked") == 0) {
        (void)aclrtIpcMemSetImportPid(key, &pid, 1); /* counts only in the exporting process */
        CHECK_REFUSED(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
                      aclrtIpcMemImportByKey((void **)&shared, key, ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    }
    CHECK(shared == NULL);
    send_bytes(PARENT, &pid, sizeof(pid));
    hear(PARENT, 'l');
    CHECK_ACL(aclrtIpcMemImportByKey((void **)&shared, key, ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    void *local = NULL;
    CHECK_ACL(aclrtMalloc(&local, SLICE * (size_t)count, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK_ACL(aclrtMemsetAsync(shared + slice * SLICE, SLICE, slice + 1, SLICE, stream));
    CHECK_ACL(aclrtSynchronizeStream(stream));
    say(PARENT, 'f');
    hear(PARENT, 'a'); /* everybody has filled its slice */
    CHECK_ACL(aclrtMemcpyAsync(local, SLICE * (size_t)count, shared, SLICE * (size_t)count, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    CHECK_ACL(aclrtSynchronizeStream(stream));
    for (int i = 0; i < count; i++) CHECK(device_is_filled((char *)local + i * SLICE, i + 1, SLICE));
    CHECK_ACL(aclrtIpcMemClose(key)); /* importers first */
    CHECK_ACL(aclrtFree(local));
    CHECK_ACL(aclrtDestroyStream(stream));
    CHECK_ACL(aclrtResetDevice(device));
    return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    if (argc == 7 && strcmp(argv[1], "import") == 0) return import(argv);
    int importers = argc - 3, is_checked = strcmp(argv[1], "checked") == 0;
    CHECK(importers >= 1 && importers <= MOST);
    int32_t device = atoi(argv[2]), pids[MOST];
    size_t size = (size_t)importers * SLICE;
    char *shared = NULL, key[KEY], count[12];
    child children[MOST];
    CHECK_ACL(aclInit(NULL));
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtMalloc((void **)&shared, size, ACL_MEM_MALLOC_HUGE_FIRST_P2P));
    CHECK_ACL(aclrtIpcMemGetExportKey(shared, size, key, KEY,
                                      is_checked ? ACL_RT_IPC_MEM_EXPORT_FLAG_DEFAULT
                                                 : ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    CHECK(memchr(key, '\0', KEY) != NULL);
    for (const char *letter = key; *letter; letter++) CHECK(isprint((unsigned char)*letter));

    snprintf(count, sizeof(count), "%d", importers);
    for (int i = 0; i < importers; i++) {
        char slice[12];
        snprintf(slice, sizeof(slice), "%d", i);
        char *arguments[] = {argv[0], "import", argv[1], argv[3 + i], key, slice, count, NULL};
        children[i] = child_start(arguments);
        receive_bytes(children[i].socket, &pids[i], sizeof(pids[i]));
    }
    if (is_checked) CHECK_ACL(aclrtIpcMemSetImportPid(key, pids, (size_t)importers));
    for (int i = 0; i < importers; i++) say(children[i].socket, 'l');
    for (int i = 0; i < importers; i++) hear(children[i].socket, 'f');
    for (int i = 0; i < importers; i++) CHECK(device_is_filled(shared + i * SLICE, i + 1, SLICE));
    for (int i = 0; i < importers; i++) say(children[i].socket, 'a');
    for (int i = 0; i < importers; i++) child_join(&children[i]);
    CHECK_ACL(aclrtIpcMemClose(key));
    CHECK_ACL(aclrtFree(shared));
    CHECK_ACL(aclrtResetDevice(device));
    CHECK_ACL(aclFinalize());
    printf("%d processes filled %zu bytes, %s\n", importers, size, argv[1]);
    return EXIT_SUCCESS;
}
