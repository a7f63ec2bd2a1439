// Part of ascend-ipc, Apache-2.0.
//
// memory [DEVICE]: copies of every shape and kind, in stream order; device pointers are plain pointers for all of them.
#include <cstdint>
#include <numeric>

#include "owned.hpp"

namespace {

constexpr size_t kBytes = 1 << 16;

std::vector<unsigned char> pattern(size_t size, int seed) {
    std::vector<unsigned char> bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(i * 7 + i / 251 + seed);
    return bytes;
}

void every_kind_reaches_the_same_bytes() {
    auto in = pattern(kBytes, 1);
    std::vector<unsigned char> out(kBytes);
    auto first = owned::on_device(kBytes), second = owned::on_device(kBytes);
    TRY_ACL(aclrtMemcpy(first, kBytes, in.data(), kBytes, ACL_MEMCPY_HOST_TO_DEVICE));
    TRY_ACL(aclrtMemcpy(second, 1 << 30, first, kBytes, ACL_MEMCPY_DEVICE_TO_DEVICE)); // the maximum is only a bound
    TRY_ACL(aclrtMemcpy(out.data(), kBytes, second, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
    CHECK(out == in);
    std::fill(out.begin(), out.end(), 0);
    TRY_ACL(aclrtMemcpy(out.data(), kBytes, second, kBytes, ACL_MEMCPY_DEFAULT));
    CHECK(out == in);
    TRY_ACL(aclrtMemcpy(out.data() + 1, kBytes - 1, in.data(), kBytes - 1, ACL_MEMCPY_HOST_TO_HOST));
    CHECK(std::equal(out.begin() + 1, out.end(), in.begin()));
    auto host = owned::on_host(kBytes);
    TRY_ACL(aclrtMemset(host, kBytes, 0x31, kBytes)); // memset takes host memory, too
    CHECK(is_filled(host, 0x31, kBytes));
    TRY_ACL(aclrtMemcpy(nullptr, 0, nullptr, 0, ACL_MEMCPY_HOST_TO_DEVICE));
    CHECK_REFUSED(ACL_ERROR_RT_PARAM_INVALID, aclrtMemcpy(first, 16, in.data(), 17, ACL_MEMCPY_HOST_TO_DEVICE));
    // A part, at an offset of the program's own.
    TRY_ACL(aclrtMemset(static_cast<char *>(first.get()) + 100, kBytes - 100, 0, 50));
    TRY_ACL(aclrtMemcpy(out.data(), kBytes, first, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
    std::fill(in.begin() + 100, in.begin() + 150, 0);
    CHECK(out == in);
}

void a_matrix_keeps_its_pitches(aclrtStream stream) {
    constexpr size_t kWidth = 100, kHeight = 40, kHostPitch = 120, kPitch = 256;
    auto in = pattern(kHostPitch * kHeight, 2);
    std::vector<unsigned char> out(kWidth * kHeight, 0xee);
    auto matrix = owned::on_device(kPitch * kHeight);
    TRY_ACL(aclrtMemset(matrix, kPitch * kHeight, 0xdd, kPitch * kHeight));
    TRY_ACL(aclrtMemcpy2d(matrix, kPitch, in.data(), kHostPitch, kWidth, kHeight, ACL_MEMCPY_HOST_TO_DEVICE));
    TRY_ACL(aclrtMemcpy2dAsync(out.data(), kWidth, matrix, kPitch, kWidth, kHeight, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    TRY_ACL(aclrtSynchronizeStream(stream));
    for (size_t row = 0; row < kHeight; ++row) {
        CHECK(std::memcmp(&out[row * kWidth], &in[row * kHostPitch], kWidth) == 0);
        CHECK(device_is_filled(static_cast<char *>(matrix.get()) + row * kPitch + kWidth, 0xdd, kPitch - kWidth));
    }
}

void a_batch_tells_what_failed(aclrtStream stream) {
    constexpr size_t kParts = 3;
    owned::Memory parts[kParts];
    std::vector<unsigned char> in[kParts];
    void *to[kParts], *from[kParts];
    size_t sizes[kParts], begin[1] = {0}, failed = 77;
    for (size_t i = 0; i < kParts; ++i) {
        sizes[i] = 100 * (i + 1);
        in[i] = pattern(sizes[i], static_cast<int>(i));
        parts[i] = owned::on_device(sizes[i]);
        to[i] = parts[i];
        from[i] = in[i].data();
    }
    aclrtMemcpyBatchAttr attribute = {};
    attribute.dstLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    int32_t device = 0;
    TRY_ACL(aclrtGetDevice(&device));
    attribute.dstLoc.id = static_cast<uint32_t>(device);
    attribute.srcLoc.type = ACL_MEM_LOCATION_TYPE_HOST;
    TRY_ACL(aclrtMemcpyBatch(to, sizes, from, sizes, kParts, &attribute, begin, 1, &failed));
    CHECK(failed == SIZE_MAX);
    for (size_t i = 0; i < kParts; ++i) {
        std::vector<unsigned char> out(sizes[i]);
        TRY_ACL(aclrtMemcpy(out.data(), sizes[i], to[i], sizes[i], ACL_MEMCPY_DEVICE_TO_HOST));
        CHECK(out == in[i]);
    }
    size_t small[kParts] = {100, 199, 300};
    CHECK_REFUSED(ACL_ERROR_RT_PARAM_INVALID,
                  aclrtMemcpyBatchAsync(to, small, from, sizes, kParts, &attribute, begin, 1, &failed, stream));
    CHECK(failed == 1);
    failed = 77;
    TRY_ACL(aclrtMemcpyBatchAsync(to, sizes, from, sizes, kParts, &attribute, begin, 1, &failed, stream));
    CHECK(failed == SIZE_MAX);
    TRY_ACL(aclrtSynchronizeStream(stream));
}

void copies_take_their_place(aclrtStream stream) {
    static gate held;
    auto memory = owned::on_device(kBytes);
    auto host = owned::on_host(3 * kBytes);
    auto *out = static_cast<unsigned char *>(host.get());
    std::memset(out, 0, 3 * kBytes);
    gate_close(&held, stream);
    for (int i = 0; i < 3; ++i) {
        TRY_ACL(aclrtMemsetAsync(memory, kBytes, i + 1, kBytes, stream));
        TRY_ACL(aclrtMemcpyAsync(out + i * kBytes, kBytes, memory, kBytes, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    }
    check_waits(stream);
    CHECK(is_filled(out, 0, 3 * kBytes));
    TRY_ACL(aclrtMemset(memory, kBytes, 9, kBytes)); // a synchronous call waits for no stream
    CHECK(device_is_filled(memory, 9, kBytes));
    gate_open(&held);
    TRY_ACL(aclrtSynchronizeStream(stream));
    for (int i = 0; i < 3; ++i) CHECK(is_filled(out + i * kBytes, i + 1, kBytes));
}

void memory_may_be_freed_while_it_is_used(aclrtStream stream) {
    static gate held;
    auto host = owned::on_host(kBytes);
    auto source = owned::on_device(kBytes);
    TRY_ACL(aclrtMemset(source, kBytes, 0x47, kBytes));
    gate_close(&held, stream);
    TRY_ACL(aclrtMemsetAsync(source, kBytes, 0x48, kBytes / 2, stream));
    TRY_ACL(aclrtMemcpyAsync(host, kBytes, source, kBytes, ACL_MEMCPY_DEVICE_TO_HOST, stream));
    TRY_ACL(aclrtFree(source.release()));
    auto other = owned::on_device(kBytes); // must not be what the task still uses
    gate_open(&held);
    TRY_ACL(aclrtSynchronizeStream(stream));
    CHECK(device_is_filled(other, 0, kBytes));
}

void fresh_memory_is_zero() {
    for (int round = 0; round < 20; ++round) {
        auto memory = owned::on_device(kBytes * (round % 3 + 1));
        CHECK(device_is_filled(memory, 0, kBytes * (round % 3 + 1)));
        TRY_ACL(aclrtMemset(memory, kBytes, 0xff, kBytes));
    }
}

} // namespace

int main(int argc, char **argv) {
    const int32_t device = argc > 1 ? std::atoi(argv[1]) : 0;
    return owned::main([&] {
        owned::Device bound(device);
        auto stream = owned::new_stream();
        fresh_memory_is_zero();
        every_kind_reaches_the_same_bytes();
        a_matrix_keeps_its_pitches(stream);
        a_batch_tells_what_failed(stream);
        copies_take_their_place(stream);
        memory_may_be_freed_while_it_is_used(stream);
        size_t left = 0, total = 0;
        TRY_ACL(aclrtGetMemInfo(ACL_HBM_MEM, &left, &total));
        CHECK(left == total);
        std::printf("memory of device %d was copied in all shapes, and is free again\n", device);
    });
}
