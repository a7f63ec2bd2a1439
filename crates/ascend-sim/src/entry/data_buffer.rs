//! Data buffers: an address and a size behind a handle.
//!
//! # Safety
//! A handle is an address that is never accessed; the memory that a buffer describes is not touched.
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::ptr::{null_mut, with_exposed_provenance_mut};
use std::sync::Arc;

use ascend_sys::abi::aclDataBuffer;

use super::{answer, entry};
use crate::model::data_buffer::{self, DataBuffer};
use crate::model::runtime::runtime;

entry! {
    /// Destroys a buffer; the memory is the program's.
    fn aclDestroyDataBuffer(dataBuffer: *const aclDataBuffer) {
        dataBuffer.required()?;
        runtime().data_buffers.remove(dataBuffer.address()).map(drop).ok_or_else(data_buffer::unknown)
    }

    /// Makes a buffer describe other memory, or none.
    fn aclUpdateDataBuffer(dataBuffer: *mut aclDataBuffer, data: *mut c_void, size: usize) {
        dataBuffer.required()?;
        data_buffer::find(dataBuffer.address())?.set(data.address(), size);
        Ok(())
    }
}

/// Describes memory of the program, or none; null if that is refused.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclCreateDataBuffer(data: *mut c_void, size: usize) -> *mut aclDataBuffer {
    let buffer = DataBuffer::new(data.expose_provenance(), size);
    let mut raw = 0;
    answer("aclCreateDataBuffer", || {
        raw = runtime().data_buffers.insert(Arc::new(buffer));
        Ok(())
    });
    with_exposed_provenance_mut(raw)
}

/// The address that a buffer describes; null for what is no buffer.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclGetDataBufferAddr(dataBuffer: *const aclDataBuffer) -> *mut c_void {
    seen("aclGetDataBufferAddr", dataBuffer).map_or(null_mut(), |(address, _)| with_exposed_provenance_mut(address))
}

/// The size that a buffer describes; 0 for what is no buffer.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclGetDataBufferSizeV2(dataBuffer: *const aclDataBuffer) -> usize {
    seen("aclGetDataBufferSizeV2", dataBuffer).map_or(0, |(_, size)| size)
}

/// What a buffer describes; a refusal is remembered as one of `call`.
fn seen(call: &'static str, buffer: *const aclDataBuffer) -> Option<(usize, usize)> {
    let mut seen = None;
    answer(call, || {
        if buffer.is_null() {
            return Err(crate::model::fault::Fault::null("dataBuffer"));
        }
        seen = Some(data_buffer::find(buffer.expose_provenance())?.get());
        Ok(())
    });
    seen
}
