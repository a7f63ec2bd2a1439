//! Handles go wherever the program wants them: every public type is `Send`, `Sync` and `Unpin`, checked by the compiler.

use ascend_ipc::{capability, channel, doctor, event, memory, notify, pipeline};

const fn everywhere<T: Send + Sync + Unpin>() {}

const _: () = {
    everywhere::<ascend_ipc::Runtime>();
    everywhere::<ascend_ipc::Device>();
    everywhere::<ascend_ipc::Stream>();
    everywhere::<ascend_ipc::IpcEvent<event::Created>>();
    everywhere::<ascend_ipc::IpcEvent<event::Shared>>();
    everywhere::<ascend_ipc::IpcEvent<event::Opened>>();
    everywhere::<event::Ready>();
    everywhere::<ascend_ipc::DeviceBuffer>();
    everywhere::<ascend_ipc::HostBuffer>();
    everywhere::<ascend_ipc::DeviceBuffer<f32, memory::Shared>>();
    everywhere::<ascend_ipc::DeviceBuffer<f32, memory::Opened>>();
    everywhere::<memory::DeviceSlice<'_, f32>>();
    everywhere::<memory::DeviceSliceMut<'_, f32>>();
    everywhere::<memory::HostSlice<'_, f32>>();
    everywhere::<memory::HostSliceMut<'_, f32>>();
    everywhere::<ascend_ipc::Notify<notify::Created>>();
    everywhere::<ascend_ipc::Notify<notify::Shared>>();
    everywhere::<ascend_ipc::Notify<notify::Opened>>();
    everywhere::<pipeline::Producer>();
    everywhere::<pipeline::Consumer>();
    everywhere::<ascend_ipc::NotifyTicket>();
    everywhere::<ascend_ipc::Access<'_>>();
    everywhere::<ascend_ipc::WaitLimit>();
    everywhere::<ascend_ipc::Channel>();
    everywhere::<channel::Listener>();
    everywhere::<ascend_ipc::Ticket>();
    everywhere::<ascend_ipc::MemoryTicket>();
    everywhere::<ascend_ipc::TicketError>();
    everywhere::<ascend_ipc::EventId>();
    everywhere::<ascend_ipc::Recorded>();
    everywhere::<ascend_ipc::Leases>();
    everywhere::<ascend_ipc::Deadline>();
    everywhere::<ascend_ipc::BarePid>();
    everywhere::<ascend_ipc::Error>();
    everywhere::<ascend_ipc::ErrorKind>();
    everywhere::<ascend_ipc::ErrorReport>();
    everywhere::<ascend_ipc::Refused<ascend_ipc::IpcEvent<event::Created>>>();
    everywhere::<capability::Capabilities>();
    everywhere::<capability::Support>();
    everywhere::<capability::Reason>();
    everywhere::<doctor::Doctor>();
    everywhere::<doctor::Warning>();
};
