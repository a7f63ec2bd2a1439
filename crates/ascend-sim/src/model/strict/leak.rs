//! What lives when the process exits: a summary by kind and by where it was created.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Mode;
use super::finding::{Finding, LEAKED};
use super::ledger;
use super::site::Told;
use super::use_of_event::check_recorded;
use crate::model::complaint::say;
use crate::model::memory::{Backing, Region};
use crate::model::overflow;
use crate::model::registry::{Raw, kind};
use crate::model::runtime::{Runtime, runtime};

/// Lines of the summary.
const LINES: usize = 19;

/// The process exits.
pub(crate) fn at_exit() {
    let runtime = runtime();
    for raw in runtime.events.raws(|_| true) {
        if let (Some(event), Some(entry)) = (runtime.events.get(raw), ledger::entry(raw)) {
            check_recorded(raw, &event, &entry);
        }
    }
    let mut groups: BTreeMap<(&'static str, String, String), (Told, usize)> = BTreeMap::new();
    for (what, told) in living(runtime) {
        let key = (what, told.site.clone(), told.call.clone());
        groups.entry(key).or_insert((told, 0)).1 += 1;
    }
    let more = groups.len().saturating_sub(LINES);
    let mut found = false;
    for ((what, ..), (told, count)) in groups.into_iter().take(LINES) {
        let (subject, these) =
            if count == 1 { (format!("1 {what}"), "it is") } else { (format!("{count} × {what}"), "they are") };
        let text = format!("{these} still there at the end of the process");
        found |= Finding::at(LEAKED, subject, text, told).write_down();
    }
    if more > 0 {
        say(&format!("ascend-sim: strict: {LEAKED}: and {more} more kinds and places"));
    }
    if found && super::mode() == Mode::Abort {
        std::process::abort();
    }
}

/// Everything that lives and should not, with where it was created.
fn living(runtime: &Runtime) -> Vec<(&'static str, Told)> {
    let mut raws: Vec<Raw> = runtime.events.raws(|_| true);
    raws.extend(runtime.streams.raws(|stream| !stream.is_default()));
    raws.extend(runtime.contexts.raws(|context| !context.is_primary()));
    raws.extend(runtime.notifies.raws(|_| true));
    raws.extend(runtime.physical.raws(|_| true));
    raws.extend(runtime.pools.raws(|_| true));
    raws.extend(runtime.counting_notifies.raws(|_| true));
    raws.extend(runtime.data_buffers.raws(|_| true));
    raws.extend(runtime.allocators.raws(|_| true));
    let handles = raws.into_iter().map(|raw| (kind(raw), ledger::entry(raw).map(|entry| entry.created())));
    let of_program = |region: &Arc<Region>| !overflow::is_ours(region.address());
    let memory = runtime.memory.all().into_iter().filter(of_program).filter_map(|region| {
        let what = match region.backing() {
            Backing::Device { .. } => "block of device memory",
            Backing::Host { .. } => "block of host memory",
            Backing::Imported(_) => "import of memory",
            Backing::Pooled { .. } => "block of a memory pool",
            Backing::Mapped(_) => "mapping of physical memory",
            Backing::Managed { .. } => "block of managed memory",
            Backing::Registered { .. } | Backing::Joined { .. } => return None,
        };
        Some((what, ledger::allocation(region.address())))
    });
    let keys = runtime.ipc_memory.exported_at().into_iter().map(|told| ("key of exported memory", told));
    let unknown = || Told { call: "a call".to_owned(), site: "unknown".to_owned(), pid: std::process::id() };
    let all = handles.chain(memory).chain(keys).map(|(what, told)| (what, told.unwrap_or_else(unknown)));
    // A forked child has inherited what its parent had made before; that is the parent's to give back.
    all.filter(|(_, told)| told.pid == std::process::id()).collect()
}
