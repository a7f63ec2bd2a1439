// Part of ascend-ipc, Apache-2.0.
//
// stream [DEVICE]: launches return before the work is done, streams keep their order and none is lost, by force some are.
#include <atomic>
#include <numeric>
#include <thread>

#include "owned.hpp"

namespace {

constexpr size_t kBytes = 1 << 16;
constexpr int kLaunches = 5000;

void count(void *at) { ++*static_cast<std::atomic<int> *>(at); }

void launches_do_not_wait() {
    static gate held;
    auto stream = owned::new_stream();
    auto memory = owned::on_device(kBytes);
    auto host = owned::on_host(kBytes);
    std::memset(host, 0x11, kBytes);
    gate_close(&held, stream);
    TRY_ACL(aclrtMemcpyAsync(memory, kBytes, host, kBytes, ACL_MEMCPY_HOST_TO_DEVICE, stream));
    TRY_ACL(aclrtMemsetAsync(memory, kBytes, 0x22, kBytes / 2, stream));
    TRY_ACL(aclrtMemcpyAsync(host, kBytes, memory, kBytes, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    check_waits(stream);
    CHECK_REFUSED(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeDeviceWithTimeout(20)); // milliseconds
    CHECK(is_filled(host, 0x11, kBytes) && device_is_filled(memory, 0, kBytes));
    aclrtStreamStatus status = ACL_STREAM_STATUS_RESERVED;
    TRY_ACL(aclrtStreamQuery(stream, &status));
    CHECK(status == ACL_STREAM_STATUS_NOT_READY);
    gate_open(&held);
    TRY_ACL(aclrtSynchronizeStream(stream));
    const char *bytes = static_cast<const char *>(host.get());
    CHECK(is_filled(bytes, 0x22, kBytes / 2) && is_filled(bytes + kBytes / 2, 0x11, kBytes / 2));
    TRY_ACL(aclrtStreamQuery(stream, &status));
    CHECK(status == ACL_STREAM_STATUS_COMPLETE);
}

void the_default_stream_counts_exactly() {
    static std::atomic<int> counter{0};
    for (int i = 0; i < kLaunches; ++i) TRY_ACL(aclrtLaunchHostFunc(nullptr, count, &counter));
    TRY_ACL(aclrtSynchronizeStream(nullptr));
    CHECK(counter == kLaunches);
}

void a_thread_has_its_own_stream(int32_t device, int number, int *sum) {
    owned::Device bound(device);
    auto stream = owned::new_stream();
    auto memory = owned::on_device(sizeof(int) * 256);
    std::vector<int> values(256), back(256);
    std::iota(values.begin(), values.end(), number * 1000);
    const size_t size = values.size() * sizeof(int);
    for (int round = 0; round < 50; ++round) {
        TRY_ACL(aclrtMemcpyAsync(memory, size, values.data(), size, ACL_MEMCPY_HOST_TO_DEVICE, stream));
        TRY_ACL(aclrtMemcpyAsync(back.data(), size, memory, size, ACL_MEMCPY_DEVICE_TO_HOST, stream));
        TRY_ACL(aclrtSynchronizeStream(stream));
        CHECK(back == values);
    }
    *sum = std::accumulate(back.begin(), back.end(), 0);
}

void force_drops_what_is_queued() {
    static gate held;
    auto holder = owned::new_stream();
    auto event = owned::new_event();
    auto memory = owned::on_device(kBytes);
    gate_close(&held, holder);
    TRY_ACL(aclrtRecordEvent(event, holder));
    auto dropped = owned::new_stream();
    TRY_ACL(aclrtStreamWaitEvent(dropped, event));
    TRY_ACL(aclrtMemsetAsync(memory, kBytes, 0x33, kBytes, dropped));
    TRY_ACL(aclrtDestroyStreamForce(dropped.release())); // at once: the gate is still closed
    gate_open(&held);
    TRY_ACL(aclrtSynchronizeDevice());
    CHECK(device_is_filled(memory, 0, kBytes));
}

} // namespace

int main(int argc, char **argv) {
    const int32_t device = argc > 1 ? std::atoi(argv[1]) : 0;
    return owned::main([&] {
        owned::Device bound(device);
        launches_do_not_wait();
        the_default_stream_counts_exactly();
        int sums[4] = {};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) threads.emplace_back(a_thread_has_its_own_stream, device, i, &sums[i]);
        for (auto &thread : threads) thread.join();
        for (int i = 0; i < 4; ++i) CHECK(sums[i] == 256 * 255 / 2 + 256 * 1000 * i);
        force_drops_what_is_queued();
        std::printf("%d launches and four threads on device %d, none lost\n", kLaunches, device);
    });
}
