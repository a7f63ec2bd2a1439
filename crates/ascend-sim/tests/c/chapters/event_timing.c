/* Part of ascend-ipc, Apache-2.0.
 *
 * event_timing [DEVICE]: how long work took by two events, which units the timeouts have, and events that are destroyed
 * while a wait for them is still queued.
 */
#include "program.h"

#include <math.h>
#include <time.h>

enum { BYTES = 4096, HELD_MS = 30 };

static gate held;

static void pause_ms(long ms) {
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static aclrtStream new_stream(void) {
    aclrtStream stream = NULL;
    CHECK_ACL(aclrtCreateStream(&stream));
    return stream;
}

static void measure(aclrtStream stream) {
    aclrtEvent start = NULL, end = NULL;
    uint64_t from = 0, to = 0;
    float ms = -1;
    CHECK_ACL(aclrtCreateEventWithFlag(&start, ACL_EVENT_TIME_LINE));
    CHECK_ACL(aclrtCreateEventWithFlag(&end, ACL_EVENT_TIME_LINE));
    CHECK_ACL(aclrtRecordEvent(start, stream));
    gate_close(&held, stream);
    CHECK_ACL(aclrtRecordEvent(end, stream));
    CHECK_ACL(aclrtSynchronizeEvent(start));
    pause_ms(HELD_MS);
    CHECK_REFUSED(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT, aclrtSynchronizeEventWithTimeout(end, 20)); /* milliseconds */
    gate_open(&held);
    CHECK_ACL(aclrtSynchronizeEvent(end));
    CHECK_ACL(aclrtEventElapsedTime(&ms, start, end));
    CHECK_ACL(aclrtEventGetTimestamp(start, &from));
    CHECK_ACL(aclrtEventGetTimestamp(end, &to));
    CHECK(ms >= HELD_MS && to > from);
    CHECK(fabs(ms - (double)(to - from) / 1000) < 0.01 + ms * 1e-5); /* timestamps are microseconds */
    CHECK_ACL(aclrtRecordEvent(start, stream)); /* an event may be used again */
    CHECK_ACL(aclrtRecordEvent(end, stream));
    CHECK_ACL(aclrtSynchronizeStream(stream));
    CHECK_ACL(aclrtEventElapsedTime(&ms, start, end));
    CHECK(ms >= 0);
    CHECK_ACL(aclrtDestroyEvent(start)); /* right after the stream was synchronised */
    CHECK_ACL(aclrtDestroyEvent(end));
}

static void wait_and_destroy(aclrtStream recorder, aclrtStream waiter, void *memory) {
    aclrtEvent event = NULL;
    aclrtEventWaitStatus status = ACL_EVENT_WAIT_STATUS_RESERVED;
    CHECK_ACL(aclrtCreateEvent(&event));
    CHECK_ACL(aclrtQueryEventWaitStatus(event, &status)); /* with no wait at all */
    CHECK(status == ACL_EVENT_WAIT_STATUS_COMPLETE);
    gate_close(&held, recorder);
    CHECK_ACL(aclrtMemsetAsync(memory, BYTES, 1, BYTES, recorder));
    CHECK_ACL(aclrtRecordEvent(event, recorder));
    CHECK_ACL(aclrtStreamWaitEvent(waiter, event));
    CHECK_ACL(aclrtQueryEventWaitStatus(event, &status));
    CHECK(status == ACL_EVENT_WAIT_STATUS_NOT_READY);
    CHECK_ACL(aclrtMemsetAsync(memory, BYTES, 2, BYTES / 2, waiter));
    CHECK_ACL(aclrtDestroyEvent(event)); /* the wait is still queued */
    check_waits(waiter);
    CHECK(device_is_filled(memory, 0, BYTES));
    gate_open(&held);
    CHECK_ACL(aclrtSynchronizeStream(waiter));
    CHECK(device_is_filled(memory, 2, BYTES / 2) && device_is_filled((char *)memory + BYTES / 2, 1, BYTES / 2));
    CHECK_ACL(aclrtSynchronizeStream(recorder));
}

/* The time of a wait on the device is in seconds. */
static void expire(aclrtStream recorder, aclrtStream waiter) {
    aclrtEvent event = NULL;
    CHECK_ACL(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
    gate_close(&held, recorder);
    CHECK_ACL(aclrtRecordEvent(event, recorder));
    CHECK_ACL(aclrtStreamWaitEventWithTimeout(waiter, event, 20));
    CHECK_REFUSED(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(waiter, 200));
    gate_open(&held);
    CHECK_ACL(aclrtSynchronizeStream(waiter));
    CHECK_ACL(aclrtSynchronizeStream(recorder));
    gate_close(&held, recorder);
    CHECK_ACL(aclrtRecordEvent(event, recorder));
    CHECK_ACL(aclrtStreamWaitEventWithTimeout(waiter, event, 1));
    check_waits(waiter);
    aclError code = aclrtSynchronizeStream(waiter);
    CHECK(code != ACL_SUCCESS && code != ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
    gate_open(&held);
    CHECK_ACL(aclrtSynchronizeStream(recorder));
    CHECK_ACL(aclrtDestroyEvent(event));
}

int main(int argc, char **argv) {
    int32_t device = argc > 1 ? atoi(argv[1]) : 0;
    void *memory = NULL;
    CHECK_ACL(aclInit(""));
    CHECK_ACL(aclrtSetDevice(device));
    aclrtStream recorder = new_stream(), waiter = new_stream();
    CHECK_ACL(aclrtMalloc(&memory, BYTES, ACL_MEM_MALLOC_HUGE_FIRST));
    measure(recorder);
    wait_and_destroy(recorder, waiter, memory);
    expire(recorder, waiter);
    CHECK_ACL(aclrtFree(memory));
    CHECK_ACL(aclrtDestroyStream(recorder));
    CHECK_ACL(aclrtDestroyStream(waiter));
    CHECK_ACL(aclrtResetDevice(device));
    CHECK_ACL(aclFinalize());
    printf("events of device %d measured and expired as they should\n", device);
    return EXIT_SUCCESS;
}
