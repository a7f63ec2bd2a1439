//! Sizes of data elements, and numbers of half precision.
//!
//! # Safety
//! The functions take and return numbers; they are `unsafe` as every C function.
#![allow(unsafe_code)]

use ascend_sys::abi::{
    ACL_BF16, ACL_BOOL, ACL_COMPLEX32, ACL_COMPLEX64, ACL_COMPLEX128, ACL_DOUBLE, ACL_FLOAT, ACL_FLOAT8_E4M3FN,
    ACL_FLOAT8_E5M2, ACL_FLOAT8_E8M0, ACL_FLOAT16, ACL_HIFLOAT8, ACL_INT8, ACL_INT16, ACL_INT32, ACL_INT64, ACL_UINT8,
    ACL_UINT16, ACL_UINT32, ACL_UINT64, aclDataType, aclFloat16,
};

use crate::model::half;

/// The size of an element in bytes; 0 for types that fill no whole byte, for texts, and for what is no type.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclDataTypeSize(dataType: aclDataType) -> usize {
    match dataType {
        ACL_INT8 | ACL_UINT8 | ACL_BOOL | ACL_HIFLOAT8 | ACL_FLOAT8_E5M2 | ACL_FLOAT8_E4M3FN | ACL_FLOAT8_E8M0 => 1,
        ACL_FLOAT16 | ACL_BF16 | ACL_INT16 | ACL_UINT16 => 2,
        ACL_FLOAT | ACL_INT32 | ACL_UINT32 | ACL_COMPLEX32 => 4,
        ACL_DOUBLE | ACL_INT64 | ACL_UINT64 | ACL_COMPLEX64 => 8,
        ACL_COMPLEX128 => 16,
        _ => 0,
    }
}

/// A number of half precision in single precision, which holds each exactly.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclFloat16ToFloat(value: aclFloat16) -> f32 {
    half::widen(value)
}

/// The number of half precision that is nearest; of two, the one whose last bit is 0.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclFloatToFloat16(value: f32) -> aclFloat16 {
    half::narrow(value)
}
