// Part of ascend-ipc, Apache-2.0.
//
// error [DEVICE]: how a program learns what went wrong: codes, texts that are told once, and the thread's last error.
#include <thread>

#include "owned.hpp"

namespace {

aclError last() { return aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL); }
aclError take() { return aclrtGetLastError(ACL_RT_THREAD_LEVEL); }

void a_text_is_told_once() {
    while (aclGetRecentErrMsg() != nullptr) {
    }
    CHECK_REFUSED(ACL_ERROR_RT_INVALID_DEVICEID, aclrtSetDevice(100000));
    const char *text = aclGetRecentErrMsg();
    CHECK(text != nullptr && std::strlen(text) > 10);
    CHECK(aclGetRecentErrMsg() == nullptr);
}

void peeking_leaves_and_getting_clears() {
    CHECK(take() == ACL_ERROR_RT_INVALID_DEVICEID && take() == ACL_SUCCESS);
    CHECK_REFUSED(ACL_ERROR_RT_PARAM_INVALID, aclrtSynchronizeStreamWithTimeout(nullptr, 0));
    CHECK(last() == ACL_ERROR_RT_PARAM_INVALID && last() == ACL_ERROR_RT_PARAM_INVALID);
    TRY_ACL(aclrtSynchronizeStream(nullptr)); // success changes nothing
    CHECK(take() == ACL_ERROR_RT_PARAM_INVALID && last() == ACL_SUCCESS);
    CHECK_REFUSED(ACL_ERROR_INVALID_PARAM, aclrtFree(nullptr)); // by the front: not remembered
    CHECK(last() == ACL_SUCCESS);
    CHECK_REFUSED(ACL_ERROR_INVALID_PARAM, aclrtPeekAtLastError(static_cast<aclrtLastErrLevel>(1)));
}

void each_thread_has_its_own() {
    CHECK_REFUSED(ACL_ERROR_RT_PARAM_INVALID, aclrtSynchronizeDeviceWithTimeout(0));
    std::thread([] {
        CHECK(last() == ACL_SUCCESS && aclGetRecentErrMsg() == nullptr);
        CHECK_REFUSED(ACL_ERROR_RT_CONTEXT_NULL, aclrtSynchronizeDevice());
        CHECK(take() == ACL_ERROR_RT_CONTEXT_NULL && aclGetRecentErrMsg() != nullptr);
    }).join();
    CHECK(take() == ACL_ERROR_RT_PARAM_INVALID && aclGetRecentErrMsg() != nullptr);
}

// An exception carries the code and the text out of a scope whose objects are given back on the way.
void an_exception_says_what_happened() {
    try {
        auto stream = owned::new_stream();
        auto memory = owned::on_device(4096);
        TRY_ACL(aclrtMemcpy(memory, 16, stream, 32, ACL_MEMCPY_DEVICE_TO_DEVICE));
        CHECK(!"a copy past the end");
    } catch (const owned::Error &error) {
        CHECK(error.code() == ACL_ERROR_RT_PARAM_INVALID);
        CHECK(std::strstr(error.what(), "aclrtMemcpy") != nullptr && std::strstr(error.what(), "(no message)") == nullptr);
    }
    size_t left = 0, total = 0;
    TRY_ACL(aclrtGetMemInfo(ACL_HBM_MEM, &left, &total));
    CHECK(left == total);
}

// A fallback is taken on exactly one code: anything else is an error.
void a_missing_feature_has_its_own_code() {
    auto probe = [](uint32_t flag) {
        aclrtEvent event = nullptr;
        aclError code = aclrtCreateEventExWithFlag(&event, flag);
        if (event) TRY_ACL(aclrtDestroyEvent(event));
        return code;
    };
    const char *soc = aclrtGetSocName();
    const bool is_supported = std::strncmp(soc, "Ascend910", 9) == 0;
    CHECK_REFUSED(is_supported ? ACL_SUCCESS : ACL_ERROR_RT_FEATURE_NOT_SUPPORT, probe(ACL_EVENT_IPC));
    CHECK_REFUSED(ACL_ERROR_RT_PARAM_INVALID, probe(ACL_EVENT_IPC | ACL_EVENT_SYNC));
}

} // namespace

int main(int argc, char **argv) {
    const int32_t device = argc > 1 ? std::atoi(argv[1]) : 0;
    return owned::main([&] {
        owned::Device bound(device);
        a_text_is_told_once();
        peeking_leaves_and_getting_clears();
        each_thread_has_its_own();
        an_exception_says_what_happened();
        a_missing_feature_has_its_own_code();
        std::printf("every error was told as it should on %s\n", aclrtGetSocName());
    });
}
