//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::backend;

/// Hands a file from one process to another through device memory, ordered on the device by IPC events
#[derive(Clone, Debug, Parser)]
#[command(name = "two_processes", version)]
pub(crate) struct Options {
    /// The file to hand over; without it, one is generated
    pub(crate) input: Option<PathBuf>,
    /// Where the consumer writes; without it, a temporary file
    #[arg(long)]
    pub(crate) output: Option<PathBuf>,
    /// Size of the generated input: bytes, or with KiB, MiB, GiB
    #[arg(long, default_value = "64MiB", value_parser = bytes, allow_hyphen_values = true)]
    pub(crate) size: u64,
    /// Size of a chunk, which is half of the shared buffer
    #[arg(long, default_value = "1MiB", value_parser = bytes)]
    pub(crate) chunk: u64,
    /// The producer's and the consumer's device
    #[arg(long, default_value = "0,1", value_parser = pair, allow_hyphen_values = true)]
    pub(crate) devices: (i32, i32),
    /// auto (hardware if there is any, else the simulator), hw, sim, or the path of an AscendCL library
    #[arg(long, default_value = "auto")]
    pub(crate) backend: String,
    /// Seconds that any single wait may take
    #[arg(long, default_value = "30", value_parser = backend::seconds)]
    pub(crate) timeout: Duration,
    /// Which of the two processes this is
    #[arg(long, hide = true)]
    pub(crate) role: Option<Role>,
    /// Where the two processes meet
    #[arg(long, hide = true)]
    pub(crate) socket: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    Producer,
    Consumer,
}

impl Options {
    /// The arguments of a child with this role; the driver has settled both files.
    pub(crate) fn arguments(&self, role: Role) -> Vec<std::ffi::OsString> {
        let role = if role == Role::Producer { "producer" } else { "consumer" };
        let texts = [
            format!("--role={role}"),
            format!("--chunk={}", self.chunk),
            format!("--devices={},{}", self.devices.0, self.devices.1),
            format!("--backend={}", self.backend),
            format!("--timeout={}", self.timeout.as_secs_f64()),
        ];
        let mut arguments: Vec<std::ffi::OsString> = texts.into_iter().map(Into::into).collect();
        for (flag, path) in [("--socket", &self.socket), ("--output", &self.output)] {
            if let Some(path) = path {
                arguments.extend([flag.into(), path.into()]);
            }
        }
        if let Some(input) = &self.input {
            arguments.extend(["--".into(), input.into()]);
        }
        arguments
    }
}

fn bytes(text: &str) -> Result<u64, String> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("", 0)];
    let found = units.iter().find_map(|(unit, shift)| {
        let number: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
        number.checked_shl(*shift).filter(|bytes| bytes >> shift == number && *bytes > 0)
    });
    found.ok_or_else(|| format!("{text:?} is no size such as 4096, 64KiB or 1MiB"))
}

fn pair(text: &str) -> Result<(i32, i32), String> {
    let numbers: Option<Vec<i32>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([producer, consumer]) => Ok((*producer, *consumer)),
        _ => Err(format!("{text:?} is no pair of device ids such as 0,1")),
    }
}
