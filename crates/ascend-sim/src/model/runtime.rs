//! The one simulated runtime of this process.

use std::sync::{Arc, LazyLock, OnceLock};

use super::address_space::AddressSpace;
use super::allocator::{Descriptor, Registrations};
use super::context::Context;
use super::counting_notify::CountingNotify;
use super::data_buffer::DataBuffer;
use super::device::Device;
use super::event::Event;
use super::fault::{Answer, Fault};
use super::init::Init;
use super::ipc_memory::IpcMemory;
use super::memory::Memory;
use super::memory_pool::Pool;
use super::notify::Notify;
use super::option::Options;
use super::physical::Physical;
use super::profile::{Family, Profile};
use super::registry::Registry;
use super::release::Release;
use super::report::Reports;
use super::setting::Setting;
use super::soc;
use super::stream::Stream;
use crate::entry::listener::Audience;

/// All state of the simulator in this process.
pub(crate) struct Runtime {
    pub(crate) profile: Profile,
    pub(crate) init: Init,
    pub(crate) devices: Vec<Device>,
    pub(crate) contexts: Registry<Context>,
    pub(crate) streams: Registry<Stream>,
    pub(crate) events: Registry<Event>,
    pub(crate) notifies: Registry<Notify>,
    pub(crate) memory: Memory,
    pub(crate) ipc_memory: IpcMemory,
    pub(crate) reports: Reports,
    pub(crate) audience: Audience,
    pub(crate) options: Options,
    pub(crate) setting: Setting,
    pub(crate) physical: Registry<Physical>,
    pub(crate) address_space: AddressSpace,
    pub(crate) pools: Registry<Pool>,
    pub(crate) counting_notifies: Registry<CountingNotify>,
    pub(crate) data_buffers: Registry<DataBuffer>,
    pub(crate) allocators: Registry<Descriptor>,
    pub(crate) registrations: Registrations,
}

/// What this process simulates: chosen by its program, or else read from the environment at the first call.
static PROFILE: OnceLock<Profile> = OnceLock::new();

/// Chooses what this process simulates; false if it was chosen before, or a call of the runtime has been made.
pub(crate) fn choose(profile: Profile) -> bool {
    PROFILE.set(profile).is_ok()
}

/// The runtime; made at the first call.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let profile = PROFILE.get_or_init(Profile::from_environment).clone();
        let devices = profile.visible.iter().flatten().map(|logical| Device::new(*logical, &profile)).collect();
        Runtime {
            init: Init::default(),
            devices,
            contexts: Registry::new(1),
            streams: Registry::new(2),
            events: Registry::new(3),
            notifies: Registry::new(8),
            memory: Memory::new(&profile),
            ipc_memory: IpcMemory::default(),
            reports: Reports::default(),
            audience: Audience::default(),
            options: Options::default(),
            setting: Setting::default(),
            physical: Registry::new(9),
            address_space: AddressSpace::default(),
            pools: Registry::new(10),
            counting_notifies: Registry::new(12),
            data_buffers: Registry::new(13),
            allocators: Registry::new(14),
            registrations: Registrations::default(),
            profile,
        }
    });
    &RUNTIME
}

impl Runtime {
    /// The device with this id.
    pub(crate) fn device(&self, id: i32) -> Answer<&Device> {
        let index = usize::try_from(id).ok();
        index.and_then(|index| self.devices.get(index)).ok_or_else(|| match &self.profile.visible {
            Ok(_) => Fault::device(id, self.devices.len()),
            Err(why) => {
                let cause = format!("device {id} does not exist; this process sees none, since {why}");
                Fault::new(107_001, "EE1001", cause, "Mend ASCEND_RT_VISIBLE_DEVICES, or unset it.")
            }
        })
    }

    /// What this process calls a device of the driver; `None` if it does not see it.
    pub(crate) fn user_id(&self, logical: u32) -> Option<u32> {
        let seen = self.devices.iter().position(|device| device.logical() == logical)?;
        u32::try_from(seen).ok()
    }

    /// The event behind a handle.
    pub(crate) fn event(&self, raw: usize) -> Answer<Arc<Event>> {
        self.events.get(raw).ok_or_else(|| Fault::handle("event"))
    }

    /// Refuses on a SoC without IPC events.
    pub(crate) fn require_ipc_events(&self) -> Answer {
        let Profile { soc, release, .. } = &self.profile;
        match self.profile.family() {
            Family::WithoutIpcEvents => Err(Fault::unsupported(format!("{soc} has no IPC events"))),
            Family::A5 if *release < Release::FIRST_950 => {
                Err(Fault::unsupported(format!("{release} has no IPC events on {soc}; {} has", Release::FIRST_950)))
            }
            Family::A2A3 | Family::A5 => Ok(()),
        }
    }

    /// Refuses where the driver lets the host not reach a device's memory, without which no IPC event can be made or opened.
    pub(crate) fn require_host_access(&self) -> Answer {
        if soc::has_host_access(&self.profile.soc) {
            return Ok(());
        }
        let cause = format!("the host cannot reach the memory of {}, which IPC events need", self.profile.soc);
        Err(Fault::unsupported(cause))
    }
}
