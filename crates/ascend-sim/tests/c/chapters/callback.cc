// Part of ascend-ipc, Apache-2.0.
//
// callback [DEVICE]: one thread serves the callbacks of two streams; what blocks holds its stream, what does not may lag.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <pthread.h>

#include "owned.hpp"

namespace {

constexpr int kCallbacks = 200;
constexpr size_t kBytes = 4096;

// A thread that processes reports until it is told to end.
class Reporter {
public:
    Reporter() : thread_([this] { serve(); }) {
        while (!ready_) std::this_thread::yield();
    }
    ~Reporter() {
        done_ = true;
        thread_.join();
    }
    // As users name a thread to AscendCL.
    uint64_t id() { return static_cast<uint64_t>(thread_.native_handle()); }

private:
    void serve() {
        ready_ = true; // polls before anything is subscribed
        while (!done_) {
            if (aclrtProcessReport(20) == ACL_ERROR_RT_THREAD_SUBSCRIBE)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    std::atomic<bool> ready_{false}, done_{false};
    std::thread thread_;
};

struct Log {
    std::mutex lock;
    std::vector<int> entries;
    void add(int entry) {
        std::lock_guard<std::mutex> held(lock);
        entries.push_back(entry);
    }
    size_t size() {
        std::lock_guard<std::mutex> held(lock);
        return entries.size();
    }
};

struct Entry {
    Log *log;
    int number;
    pthread_t thread;
};
void note(void *at) {
    auto *entry = static_cast<Entry *>(at);
    entry->thread = pthread_self();
    entry->log->add(entry->number);
}

void pass(void *at) { gate_pass_(at); }

void work(int32_t device) {
    owned::Device bound(device);
    Reporter reporter;
    auto first = owned::new_stream();
    auto second = owned::new_stream();
    auto memory = owned::on_device(kBytes);
    CHECK_REFUSED(ACL_ERROR_RT_STREAM_NO_CB_REG, aclrtLaunchCallback(note, nullptr, ACL_CALLBACK_NO_BLOCK, first));
    TRY_ACL(aclrtSubscribeReport(reporter.id(), first));
    TRY_ACL(aclrtSubscribeReport(reporter.id(), second));

    // What blocks holds the stream until it has returned on the reporter's thread.
    static gate held;
    sem_init(&held.open, 0, 0);
    TRY_ACL(aclrtLaunchCallback(pass, &held, ACL_CALLBACK_BLOCK, first));
    TRY_ACL(aclrtMemsetAsync(memory, kBytes, 0x44, kBytes, first));
    check_waits(first);
    CHECK(device_is_filled(memory, 0, kBytes));
    gate_open(&held);
    TRY_ACL(aclrtSynchronizeStream(first));
    CHECK(device_is_filled(memory, 0x44, kBytes));

    // What does not block may lag: the stream ends while the callback is held.
    TRY_ACL(aclrtLaunchCallback(pass, &held, ACL_CALLBACK_NO_BLOCK, first));
    TRY_ACL(aclrtMemsetAsync(memory, kBytes, 0x45, kBytes, first));
    TRY_ACL(aclrtSynchronizeStream(first));
    CHECK(device_is_filled(memory, 0x45, kBytes));
    gate_open(&held);

    // Both kinds keep the order of their launch, on each stream.
    Log logs[2];
    std::vector<Entry> entries[2] = {std::vector<Entry>(kCallbacks), std::vector<Entry>(kCallbacks)};
    for (int i = 0; i < kCallbacks; ++i) {
        for (int which = 0; which < 2; ++which) {
            entries[which][i] = {&logs[which], i, {}};
            TRY_ACL(aclrtLaunchCallback(note, &entries[which][i], i % 3 ? ACL_CALLBACK_NO_BLOCK : ACL_CALLBACK_BLOCK,
                                        which ? second : first));
        }
    }
    TRY_ACL(aclrtSynchronizeStream(first));
    TRY_ACL(aclrtSynchronizeStream(second));
    for (auto &log : logs)
        while (log.size() < kCallbacks) std::this_thread::yield(); // those that do not block
    for (int which = 0; which < 2; ++which) {
        for (int i = 0; i < kCallbacks; ++i) {
            CHECK(logs[which].entries[i] == i);
            CHECK(static_cast<uint64_t>(entries[which][i].thread) == reporter.id());
        }
    }

    // One stream is unsubscribed, as it should be; the other is destroyed as it is.
    TRY_ACL(aclrtUnSubscribeReport(reporter.id(), first));

    // Host functions need no subscription.
    auto third = owned::new_stream();
    static std::atomic<int> ran{0};
    TRY_ACL(aclrtLaunchHostFunc(third, [](void *) { ++ran; }, nullptr));
    TRY_ACL(aclrtSynchronizeStream(third));
    CHECK(ran == 1);
}

// A context is destroyed with a subscription in it.
void leave_a_subscription(int32_t device) {
    Reporter reporter;
    aclrtContext context = nullptr;
    aclrtStream stream = nullptr;
    TRY_ACL(aclrtCreateContext(&context, device));
    TRY_ACL(aclrtCreateStream(&stream));
    TRY_ACL(aclrtSubscribeReport(reporter.id(), stream));
    TRY_ACL(aclrtDestroyContext(context));
    // And so is a device.
    TRY_ACL(aclrtSetDevice(device));
    TRY_ACL(aclrtCreateStream(&stream));
    TRY_ACL(aclrtSubscribeReport(reporter.id(), stream));
    TRY_ACL(aclrtResetDevice(device));
}

} // namespace

int main(int argc, char **argv) {
    const int32_t device = argc > 1 ? std::atoi(argv[1]) : 0;
    return owned::main([&] {
        work(device);
        leave_a_subscription(device);
        std::printf("%d callbacks in order on two streams of device %d\n", 2 * kCallbacks, device);
    });
}
