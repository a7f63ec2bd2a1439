//! Parts of buffers: what a copy takes.

use std::marker::PhantomData;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::Arc;

use super::{DeviceBuffer, Element, HostBuffer};
use crate::error::{Error, Result};
use crate::ffi::in_flight::HostMemory;
use crate::ffi::memory::RawMemory;

/// Some elements of a [`DeviceBuffer`], to be copied from: what [`slice`](DeviceBuffer::slice) makes.
#[derive(Clone)]
pub struct DeviceSlice<'a, T> {
    pub(super) memory: &'a Arc<RawMemory>,
    /// In bytes.
    pub(super) range: Range<usize>,
    elements: PhantomData<&'a [T]>,
}

/// Some elements of a [`DeviceBuffer`], to be copied to: what [`slice_mut`](DeviceBuffer::slice_mut) makes.
pub struct DeviceSliceMut<'a, T> {
    pub(super) memory: &'a Arc<RawMemory>,
    /// In bytes.
    pub(super) range: Range<usize>,
    elements: PhantomData<&'a mut [T]>,
}

/// Some elements of a [`HostBuffer`], to be copied from: what [`slice`](HostBuffer::slice) makes.
#[derive(Clone)]
pub struct HostSlice<'a, T> {
    pub(super) memory: &'a HostMemory,
    /// In bytes.
    pub(super) range: Range<usize>,
    elements: PhantomData<&'a [T]>,
}

/// Some elements of a [`HostBuffer`], to be copied to: what [`slice_mut`](HostBuffer::slice_mut) makes.
pub struct HostSliceMut<'a, T> {
    pub(super) memory: &'a mut HostMemory,
    /// In bytes.
    pub(super) range: Range<usize>,
    elements: PhantomData<&'a mut [T]>,
}

impl<T: Element, S> DeviceBuffer<T, S> {
    /// Some of its elements, to be copied from: `buffer.slice(..)` is all of them.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when the range does not lie within the buffer.
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, Result, Stream};
    /// # fn halve(stream: &Stream, from: &DeviceBuffer<f32>, to: &mut DeviceBuffer<f32>) -> Result<()> {
    /// stream.copy(from.slice(512..)?, to.slice_mut(..512)?)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<DeviceSlice<'_, T>> {
        let range = in_bytes::<T>(&within(&range, self.len())?);
        Ok(DeviceSlice { memory: &self.memory, range, elements: PhantomData })
    }

    /// Some of its elements, to be copied to.
    ///
    /// # Errors
    /// As [`slice`](Self::slice).
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, Result, Stream};
    /// # fn clear(stream: &Stream, buffer: &mut DeviceBuffer<f32>) -> Result<()> {
    /// stream.fill_zero(buffer.slice_mut(100..=199)?)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn slice_mut(&mut self, range: impl RangeBounds<usize>) -> Result<DeviceSliceMut<'_, T>> {
        let range = in_bytes::<T>(&within(&range, self.len())?);
        Ok(DeviceSliceMut { memory: &self.memory, range, elements: PhantomData })
    }

    /// Its elements before and from `middle`, for copies from the one part to the other.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when `middle` lies behind the end.
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, Result, Stream};
    /// # fn repeat(stream: &Stream, buffer: &mut DeviceBuffer<f32>) -> Result<()> {
    /// let (first, second) = buffer.split_at_mut(512)?;
    /// stream.copy(first.into_slice(), second)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn split_at_mut(&mut self, middle: usize) -> Result<(DeviceSliceMut<'_, T>, DeviceSliceMut<'_, T>)> {
        let part = |range| DeviceSliceMut { memory: &self.memory, range, elements: PhantomData };
        let before = in_bytes::<T>(&within(&(..middle), self.len())?);
        let from = before.end..self.memory.length();
        Ok((part(before), part(from)))
    }
}

impl<T: Element> HostBuffer<T> {
    /// Some of its elements, to be copied from: `buffer.slice(..)` is all of them.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when the range does not lie within the buffer.
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, HostBuffer, Result, Stream};
    /// # fn there_and_back(stream: &Stream, host: &mut HostBuffer<f32>, buffer: &mut DeviceBuffer<f32>) -> Result<()> {
    /// stream.upload(host.slice(..8)?, buffer.slice_mut(..8)?)?;
    /// stream.download(buffer.slice(..8)?, host.slice_mut(8..16)?)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<HostSlice<'_, T>> {
        let range = in_bytes::<T>(&within(&range, self.len())?);
        Ok(HostSlice { memory: &self.memory, range, elements: PhantomData })
    }

    /// Some of its elements, to be copied to.
    ///
    /// # Errors
    /// As [`slice`](Self::slice).
    pub fn slice_mut(&mut self, range: impl RangeBounds<usize>) -> Result<HostSliceMut<'_, T>> {
        let range = in_bytes::<T>(&within(&range, self.len())?);
        Ok(HostSliceMut { memory: &mut self.memory, range, elements: PhantomData })
    }
}

impl<'a, T> DeviceSliceMut<'a, T> {
    /// The same elements, to be copied from.
    #[must_use]
    pub fn into_slice(self) -> DeviceSlice<'a, T> {
        DeviceSlice { memory: self.memory, range: self.range, elements: PhantomData }
    }
}

/// How many elements there are.
macro_rules! lengths {
    ($($name:ident)*) => {$(
        impl<T: Element> $name<'_, T> {
            /// How many elements there are.
            #[must_use]
            pub fn len(&self) -> usize {
                self.range.len() / size_of::<T>()
            }

            /// Whether there are none.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.range.is_empty()
            }
        }

        impl<T: Element> std::fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({} elements of {} bytes)"), self.len(), size_of::<T>())
            }
        }
    )*};
}
lengths![DeviceSlice DeviceSliceMut HostSlice HostSliceMut];

/// A range of elements as one of bytes; it lies within memory, so nothing overflows.
fn in_bytes<T>(range: &Range<usize>) -> Range<usize> {
    range.start * size_of::<T>()..range.end * size_of::<T>()
}

/// Refuses a range that does not lie within so many elements.
pub(super) fn within(range: &impl RangeBounds<usize>, len: usize) -> Result<Range<usize>> {
    let start = match range.start_bound() {
        Bound::Included(start) => Some(*start),
        Bound::Excluded(before) => before.checked_add(1),
        Bound::Unbounded => Some(0),
    };
    let end = match range.end_bound() {
        Bound::Included(last) => last.checked_add(1),
        Bound::Excluded(end) => Some(*end),
        Bound::Unbounded => Some(len),
    };
    match (start, end) {
        (Some(start), Some(end)) if start <= end && end <= len => Ok(start..end),
        _ => {
            let (from, to) = (range.start_bound(), range.end_bound());
            Err(Error::misuse(format!("the range from {from:?} to {to:?} does not lie within the {len} elements")))
        }
    }
}
