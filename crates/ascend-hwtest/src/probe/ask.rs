//! Starts such processes, a few at a time, and reads what they say.

use std::time::Duration;

use super::{COMMAND, DeviceSaid, Failure, MARK, Probe, RuntimeSaid, Said};
use crate::machine::{End, Machine, Ran};

/// How long one process may take; a first `aclrtSetDevice` takes seconds, and more when others do the same.
pub const TIME: Duration = Duration::from_secs(90);
/// How many devices are brought up at the same time.
const AT_ONCE: usize = 4;
/// How much of what a failed process wrote is kept.
const KEPT: usize = 12;

/// Tries the runtime and all its devices.
#[must_use]
pub fn ask(machine: &Machine) -> Probe {
    ask_within(machine, TIME)
}

/// As [`ask`], with another time for each process.
#[must_use]
pub fn ask_within(machine: &Machine, time: Duration) -> Probe {
    let machine = &quiet(machine);
    let runtime = runtime(machine, time);
    if runtime.failure.is_some() {
        return Probe { runtime, devices: Vec::new() };
    }
    let ids: Vec<u32> = (0..runtime.devices).collect();
    let devices = ids.chunks(AT_ONCE).flat_map(|some| {
        std::thread::scope(|scope| {
            let running: Vec<_> = some.iter().map(|id| (*id, scope.spawn(|| device(machine, *id, time)))).collect();
            let joined = running.into_iter().map(|(id, thread)| {
                let broken = |_| ended(id, "a thread of this program panicked", "the probe", "");
                thread.join().unwrap_or_else(broken)
            });
            joined.collect::<Vec<DeviceSaid>>()
        })
    });
    Probe { devices: devices.collect(), runtime }
}

/// The runtime would else wait two seconds at exits, and install signal handlers.
fn quiet(machine: &Machine) -> Machine {
    let mut machine = machine.clone();
    machine.set("ASCEND_LOG_DEVICE_FLUSH_TIMEOUT", "0");
    machine.set("ASCEND_COREDUMP_SIGNAL", "none");
    machine
}

fn run(machine: &Machine, what: &str, time: Duration) -> Ran {
    let mut arguments = vec![COMMAND, what];
    arguments.extend(machine.simulated.then_some("--simulator"));
    machine.run(&machine.prober, &arguments, time)
}

fn runtime(machine: &Machine, time: Duration) -> RuntimeSaid {
    let ran = run(machine, "runtime", time);
    match said(&ran.stdout).into_iter().rfind(|said| !matches!(said, Said::Step(_))) {
        Some(Said::Runtime(runtime)) => runtime,
        _ => RuntimeSaid { failure: Some(unfinished(&ran)), ..RuntimeSaid::default() },
    }
}

fn device(machine: &Machine, id: u32, time: Duration) -> DeviceSaid {
    let ran = run(machine, &id.to_string(), time);
    match said(&ran.stdout).into_iter().rfind(|said| !matches!(said, Said::Step(_))) {
        // A process that has said everything and then does not end is not sound either.
        Some(Said::Device(device)) if ran.end == End::Code(0) || device.failure.is_some() => *device,
        Some(Said::Device(device)) => DeviceSaid { failure: Some(unfinished(&ran)), ..*device },
        _ => DeviceSaid { id, failure: Some(unfinished(&ran)), ..DeviceSaid::default() },
    }
}

fn ended(id: u32, how: &str, during: &str, said: &str) -> DeviceSaid {
    let failure = Failure::Ended { how: how.to_owned(), during: during.to_owned(), said: said.to_owned() };
    DeviceSaid { id, failure: Some(failure), ..DeviceSaid::default() }
}

fn unfinished(ran: &Ran) -> Failure {
    let mut steps = said(&ran.stdout).into_iter().filter_map(|said| match said {
        Said::Step(what) => Some(what),
        Said::Runtime(_) | Said::Device(_) => None,
    });
    let output = ran.output();
    let lines: Vec<&str> = output.lines().filter(|line| !line.starts_with(MARK) && !line.trim().is_empty()).collect();
    Failure::Ended {
        how: ran.end.to_string(),
        during: steps.next_back().unwrap_or_else(|| "the start of the process".to_owned()),
        said: lines.get(lines.len().saturating_sub(KEPT)..).unwrap_or_default().join("\n"),
    }
}

/// What is meant for us; a line that was cut, or is of a later version, is left out.
fn said(text: &str) -> Vec<Said> {
    text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix(MARK)?).ok()).collect()
}
