//! Values in device memory.

use core::ffi::c_void;

use ascend_sys::abi::aclrtStream;

use super::argument::word;
use super::entry;
use crate::model::fault::Fault;
use crate::model::task::Task;
use crate::model::thread;
use crate::model::value::{self, Condition, Value};

entry! {
    /// Writes 64 bits in stream order.
    fn aclrtValueWrite(devAddr: *mut c_void, value: u64, flag: u32, stream: aclrtStream) {
        devAddr.required()?;
        value::require()?;
        let stream = thread::named_stream(stream.address())?;
        if flag != 0 {
            return Err(Fault::parameter(format!("the flag {flag} is unknown"), "Pass 0."));
        }
        let word = word(&devAddr)?;
        let stream = thread::own(stream)?;
        stream.submit(Task::WriteValue(Value::new(word)?, value))
    }

    /// Makes a stream wait until 64 bits meet a condition; there is no limit of time.
    fn aclrtValueWait(devAddr: *mut c_void, value: u64, flag: u32, stream: aclrtStream) {
        devAddr.required()?;
        value::require()?;
        let stream = thread::named_stream(stream.address())?;
        let unknown = || Fault::parameter(format!("the flag {flag} is unknown"), "Use the ACL_STREAM_WAIT_VALUE_* flags.");
        let condition = Condition::of(flag, value).ok_or_else(unknown)?;
        let word = word(&devAddr)?;
        let stream = thread::own(stream)?;
        stream.submit(Task::WaitValue(Value::new(word)?, condition))
    }
}
