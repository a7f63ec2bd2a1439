//! Limits of device resources.

use ascend_sys::abi::{aclrtDevResLimitType, aclrtStream};

use super::entry;
use super::stream::named;
use crate::model::res_limit::{self, Limits};
use crate::model::runtime::runtime;

entry! {
    /// How many cores a device may use.
    fn aclrtGetDeviceResLimit(deviceId: i32, type_: aclrtDevResLimitType, value: *mut u32) {
        value.required()?;
        value.set(res_limit::of_device(runtime().device(deviceId)?, type_)?)
    }

    /// Limits a device's cores.
    fn aclrtSetDeviceResLimit(deviceId: i32, type_: aclrtDevResLimitType, value: u32) {
        let mut limits = runtime().device(deviceId)?.limits();
        *limits = limits.with(type_, value)?;
        Ok(())
    }

    /// Lifts a device's limits.
    fn aclrtResetDeviceResLimit(deviceId: i32) {
        *runtime().device(deviceId)?.limits() = Limits::default();
        Ok(())
    }

    /// How many cores a stream may use.
    fn aclrtGetStreamResLimit(stream: aclrtStream, type_: aclrtDevResLimitType, value: *mut u32) {
        value.required()?;
        value.set(res_limit::of_stream(&*named(&stream)?, type_)?)
    }

    /// Limits a stream's cores.
    fn aclrtSetStreamResLimit(stream: aclrtStream, type_: aclrtDevResLimitType, value: u32) {
        let stream = named(&stream)?;
        stream.settings().set_limits(stream.settings().limits().with(type_, value)?);
        Ok(())
    }

    /// Lifts a stream's limits.
    fn aclrtResetStreamResLimit(stream: aclrtStream) {
        named(&stream)?.settings().set_limits(Limits::default());
        Ok(())
    }

    /// Lets a stream's limits count for this thread.
    fn aclrtUseStreamResInCurrentThread(stream: aclrtStream) {
        res_limit::use_stream(&*named(&stream)?);
        Ok(())
    }

    /// Ends what `aclrtUseStreamResInCurrentThread` began.
    fn aclrtUnuseStreamResInCurrentThread(stream: aclrtStream) {
        named(&stream)?;
        res_limit::unuse_stream();
        Ok(())
    }

    /// How many cores this thread may use.
    fn aclrtGetResInCurrentThread(type_: aclrtDevResLimitType, value: *mut u32) {
        value.required()?;
        value.set(res_limit::of_thread(type_)?)
    }
}
