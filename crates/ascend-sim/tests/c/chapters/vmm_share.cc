// Part of ascend-ipc, Apache-2.0.
//
// vmm_share OWNER IMPORTER: physical memory of one process is mapped into another, beside its own, in one reservation.
#include "owned.hpp"

namespace {

size_t grain_of(uint32_t device, aclrtPhysicalMemProp *prop) {
    *prop = {};
    prop->handleType = ACL_MEM_HANDLE_TYPE_NONE;
    prop->allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED;
    prop->memAttr = ACL_HBM_MEM_P2P_HUGE; // meant for another device
    prop->location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
    prop->location.id = device;
    size_t grain = 0;
    TRY_ACL(aclrtMemGetAllocationGranularity(prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, &grain));
    CHECK(grain >= 4096);
    return grain;
}

// Addresses, given back at the end; what is mapped there is unmapped by its own owner.
class Reservation {
public:
    explicit Reservation(size_t size) { TRY_ACL(aclrtReserveMemAddress(&start_, size, 0, nullptr, 0)); }
    Reservation(const Reservation &) = delete;
    ~Reservation() { CHECK_ACL(aclrtReleaseMemAddress(start_)); }
    char *at(size_t offset) const { return static_cast<char *>(start_) + offset; }

private:
    void *start_ = nullptr;
};

// Physical memory, mapped as long as this lives.
class Mapping {
public:
    Mapping(char *address, size_t size, aclrtDrvMemHandle handle) : address_(address), handle_(handle) {
        TRY_ACL(aclrtMapMem(address, size, 0, handle, 0));
    }
    Mapping(const Mapping &) = delete;
    ~Mapping() {
        CHECK_ACL(aclrtUnmapMem(address_));
        CHECK_ACL(aclrtFreePhysical(handle_));
    }

private:
    char *address_;
    aclrtDrvMemHandle handle_;
};

aclrtDrvMemHandle physical(const aclrtPhysicalMemProp &prop, size_t size) {
    aclrtDrvMemHandle handle = nullptr;
    TRY_ACL(aclrtMallocPhysical(&handle, size, &prop, 0));
    return handle;
}

// vmm_share import DEVICE
void import(int32_t device) {
    owned::Device bound(device);
    aclrtPhysicalMemProp prop;
    const size_t grain = grain_of(static_cast<uint32_t>(device), &prop);
    int32_t pid = 0;
    uint64_t number = 0;
    aclrtDrvMemHandle handle = nullptr;
    receive_bytes(PARENT, &number, sizeof(number));
    CHECK_REFUSED(ACL_ERROR_RT_DRV_INTERNAL_ERROR, aclrtMemImportFromShareableHandle(number, device, &handle));
    TRY_ACL(aclrtDeviceGetBareTgid(&pid));
    send_bytes(PARENT, &pid, sizeof(pid));
    hear(PARENT, 'l');
    TRY_ACL(aclrtMemImportFromShareableHandle(number, device, &handle));

    const size_t odd = 3 * grain - 4096; // needs not be a multiple of the granularity
    Reservation reservation(odd);
    Mapping own(reservation.at(0), grain, physical(prop, grain));
    Mapping imported(reservation.at(grain), grain, handle);
    CHECK(device_is_filled(reservation.at(0), 0, grain) && device_is_filled(reservation.at(grain), 0x5a, grain));
    // One task over both of them.
    auto stream = owned::new_stream();
    TRY_ACL(aclrtMemsetAsync(reservation.at(grain - 512), 1024, 0x77, 1024, stream));
    TRY_ACL(aclrtSynchronizeStream(stream));
    CHECK(device_is_filled(reservation.at(grain - 512), 0x77, 1024));
    CHECK(device_is_filled(reservation.at(grain + 512), 0x5a, grain - 512));
    say(PARENT, 'w');
    hear(PARENT, 'c');
    CHECK(device_is_filled(reservation.at(grain), 0x3c, grain)); // what the owner wrote meanwhile
}

void own(int32_t device, char *program, char *importer) {
    owned::Device bound(device);
    aclrtPhysicalMemProp prop;
    const size_t grain = grain_of(static_cast<uint32_t>(device), &prop);
    Reservation reservation(2 * grain);
    {
        Mapping first(reservation.at(0), grain, physical(prop, grain));
        TRY_ACL(aclrtMemset(reservation.at(0), grain, 1, grain));
    }
    // A second block, where the first one was.
    aclrtDrvMemHandle handle = physical(prop, grain);
    Mapping second(reservation.at(0), grain, handle);
    CHECK(device_is_filled(reservation.at(0), 0, grain));
    TRY_ACL(aclrtMemset(reservation.at(0), grain, 0x5a, grain));

    uint64_t number = 0;
    int32_t pid = 0;
    TRY_ACL(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, ACL_RT_VMM_EXPORT_FLAG_DEFAULT, &number));
    char role[] = "import";
    char *arguments[] = {program, role, importer, nullptr};
    child other = child_start(arguments);
    send_bytes(other.socket, &number, sizeof(number));
    receive_bytes(other.socket, &pid, sizeof(pid));
    TRY_ACL(aclrtMemSetPidToShareableHandle(number, &pid, 1)); // after the number was handed out
    say(other.socket, 'l');
    hear(other.socket, 'w');
    CHECK(device_is_filled(reservation.at(0), 0x77, 512) && device_is_filled(reservation.at(512), 0x5a, grain - 512));
    TRY_ACL(aclrtMemset(reservation.at(0), grain, 0x3c, grain));
    say(other.socket, 'c');
    child_join(&other); // the importer releases first
    CHECK(device_is_filled(reservation.at(0), 0x3c, grain));
}

} // namespace

int main(int argc, char **argv) {
    return owned::main([&] {
        CHECK(argc == 3);
        if (std::strcmp(argv[1], "import") == 0) return import(std::atoi(argv[2]));
        own(std::atoi(argv[1]), argv[0], argv[2]);
        std::printf("blocks of devices %s and %s stood side by side\n", argv[1], argv[2]);
    });
}
