//! Shares, in process A, memory that it allocated.

use std::sync::Arc;

use super::DeviceBuffer;
use crate::error::{Error, Result};
use crate::ffi::ipc_memory::RawExport;
use crate::runtime::BarePid;
use crate::ticket::MemoryTicket;

/// A shared buffer's list of who may open it.
///
/// The exporter lists the processes that may import; others are refused, whatever ticket they hold.
#[derive(Clone)]
pub struct Export(Arc<RawExport>);

impl DeviceBuffer {
    /// `aclrtIpcMemGetExportKey(ptr, size, key, len, 0)`—Exports the buffer, once; list who may open it with the result.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when it is shared already, or was itself opened from another process;
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where memory cannot be shared; whatever the call answers.
    #[doc(alias = "aclrtIpcMemGetExportKey")]
    pub fn share(&mut self) -> Result<(Export, MemoryTicket)> {
        if self.export.is_some() {
            return Err(Error::misuse("the buffer is shared already: send the same ticket again"));
        }
        if self.memory.is_imported() {
            return Err(Error::misuse("the buffer belongs to another process, which alone can share it"));
        }
        let export = Arc::new(RawExport::create(&self.memory)?);
        let ticket = MemoryTicket::of_memory(self.memory.owner(), export.key(), self.memory.length())?;
        self.export = Some(Arc::clone(&export));
        Ok((Export(export), ticket))
    }
}

impl Export {
    /// `aclrtIpcMemSetImportPid(key, pids, num)`—Lets a process open the buffer; it told its [`BarePid`].
    ///
    /// # Errors
    /// Whatever the call answers.
    #[doc(alias = "aclrtIpcMemSetImportPid")]
    pub fn allow(&self, process: BarePid) -> Result<()> {
        self.0.allow(process.0)
    }
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Export(..)") // the key opens the memory, so it is not shown
    }
}
