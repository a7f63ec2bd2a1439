/* Part of ascend-ipc, Apache-2.0.
 *
 * context [DEVICE]: two contexts of a device, handed from thread to thread; they are destroyed after aclFinalize.
 */
#include "program.h"

#include <pthread.h>

enum { BYTES = 4096 };

typedef struct worker {
    aclrtContext context;
    aclrtStream stream;
    void *memory;
    int value;
    int32_t device;
} worker;

/* A thread has no context until it is given one. */
static void *fill(void *at) {
    worker *self = at;
    int32_t device = -1;
    aclrtContext context = (aclrtContext)self; /* must be overwritten */
    CHECK(aclrtGetCurrentContext(&context) != ACL_SUCCESS);
    CHECK(context == NULL);
    CHECK_REFUSED(ACL_ERROR_RT_CONTEXT_NULL, aclrtMemsetAsync(self->memory, BYTES, self->value, BYTES, self->stream));
    CHECK_ACL(aclrtSetCurrentContext(self->context));
    CHECK_ACL(aclrtGetCurrentContext(&context));
    CHECK_ACL(aclrtGetDevice(&device));
    CHECK(context == self->context && device == self->device);
    CHECK_ACL(aclrtMemsetAsync(self->memory, BYTES, self->value, BYTES, self->stream));
    CHECK_ACL(aclrtSynchronizeStream(self->stream));
    return NULL;
}

int main(int argc, char **argv) {
    int32_t device = argc > 1 ? atoi(argv[1]) : 0;
    worker workers[2];
    CHECK_ACL(aclInit(NULL));
    CHECK_REFUSED(ACL_ERROR_RT_CONTEXT_NULL, aclrtSynchronizeDevice());
    for (int i = 0; i < 2; i++) {
        workers[i].device = device;
        workers[i].value = 0x10 + i;
        CHECK_ACL(aclrtCreateContext(&workers[i].context, device)); /* and makes it current */
        CHECK_ACL(aclrtCreateStream(&workers[i].stream));
        CHECK_ACL(aclrtMalloc(&workers[i].memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    }
    CHECK_REFUSED(ACL_ERROR_RT_STREAM_CONTEXT,
                  aclrtMemsetAsync(workers[0].memory, BYTES, 0x7f, BYTES, workers[0].stream)); /* the other one's */
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, fill, &workers[i]) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    for (int i = 0; i < 2; i++) { /* memory belongs to the device, whichever context is current */
        CHECK(device_is_filled(workers[i].memory, workers[i].value, BYTES));
        CHECK_ACL(aclrtFree(workers[i].memory));
        CHECK_ACL(aclrtSetCurrentContext(workers[i].context));
        CHECK_ACL(aclrtDestroyStream(workers[i].stream));
    }
    CHECK_ACL(aclFinalize());
    CHECK_ACL(aclrtDestroyContext(workers[0].context)); /* not the current one */
    CHECK_ACL(aclrtDestroyContext(workers[1].context));
    aclrtContext context = workers[1].context;
    CHECK(aclrtGetCurrentContext(&context) != ACL_SUCCESS);
    CHECK(context == NULL);
    CHECK(aclrtSetCurrentContext(workers[0].context) != ACL_SUCCESS);
    printf("two contexts of device %d filled %d bytes each\n", device, BYTES);
    return EXIT_SUCCESS;
}
