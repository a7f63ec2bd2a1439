//! Functions of the program that hear of devices, streams, initialisation and finalisation.
//!
//! # Safety
//! Calls foreign functions: whoever registers one vouches that it may be called with its argument, on any thread, until
//! it is taken back.
#![allow(unsafe_code)]

use core::ffi::{c_char, c_void};
use std::ffi::CString;

use ascend_sys::abi::{
    ACL_REG_TYPE_ACL_RETR, ACL_REG_TYPE_OTHER, aclError, aclFinalizeCallbackFunc, aclInitCallbackFunc,
    aclRegisterCallbackType, aclrtDeviceState, aclrtDeviceStateCallback, aclrtDeviceTaskAbortCallback,
    aclrtDeviceTaskAbortStage, aclrtStream, aclrtStreamState, aclrtStreamStateCallback,
};

use super::argument::{In, Out};
use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::listeners::Listeners;
use crate::model::runtime::runtime;

/// A function and its argument.
#[derive(Clone, Copy)]
pub(crate) struct Listener<F> {
    function: F,
    argument: *mut c_void,
}

// SAFETY: the program registered it to be called on any thread.
unsafe impl<F> Send for Listener<F> {}

/// Hears of set and reset.
pub(crate) type DeviceListener = Listener<unsafe extern "C" fn(i32, aclrtDeviceState, *mut c_void)>;
/// Hears of create and destroy.
pub(crate) type StreamListener = Listener<unsafe extern "C" fn(aclrtStream, aclrtStreamState, *mut c_void)>;
/// Hears of an abort, and may stop it.
pub(crate) type AbortListener = Listener<unsafe extern "C" fn(i32, aclrtDeviceTaskAbortStage, u32, *mut c_void) -> i32>;
/// Hears of `aclInit`.
pub(crate) type InitListener = Listener<unsafe extern "C" fn(*const c_char, usize, *mut c_void) -> aclError>;
/// Hears of the real `aclFinalize`.
pub(crate) type FinalizeListener = Listener<unsafe extern "C" fn(*mut c_void) -> aclError>;

/// Who hears of what.
#[derive(Default)]
pub(crate) struct Audience {
    pub(crate) device: Listeners<String, DeviceListener>,
    pub(crate) stream: Listeners<String, StreamListener>,
    pub(crate) abort: Listeners<String, AbortListener>,
    pub(crate) init: Listeners<(u32, usize), InitListener>,
    pub(crate) finalize: Listeners<(u32, usize), FinalizeListener>,
}

impl<F> Listener<F> {
    fn new(function: F, argument: &Out<c_void>) -> Self {
        Self { function, argument: core::ptr::with_exposed_provenance_mut(argument.address()) }
    }
}

impl DeviceListener {
    /// Calls it.
    pub(crate) fn call(&self, device: i32, state: aclrtDeviceState) {
        // SAFETY: whoever registered it vouched for this call.
        unsafe { (self.function)(device, state, self.argument) };
    }
}

impl StreamListener {
    /// Calls it.
    pub(crate) fn call(&self, stream: usize, state: aclrtStreamState) {
        // SAFETY: whoever registered it vouched for this call.
        unsafe { (self.function)(core::ptr::with_exposed_provenance_mut(stream), state, self.argument) };
    }
}

impl AbortListener {
    /// Calls it; anything but 0 stops the abort.
    pub(crate) fn call(&self, device: i32, stage: aclrtDeviceTaskAbortStage, timeout: u32) -> i32 {
        // SAFETY: whoever registered it vouched for this call.
        unsafe { (self.function)(device, stage, timeout, self.argument) }
    }
}

impl InitListener {
    /// Calls it with the configuration's text.
    pub(crate) fn call(&self, configuration: &[u8]) -> aclError {
        let text = CString::new(configuration).unwrap_or_default();
        // SAFETY: whoever registered it vouched for this call; the text lives until it returns.
        unsafe { (self.function)(text.as_ptr(), text.as_bytes().len(), self.argument) }
    }
}

impl FinalizeListener {
    /// Calls it.
    pub(crate) fn call(&self) -> aclError {
        // SAFETY: whoever registered it vouched for this call.
        unsafe { (self.function)(self.argument) }
    }
}

/// Registers a function under a name; no function takes the name back.
fn register<F: Copy>(
    listeners: &Listeners<String, Listener<F>>,
    name: &In<c_char>,
    function: Option<F>,
    argument: &Out<c_void>,
) -> Answer {
    let name = name.text()?;
    match function {
        Some(function) => listeners.add(name, Listener::new(function, argument)),
        None if listeners.remove(&name) => {}
        None => {
            let cause = format!("no callback is registered under the name {name:?}");
            return Err(Fault::parameter(cause, "Register a callback before it is taken back."));
        }
    }
    Ok(())
}

/// The key of a callback of initialisation or finalisation; `address` is 0 for none.
fn key(kind: aclRegisterCallbackType, address: usize) -> Answer<(u32, usize)> {
    if kind > ACL_REG_TYPE_ACL_RETR && kind != ACL_REG_TYPE_OTHER {
        return Err(Fault::front(format!("{kind} is no type of callback"), "Pass an ACL_REG_TYPE_*."));
    }
    if address == 0 { Err(Fault::null("cbFunc")) } else { Ok((kind, address)) }
}

fn unknown() -> Fault {
    Fault::front("this callback is not registered for this type", "Take back what was registered, once.")
}

entry! {
    /// Registers or takes back a callback for set and reset.
    fn aclrtRegDeviceStateCallback(regName: *const c_char, callback: aclrtDeviceStateCallback, args: *mut c_void) {
        register(&runtime().audience.device, &regName, callback, &args)
    }

    /// Registers or takes back a callback for create and destroy.
    fn aclrtRegStreamStateCallback(regName: *const c_char, callback: aclrtStreamStateCallback, args: *mut c_void) {
        register(&runtime().audience.stream, &regName, callback, &args)
    }

    /// Registers or takes back a callback around an abort.
    fn aclrtSetDeviceTaskAbortCallback(regName: *const c_char, callback: aclrtDeviceTaskAbortCallback, args: *mut c_void) {
        register(&runtime().audience.abort, &regName, callback, &args)
    }

    /// Registers a callback for `aclInit`.
    fn aclInitCallbackRegister(type_: aclRegisterCallbackType, cbFunc: aclInitCallbackFunc, userData: *mut c_void) {
        let key = key(type_, cbFunc.map_or(0, |function| function as usize))?;
        let function = cbFunc.ok_or_else(|| Fault::null("cbFunc"))?;
        runtime().audience.init.add(key, Listener::new(function, &userData));
        Ok(())
    }

    /// Takes a callback for `aclInit` back.
    fn aclInitCallbackUnRegister(type_: aclRegisterCallbackType, cbFunc: aclInitCallbackFunc) {
        let key = key(type_, cbFunc.map_or(0, |function| function as usize))?;
        if runtime().audience.init.remove(&key) { Ok(()) } else { Err(unknown()) }
    }

    /// Registers a callback for the real finalisation.
    fn aclFinalizeCallbackRegister(
        type_: aclRegisterCallbackType,
        cbFunc: aclFinalizeCallbackFunc,
        userData: *mut c_void,
    ) {
        let key = key(type_, cbFunc.map_or(0, |function| function as usize))?;
        let function = cbFunc.ok_or_else(|| Fault::null("cbFunc"))?;
        runtime().audience.finalize.add(key, Listener::new(function, &userData));
        Ok(())
    }

    /// Takes a callback for the real finalisation back.
    fn aclFinalizeCallbackUnRegister(type_: aclRegisterCallbackType, cbFunc: aclFinalizeCallbackFunc) {
        let key = key(type_, cbFunc.map_or(0, |function| function as usize))?;
        if runtime().audience.finalize.remove(&key) { Ok(()) } else { Err(unknown()) }
    }
}
