//! Initialisation and finalisation.

use core::ffi::c_char;

use super::entry;
use crate::model::fault::Fault;
use crate::model::runtime::runtime;

entry! {
    /// Initialises the process; a repeat counts and answers 100002, which is a success.
    fn aclInit(configPath: *const c_char) {
        let path = if configPath.is_null() { String::new() } else { configPath.text()? };
        let configuration = match path.as_str() {
            "" => Vec::new(),
            path => std::fs::read(path).map_err(|error| {
                let cause = format!("the configuration {path} cannot be read: {error}");
                Fault::new(100_003, "EH0003", cause, "Pass a readable file, or NULL.").at_front()
            })?,
        };
        runtime().init.begin(configuration)
    }

    /// Finalises, whatever the count.
    fn aclFinalize() {
        runtime().init.end()
    }

    /// Counts down, finalises at the last reference, and writes what is left.
    fn aclFinalizeReference(refCount: *mut u64) {
        let left = runtime().init.release()?;
        if refCount.is_null() { Ok(()) } else { refCount.set(left) }
    }
}
