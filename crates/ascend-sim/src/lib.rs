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
//! | `ASCEND_SIM_SOC` | name of the SoC; its family decides about IPC events | `Ascend910B3` |
//! | `ASCEND_SIM_MEMORY_GIB` | memory of a device, in GiB | 64 |
//! | `ASCEND_SIM_HANGS` | where the real runtime hangs: `report` an error, or `reproduce` it | `report` |
//! | `ASCEND_SIM_RECYCLE` | when the host notices that a task ended: `at-once`, or `on-synchronize` | `at-once` |
//! | `ASCEND_SIM_STRICT` | what becomes of misuse that passes in silence: `off`, `report` it, or `abort` | `off` |
//! | `ASCEND_SIM_STRICT_FILE` | where findings of strict mode are appended, too, as JSON lines | none |
//! | `ASCEND_RT_VISIBLE_DEVICES` | which devices the process sees, as the vendor documents it | all |

pub mod entry;
#[rustfmt::skip]
#[allow(clippy::all)]
pub mod generated;
mod model;
mod shm;
mod sync;

pub use generated::table::{EMULATED, TABLE};

/// How reports name the simulator.
pub const NAME: &str = "simulator: no NPU was used";
