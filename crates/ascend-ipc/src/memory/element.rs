//! Which types memory can consist of.

use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Plain data: any bytes are a value of it, and a value is nothing but bytes.
///
/// Numbers and arrays of them are; a struct is with `#[repr(C)]` and the derives of `zerocopy`. Another process writes into
/// shared memory whatever it wants, so types for which some bytes are invalid (`bool`, references, most enums) are not.
///
/// ```
/// #[derive(Clone, Copy, zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::Immutable)]
/// #[repr(C)]
/// struct Point {
///     x: f32,
///     y: f32,
/// }
///
/// fn share(buffer: ascend_ipc::DeviceBuffer<Point>) { /* … */ }
/// ```
#[diagnostic::on_unimplemented(
    message = "memory cannot consist of `{Self}`",
    label = "not plain data",
    note = "any bytes must be a value of the type, and the other process writes what it wants: use numbers and arrays",
    note = "for a struct of these: #[repr(C)], and derive zerocopy's FromBytes, IntoBytes and Immutable"
)]
pub trait Element: FromBytes + IntoBytes + Immutable + 'static {}

#[diagnostic::do_not_recommend]
impl<T: FromBytes + IntoBytes + Immutable + 'static> Element for T {}
