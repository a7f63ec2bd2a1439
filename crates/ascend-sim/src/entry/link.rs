//! Which way memory is reached: there is one here, so a choice is checked and changes nothing.

use core::ffi::{c_char, c_void};

use ascend_sys::abi::{
    ACL_RT_IPC_MEM_ATTR_ACCESS_LINK, ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_UB_MULTI_PORT_PATH,
    ACL_RT_MEM_ACCESS_UB_MULTI_PORT_PATH, aclrtDrvMemHandle, aclrtIpcMemAttrType, aclrtMemLinkType,
};

use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::memory::Backing;
use crate::model::physical;
use crate::model::profile::Family;
use crate::model::runtime::runtime;

entry! {
    /// Chooses the link over which exported memory is reached.
    fn aclrtIpcMemSetAttr(key: *const c_char, type_: aclrtIpcMemAttrType, attr: u64) {
        key.required()?;
        require_links()?;
        if type_ != ACL_RT_IPC_MEM_ATTR_ACCESS_LINK {
            let cause = format!("{type_} is no attribute of shared memory");
            return Err(Fault::parameter(cause, "Use ACL_RT_IPC_MEM_ATTR_ACCESS_LINK."));
        }
        require_link(attr, ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_UB_MULTI_PORT_PATH)?;
        runtime().ipc_memory.require_export(&key.text()?)
    }

    /// Advises over which link physical memory is reached.
    fn aclrtMemMapSetLink(handle: aclrtDrvMemHandle, adviceLink: aclrtMemLinkType) {
        handle.required()?;
        require_links()?;
        require_link(adviceLink.into(), ACL_RT_MEM_ACCESS_UB_MULTI_PORT_PATH)?;
        physical::find(handle.address()).map(drop)
    }

    /// Lets another device access memory of a device; each device accesses all memory, here.
    fn aclrtMemP2PMap(devPtr: *mut c_void, size: usize, dstDevId: i32, flags: u64) {
        devPtr.required()?;
        if size == 0 || flags != 0 {
            let cause = format!("{size} bytes cannot be mapped with flags {flags:#x}");
            return Err(Fault::parameter(cause, "Map at least one byte, and pass 0 as flags."));
        }
        runtime().device(dstDevId)?;
        let region = runtime().memory.check(devPtr.address(), size, "devPtr")?;
        let of_a_device = region.is_some_and(|region| !matches!(region.backing(), Backing::Host { .. } | Backing::Registered { .. }));
        if !of_a_device {
            return Err(Fault::parameter("devPtr is no device memory", "Pass what aclrtMalloc gave."));
        }
        Ok(())
    }
}

/// Refuses on a SoC that has no links to choose from; which have is invented: those that have IPC events.
fn require_links() -> Answer {
    let profile = &runtime().profile;
    if profile.family() == Family::WithoutIpcEvents {
        return Err(Fault::unsupported(format!("{} has no links to choose from", profile.soc)));
    }
    Ok(())
}

fn require_link(link: u64, last: u32) -> Answer {
    if link <= last.into() {
        Ok(())
    } else {
        Err(Fault::parameter(format!("{link} is no link"), "Use the values for links."))
    }
}
