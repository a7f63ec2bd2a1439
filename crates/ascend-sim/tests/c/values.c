/* Part of ascend-ipc, Apache-2.0.
 *
 * Values in device memory, written and waited for. Each rule is a function; the program runs the one that is named on its
 * command line.
 */
#include "check.h"

#define KEY 65

static uint64_t *device_words(void) {
    void *memory = NULL;
    OK(aclrtMalloc(&memory, 4096, ACL_MEM_MALLOC_HUGE_FIRST));
    return memory;
}
static uint64_t value_of(const uint64_t *at) {
    uint64_t value = 77;
    OK(aclrtMemcpy(&value, sizeof(value), at, sizeof(value), ACL_MEMCPY_DEVICE_TO_HOST));
    return value;
}

static void a_value_is_written_in_stream_order(void) {
    aclrtStream stream = stream_of(0);
    uint64_t *words = device_words();
    static latch held;
    latch_hold(&held, stream);
    OK(aclrtValueWrite(&words[1], 0x1122334455667788u, 0, stream));
    sem_wait(&held.reached);
    HOLDS(value_of(&words[1]) == 0);
    latch_open(&held);
    OK(aclrtSynchronizeStream(stream));
    HOLDS(value_of(&words[0]) == 0 && value_of(&words[1]) == 0x1122334455667788u && value_of(&words[2]) == 0);
    OK(aclrtValueWrite(words, 5, 0, NULL)); /* the default stream */
    OK(aclrtSynchronizeStream(NULL));
    HOLDS(value_of(words) == 5);
}

static void a_value_wait_passes_when_its_condition_holds(void) {
    static const struct {
        uint32_t flag;
        uint64_t operand, before, after;
    } cases[] = {
        {ACL_STREAM_WAIT_VALUE_GEQ, 5, 4, 5},
        {ACL_STREAM_WAIT_VALUE_GEQ, 5, 4, 9},
        {ACL_STREAM_WAIT_VALUE_GEQ, UINT64_MAX, UINT64_MAX - 1, 1}, /* a signed difference survives a wrap */
        {ACL_STREAM_WAIT_VALUE_GEQ, 1, UINT64_MAX, 1},
        {ACL_STREAM_WAIT_VALUE_EQ, 7, 8, 7},
        {ACL_STREAM_WAIT_VALUE_EQ, 0, 1, 0},
        {ACL_STREAM_WAIT_VALUE_AND, 6, 9, 2},
        {ACL_STREAM_WAIT_VALUE_NOR, 0xff, ~(uint64_t)0xff, ~(uint64_t)0x1ff},
    };
    aclrtStream waiter = stream_of(0), writer = another_stream();
    uint64_t *word = device_words();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        OK(aclrtValueWrite(word, cases[i].before, 0, writer));
        OK(aclrtSynchronizeStream(writer));
        OK(aclrtValueWait(word, cases[i].operand, cases[i].flag, waiter));
        waits(waiter);
        OK(aclrtValueWrite(word, cases[i].after, 0, writer));
        OK(aclrtSynchronizeStream(waiter));
        HOLDS(value_of(word) == cases[i].after); /* a wait changes nothing */
        OK(aclrtValueWait(word, cases[i].operand, cases[i].flag, waiter)); /* and holds still */
        OK(aclrtSynchronizeStream(waiter));
    }
}

static void a_copy_ends_a_value_wait(void) {
    aclrtStream waiter = stream_of(0);
    uint64_t *word = device_words(), three = 3;
    OK(aclrtSetOpWaitTimeout(1)); /* not for values */
    OK(aclrtValueWait(word, 3, ACL_STREAM_WAIT_VALUE_EQ, waiter));
    OK(aclrtFree(word)); /* the block stays while the wait uses it */
    ANSWERS(507046, aclrtSynchronizeStreamWithTimeout(waiter, 1500));
    OK(aclrtStreamAbort(waiter));
    word = device_words();
    OK(aclrtValueWait(word, 3, ACL_STREAM_WAIT_VALUE_EQ, waiter));
    waits(waiter);
    OK(aclrtMemcpy(word, 8, &three, 8, ACL_MEMCPY_HOST_TO_DEVICE));
    OK(aclrtSynchronizeStream(waiter));
}

static void *value_calls_without_a_context(void *word) {
    ANSWERS(107002, aclrtValueWrite(word, 1, 0, NULL));
    ANSWERS(107002, aclrtValueWait(word, 1, 0, NULL));
    return NULL;
}

static void value_calls_check_in_order(void) {
    aclrtStream stream = stream_of(0);
    uint64_t *words = device_words();
    static uint64_t mine;
    void *pinned = NULL;
    OK(aclrtMallocHost(&pinned, 64));
    ANSWERS(100000, aclrtValueWrite(NULL, 1, 0, stream));
    ANSWERS(100000, aclrtValueWait(NULL, 1, 0, stream));
    ANSWERS(107000, aclrtValueWrite(words, 1, 1, stream));
    ANSWERS(107000, aclrtValueWait(words, 1, 4, stream));
    for (size_t i = 1; i < 8; i++) {
        ANSWERS(107000, aclrtValueWrite((char *)words + i, 1, 0, stream));
        ANSWERS(107000, aclrtValueWait((char *)words + i, 1, 0, stream));
    }
    ANSWERS(107000, aclrtValueWrite(&mine, 1, 0, stream)); /* no device memory */
    ANSWERS(107000, aclrtValueWait(&mine, 1, 0, stream));
    ANSWERS(107000, aclrtValueWrite(pinned, 1, 0, stream));
    ANSWERS(107000, aclrtValueWrite((void *)0x8, 1, 0, stream));
    ANSWERS(107000, aclrtValueWrite((void *)~(size_t)7, 1, 0, stream));
    ANSWERS(107017, aclrtValueWrite(words, 1, 0, (aclrtStream)0x1234));
    ANSWERS(107017, aclrtValueWait(words, 1, 0, (aclrtStream)0x1234));
    on_a_new_thread(value_calls_without_a_context, words);
    aclrtContext other = NULL;
    OK(aclrtCreateContext(&other, 1));
    ANSWERS(107003, aclrtValueWrite(words, 1, 0, stream));
    ANSWERS(107003, aclrtValueWait(words, 1, 0, stream));
    HOLDS(value_of(words) == 0);
}

/* With ASCEND_SIM_SOC=Ascend310P3. */
static void a_soc_without_value_waits_refuses_them(void) {
    aclrtStream stream = stream_of(0);
    uint64_t *word = device_words();
    ANSWERS(207000, aclrtValueWrite(word, 1, 0, stream));
    ANSWERS(207000, aclrtValueWait(word, 1, 0, stream));
    ANSWERS(100000, aclrtValueWrite(NULL, 1, 0, stream));
}

/* Imports memory, waits there for 1, writes 2. */
static void values_life(int socket) {
    char key[KEY];
    void *word = NULL;
    aclrtStream stream = stream_of(0);
    HOLDS(peer_receive(socket, key, sizeof(key)));
    OK(aclrtIpcMemImportByKey(&word, key, 0));
    OK(aclrtValueWait(word, 1, ACL_STREAM_WAIT_VALUE_EQ, stream));
    OK(aclrtValueWrite((uint64_t *)word + 1, 2, 0, stream));
    waits(stream);
    peer_send(socket, "b", 1);
    OK(aclrtSynchronizeStream(stream));
    OK(aclrtIpcMemClose(key));
}

static void values_work_on_memory_of_another_process(void) {
    peer other = peer_start(values_life);
    aclrtStream stream = stream_of(0);
    uint64_t *words = device_words();
    char key[KEY], answer;
    OK(aclrtIpcMemGetExportKey(words, 4096, key, sizeof(key), ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
    peer_send(other.socket, key, sizeof(key));
    OK(aclrtValueWait(&words[1], 2, ACL_STREAM_WAIT_VALUE_EQ, stream));
    HOLDS(peer_receive(other.socket, &answer, 1)); /* the other waits */
    waits(stream);
    OK(aclrtValueWrite(words, 1, 0, NULL));
    OK(aclrtSynchronizeStream(stream));
    peer_join(&other);
    OK(aclrtIpcMemClose(key));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_value_is_written_in_stream_order),
    RULE(a_value_wait_passes_when_its_condition_holds),
    RULE(a_copy_ends_a_value_wait),
    RULE(value_calls_check_in_order),
    RULE(a_soc_without_value_waits_refuses_them),
    RULE(values_work_on_memory_of_another_process),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: values RULE\n");
    return 2;
}
