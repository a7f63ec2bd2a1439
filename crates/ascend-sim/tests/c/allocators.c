/* Part of ascend-ipc, Apache-2.0.
 *
 * Allocators of the program, registered for streams. Each rule is a function; the program runs the one that is named on its
 * command line.
 */
#include "check.h"

#include <acl/acl_rt_allocator.h>

static void *allocates(aclrtAllocator allocator, size_t size) {
    (void)size;
    return allocator;
}
static void frees(aclrtAllocator allocator, aclrtAllocatorBlock block) {
    (void)allocator;
    (void)block;
}
static void *allocates_at(aclrtAllocator allocator, size_t size, aclrtAllocatorAddr address) {
    (void)allocator;
    (void)size;
    return address;
}
static void *address_of(aclrtAllocatorBlock block) { return block; }

/* What is registered for a stream. */
static struct {
    aclrtAllocatorDesc desc;
    aclrtAllocator object;
    aclrtAllocatorAllocFunc allocate;
    aclrtAllocatorFreeFunc free;
    aclrtAllocatorAllocAdviseFunc allocate_at;
    aclrtAllocatorGetAddrFromBlockFunc address_of;
} got;
static aclError get(aclrtStream stream) {
    return aclrtAllocatorGetByStream(stream, &got.desc, &got.object, &got.allocate, &got.free, &got.allocate_at,
                                     &got.address_of);
}
static int object, another;

static aclrtAllocatorDesc described(void) {
    aclrtAllocatorDesc desc = aclrtAllocatorCreateDesc();
    HOLDS(desc != NULL);
    OK(aclrtAllocatorSetObjToDesc(desc, &object));
    OK(aclrtAllocatorSetAllocFuncToDesc(desc, allocates));
    OK(aclrtAllocatorSetFreeFuncToDesc(desc, frees));
    OK(aclrtAllocatorSetAllocAdviseFuncToDesc(desc, allocates_at));
    OK(aclrtAllocatorSetGetAddrFromBlockFuncToDesc(desc, address_of));
    return desc;
}

static void a_streams_allocator_is_found_again(void) {
    aclrtStream stream = stream_of(0), other = another_stream();
    aclrtAllocatorDesc desc = described();
    ANSWERS(107000, get(stream));
    OK(aclrtAllocatorRegister(stream, desc));
    OK(get(stream));
    HOLDS(got.desc == desc && got.object == &object && got.allocate == allocates && got.free == frees);
    HOLDS(got.allocate_at == allocates_at && got.address_of == address_of);
    ANSWERS(107000, get(other));
    ANSWERS(107000, get(NULL));
    OK(aclrtAllocatorRegister(NULL, desc)); /* the default stream */
    OK(get(NULL));
    OK(aclrtAllocatorUnregister(stream));
    ANSWERS(107000, get(stream));
    ANSWERS(107000, aclrtAllocatorUnregister(stream));
    OK(get(NULL));
    OK(aclrtAllocatorUnregister(NULL));
    OK(aclrtAllocatorDestroyDesc(desc));
}

static void a_registration_keeps_what_was_described_then(void) {
    aclrtStream stream = stream_of(0);
    aclrtAllocatorDesc desc = described();
    OK(aclrtAllocatorRegister(stream, desc));
    OK(aclrtAllocatorSetObjToDesc(desc, &another));
    OK(get(stream));
    HOLDS(got.object == &object);
    OK(aclrtAllocatorRegister(stream, desc)); /* in place of the former */
    OK(aclrtAllocatorDestroyDesc(desc));
    OK(get(stream));
    HOLDS(got.object == &another && got.free == frees);
    OK(aclrtDestroyStream(stream));
    ANSWERS(107017, get(stream));
}

static void allocators_are_checked(void) {
    aclrtStream stream = stream_of(0);
    aclrtAllocatorDesc desc = described();
    ANSWERS(100000, aclrtAllocatorSetObjToDesc(NULL, &object));
    ANSWERS(100000, aclrtAllocatorSetObjToDesc(desc, NULL));
    ANSWERS(100000, aclrtAllocatorSetAllocFuncToDesc(desc, NULL));
    ANSWERS(100000, aclrtAllocatorSetFreeFuncToDesc(desc, NULL));
    ANSWERS(100000, aclrtAllocatorSetAllocAdviseFuncToDesc(desc, NULL));
    ANSWERS(100000, aclrtAllocatorSetGetAddrFromBlockFuncToDesc(desc, NULL));
    ANSWERS(100000, aclrtAllocatorRegister(stream, NULL));
    ANSWERS(100000, aclrtAllocatorDestroyDesc(NULL));
    ANSWERS(100000, aclrtAllocatorGetByStream(stream, NULL, &got.object, &got.allocate, &got.free, &got.allocate_at,
                                              &got.address_of));
    ANSWERS(107017, aclrtAllocatorRegister((aclrtStream)0x1234, desc));
    OK(aclrtAllocatorDestroyDesc(desc));
    ANSWERS(107017, aclrtAllocatorDestroyDesc(desc));
    ANSWERS(107017, aclrtAllocatorSetObjToDesc(desc, &object));
    ANSWERS(107017, aclrtAllocatorSetFreeFuncToDesc(desc, frees));
    ANSWERS(107017, aclrtAllocatorRegister(stream, desc));
    ANSWERS(107000, get(stream)); /* nothing was registered */
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_streams_allocator_is_found_again),
    RULE(a_registration_keeps_what_was_described_then),
    RULE(allocators_are_checked),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: allocators RULE\n");
    return 2;
}
