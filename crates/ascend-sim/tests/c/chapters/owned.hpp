// Part of ascend-ipc, Apache-2.0. Owners of AscendCL's objects, as C++ programs have them.
#ifndef ASCEND_SIM_CHAPTERS_OWNED_HPP_
#define ASCEND_SIM_CHAPTERS_OWNED_HPP_

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "program.h"

namespace owned {

class Error : public std::runtime_error {
public:
    Error(aclError code, const std::string &call)
        : std::runtime_error(call + " failed with " + std::to_string(code) + ": " + recent()), code_(code) {}
    aclError code() const { return code_; }

private:
    static std::string recent() {
        const char *text = aclGetRecentErrMsg();
        return text ? text : "(no message)";
    }
    aclError code_;
};

inline void check(aclError code, const char *call) {
    if (code != ACL_SUCCESS) throw Error(code, call);
}
#define TRY_ACL(call) ::owned::check((call), #call)

class Device {
public:
    explicit Device(int32_t id) : id_(id) { TRY_ACL(aclrtSetDevice(id)); }
    Device(const Device &) = delete;
    Device &operator=(const Device &) = delete;
    ~Device() { (void)aclrtResetDevice(id_); }

private:
    int32_t id_;
};

// A handle and the call that gives it back.
template <aclError (*Release)(void *)>
class Handle {
public:
    Handle() = default;
    explicit Handle(void *raw) : raw_(raw) {}
    Handle(Handle &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
    Handle &operator=(Handle &&other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    ~Handle() {
        if (raw_) CHECK_ACL(Release(raw_));
    }
    void *get() const { return raw_; }
    void *release() { return std::exchange(raw_, nullptr); }
    operator void *() const { return raw_; }

private:
    void *raw_ = nullptr;
};

using Stream = Handle<aclrtDestroyStream>;
using Event = Handle<aclrtDestroyEvent>;
using Memory = Handle<aclrtFree>;
using HostMemory = Handle<aclrtFreeHost>;

inline Stream new_stream() {
    aclrtStream raw = nullptr;
    TRY_ACL(aclrtCreateStream(&raw));
    return Stream(raw);
}
inline Event new_event(uint32_t flag = ACL_EVENT_SYNC) {
    aclrtEvent raw = nullptr;
    TRY_ACL(aclrtCreateEventExWithFlag(&raw, flag));
    return Event(raw);
}
inline Memory on_device(size_t size) {
    void *raw = nullptr;
    TRY_ACL(aclrtMalloc(&raw, size, ACL_MEM_MALLOC_HUGE_FIRST));
    return Memory(raw);
}
inline HostMemory on_host(size_t size) {
    void *raw = nullptr;
    TRY_ACL(aclrtMallocHost(&raw, size));
    return HostMemory(raw);
}

// Runs the body of a program; an exception is told and becomes the status.
template <typename Body>
int main(Body body) {
    try {
        body();
        return EXIT_SUCCESS;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE;
    }
}

} // namespace owned

#endif
