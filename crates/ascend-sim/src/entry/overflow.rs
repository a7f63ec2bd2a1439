//! Overflow of numbers: without operators there is none, so every status is zeroes.

use core::ffi::c_void;

use ascend_sys::abi::aclrtStream;

use super::argument;
use super::entry;
use crate::model::fault::Fault;
use crate::model::runtime::runtime;
use crate::model::task::Task;
use crate::model::{overflow, thread};

entry! {
    /// Device memory of the current context where overflows would be told of.
    fn aclrtCtxGetFloatOverflowAddr(overflowAddr: *mut *mut c_void) {
        overflowAddr.required()?;
        overflowAddr.set_raw(overflow::address(&*thread::current()?)?)
    }

    /// Writes zeroes in stream order.
    fn aclrtGetOverflowStatus(outputAddr: *mut c_void, outputSize: usize, stream: aclrtStream) {
        outputAddr.required()?;
        if outputSize == 0 {
            return Err(Fault::parameter("the size is 0", "Pass the memory's true size."));
        }
        let stream = thread::named_stream(stream.address())?;
        let region = runtime().memory.check(outputAddr.address(), outputSize, "outputAddr")?;
        let region = region.ok_or_else(|| Fault::parameter("outputAddr is no device memory", "Pass what aclrtMalloc gave."))?;
        let transfer = argument::fill(&outputAddr, 0, outputSize);
        thread::own(stream)?.submit(Task::Transfer(transfer, [Some(region), None]))
    }

    /// There is nothing to reset.
    fn aclrtResetOverflowStatus(stream: aclrtStream) {
        thread::own_stream(stream.address()).map(drop)
    }
}
