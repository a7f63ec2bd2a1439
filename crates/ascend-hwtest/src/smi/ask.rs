//! Runs `npu-smi`, once for each thing that it can say.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Board, Info, Map, Refusal, Topo};
use crate::event::{Event, Phase};
use crate::machine::{End, Machine};

/// How long one question may take: the tool hangs when a device is lost.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// All that the tool said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Smi {
    /// Where it was found.
    pub tool: Option<PathBuf>,
    /// Why there is nothing below.
    pub trouble: Option<Trouble>,
    /// Devices and processes.
    pub info: Info,
    /// Numbers of devices.
    pub map: Map,
    /// Links between devices.
    pub topo: Topo,
    /// Names and versions of the first device.
    pub board: Board,
}

/// Why the tool did not say anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// It is not installed where it is looked for.
    NotFound,
    /// It did not end within 10 s, was killed, or could not be started.
    NoAnswer(String),
    /// The driver refused it.
    Refused(Refusal),
    /// It ended with an error that is not known here.
    Failed(String),
}

/// Asks everything; each question has that long ([`PATIENCE`], in general), and there are no further ones once it hangs.
#[must_use]
pub fn ask(machine: &Machine, patience: Duration) -> Smi {
    let Some(tool) = machine.find("npu-smi") else {
        return Smi { trouble: Some(Trouble::NotFound), ..Smi::default() };
    };
    let mut smi = Smi { tool: Some(tool.clone()), ..Smi::default() };
    let ask = |arguments: &[&str]| -> Result<String, Trouble> {
        let ran = machine.run(&tool, arguments, patience);
        match (&ran.end, Refusal::find(&ran.output())) {
            (End::TimedOut { .. } | End::NotStarted(_) | End::Signal(_), _) => {
                Err(Trouble::NoAnswer(format!("npu-smi {}: {}", arguments.join(" "), ran.end)))
            }
            (End::Code(_), Some(refusal)) => Err(Trouble::Refused(refusal)),
            (End::Code(0), None) => Ok(ran.stdout),
            (End::Code(code), None) => {
                let said = ran.output().lines().next().unwrap_or_default().trim().to_owned();
                Err(Trouble::Failed(format!("npu-smi {}: exit code {code}: {said}", arguments.join(" "))))
            }
        }
    };
    match ask(&["info"]) {
        Ok(text) => smi.info = Info::parse(&text),
        Err(trouble) => {
            smi.trouble = Some(trouble);
            return smi;
        }
    }
    // The others only add to it: what an old tool does not know is left out.
    if let Ok(text) = ask(&["info", "-m"]) {
        smi.map = Map::parse(&text);
    }
    if let Ok(text) = ask(&["info", "-t", "topo"]) {
        smi.topo = Topo::parse(&text);
    }
    if let Some(board) = smi.info.chips.first().and_then(|chip| {
        let npu = chip.npu?.to_string();
        let within = chip.chip.map(|chip| chip.to_string());
        let mut arguments = vec!["info", "-t", "board", "-i", npu.as_str()];
        arguments.extend(within.iter().flat_map(|chip| ["-c", chip.as_str()])); // the 950 has none, and takes none
        ask(&arguments).ok()
    }) {
        smi.board = Board::parse(&board);
    }
    smi
}

impl Smi {
    /// What the device with this bus id looks like, for the comparison of before and after; `None` if it is not shown.
    #[must_use]
    pub fn state(&self, phase: Phase, bus: &str) -> Option<Event> {
        let chip = self.info.at(bus)?;
        let here = self.info.processes.iter().filter(|process| process.is_on(chip));
        Some(Event::State {
            phase,
            bus: bus.to_owned(),
            used_mib: chip.used().map(|used| used.used),
            processes: here.map(|process| (process.local_pid(), process.name.clone().unwrap_or_default())).collect(),
            health: chip.health.clone(),
        })
    }

    /// How many lines were not understood.
    #[must_use]
    pub fn unparsed(&self) -> Vec<&str> {
        let parts = [&self.info.unparsed, &self.map.unparsed, &self.topo.unparsed, &self.board.unparsed];
        parts.into_iter().flatten().map(String::as_str).collect()
    }
}
