//! The flag words of AscendCL as `bitflags`.

use bitflags::bitflags;

use crate::abi;

bitflags! {
    /// Flags of `aclrtCreateEventWithFlag` and `aclrtCreateEventExWithFlag`.
    ///
    /// `DEVICE_USE_ONLY`, `EXTERNAL` and `IPC` must each stand alone.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct EventFlags: u32 {
        /// Synchronises streams.
        const SYNC = abi::ACL_EVENT_SYNC;
        /// Captures the progress of a stream.
        const CAPTURE_STREAM_PROGRESS = abi::ACL_EVENT_CAPTURE_STREAM_PROGRESS;
        /// Records a timestamp.
        const TIME_LINE = abi::ACL_EVENT_TIME_LINE;
        /// For use by device code only.
        const DEVICE_USE_ONLY = abi::ACL_EVENT_DEVICE_USE_ONLY;
        /// For use outside a captured graph.
        const EXTERNAL = abi::ACL_EVENT_EXTERNAL;
        /// Can be shared with other processes.
        const IPC = abi::ACL_EVENT_IPC;
    }

    /// Flags of `aclrtCreateStreamWithConfig`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct StreamFlags: u32 {
        /// Submits faster, at the price of host memory.
        const FAST_LAUNCH = abi::ACL_STREAM_FAST_LAUNCH;
        /// Synchronises faster, by polling.
        const FAST_SYNC = abi::ACL_STREAM_FAST_SYNC;
        /// Belongs to a model; synchronising does not wait.
        const PERSISTENT = abi::ACL_STREAM_PERSISTENT;
        /// Holds more tasks.
        const HUGE = abi::ACL_STREAM_HUGE;
        /// Is scheduled by the AI CPU.
        const CPU_SCHEDULE = abi::ACL_STREAM_CPU_SCHEDULE;
        /// For use by device code only.
        const DEVICE_USE_ONLY = abi::ACL_STREAM_DEVICE_USE_ONLY;
    }

    /// Flags of `aclrtCreateNotify`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct NotifyFlags: u64 {
        /// For use by device code only.
        const DEVICE_USE_ONLY = abi::ACL_NOTIFY_DEVICE_USE_ONLY as u64;
    }

    /// Flags of `aclrtNotifyGetExportKey`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct NotifyExportFlags: u64 {
        /// Lets any process import, not only the listed ones.
        const DISABLE_PID_VALIDATION = abi::ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION;
    }

    /// Flags of `aclrtNotifyImportByKey`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct NotifyImportFlags: u64 {
        /// Also enables peer access.
        const ENABLE_PEER_ACCESS = abi::ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS;
    }

    /// Flags of `aclrtIpcMemGetExportKey`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct IpcMemoryExportFlags: u64 {
        /// Lets any process import, not only the listed ones.
        const DISABLE_PID_VALIDATION = abi::ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION;
    }

    /// Flags of `aclrtIpcMemImportByKey`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct IpcMemoryImportFlags: u64 {
        /// Also enables peer access.
        const ENABLE_PEER_ACCESS = abi::ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS;
    }

    /// Flags of `aclrtMemExportToShareableHandle`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct VmmExportFlags: u64 {
        /// Lets any process import, not only the listed ones.
        const DISABLE_PID_VALIDATION = abi::ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION;
    }

    /// Flags of `aclrtHostRegisterV2`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct HostRegisterFlags: u32 {
        /// Maps the memory into the device's address space.
        const MAPPED = abi::ACL_HOST_REG_MAPPED;
        /// Is memory of an I/O device.
        const IOMEMORY = abi::ACL_HOST_REG_IOMEMORY;
        /// Is only read by the device.
        const READONLY = abi::ACL_HOST_REG_READONLY;
        /// Is pinned.
        const PINNED = abi::ACL_HOST_REG_PINNED;
    }
}
