//! The process that tries the runtime.
#![allow(clippy::print_stdout, reason = "that is how it answers")]

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

use ascend_ipc::{Error, ErrorReport, IpcEvent, Runtime};

use super::{COMMAND, DeviceSaid, Failure, MARK, RuntimeSaid, Said};

/// The main function of `hwrun __probe runtime` and `hwrun __probe N`, with `--simulator` behind it or not; `None` if the
/// arguments are other ones.
///
/// It has to be called first in `main`: the process then dies with its parent.
#[must_use]
pub fn run_if_asked(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    if arguments.next()? != COMMAND {
        return None;
    }
    let what = arguments.next().unwrap_or_default();
    let simulated = arguments.next().is_some_and(|argument| argument == "--simulator");
    let parent = rustix::process::getppid();
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL)); // else: the deadline
    if rustix::process::getppid() != parent {
        return Some(ExitCode::FAILURE); // it died before that
    }
    let answer = match what.parse() {
        Ok(id) => Said::Device(Box::new(device(id, simulated))),
        Err(_) => Said::Runtime(runtime(simulated)),
    };
    say(&answer);
    Some(ExitCode::SUCCESS)
}

fn say(said: &Said) {
    if let Ok(line) = serde_json::to_string(said) {
        println!("\n{MARK}{line}"); // at the begin of a line, whatever a library has printed
    }
}

fn step(what: &str) {
    say(&Said::Step(what.to_owned()));
}

fn failed(error: &Error) -> Option<Failure> {
    Some(Failure::Error(Box::new(ErrorReport::from(error))))
}

fn load(simulated: bool) -> Result<Runtime, Error> {
    step("aclInit");
    if simulated { Runtime::simulated() } else { Runtime::load() }
}

fn runtime(simulated: bool) -> RuntimeSaid {
    let page_size = rustix::param::page_size() as u64;
    match load(simulated) {
        Err(error) => RuntimeSaid { failure: failed(&error), page_size, ..RuntimeSaid::default() },
        Ok(acl) => {
            step("aclrtGetDeviceCount");
            let count = acl.device_count();
            RuntimeSaid {
                library: Some(acl.origin().to_string()),
                version: acl.version(),
                soc: acl.soc(),
                simulated: acl.is_simulated(),
                devices: count.as_ref().copied().unwrap_or(0),
                page_size,
                failure: count.as_ref().err().and_then(failed),
            }
        }
    }
}

fn device(id: u32, simulated: bool) -> DeviceSaid {
    let mut said = DeviceSaid { id, ..DeviceSaid::default() };
    if let Err(error) = try_out(&mut said, simulated) {
        said.failure = failed(&error);
    }
    said
}

fn try_out(said: &mut DeviceSaid, simulated: bool) -> Result<(), Error> {
    let acl = load(simulated)?;
    step("aclrtSetDevice");
    let began = Instant::now();
    let device = acl.device(i32::try_from(said.id).unwrap_or(i32::MAX))?;
    said.set_ms = u64::try_from(began.elapsed().as_millis()).ok();
    said.physical = u32::try_from(device.physical_id()).ok();
    said.bus = device.bus_id();
    (said.free, said.memory) = device.memory_left().ok().unzip();
    step("aclrtCreateStream");
    let stream = device.create_stream()?;
    step("capabilities");
    let can = device.capabilities();
    if can.ipc_events.is_yes() {
        step("an IPC event: create, export, destroy");
        drop(IpcEvent::create(&device)?.share()?);
    }
    said.can = Some(can);
    step("aclrtDestroyStream");
    drop(stream);
    step("aclrtResetDevice");
    drop(device);
    step("the end of the process");
    Ok(())
}
