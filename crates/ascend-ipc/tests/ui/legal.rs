//! What is legal: each function names the misuse of which it is the twin.

use std::time::Duration;

use ascend_ipc::event::{Created, Opened, Shared};
use ascend_ipc::pipeline::Consumer;
use ascend_ipc::{
    Access, BarePid, Device, DeviceBuffer, HostBuffer, IpcEvent, MemoryTicket, Notify, NotifyTicket, Recorded, Result,
    Stream, Ticket, WaitLimit, memory, notify,
};

/// Twin of `misuse_share_twice`, `misuse_use_after_share`: once, and the result goes on.
pub fn share_once(event: IpcEvent<Created>) -> Result<(IpcEvent<Shared>, Ticket)> {
    Ok(event.share()?)
}

/// Twin of `misuse_create_with_flags`, `misuse_ordinary_verbs`: no flag but the one, and four verbs.
pub fn create(device: &Device) -> Result<IpcEvent<Created>> {
    IpcEvent::create(device)
}

/// Twin of `misuse_record_created`, `misuse_record_opened`: who shared it records it.
pub fn record_shared(event: &IpcEvent<Shared>, stream: &Stream) -> Result<Recorded> {
    event.record(stream)
}

/// Twin of `misuse_open_created`, `misuse_share_opened`: a ticket is opened, in the other process.
pub fn open_ticket(ticket: &Ticket, device: &Device) -> Result<IpcEvent<Opened>> {
    ticket.open(device)
}

/// Twin of `misuse_wait_created`, `misuse_wait_shared`, `misuse_wait_without_recorded`, `misuse_forge_recorded`: who
/// opened it waits, with the record's proof.
pub fn wait_opened(event: &IpcEvent<Opened>, stream: &Stream, recorded: &Recorded) -> Result<()> {
    event.wait(stream, recorded)
}

/// Twin of `misuse_wait_for_ever`: the host waits until a deadline.
pub fn synchronize(stream: &Stream) -> Result<()> {
    stream.synchronize(Duration::from_secs(1))
}

/// Twin of `misuse_look_while_in_flight`: first the copy, then the look.
pub fn look_after_copy(stream: &Stream, from: &DeviceBuffer, to: &mut HostBuffer) -> Result<u8> {
    stream.download(from.slice(..1)?, to.slice_mut(..1)?)?;
    stream.synchronize(Duration::from_secs(1))?;
    Ok(to.elements()?[0])
}

/// Twin of `misuse_debug_shows_handle`: the bytes are there for whoever asks for them.
pub fn ticket_bytes(ticket: &Ticket) -> Vec<u8> {
    ticket.to_bytes()
}

type SharedBuffer = DeviceBuffer<f32, memory::Shared>;

/// Twin of `misuse_memory_share_twice`, `misuse_memory_use_after_share`, `misuse_memory_share_with_all_silently`: once, with
/// those who are named.
pub fn share_memory_once(buffer: DeviceBuffer<f32>, peer: BarePid) -> Result<(SharedBuffer, MemoryTicket)> {
    Ok(buffer.share(Access::Processes(&[peer]))?)
}

/// Twin of `misuse_memory_allow_unshared`, `misuse_memory_allow_plain_pid`: a bare pid, which the peer told.
pub fn allow_shared(buffer: &SharedBuffer, peer: BarePid) -> Result<()> {
    buffer.allow(peer)
}

/// Twin of `misuse_memory_share_opened`, `misuse_memory_close_opened`: opened, used, and dropped.
pub fn open_memory(ticket: &MemoryTicket, device: &Device) -> Result<DeviceBuffer<f32, memory::Opened>> {
    ticket.open(device)
}

/// Twin of `misuse_memory_use_after_close`: used, then closed.
pub fn close_memory(mut buffer: SharedBuffer) -> Result<()> {
    buffer.write(0, &[1.0])?;
    Ok(buffer.close(Duration::from_secs(1))?)
}

/// Twin of `misuse_memory_of_bool`, `misuse_memory_of_references`: plain data.
pub fn plain_data(device: &Device) -> Result<DeviceBuffer<[f32; 3]>> {
    device.allocate(16)
}

/// Twin of `misuse_memory_copy_between_types`, `misuse_memory_copy_onto_itself`: the same type, and two parts.
pub fn copy_within(stream: &Stream, buffer: &mut DeviceBuffer<f32>) -> Result<()> {
    let (first, second) = buffer.split_at_mut(8)?;
    stream.copy(first.into_slice(), second)
}

/// Twin of `misuse_memory_look_while_changing`: one look at a time.
pub fn change_then_look(host: &mut HostBuffer<f32>) -> Result<f32> {
    host.elements_mut()?[0] = 1.0;
    Ok(host.elements()?[0])
}

/// Twin of `misuse_notify_share_twice`, `misuse_notify_share_opened`, `misuse_notify_share_without_access`,
/// `misuse_notify_use_after_share`: once, to processes that are named, and the result goes on.
pub fn share_notify_once(
    notify: Notify<notify::Created>,
    recorder: BarePid,
) -> Result<(Notify<notify::Shared>, NotifyTicket)> {
    Ok(notify.share(Access::Processes(&[recorder]))?)
}

/// Twin of `misuse_notify_allow_opened`: the creator lists.
pub fn allow_notify(notify: &Notify<notify::Shared>, process: BarePid) -> Result<()> {
    notify.allow(process)
}

/// Twin of `misuse_notify_open_created`: a ticket is opened, in the other process.
pub fn open_notify(ticket: &NotifyTicket, device: &Device) -> Result<Notify<notify::Opened>> {
    ticket.open(device)
}

/// Twin of `misuse_notify_record_created`, `misuse_notify_record_shared`: who opened it records it.
pub fn record_notify(notify: &Notify<notify::Opened>, stream: &Stream) -> Result<()> {
    notify.record(stream)
}

/// Twin of `misuse_notify_wait_opened`, `misuse_notify_wait_without_limit`: who created it waits, shared or not yet, and says
/// how long.
pub fn wait_for_notify(
    early: &Notify<notify::Created>,
    late: &Notify<notify::Shared>,
    stream: &Stream,
) -> Result<()> {
    early.wait(stream, WaitLimit::NONE)?;
    late.wait(stream, Duration::from_secs(1))
}

/// Twin of `misuse_notify_wait_host`: a stream waits, and the host waits for the stream.
pub fn wait_for_notify_on_host(notify: &Notify<notify::Shared>, stream: &Stream) -> Result<()> {
    notify.wait(stream, WaitLimit::NONE)?;
    stream.synchronize(Duration::from_secs(1))
}

/// Twin of `misuse_pipeline_produce_in_consumer`, `misuse_pipeline_use_after_finish`: one verb an end, and the end last.
pub fn consume(mut pipe: Consumer, stream: &Stream) -> Result<()> {
    pipe.consume(stream, |_| Ok(()))?;
    Ok(pipe.finish(stream, Duration::from_secs(1))?)
}

fn main() {}
