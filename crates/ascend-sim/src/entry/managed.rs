//! Managed memory.

use core::ffi::c_void;

use ascend_sys::abi::{
    ACL_MEM_ADVISE_SET_ACCESSED_BY, ACL_MEM_ADVISE_SET_PREFERRED_LOCATION, ACL_MEM_ADVISE_SET_READ_MOSTLY,
    ACL_MEM_ADVISE_UNSET_ACCESSED_BY, ACL_MEM_ADVISE_UNSET_PREFERRED_LOCATION, ACL_MEM_ADVISE_UNSET_READ_MOSTLY,
    ACL_MEM_LOCATIONTYPE_DEVICE, ACL_MEM_LOCATIONTYPE_HOST, ACL_MEM_LOCATIONTYPE_HOST_NUMA,
    ACL_MEM_LOCATIONTYPE_HOST_NUMA_CURRENT, ACL_MEM_LOCATIONTYPE_INVALID, ACL_MEM_RANGE_ATTRIBUTE_ACCESSED_BY,
    ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION, ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_ID,
    ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE, ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION,
    ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_ID, ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE,
    ACL_MEM_RANGE_ATTRIBUTE_READ_MOSTLY, ACL_RT_MEM_ATTACH_GLOBAL, aclrtMemManagedAdviseType, aclrtMemManagedLocation,
    aclrtMemManagedRangeAttribute, aclrtStream,
};

use super::argument::{In, Out};
use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::managed::{Place, Range};
use crate::model::runtime::runtime;
use crate::model::thread;

entry! {
    /// Allocates memory that host and devices see under one address.
    fn aclrtMemAllocManaged(ptr: *mut *mut c_void, size: u64, flag: u32) {
        ptr.required()?;
        if size == 0 {
            return Err(Fault::front("the size is 0", "Allocate at least one byte."));
        }
        if flag != ACL_RT_MEM_ATTACH_GLOBAL {
            return Err(Fault::parameter(format!("the flag {flag} is unknown"), "Pass ACL_RT_MEM_ATTACH_GLOBAL."));
        }
        thread::current()?;
        ptr.set_raw(runtime().memory.allocate_managed(size)?)
    }

    /// Remembers how a range is used; it stays where it is.
    fn aclrtMemManagedAdvise(ptr: *const c_void, size: u64, advise: aclrtMemManagedAdviseType, location: aclrtMemManagedLocation) {
        ptr.required()?;
        let range = Range::new(ptr.address(), usize::try_from(size).unwrap_or(usize::MAX))?;
        match advise {
            ACL_MEM_ADVISE_SET_READ_MOSTLY => range.change(|told| told.read_mostly = true),
            ACL_MEM_ADVISE_UNSET_READ_MOSTLY => range.change(|told| told.read_mostly = false),
            ACL_MEM_ADVISE_SET_PREFERRED_LOCATION => {
                let place = place(location)?;
                range.change(|told| told.preferred = Some(place));
            }
            ACL_MEM_ADVISE_UNSET_PREFERRED_LOCATION => range.change(|told| told.preferred = None),
            // Everybody accesses it here, and no attribute tells of it.
            ACL_MEM_ADVISE_SET_ACCESSED_BY | ACL_MEM_ADVISE_UNSET_ACCESSED_BY => drop(place(location)?),
            _ => return Err(Fault::parameter(format!("{advise} is no advice"), "Use the ACL_MEM_ADVISE_* values.")),
        }
        Ok(())
    }

    /// One attribute of a range.
    fn aclrtMemManagedGetAttr(attribute: aclrtMemManagedRangeAttribute, ptr: *const c_void, size: usize, data: *mut c_void, dataSize: usize) {
        ptr.required()?;
        data.required()?;
        tell(&Range::new(ptr.address(), size)?, attribute, &data, dataSize)
    }

    /// Several attributes of a range.
    fn aclrtMemManagedGetAttrs(attributes: *mut aclrtMemManagedRangeAttribute, numAttributes: usize, ptr: *const c_void, size: usize, data: *mut *mut c_void, dataSizes: *mut usize) {
        attributes.required()?;
        ptr.required()?;
        data.required()?;
        dataSizes.required()?;
        if numAttributes == 0 || numAttributes > MOST {
            return Err(Fault::parameter(format!("{numAttributes} attributes cannot be got"), "Ask for at least one."));
        }
        let range = Range::new(ptr.address(), size)?;
        let (attributes, sizes) = (attributes.values(numAttributes)?, dataSizes.values(numAttributes)?);
        for ((attribute, data), size) in attributes.into_iter().zip(data.pointers(numAttributes)?).zip(sizes) {
            tell(&range, attribute, &data, size)?;
        }
        Ok(())
    }

    /// Remembers where a range was last to be brought; nothing moves.
    fn aclrtMemManagedPrefetchAsync(ptr: *const c_void, size: usize, location: aclrtMemManagedLocation, flags: u32, stream: aclrtStream) {
        ptr.required()?;
        require_no_flags(flags.into())?;
        let stream = thread::named_stream(stream.address())?;
        let (range, place) = (Range::new(ptr.address(), size)?, place(location)?);
        thread::own(stream)?;
        range.change(|told| told.prefetched = Some(place));
        Ok(())
    }

    /// The same for several ranges; each location counts from the range that its index names up to the next location's.
    fn aclrtMemManagedPrefetchBatchAsync(ptrs: *mut *const c_void, sizes: *mut usize, count: usize, prefetchLocs: *mut aclrtMemManagedLocation, prefetchLocIdxs: *mut usize, numPrefetchLocs: usize, flags: u64, stream: aclrtStream) {
        ptrs.required()?;
        sizes.required()?;
        prefetchLocs.required()?;
        prefetchLocIdxs.required()?;
        require_no_flags(flags)?;
        let stream = thread::named_stream(stream.address())?;
        if count == 0 || count > MOST || numPrefetchLocs == 0 || numPrefetchLocs > count {
            let cause = format!("{count} ranges with {numPrefetchLocs} locations are no batch");
            return Err(Fault::parameter(cause, "Pass at least one range, and at most one location for each."));
        }
        let begins = prefetchLocIdxs.values(numPrefetchLocs)?;
        let ascending = begins[0] == 0 && begins.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || begins.iter().any(|begin| *begin >= count) {
            let cause = "the locations' indexes do not begin at 0, do not ascend, or are out of range";
            return Err(Fault::parameter(cause, "Say of each location at which range it begins to count."));
        }
        let places = prefetchLocs.values(numPrefetchLocs)?.into_iter().map(place).collect::<Answer<Vec<_>>>()?;
        let mut planned = Vec::with_capacity(count);
        for (index, (ptr, size)) in ptrs.sources(count)?.iter().zip(sizes.values(count)?).enumerate() {
            let place = places[begins.partition_point(|begin| *begin <= index) - 1]; // the first begins at 0
            planned.push((range_at(ptr, size)?, place));
        }
        thread::own(stream)?;
        planned.iter().for_each(|(range, place)| range.change(|told| told.prefetched = Some(*place)));
        Ok(())
    }
}

/// More ranges or attributes than a call ever needs.
const MOST: usize = 1 << 20;

fn range_at(ptr: &In<c_void>, size: usize) -> Answer<Range> {
    ptr.required()?;
    Range::new(ptr.address(), size)
}

fn require_no_flags(flags: u64) -> Answer {
    if flags == 0 { Ok(()) } else { Err(Fault::parameter(format!("the flags are {flags}, but reserved"), "Pass 0.")) }
}

/// A place that exists.
fn place(location: aclrtMemManagedLocation) -> Answer<Place> {
    match location.type_ {
        ACL_MEM_LOCATIONTYPE_DEVICE => drop(runtime().device(location.id)?),
        ACL_MEM_LOCATIONTYPE_HOST | ACL_MEM_LOCATIONTYPE_HOST_NUMA | ACL_MEM_LOCATIONTYPE_HOST_NUMA_CURRENT => {}
        other => return Err(Fault::parameter(format!("{other} is no kind of place"), "Name a device or the host.")),
    }
    Ok((location.type_, location.id))
}

/// Writes one attribute in 32 bits: what holds for all of the range, or else what stands for nothing.
fn tell(range: &Range, attribute: aclrtMemManagedRangeAttribute, data: &Out<c_void>, size: usize) -> Answer {
    const NOWHERE: Place = (ACL_MEM_LOCATIONTYPE_INVALID, 0);
    let preferred = || range.same(|told| told.preferred).flatten().unwrap_or(NOWHERE);
    let prefetched = || range.same(|told| told.prefetched).flatten().unwrap_or(NOWHERE);
    let value = match attribute {
        ACL_MEM_RANGE_ATTRIBUTE_READ_MOSTLY => range.same(|told| told.read_mostly).unwrap_or_default().into(),
        ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE => preferred().0,
        ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_ID => preferred().1.cast_unsigned(),
        ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE => prefetched().0,
        ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_ID => prefetched().1.cast_unsigned(),
        ACL_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION
        | ACL_MEM_RANGE_ATTRIBUTE_ACCESSED_BY
        | ACL_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION => {
            return Err(Fault::unsupported(format!("the simulator does not know the layout of attribute {attribute}")));
        }
        _ => {
            let cause = format!("{attribute} is no attribute of a range");
            return Err(Fault::parameter(cause, "Use the ACL_MEM_RANGE_ATTRIBUTE_* values."));
        }
    };
    data.required()?;
    if size != size_of::<u32>() {
        return Err(Fault::parameter(format!("attribute {attribute} has 4 bytes, not {size}"), "Pass 4."));
    }
    data.cast::<u32>().set(value)
}
