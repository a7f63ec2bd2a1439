//! What this process exports: the name under which others import it, and the memory, which it keeps.

use std::ffi::CString;
use std::sync::Arc;

use crate::access::Access;
use crate::error::{Error, Result};
use crate::ffi::memory::RawMemory;
use crate::ffi::{ipc_memory, physical};
use crate::lease::Lent;
use crate::runtime::BarePid;
use crate::ticket::Kind;

/// What opens memory in another process.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    /// The text of a key.
    Key(CString),
    /// The number of physical memory.
    Number(u64),
}

impl Name {
    /// As it travels in a ticket.
    pub(super) fn kind_and_payload(&self) -> (Kind, Vec<u8>) {
        match self {
            Self::Key(key) => (Kind::Memory, key.to_bytes().to_vec()),
            Self::Number(number) => (Kind::Physical, number.to_le_bytes().to_vec()),
        }
    }
}

/// Memory under a name; the name goes first.
pub(crate) struct Export {
    memory: Arc<RawMemory>,
    name: Name,
    for_any: bool,
}

impl Export {
    pub(super) fn create(memory: &Arc<RawMemory>, access: Access<'_>) -> Result<Self> {
        if memory.is_borrowed() {
            let what =
                "the memory is somebody else's, who may free it while others have it open: whoever owns it shares it";
            return Err(Error::misuse(what));
        }
        let for_any = matches!(access, Access::AnyProcess);
        let name = match memory.physical() {
            Some(handle) => Name::Number(physical::export(memory, handle, for_any)?),
            None => Name::Key(ipc_memory::export(memory, for_any)?),
        };
        let export = Self { memory: Arc::clone(memory), name, for_any };
        if let Access::Processes(processes @ [_, ..]) = access {
            export.allow(processes)?;
        }
        Ok(export)
    }

    pub(super) const fn name(&self) -> &Name {
        &self.name
    }

    pub(super) fn allow(&self, processes: &[BarePid]) -> Result<()> {
        if self.for_any {
            return Err(Error::misuse("the memory is shared with any process, so there is nobody to list"));
        }
        let pids = processes.iter().map(|process| process.0).collect();
        let api = self.memory.owner().api();
        match &self.name {
            Name::Key(key) => ipc_memory::allow(api, key, pids),
            Name::Number(number) => physical::allow(api, *number, pids),
        }
    }
}

impl Lent for Export {
    /// Nothing of the runtime's is locked by who uses memory, so a death leaves nothing to be avoided.
    fn holder_died(&self) {}
}

impl Drop for Export {
    fn drop(&mut self) {
        if let Name::Key(key) = &self.name {
            ipc_memory::close(self.memory.owner(), key); // and the memory after it
        }
    }
}
