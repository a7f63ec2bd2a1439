/* Part of ascend-ipc, Apache-2.0.
 *
 * ipc_event hex|file EXPORTER IMPORTER...: one event, its exporter and any number of openers on any devices, each a process
 * of its own. The handle travels as text on the command line, or in a binary file. Each side records, waits, queries and
 * synchronises, and each wait is seen to wait before it is seen to pass.
 */
#include "program.h"

enum { BYTES = 1 << 16, MOST = 8, KEY = 65 };

static gate held;

static void write_hex(const aclrtIpcEventHandle *handle, char *text) {
    for (size_t i = 0; i < sizeof(handle->reserved); i++) sprintf(text + 2 * i, "%02x", (unsigned char)handle->reserved[i]);
}
static void read_hex(aclrtIpcEventHandle *handle, const char *text) {
    CHECK(strlen(text) == 2 * sizeof(handle->reserved));
    for (size_t i = 0; i < sizeof(handle->reserved); i++) {
        unsigned byte = 0;
        CHECK(sscanf(text + 2 * i, "%2x", &byte) == 1);
        handle->reserved[i] = (char)byte;
    }
}
static aclrtEventRecordedStatus status_of(aclrtEvent event) {
    aclrtEventRecordedStatus status = (aclrtEventRecordedStatus)77;
    CHECK_ACL(aclrtQueryEventStatus(event, &status));
    return status;
}

/* ipc_event import hex|file HANDLE KEY DEVICE VALUE */
static int import(char **argv) {
    aclrtIpcEventHandle handle;
    aclrtEvent event = NULL;
    aclrtStream stream = NULL;
    void *shared = NULL, *local = NULL, *host = NULL;
    int32_t device = atoi(argv[5]);
    int value = atoi(argv[6]);
    if (strcmp(argv[2], "hex") == 0) {
        read_hex(&handle, argv[3]);
    } else {
        FILE *file = fopen(argv[3], "rb");
        CHECK(file != NULL && fread(&handle, sizeof(handle), 1, file) == 1 && fclose(file) == 0);
    }
    CHECK_ACL(aclInit(NULL));
    CHECK_REFUSED(ACL_ERROR_RT_CONTEXT_NULL, aclrtIpcOpenEventHandle(handle, &event));
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtCreateStream(&stream));
    CHECK_ACL(aclrtIpcOpenEventHandle(handle, &event));
    CHECK_ACL(aclrtIpcMemImportByKey(&shared, argv[4], ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS));
    CHECK_ACL(aclrtMalloc(&local, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK_ACL(aclrtMallocHost(&host, BYTES));
    memset(host, 0x7e, BYTES);
    say(PARENT, 'o');

    hear(PARENT, 'r'); /* the exporter has recorded, and its stream is held */
    CHECK(status_of(event) == ACL_EVENT_RECORDED_STATUS_NOT_READY);
    CHECK_REFUSED(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeEventWithTimeout(event, 20));
    CHECK_ACL(aclrtStreamWaitEvent(stream, event));
    CHECK_ACL(aclrtMemcpyAsync(local, BYTES, shared, BYTES, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
    CHECK_ACL(aclrtMemcpyAsync(host, BYTES, local, BYTES, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    check_waits(stream);
    CHECK(is_filled(host, 0x7e, BYTES));
    say(PARENT, 'w');
    CHECK_ACL(aclrtSynchronizeStream(stream));
    CHECK(is_filled(host, 0x5a, BYTES));
    CHECK_ACL(aclrtSynchronizeEvent(event));
    CHECK(status_of(event) == ACL_EVENT_RECORDED_STATUS_COMPLETE);
    say(PARENT, 'c');

    hear(PARENT, 'y'); /* now the other way round */
    gate_close(&held, stream);
    CHECK_ACL(aclrtMemsetAsync(shared, BYTES, value, BYTES, stream));
    CHECK_ACL(aclrtRecordEvent(event, stream));
    say(PARENT, 'r');
    hear(PARENT, 'w');
    gate_open(&held);
    CHECK_ACL(aclrtSynchronizeStream(stream));
    hear(PARENT, 'e');

    CHECK_ACL(aclrtIpcMemClose(argv[4]));
    CHECK_ACL(aclrtDestroyEvent(event));
    CHECK_ACL(aclrtFree(local));
    CHECK_ACL(aclrtFreeHost(host));
    CHECK_ACL(aclrtDestroyStream(stream));
    CHECK_ACL(aclrtResetDevice(device));
    CHECK_ACL(aclFinalize());
    return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    if (argc == 7 && strcmp(argv[1], "import") == 0) return import(argv);
    int importers = argc - 3;
    CHECK(importers >= 1 && importers <= MOST);
    int32_t device = atoi(argv[2]);
    aclrtStream stream = NULL;
    aclrtEvent event = NULL;
    aclrtIpcEventHandle handle;
    void *shared = NULL;
    char key[KEY], text[2 * sizeof(handle) + 1], path[] = "/tmp/ipc_event_XXXXXX";
    memset(&handle, 0, sizeof(handle)); /* the call writes only a part of it */
    CHECK_ACL(aclInit(NULL));
    CHECK_ACL(aclrtSetDevice(device));
    CHECK_ACL(aclrtCreateStream(&stream));
    CHECK_ACL(aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC));
    CHECK_ACL(aclrtIpcGetEventHandle(event, &handle));
    CHECK_ACL(aclrtMalloc(&shared, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK_ACL(aclrtIpcMemGetExportKey(shared, BYTES, key, KEY, ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    int is_hex = strcmp(argv[1], "hex") == 0;
    if (is_hex) {
        write_hex(&handle, text);
    } else {
        int file = mkstemp(path);
        CHECK(file >= 0 && write(file, &handle, sizeof(handle)) == sizeof(handle) && close(file) == 0);
    }

    child children[MOST];
    for (int i = 0; i < importers; i++) {
        char value[12];
        snprintf(value, sizeof(value), "%d", 0x20 + i);
        char *arguments[] = {argv[0], "import", argv[1], is_hex ? text : path, key, argv[3 + i], value, NULL};
        children[i] = child_start(arguments);
    }
    for (int i = 0; i < importers; i++) hear(children[i].socket, 'o');
    gate_close(&held, stream);
    CHECK_ACL(aclrtMemsetAsync(shared, BYTES, 0x5a, BYTES, stream));
    CHECK_ACL(aclrtRecordEvent(event, stream));
    for (int i = 0; i < importers; i++) say(children[i].socket, 'r');
    for (int i = 0; i < importers; i++) hear(children[i].socket, 'w');
    gate_open(&held);
    for (int i = 0; i < importers; i++) hear(children[i].socket, 'c');
    CHECK_ACL(aclrtSynchronizeStream(stream));

    for (int i = 0; i < importers; i++) {
        void *host = NULL;
        CHECK_ACL(aclrtMallocHost(&host, BYTES));
        memset(host, 0x7e, BYTES);
        say(children[i].socket, 'y');
        hear(children[i].socket, 'r');
        CHECK_ACL(aclrtStreamWaitEvent(stream, event));
        CHECK_ACL(aclrtMemcpyAsync(host, BYTES, shared, BYTES, ACL_MEMCPY_DEVICE_TO_HOST, stream));
        check_waits(stream);
        /* Whoever has recorded an event itself cannot trust a query about another's record: its stream it can. */
        CHECK(is_filled(host, 0x7e, BYTES));
        say(children[i].socket, 'w');
        CHECK_ACL(aclrtSynchronizeStream(stream));
        CHECK(is_filled(host, 0x20 + i, BYTES) && status_of(event) == ACL_EVENT_RECORDED_STATUS_COMPLETE);
        say(children[i].socket, 'e');
        CHECK_ACL(aclrtFreeHost(host));
    }
    for (int i = 0; i < importers; i++) child_join(&children[i]);
    if (!is_hex) unlink(path);
    CHECK_ACL(aclrtIpcMemClose(key));
    CHECK_ACL(aclrtFree(shared));
    CHECK_ACL(aclrtDestroyEvent(event));
    CHECK_ACL(aclrtDestroyStream(stream));
    CHECK_ACL(aclrtResetDevice(device));
    CHECK_ACL(aclFinalize());
    printf("%d of %d openers waited, recorded and saw %d bytes\n", importers, importers, BYTES);
    return EXIT_SUCCESS;
}
