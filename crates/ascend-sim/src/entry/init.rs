//! Initialisation and finalisation.

use core::ffi::c_char;

use super::entry;
use crate::model::fault::{Answer, Fault};
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
        runtime().init.begin(configuration.clone())?;
        for listener in runtime().audience.init.all() {
            let code = listener.call(&configuration);
            if code != 0 {
                runtime().init.undo();
                return Err(refused(code, "an initialisation callback"));
            }
        }
        Ok(())
    }

    /// Finalises, whatever the count.
    fn aclFinalize() {
        runtime().init.end()?;
        tell_finalized()
    }

    /// Counts down, finalises at the last reference, and writes what is left.
    fn aclFinalizeReference(refCount: *mut u64) {
        let left = runtime().init.release()?;
        if !refCount.is_null() {
            refCount.set(left)?;
        }
        if left == 0 { tell_finalized() } else { Ok(()) }
    }
}

/// Tells all callbacks, and answers with the first that failed.
fn tell_finalized() -> Answer {
    let codes = runtime().audience.finalize.all().into_iter().map(|listener| listener.call());
    let failed: Vec<i32> = codes.filter(|code| *code != 0).collect();
    failed.first().map_or(Ok(()), |code| Err(refused(*code, "a finalisation callback")))
}

fn refused(code: i32, what: &'static str) -> Fault {
    Fault::new(code, "EH9999", format!("{what} answered {code}"), "See what the callback does.").at_front()
}
