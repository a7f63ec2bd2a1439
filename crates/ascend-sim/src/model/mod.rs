//! The runtime's behaviour, in safe Rust: devices, contexts, threads, streams, events, memory.

pub(crate) mod address_space;
pub(crate) mod context;
pub(crate) mod device;
pub(crate) mod event;
pub(crate) mod fault;
pub(crate) mod init;
pub(crate) mod ipc_event;
pub(crate) mod ipc_memory;
pub(crate) mod late_copy;
pub(crate) mod local_event;
pub(crate) mod memory;
pub(crate) mod memory_pool;
pub(crate) mod physical;
pub(crate) mod profile;
pub(crate) mod recent;
pub(crate) mod registry;
pub(crate) mod runtime;
pub(crate) mod stream;
pub(crate) mod task;
pub(crate) mod thread;
pub(crate) mod visible;
