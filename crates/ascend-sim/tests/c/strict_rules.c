/* Part of ascend-ipc, Apache-2.0.
 *
 * Programs that strict mode must not misunderstand. All are right, but for the last, which is wrong in two places.
 */
#include "check.h"

static void an_allocator_may_outlive_its_streams(void) {
    aclrtStream first = stream_of(0), second = another_stream();
    aclrtAllocatorDesc allocator = aclrtAllocatorCreateDesc();
    OK(aclrtAllocatorRegister(first, allocator));
    OK(aclrtDestroyStream(first));
    OK(aclrtAllocatorRegister(second, allocator));
    OK(aclrtAllocatorUnregister(second));
    OK(aclrtAllocatorDestroyDesc(allocator));
    OK(aclrtDestroyStream(second));
}

static void a_stream_whose_limits_count_may_be_destroyed(void) {
    uint32_t cores = 0;
    aclrtStream stream = stream_of(0);
    OK(aclrtUseStreamResInCurrentThread(stream));
    OK(aclrtDestroyStream(stream));
    OK(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &cores));
}

static void a_stream_that_was_settled_may_be_destroyed_between_two_records(void) {
    aclrtStream first = stream_of(0), second = another_stream();
    aclrtEvent event = ipc_event();
    OK(aclrtSynchronizeStream(first));
    OK(aclrtRecordEvent(event, first));
    OK(aclrtDestroyStream(first)); /* waits for the record */
    OK(aclrtRecordEvent(event, second));
    OK(aclrtDestroyStream(second));
    OK(aclrtDestroyEvent(event));
}

static void memory_for_overflows_is_not_the_programs_to_free(void) {
    void *memory = NULL;
    OK(aclrtSetDevice(0));
    OK(aclrtCtxGetFloatOverflowAddr(&memory));
}

static void two_uses_after_destruction_in_one_function(void) {
    aclrtEvent first = NULL, second = NULL;
    OK(aclrtSetDevice(0));
    OK(aclrtCreateEvent(&first));
    OK(aclrtCreateEvent(&second));
    OK(aclrtDestroyEvent(first));
    OK(aclrtDestroyEvent(second));
    ANSWERS(107017, aclrtSynchronizeEvent(first));
    ANSWERS(107017, aclrtSynchronizeEvent(second));
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(an_allocator_may_outlive_its_streams),
    RULE(a_stream_whose_limits_count_may_be_destroyed),
    RULE(a_stream_that_was_settled_may_be_destroyed_between_two_records),
    RULE(memory_for_overflows_is_not_the_programs_to_free),
    RULE(two_uses_after_destruction_in_one_function),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: strict_rules NAME\n");
    return 2;
}
