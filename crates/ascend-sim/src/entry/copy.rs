//! Copies of rectangles and of many blocks at once, and fills with words.

use core::ffi::c_void;

use ascend_sys::abi::{
    ACL_MEM_LOCATION_TYPE_DEVICE, ACL_MEM_LOCATION_TYPE_HOST, ACL_MEMCPY_DEVICE_TO_DEVICE, ACL_MEMCPY_DEVICE_TO_HOST,
    ACL_MEMCPY_HOST_TO_DEVICE, ACL_MEMCPY_HOST_TO_HOST, aclrtMemLocation, aclrtMemcpyBatchAttr, aclrtMemcpyKind,
    aclrtStream,
};

use super::argument::{self, In, Out};
use super::entry;
use super::memory::{self, Planned};
use crate::model::fault::{Answer, Fault};
use crate::model::runtime::runtime;
use crate::model::task::Task;
use crate::model::thread;
use crate::shm::transfer::Rows;

entry! {
    /// Copies a rectangle; waits for no stream.
    fn aclrtMemcpy2d(dst: *mut c_void, dpitch: usize, src: *const c_void, spitch: usize, width: usize, height: usize, kind: aclrtMemcpyKind) {
        let rows = Rows { count: height, destination: dpitch, source: spitch };
        memory::run_now(plan_rectangle(&dst, &src, width, rows, kind)?)
    }

    /// Copies a rectangle in stream order. Pageable host memory makes it wait for the stream and copy on the host's thread.
    fn aclrtMemcpy2dAsync(dst: *mut c_void, dpitch: usize, src: *const c_void, spitch: usize, width: usize, height: usize, kind: aclrtMemcpyKind, stream: aclrtStream) {
        memory::check_copy(&dst, &src, kind)?;
        memory::require_device_side(kind)?;
        let stream = thread::named_stream(stream.address())?;
        let rows = Rows { count: height, destination: dpitch, source: spitch };
        memory::enqueue(stream, plan_rectangle(&dst, &src, width, rows, kind)?)
    }

    /// Fills memory with 32-bit values; waits for no stream.
    fn aclrtMemsetD32(ptr: *mut c_void, memSize: usize, value: u32, N: usize) {
        memory::run_now(plan_words(&ptr, memSize, value, N)?)
    }

    /// Fills memory with 32-bit values in stream order.
    fn aclrtMemsetD32Async(ptr: *mut c_void, memSize: usize, value: u32, N: usize, stream: aclrtStream) {
        if N == 0 {
            return Ok(());
        }
        ptr.required()?;
        let stream = thread::named_stream(stream.address())?;
        let Some((transfer, regions)) = plan_words(&ptr, memSize, value, N)? else { return Ok(()) };
        thread::own(stream)?.submit(Task::Transfer(transfer, regions))
    }

    /// Copies several blocks; waits for no stream. Which one was refused is written to `failIndex`.
    fn aclrtMemcpyBatch(dsts: *mut *mut c_void, destMaxs: *mut usize, srcs: *mut *mut c_void, sizes: *mut usize, numBatches: usize, attrs: *mut aclrtMemcpyBatchAttr, attrsIndexes: *mut usize, numAttrs: usize, failIndex: *mut usize) {
        failIndex.required()?;
        let batch = Batch { dsts, maxima: destMaxs, srcs, sizes, count: numBatches };
        run_batch(&batch, &attrs, &attrsIndexes, numAttrs, Some(&failIndex))
    }

    /// Copies several blocks; waits for no stream.
    fn aclrtMemcpyBatchV2(dsts: *mut *mut c_void, destMaxs: *mut usize, srcs: *mut *mut c_void, sizes: *mut usize, numBatches: usize, attrs: *mut aclrtMemcpyBatchAttr, attrsIndexes: *mut usize, numAttrs: usize) {
        let batch = Batch { dsts, maxima: destMaxs, srcs, sizes, count: numBatches };
        run_batch(&batch, &attrs, &attrsIndexes, numAttrs, None)
    }

    /// Copies several blocks in stream order. Which one was refused is written to `failIndex`.
    fn aclrtMemcpyBatchAsync(dsts: *mut *mut c_void, destMaxs: *mut usize, srcs: *mut *mut c_void, sizes: *mut usize, numBatches: usize, attrs: *mut aclrtMemcpyBatchAttr, attrsIndexes: *mut usize, numAttrs: usize, failIndex: *mut usize, stream: aclrtStream) {
        failIndex.required()?;
        let batch = Batch { dsts, maxima: destMaxs, srcs, sizes, count: numBatches };
        enqueue_batch(&batch, &attrs, &attrsIndexes, numAttrs, Some(&failIndex), stream.address())
    }

    /// Copies several blocks in stream order.
    fn aclrtMemcpyBatchAsyncV2(dsts: *mut *mut c_void, destMaxs: *mut usize, srcs: *mut *mut c_void, sizes: *mut usize, numBatches: usize, attrs: *mut aclrtMemcpyBatchAttr, attrsIndexes: *mut usize, numAttrs: usize, stream: aclrtStream) {
        let batch = Batch { dsts, maxima: destMaxs, srcs, sizes, count: numBatches };
        enqueue_batch(&batch, &attrs, &attrsIndexes, numAttrs, None, stream.address())
    }
}

/// Checks a copy of a rectangle.
fn plan_rectangle(
    dst: &Out<c_void>,
    src: &In<c_void>,
    width: usize,
    rows: Rows,
    kind: aclrtMemcpyKind,
) -> Answer<Planned> {
    memory::check_copy(dst, src, kind)?;
    if width == 0 || rows.count == 0 {
        return Err(Fault::parameter("the rectangle is empty", "Copy at least one row of one byte."));
    }
    if width > rows.destination || width > rows.source {
        let cause = format!("rows of {width} bytes do not fit their pitches, {} and {}", rows.destination, rows.source);
        return Err(Fault::parameter(cause, "A pitch is at least as large as the width."));
    }
    let span = |pitch: usize| pitch.checked_mul(rows.count - 1).and_then(|span| span.checked_add(width));
    let (Some(to), Some(from)) = (span(rows.destination), span(rows.source)) else {
        return Err(Fault::parameter("the rectangle is larger than memory can be", "Pass its true height and pitch."));
    };
    thread::current()?;
    let known = &runtime().memory;
    let regions = [known.check(dst.address(), to, "dst")?, known.check(src.address(), from, "src")?];
    memory::refuse_remote(kind, &regions)?;
    Ok(Some((argument::copy_rows(dst, src, width, rows), regions)))
}

/// Checks a fill with words.
fn plan_words(ptr: &Out<c_void>, size: usize, value: u32, count: usize) -> Answer<Planned> {
    if count == 0 {
        return Ok(None);
    }
    ptr.required()?;
    let length = count.checked_mul(size_of::<u32>()).filter(|length| *length <= size);
    let length = length.ok_or_else(|| {
        Fault::parameter(format!("{count} words do not fit into {size} bytes"), "Pass the memory's true size.")
    })?;
    if !ptr.address().is_multiple_of(size_of::<u32>()) {
        return Err(Fault::parameter(format!("{:#x} is no address of a word", ptr.address()), "Align it to 4 bytes."));
    }
    thread::current()?;
    let region = runtime().memory.check(ptr.address(), length, "ptr")?;
    Ok(Some((argument::fill_words(ptr, value, length), [region, None])))
}

/// The arrays of a batch.
struct Batch {
    dsts: Out<*mut c_void>,
    maxima: Out<usize>,
    srcs: Out<*mut c_void>,
    sizes: Out<usize>,
    count: usize,
}

impl Batch {
    /// Refuses an array that is missing, as the front layer does.
    fn required(&self, attributes: &Out<aclrtMemcpyBatchAttr>, indexes: &Out<usize>) -> Answer {
        self.dsts.required()?;
        self.maxima.required()?;
        self.srcs.required()?;
        self.sizes.required()?;
        attributes.required()?;
        indexes.required()
    }
}

/// More copies than any batch has.
const MOST_COPIES: usize = 1 << 20;

fn run_batch(
    batch: &Batch,
    attributes: &Out<aclrtMemcpyBatchAttr>,
    indexes: &Out<usize>,
    count: usize,
    failed: Option<&Out<usize>>,
) -> Answer {
    for planned in plan_batch(batch, attributes, indexes, count, failed)? {
        memory::run_now(planned)?;
    }
    Ok(())
}

fn enqueue_batch(
    batch: &Batch,
    attributes: &Out<aclrtMemcpyBatchAttr>,
    indexes: &Out<usize>,
    count: usize,
    failed: Option<&Out<usize>>,
    stream: usize,
) -> Answer {
    batch.required(attributes, indexes)?;
    let stream = thread::named_stream(stream)?;
    let planned = plan_batch(batch, attributes, indexes, count, failed)?;
    let stream = thread::own(stream)?;
    planned.into_iter().try_for_each(|planned| memory::enqueue(Some(stream.clone()), planned))
}

/// Checks a whole batch before any of it is copied; the index that is written stays at the maximum if no copy is to blame.
fn plan_batch(
    batch: &Batch,
    attributes: &Out<aclrtMemcpyBatchAttr>,
    indexes: &Out<usize>,
    count: usize,
    failed: Option<&Out<usize>>,
) -> Answer<Vec<Planned>> {
    let blame = |index| failed.map_or(Ok(()), |failed| failed.set(index));
    blame(usize::MAX)?;
    batch.required(attributes, indexes)?;
    if batch.count == 0 || batch.count > MOST_COPIES || count == 0 || count > batch.count {
        let cause = format!("{} copies with {count} attributes are no batch", batch.count);
        return Err(Fault::parameter(cause, "Pass at least one copy, and at most one attribute for each."));
    }
    let begins = indexes.values(count)?;
    let ascending = begins[0] == 0 && begins.windows(2).all(|pair| pair[0] < pair[1]);
    if !ascending || begins.iter().any(|begin| *begin >= batch.count) {
        let cause = "the attributes' indexes do not begin at 0, do not ascend, or are out of range";
        return Err(Fault::parameter(cause, "Say of each attribute at which copy it begins to count."));
    }
    let mut kinds = Vec::with_capacity(count);
    for attribute in attributes.values(count)? {
        check_location(attribute.dstLoc)?;
        check_location(attribute.srcLoc)?;
        kinds.push(kind_between(attribute.srcLoc, attribute.dstLoc));
    }
    thread::current()?;
    let (dsts, maxima) = (batch.dsts.pointers(batch.count)?, batch.maxima.values(batch.count)?);
    let (srcs, sizes) = (batch.srcs.pointers(batch.count)?, batch.sizes.values(batch.count)?);
    let mut planned = Vec::with_capacity(batch.count);
    for index in 0..batch.count {
        let kind = kinds[begins.partition_point(|begin| *begin <= index) - 1]; // the first begins at 0
        match memory::plan_copy(&dsts[index], maxima[index], &srcs[index].source(), sizes[index], kind) {
            Ok(plan) => planned.push(plan),
            Err(fault) => {
                blame(index)?;
                return Err(fault);
            }
        }
    }
    Ok(planned)
}

fn check_location(location: aclrtMemLocation) -> Answer {
    match location.type_ {
        ACL_MEM_LOCATION_TYPE_HOST => Ok(()),
        ACL_MEM_LOCATION_TYPE_DEVICE => runtime().device(i32::try_from(location.id).unwrap_or(-1)).map(drop),
        other => Err(Fault::parameter(format!("{other} is no place to copy from or to"), "Name the host or a device.")),
    }
}

fn kind_between(from: aclrtMemLocation, to: aclrtMemLocation) -> aclrtMemcpyKind {
    match (from.type_, to.type_) {
        (ACL_MEM_LOCATION_TYPE_HOST, ACL_MEM_LOCATION_TYPE_HOST) => ACL_MEMCPY_HOST_TO_HOST,
        (ACL_MEM_LOCATION_TYPE_HOST, _) => ACL_MEMCPY_HOST_TO_DEVICE,
        (_, ACL_MEM_LOCATION_TYPE_HOST) => ACL_MEMCPY_DEVICE_TO_HOST,
        _ => ACL_MEMCPY_DEVICE_TO_DEVICE,
    }
}
