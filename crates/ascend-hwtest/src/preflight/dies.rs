//! The devices that a run may use, and how they reach each other.

use std::collections::BTreeMap;

use crate::event::{Die, Link};
use crate::probe::{DeviceSaid, Probe, reachable};
use crate::smi::{Chip, Smi};

use super::visible::Visible;

/// Devices that passed the probe.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dies {
    pub(super) dies: Vec<Die>,
    pub(super) links: Vec<Link>,
}

impl Dies {
    pub(super) fn of(probe: &Probe, smi: &Smi, visible: Option<&Visible>) -> Self {
        // What a process counts is an index into what it sees.
        let logic = |id: u32| match visible {
            Some(visible) => visible.ids.get(id as usize).copied().unwrap_or(id),
            None => id,
        };
        let usable: Vec<&DeviceSaid> = probe.devices.iter().filter(|device| device.is_usable()).collect();
        let chips: Vec<Option<&Chip>> =
            usable.iter().map(|device| device.bus.as_deref().and_then(|bus| smi.info.at(bus))).collect();
        let mut slots: BTreeMap<String, u32> = BTreeMap::new();
        let mut dies = Vec::new();
        for (device, chip) in usable.iter().zip(&chips) {
            let bus = device.bus.clone().unwrap_or_default();
            // Without the tool, functions of one PCI device are one card.
            let slot = bus.rsplit_once('.').map_or_else(|| device.id.to_string(), |(slot, _)| slot.to_owned());
            let next = u32::try_from(slots.len()).unwrap_or(u32::MAX);
            let counted = *slots.entry(slot).or_insert(next);
            let mapped = smi.map.logic(logic(device.id)).and_then(|row| row.npu);
            dies.push(Die {
                logic: logic(device.id),
                card: chip.and_then(|chip| chip.npu).or(mapped).unwrap_or(counted),
                soc: probe.runtime.soc.clone().or_else(|| smi.board.soc()).unwrap_or_else(|| "unknown".to_owned()),
                bus,
            });
        }
        let number = |index: usize| {
            let chip: &Option<&Chip> = chips.get(index)?;
            let chip = (*chip)?;
            if smi.topo.physical { chip.physical } else { chip.npu }
        };
        let mut links = Vec::new();
        for (from, device) in usable.iter().enumerate() {
            let reachable = reachable(device);
            for (to, other) in usable.iter().enumerate().filter(|(to, _)| *to != from) {
                let kind = number(from).zip(number(to)).and_then(|(from, to)| smi.topo.link(from, to));
                links.push(Link {
                    from: logic(device.id),
                    to: logic(other.id),
                    kind: kind.unwrap_or("?").to_owned(),
                    reachable: reachable.get(&other.id).copied().unwrap_or(false),
                });
            }
        }
        Self { dies, links }
    }

    pub(super) fn any(&self) -> bool {
        !self.dies.is_empty()
    }
}
