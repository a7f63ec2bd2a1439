//! A process that forks after the runtime was initialised: the child is refused by every verb, and destroys nothing.
//!
//! Without the test harness: only a process of one thread may fork and go on in Rust.
#![allow(clippy::print_stdout, reason = "says what the harness would say")]

use std::time::Duration;

use ascend_ipc::{Access, Channel, ErrorKind, IpcEvent, Notify, Result, Runtime};
use fork::Fork;

const PATIENCE: Duration = Duration::from_secs(10);

fn main() {
    // What `cargo test -- --list` and a filter ask of a test binary.
    if std::env::args().any(|argument| argument == "--list") {
        println!("a_forked_child_is_refused_by_name_and_the_parent_goes_on: test");
        return;
    }
    let acl = Runtime::simulated().unwrap();
    let device = acl.device(0).unwrap();
    let stream = device.create_stream().unwrap();
    let created = IpcEvent::create(&device).unwrap();
    let (event, ticket) = IpcEvent::create(&device).unwrap().share().unwrap();
    let recorded = event.record(&stream).unwrap();
    let mut buffer = device.allocate::<u8>(4096).unwrap();
    buffer.write(0, &[7; 16]).unwrap();
    let (shared, memory_ticket) = device.allocate::<u8>(4096).unwrap().share(Access::Processes(&[])).unwrap();
    let unshared = device.allocate_physical::<u8>(4096).unwrap();
    let mut spare = device.allocate::<u8>(16).unwrap();
    let pinned = device.allocate_host::<u8>(16).unwrap();
    let own_pid = acl.bare_pid().unwrap();
    let (_notify, notify_ticket) = Notify::create(&device).unwrap().share(Access::Processes(&[])).unwrap();
    let (channel, _theirs) = Channel::pair().unwrap();

    match fork::fork().unwrap() {
        Fork::Child => {
            let refused = |outcome: Result<()>| matches!(outcome, Err(error) if error.kind() == ErrorKind::Forked);
            let verbs = [
                refused(event.record(&stream).map(drop)),
                refused(event.wait_host(&recorded, PATIENCE)),
                refused(event.is_complete(&recorded).map(drop)),
                refused(stream.synchronize(PATIENCE)),
                refused(stream.launch_host(|| ())),
                refused(buffer.read(0, &mut [0; 16])),
                refused(stream.copy(buffer.slice(..16).unwrap(), spare.slice_mut(..).unwrap())),
                refused(stream.fill_zero(spare.slice_mut(..).unwrap())),
                refused(pinned.elements().map(drop)),
                refused(shared.allow(own_pid)),
                refused(shared.close(PATIENCE).map_err(Into::into)),
                refused(memory_ticket.open::<u8>(&device).map(drop)),
                refused(unshared.share(Access::AnyProcess).map(drop).map_err(Into::into)),
                refused(device.allocate::<u8>(1).map(drop)),
                refused(device.allocate_physical::<u8>(1).map(drop)),
                refused(device.allocate_host::<u8>(1).map(drop)),
                refused(device.create_stream().map(drop)),
                refused(IpcEvent::create(&device).map(drop)),
                refused(ticket.open(&device).map(drop)),
                refused(Runtime::simulated().map(drop)),
                refused(acl.device(0).map(drop)),
                refused(acl.device_count().map(drop)),
                refused(acl.bare_pid().map(drop)),
                refused(notify_ticket.open(&device).map(drop)),
                refused(channel.send(&ticket, PATIENCE)),
                refused(created.share().map(drop).map_err(Into::into)),
            ];
            drop((event, buffer, stream, device)); // destroys nothing
            // The number of the first verb that was not refused; 0 if there is none.
            let first = verbs.iter().position(|refused| !refused).map_or(0, |index| index + 1);
            std::process::exit(i32::try_from(first).unwrap_or(99));
        }
        Fork::Parent(child) => {
            let status = fork::waitpid(child).unwrap();
            assert_eq!(status, 0, "status of the child: the number of the verb that was not refused, times 256");
        }
    }
    event.wait_host(&recorded, PATIENCE).unwrap();
    let mut bytes = [0; 16];
    buffer.read(0, &mut bytes).unwrap();
    assert_eq!(bytes, [7; 16]);
    event.close(PATIENCE).unwrap();
    println!(
        "test a_forked_child_is_refused_by_name_and_the_parent_goes_on ... ok\n\ntest result: ok. 1 passed; 0 failed"
    );
}
