//! The screen of `doctor`: what this machine has, what is wrong, and what to do.

use std::fmt::Write as _;

use serde::Serialize;

use crate::event::{Finding, Severity};
use crate::preflight::Preflight;

/// What preflight found, for people.
#[must_use]
pub fn text(found: &Preflight) -> String {
    let mut out = String::new();
    let _ = write!(out, " ascend hw-test doctor"); // writing to a string does not fail
    let label = if found.backend == "sim" { " · SIMULATOR, no NPU is used" } else { "" };
    let _ = writeln!(out, "{label} · {}, {} B pages", found.host.architecture, found.host.page_size);
    if !found.versions.is_empty() {
        let versions: Vec<String> = found.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let _ = writeln!(out, " {}", versions.join(" · "));
    }
    out.push('\n');
    devices(&mut out, found);
    let _ = writeln!(out, " {}", summary(found));
    for finding in &found.findings {
        out.push('\n');
        out.push_str(&of(finding));
    }
    out.push('\n');
    let exit = found.exit().code();
    let end = match (found.usable(), found.ipc_events) {
        (true, true) => "IPC events work here".to_owned(),
        (true, false) => "the hardware works, but IPC events do not".to_owned(),
        (false, _) if found.backend == "sim" => "no usable device".to_owned(),
        (false, _) => "no usable hardware".to_owned(),
    };
    let _ = writeln!(out, " {end}    exit {exit}");
    out
}

/// `preflight 28 checks: 26 ok, 2 notes`.
#[must_use]
pub fn summary(found: &Preflight) -> String {
    let mut codes: Vec<&str> = found.findings.iter().map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let count = |severity| found.findings.iter().filter(|finding| finding.severity == severity).count();
    let kinds = [(Severity::Error, "error"), (Severity::Skip, "limit"), (Severity::Warning, "note")];
    let mut parts = vec![format!("{} ok", found.checks.saturating_sub(codes.len()))];
    for (severity, word) in kinds {
        match count(severity) {
            0 => {}
            1 => parts.push(format!("1 {word}")),
            some => parts.push(format!("{some} {word}s")),
        }
    }
    let mark = if found.usable() { '✔' } else { '✘' };
    format!("{mark} preflight   {} checks: {}", found.checks, parts.join(", "))
}

/// One finding as a paragraph.
#[must_use]
pub fn of(finding: &Finding) -> String {
    let mark = match finding.severity {
        Severity::Error => '✘',
        Severity::Skip => '–',
        Severity::Warning => '!',
    };
    let code = &finding.code;
    let mut out = format!(" {mark} {code}  {}\n", finding.title);
    for line in finding.detail.lines() {
        let _ = writeln!(out, "        {line}");
    }
    let _ = writeln!(out, "        fix: {}", finding.fix);
    let _ = writeln!(out, "        effect: {}    [cargo xtask hw-test explain {code}]", finding.effect);
    out
}

fn devices(out: &mut String, found: &Preflight) {
    for card in found.hardware.cards.iter().filter(|_| found.dies.is_empty()) {
        let _ = writeln!(out, " card        {} · {}", card.bus, card.product);
    }
    for (die, device) in found.dies.iter().zip(found.probe.devices.iter().filter(|device| device.is_usable())) {
        let chip = found.smi.info.at(&die.bus);
        let bus = if die.bus.is_empty() { "?" } else { &die.bus };
        let _ = write!(out, " device {:<4} {bus} · card {} · {}", die.logic, die.card, die.soc);
        if let Some(memory) = device.memory {
            let used = memory.saturating_sub(device.free.unwrap_or(memory));
            let _ = write!(out, " · {} of {} MiB used", used >> 20, memory >> 20);
        }
        if let Some(health) = chip.and_then(|chip| chip.health.as_deref()) {
            let _ = write!(out, " · {health}");
        }
        if let Some(ms) = device.set_ms.filter(|_| found.backend != "sim") {
            let _ = write!(out, " · up in {}.{} s", ms / 1000, ms % 1000 / 100);
        }
        out.push('\n');
    }
    if !found.links.is_empty() {
        let mut kinds: std::collections::BTreeMap<(&str, bool), usize> = std::collections::BTreeMap::new();
        for link in &found.links {
            *kinds.entry((&link.kind, link.reachable)).or_default() += 1;
        }
        let named = kinds.iter().map(|((kind, reachable), count)| {
            let kind = if *kind == "?" { "unknown link" } else { kind };
            format!("{count} × {kind}{}", if *reachable { "" } else { ", no access" })
        });
        let _ = writeln!(out, " links       {}", named.collect::<Vec<_>>().join(" · "));
    }
    if !found.dies.is_empty() || !found.hardware.cards.is_empty() {
        out.push('\n');
    }
}

/// What preflight found, for machines: everything, and how the command ends.
///
/// # Errors
/// None is known; whatever the serialiser says.
pub fn json(found: &Preflight) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Report<'a> {
        schema: &'static str,
        exit: u8,
        usable: bool,
        #[serde(flatten)]
        found: &'a Preflight,
    }
    let report = Report { schema: "hw-test-doctor/1", exit: found.exit().code(), usable: found.usable(), found };
    serde_json::to_string_pretty(&report)
}
