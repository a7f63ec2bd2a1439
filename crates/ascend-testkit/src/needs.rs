//! What a scenario needs of a machine, what the machine has, and the reason if they do not fit.

use serde::{Deserialize, Serialize};

/// What a scenario needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// So many devices.
    pub devices: u32,
    /// Each of them reaches the memory of each other.
    pub peer_access: bool,
    /// Events that processes can share.
    pub ipc_events: bool,
}

/// What a machine has, as a role that looked reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// So many devices.
    pub devices: u32,
    /// Each of them reaches the memory of each other.
    pub peer_access: bool,
    /// Events that processes can share.
    pub ipc_events: bool,
}

impl Needs {
    /// Why a machine does not do, if it does not.
    pub fn unmet(&self, has: &Capabilities) -> Option<String> {
        let mut reasons = Vec::new();
        if self.devices > has.devices {
            reasons.push(format!("need {} device{}, have {}", self.devices, plural(self.devices), has.devices));
        }
        if self.peer_access && !has.peer_access {
            reasons.push("need peer access, have none".to_owned());
        }
        if self.ipc_events && !has.ipc_events {
            reasons.push("need IPC events, have none".to_owned());
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}

fn plural(count: u32) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_no_reason() {
        let has = Capabilities { devices: 2, peer_access: true, ipc_events: true };
        assert_eq!(Needs { devices: 2, peer_access: true, ipc_events: true }.unmet(&has), None);
        assert_eq!(Needs::default().unmet(&Capabilities::default()), None);
    }

    #[test]
    fn everything_that_is_missing_is_named() {
        let needs = Needs { devices: 4, peer_access: true, ipc_events: true };
        let has = Capabilities { devices: 2, ..Default::default() };
        let reason = "need 4 devices, have 2; need peer access, have none; need IPC events, have none";
        assert_eq!(needs.unmet(&has).as_deref(), Some(reason));
        let one = Needs { devices: 1, ..Default::default() };
        assert_eq!(one.unmet(&Capabilities::default()).as_deref(), Some("need 1 device, have 0"));
    }
}
