//! What is left over: every way in which the machine is not as it was found.

use super::State;

/// By how much used memory may differ, since drivers keep some.
pub const TOLERANCE_MIB: u64 = 64;

/// Every difference, as a sentence.
#[must_use]
pub fn differences(before: &State, after: &State) -> Vec<String> {
    let mut found = Vec::new();
    for (bus, was) in &before.devices {
        let Some(is) = after.devices.get(bus) else {
            found.push(format!("{bus}: no longer answers"));
            continue;
        };
        if let (Some(was), Some(is)) = (was.used_mib, is.used_mib)
            && was.abs_diff(is) > TOLERANCE_MIB
        {
            found.push(format!("{bus}: {is} MiB in use, {was} before"));
        }
        for (pid, name) in is.processes.iter().filter(|process| !was.processes.contains(process)) {
            found.push(format!("{bus}: process {pid} `{name}` uses it"));
        }
        if was.health != is.health {
            let word = |health: &Option<String>| health.clone().unwrap_or_else(|| "unknown".to_owned());
            found.push(format!("{bus}: health {}, {} before", word(&is.health), word(&was.health)));
        }
    }
    for file in after.shared_memory.difference(&before.shared_memory) {
        found.push(format!("/dev/shm/{file} is left"));
    }
    for process in &after.processes {
        found.push(format!("process {} `{}` of this run is left", process.pid, process.name));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Device;
    use super::*;
    use crate::processes::Process;

    fn state(used: u64) -> State {
        let device = Device { used_mib: Some(used), processes: vec![(7, "other".into())], health: Some("OK".into()) };
        State { devices: [("0000:85:00.0".to_owned(), device)].into(), ..State::default() }
    }

    #[test]
    fn a_machine_that_is_as_it_was_differs_in_nothing() {
        assert!(differences(&state(3400), &state(3400 + TOLERANCE_MIB)).is_empty());
    }

    #[test]
    fn each_thing_that_is_left_over_is_named() {
        let mut after = state(4000);
        let device = after.devices.get_mut("0000:85:00.0").unwrap();
        device.processes.push((8, "role".into()));
        device.health = None;
        after.shared_memory.insert("ascend_x".into());
        after.processes.push(Process { pid: 9, name: "sleep".into(), state: 'S' });
        let expected = [
            "0000:85:00.0: 4000 MiB in use, 3400 before",
            "0000:85:00.0: process 8 `role` uses it",
            "0000:85:00.0: health unknown, OK before",
            "/dev/shm/ascend_x is left",
            "process 9 `sleep` of this run is left",
        ];
        assert_eq!(differences(&state(3400), &after), expected);
        assert_eq!(differences(&state(1), &State::default()), ["0000:85:00.0: no longer answers"]);
    }
}
