//! The table of `npu-smi info`: devices, and the processes that use them.

use serde::{Deserialize, Serialize};

use super::layout::{Column, Layout, cells, is_bus, known, usage};
use super::number;

/// What `npu-smi info` shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// Version of the tool.
    pub tool: Option<String>,
    /// Version of the driver.
    pub driver: Option<String>,
    /// The devices.
    pub chips: Vec<Chip>,
    /// The processes that use them.
    pub processes: Vec<Process>,
    /// Lines that were not understood, or not wholly.
    pub unparsed: Vec<String>,
}

/// A device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chip {
    /// Number of the card.
    pub npu: Option<u32>,
    /// Number within the card.
    pub chip: Option<u32>,
    /// Number on the machine, where the table tells it.
    pub physical: Option<u32>,
    /// Name of the product.
    pub name: Option<String>,
    /// `OK`, `Warning`, `Alarm`, `Critical`, `UNKNOWN`.
    pub health: Option<String>,
    /// PCI bus id.
    pub bus: Option<String>,
    /// Watts; only the first die of a card tells it.
    pub power: Option<f64>,
    /// Degrees Celsius.
    pub temperature: Option<f64>,
    /// Per cent.
    pub busy: Option<f64>,
    /// MiB of DDR memory.
    pub memory: Option<Usage>,
    /// MiB of high-bandwidth memory.
    pub hbm: Option<Usage>,
}

/// How much of something is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Used.
    pub used: u64,
    /// All there is.
    pub total: u64,
}

/// A process that uses a device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Number of the card.
    pub npu: Option<u32>,
    /// Number within the card.
    pub chip: Option<u32>,
    /// Its pid on the host; in a container that is not what the container sees.
    pub pid: u32,
    /// Its pid in its container.
    pub in_container: Option<u32>,
    /// Its name, which the tool cuts or leaves empty.
    pub name: Option<String>,
    /// MiB of device memory.
    pub mib: Option<u64>,
}

impl Chip {
    /// What its device node is numbered by.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        self.physical.or(self.npu)
    }

    /// MiB that are used of the memory that matters: high-bandwidth memory where there is any.
    #[must_use]
    pub fn used(&self) -> Option<Usage> {
        self.hbm.filter(|hbm| hbm.total > 0).or(self.memory)
    }
}

impl Process {
    /// Whether it is on this device.
    #[must_use]
    pub fn is_on(&self, chip: &Chip) -> bool {
        self.npu == chip.npu && (self.chip.is_none() || chip.chip.is_none() || self.chip == chip.chip)
    }

    /// The pid that means something here: the inner one in a container, where the host's means nothing.
    #[must_use]
    pub fn local_pid(&self) -> u32 {
        self.in_container.unwrap_or(self.pid)
    }
}

/// What the reader has seen so far.
#[derive(Default)]
struct Reader {
    info: Info,
    first: Option<Layout>,
    second: Option<Layout>,
    processes: Option<Layout>,
    /// A device whose second row has not come yet.
    pending: Option<(Chip, String)>,
}

impl Info {
    /// Reads what the tool wrote.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut reader = Reader::default();
        for line in text.lines() {
            let is_rule = line.trim_start().starts_with('+');
            if !is_rule && !line.trim().is_empty() && !reader.line(line) {
                reader.info.unparsed.push(line.trim_end().to_owned());
            }
        }
        reader.finish_chip();
        reader.info
    }

    /// The device with this bus id, in whatever case it is written.
    #[must_use]
    pub fn at(&self, bus: &str) -> Option<&Chip> {
        self.chips.iter().find(|chip| chip.bus.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(bus)))
    }
}

impl Reader {
    /// Whether the line was understood.
    fn line(&mut self, line: &str) -> bool {
        let Some(row) = cells(line) else { return false };
        let has = |label: &str| row.iter().any(|cell| cell.contains(label));
        if has("Process id") {
            self.finish_chip();
            self.processes = Some(Layout::of(&row));
            return true;
        }
        if has("Name") && has("Health") {
            self.first = Some(Layout::of(&row));
            return true;
        }
        if has("Bus-Id") {
            self.second = Some(Layout::of(&row));
            return true;
        }
        if self.processes.is_some() {
            return has("No running process") || self.process(&row);
        }
        match row.as_slice() {
            [version] if version.contains("npu-smi") => self.version(version),
            _ => self.chip(&row, line),
        }
    }

    fn version(&mut self, cell: &str) -> bool {
        let (tool, driver) = cell.split_once("Version:").unwrap_or((cell, ""));
        self.info.tool = tool.trim().strip_prefix("npu-smi").and_then(|tool| known(tool.trim()));
        self.info.driver = known(driver.trim());
        self.info.tool.is_some()
    }

    fn chip(&mut self, row: &[&str], line: &str) -> bool {
        let (Some(first), Some(second)) = (&self.first, &self.second) else { return false };
        let bus = second.cell_of(Column::Bus).unwrap_or_default();
        if self.pending.is_some() && row.len() <= bus {
            return false; // cut so early that it could be a row of either kind
        }
        let is_second = row.get(bus).is_some_and(|cell| is_bus(cell));
        let layout = if is_second
            || self.pending.is_some() && row.len() == second.cells() && row.first().is_some_and(|cell| cell.is_empty())
        {
            second
        } else {
            first
        };
        let (values, whole) = layout.read(row);
        if std::ptr::eq(layout, second) {
            let Some((mut chip, _)) = self.pending.take() else { return false };
            values.iter().for_each(|(column, value)| chip.set(*column, value));
            self.info.chips.push(chip);
            return whole;
        }
        self.finish_chip();
        let mut chip = Chip::default();
        values.iter().for_each(|(column, value)| chip.set(*column, value));
        if chip.npu.is_none() {
            return false;
        }
        self.pending = Some((chip, line.trim_end().to_owned()));
        whole
    }

    /// A device without a second row is kept, and told.
    fn finish_chip(&mut self) {
        if let Some((chip, line)) = self.pending.take() {
            self.info.chips.push(chip);
            self.info.unparsed.push(line);
        }
    }

    fn process(&mut self, row: &[&str]) -> bool {
        let Some(layout) = &self.processes else { return false };
        let (values, whole) = layout.read(row);
        let mut process = Process::default();
        let mut pid = None;
        for (column, value) in &values {
            match column {
                Column::Npu => process.npu = number(value),
                Column::Chip => process.chip = number(value),
                Column::ProcessId => pid = number(value),
                Column::ProcessName => process.name = known(value),
                Column::ProcessMemory => process.mib = number(value),
                Column::InContainer => process.in_container = number(value),
                _ => {}
            }
        }
        let Some(pid) = pid else { return false };
        process.pid = pid;
        self.info.processes.push(process);
        whole
    }
}

impl Chip {
    fn set(&mut self, column: Column, value: &str) {
        match column {
            Column::Npu => self.npu = number(value),
            Column::Chip => self.chip = number(value),
            Column::Physical => self.physical = number(value),
            Column::Name => self.name = known(value),
            Column::Health => self.health = known(value),
            Column::Bus => self.bus = known(value),
            Column::Power => self.power = number(value),
            Column::Temperature => self.temperature = number(value),
            Column::Use => self.busy = number(value),
            Column::Memory => self.memory = usage(value),
            Column::Hbm => self.hbm = usage(value),
            _ => {}
        }
    }
}
