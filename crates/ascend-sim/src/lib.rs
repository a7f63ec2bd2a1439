//! AscendCL in software: devices, streams, events, memory, and their sharing between real processes, without an NPU.
//!
//! Two faces: embedded, where [`TABLE`] is the function table that `ascend-ipc` calls through, and `libascend_sim.so`, which unmodified
//! C, C++ and Python programs load (`cargo xtask sim -- CMD`). Both answer with the codes and in the order that an Atlas
//! A2/A3 server does; what is not emulated answers 207000 and says so in the recent error text.
//!
//! Processes that use the simulator find each other's shared state by themselves; they need no daemon and leave nothing
//! behind, however they end.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `ASCEND_SIM_DEVICES` | number of devices, 0 to 64 | 8 |
//! | `ASCEND_SIM_SOC` | the SoC by its full name, or `910B`, `910C` (also `A3`), `950PR`, `950DT`, `unsupported` | `910B`, which is `Ascend910B3` |
//! | `ASCEND_SIM_RUNTIME` | the runtime's release, `8.5.0-beta.1` to `9.1.0` | `9.1.0` |
//! | `ASCEND_SIM_PEERS` | which devices reach each other's memory: `all`, the dies of a `card`, or `none` | `all` |
//! | `ASCEND_SIM_MEMORY_GIB` | memory of a device, in GiB | 64 |
//! | `ASCEND_SIM_HANGS` | where the real runtime hangs: `report` an error, or `reproduce` it | `report` |
//! | `ASCEND_SIM_RECYCLE` | when the host notices that a task ended: `at-once`, or `on-synchronize` | `at-once` |
//! | `ASCEND_SIM_TRACE` | a file for a time line of all processes, for ui.perfetto.dev; see [`trace`] | none |
//! | `ASCEND_SIM_FAULTS` | rules by which calls fail, and tasks are late or lost; see [`faults`] | none |
//! | `ASCEND_SIM_PROCESS` | what rules and schedules call the process | its program |
//! | `ASCEND_SIM_SEED` | the order of execution follows from this number | free |
//! | `ASCEND_SIM_SCHEDULE` | a file that records the order of all processes, or enforces it | free |
//! | `ASCEND_SIM_STRICT` | what becomes of misuse that passes in silence: `off`, `report` it, or `abort` | `off` |
//! | `ASCEND_SIM_STRICT_FILE` | where findings of strict mode are appended, too, as JSON lines | none |
//! | `ASCEND_RT_VISIBLE_DEVICES` | which devices the process sees, as the vendor documents it | all |
//!
//! A program that embeds the simulator can choose by itself, before its first call: see [`Machine`].

pub mod entry;
pub mod faults;
#[rustfmt::skip]
#[allow(clippy::all)]
pub mod generated;
mod machine;
mod model;
mod shm;
mod sync;
pub mod trace;

pub use generated::table::{EMULATED, TABLE};
pub use machine::{InstallError, Machine, Soc};
pub use model::peer::Peers;
pub use model::profile::{Hangs, Recycle};

/// How often this process has called each function, by its C name. Counting begins with the first call of this function
/// or of [`faults::inject`], or at once with `ASCEND_SIM_FAULTS`.
#[must_use]
pub fn calls() -> std::collections::BTreeMap<&'static str, u64> {
    model::injection::calls()
}

/// How reports name the simulator.
pub const NAME: &str = "simulator: no NPU was used";
