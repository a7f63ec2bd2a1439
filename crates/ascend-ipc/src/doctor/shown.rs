//! What was found, for people.

use std::fmt;

use super::{Access, DeviceFound, Doctor, Limit};

impl fmt::Display for Doctor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
        match &self.runtime {
            Some(runtime) => {
                writeln!(f, "runtime    {}, version {}", runtime.library, known(&runtime.version))?;
                if !runtime.simulated {
                    writeln!(f, "driver     {}", known(&runtime.driver))?;
                }
                writeln!(f, "SoC        {}", known(&runtime.soc))?;
            }
            None => writeln!(f, "runtime    none")?,
        }
        for tried in &self.tried {
            writeln!(f, "           {}: {}", tried.path.display(), tried.why)?;
        }
        for device in &self.devices {
            device.show(f)?;
        }
        let host = &self.host;
        writeln!(f, "pages      {} bytes", host.page_size)?;
        for node in &host.nodes {
            let access = match node.access {
                Access::Usable => "usable".to_owned(),
                Access::Forbidden { group } => format!("forbidden; it belongs to group {group}"),
                Access::Absent => "absent".to_owned(),
            };
            writeln!(f, "node       {}: {access}", node.path.display())?;
        }
        if let Some(visible) = &host.visible {
            writeln!(f, "visible    {:?}, read as {:?}", visible.value, visible.ids)?;
        }
        let namespace = |inode: Option<u64>| inode.map_or_else(|| "unknown".to_owned(), |inode| inode.to_string());
        writeln!(f, "namespace  pid {}, ipc {}", namespace(host.pid_namespace), namespace(host.ipc_namespace))?;
        writeln!(f, "limits     {} open files, {} bytes locked", limit(host.open_files), limit(host.locked_memory))?;
        for warning in &self.warnings {
            writeln!(f, "\nwarning[{}]: {}", warning.name, warning.symptom)?;
            writeln!(f, "  cause: {}\n  fix:   {}", warning.cause, warning.fix)?;
        }
        let verdict = if self.has_ipc_events() { "IPC events work" } else { "IPC events do not work" };
        write!(f, "\n{verdict}")
    }
}

impl DeviceFound {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device {:<3} ", self.id)?;
        if let Some(failure) = &self.failure {
            return writeln!(f, "{failure}");
        }
        write!(f, "{}", self.bus_id.as_deref().unwrap_or("bus id unknown"))?;
        if let (Some(free), Some(all)) = (self.memory_free, self.memory) {
            write!(f, ", {} of {} MiB free", free >> 20, all >> 20)?;
        }
        writeln!(f)?;
        let Some(can) = &self.capabilities else { return Ok(()) };
        let (works, lacks): (Vec<_>, Vec<_>) = can.named().into_iter().partition(|(_, support)| support.is_yes());
        let works: Vec<String> = works.into_iter().map(|(name, _)| name).collect();
        writeln!(f, "           has {}", works.join(", "))?;
        for (name, support) in lacks {
            writeln!(f, "           {name}: {support}")?;
        }
        Ok(())
    }
}

fn limit(limit: Limit) -> String {
    limit.current.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string())
}
