//! A time line of calls and tasks for ui.perfetto.dev, for programs that embed the simulator.
//!
//! Others set `ASCEND_SIM_TRACE` to the file's name.

pub use crate::model::trace::{flush, start};
