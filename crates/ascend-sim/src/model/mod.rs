//! The runtime's behaviour, in safe Rust: devices, contexts, threads, streams, events, memory.

pub(crate) mod context;
pub(crate) mod device;
pub(crate) mod event;
pub(crate) mod fault;
pub(crate) mod init;
pub(crate) mod ipc_event;
pub(crate) mod ipc_memory;
pub(crate) mod listeners;
pub(crate) mod local_event;
pub(crate) mod memory;
pub(crate) mod option;
pub(crate) mod profile;
pub(crate) mod recent;
pub(crate) mod registry;
pub(crate) mod report;
pub(crate) mod res_limit;
pub(crate) mod runtime;
pub(crate) mod setting;
pub(crate) mod stream;
pub(crate) mod stream_ids;
pub(crate) mod stream_settings;
pub(crate) mod task;
pub(crate) mod thread;
pub(crate) mod visible;
