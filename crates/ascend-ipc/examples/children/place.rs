//! Where an example runs: on which library, on which devices, and how long it waits for anything.

use std::time::Duration;

use ascend_ipc::{Device, Runtime};

use crate::backend::{self, Outcome};

/// Options that the examples with children have in common.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Place {
    /// auto (hardware if there is any, else the simulator), hw, sim, or the path of an AscendCL library
    #[arg(long, default_value = "auto")]
    pub(crate) backend: String,
    /// Over how many devices the processes are spread, from device 0 on [default: all]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) devices: Option<u32>,
    /// Seconds that any single wait may take
    #[arg(long, default_value = "30", value_parser = backend::seconds)]
    pub(crate) timeout: Duration,
    /// Which child process this is
    #[arg(long, hide = true)]
    pub(crate) role: Option<u32>,
}

impl Place {
    /// The runtime that was asked for.
    pub(crate) fn runtime(&self) -> Outcome<Runtime> {
        backend::choose(&self.backend)
    }

    /// The device of the process with this number.
    pub(crate) fn device(&self, acl: &Runtime, number: u32) -> Outcome<Device> {
        let devices = match self.devices {
            Some(devices) => devices,
            None => acl.device_count()?.max(1),
        };
        Ok(acl.device(i32::try_from(number % devices)?)?)
    }
}
