//! Call sites: where in the program a call of the simulator came from.
//!
//! A call keeps raw instruction pointers; what they mean is looked up when somebody has to be told, and kept.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::shm::book::{Noted, TEXT};

/// Frames that are kept of a call: enough to get from here through the safe layer to its caller, in a debug build.
const DEPTH: usize = 40;

/// One call, as this thread made it.
#[derive(Clone, Copy)]
pub(crate) struct Act {
    call: &'static str,
    pid: u32,
    /// Innermost first; the rest is 0.
    frames: [usize; DEPTH],
}

/// A call and its site, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) call: String,
    pub(crate) site: String,
    pub(crate) pid: u32,
}

thread_local! {
    static CURRENT: Cell<Option<Act>> = const { Cell::new(None) };
}

/// A call under way on this thread; what was under way before (a callback may call) is again when it is dropped.
pub(crate) struct Inside(Option<Act>);

/// A call begins; `None` unless strict mode is on.
#[inline]
pub(crate) fn enter(call: &'static str) -> Option<Inside> {
    if super::is_on() { Some(walk(call)) } else { None }
}

#[cold]
fn walk(call: &'static str) -> Inside {
    let (pid, mut frames, mut count) = (std::process::id(), [0; DEPTH], 0);
    super::note_process(pid);
    backtrace::trace(|frame| {
        frames[count] = frame.ip().addr();
        count += 1;
        count < DEPTH
    });
    Inside(CURRENT.replace(Some(Act { call, pid, frames })))
}

impl Drop for Inside {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// The call under way on this thread; on a thread of the simulator there is none.
pub(crate) fn current() -> Act {
    CURRENT.get().unwrap_or_else(|| Act { call: "a task of a stream", pid: std::process::id(), frames: [0; DEPTH] })
}

impl Act {
    /// The call and its site in words.
    pub(crate) fn told(&self) -> Told {
        let sites = self.frames.iter().take_while(|ip| **ip != 0);
        let site = sites.copied().find_map(look_up).map_or_else(|| "unknown".to_owned(), |site| site.to_string());
        Told { call: self.call.to_owned(), site, pid: self.pid }
    }
}

impl Told {
    /// What is noted for other processes: what does not fit is cut from the path's beginning.
    pub(crate) fn note(&self) -> String {
        let room = TEXT.saturating_sub(self.call.len() + " at ".len());
        let mut start = self.site.len().saturating_sub(room);
        if start > 0 {
            start += "...".len();
        }
        while !self.site.is_char_boundary(start) {
            start += 1;
        }
        let dots = if start > 0 { "..." } else { "" };
        format!("{} at {dots}{}", self.call, &self.site[start..])
    }

    /// What another process has noted.
    pub(crate) fn noted(noted: Noted) -> Self {
        let (call, site) = noted.text.split_once(" at ").unwrap_or((noted.text.as_str(), "unknown"));
        Self { call: call.to_owned(), site: site.to_owned(), pid: noted.pid }
    }
}

/// The site that an instruction pointer stands for; `None` if it is the simulator's own, or the safe layer's.
fn look_up(ip: usize) -> Option<Arc<str>> {
    static KNOWN: LazyLock<Mutex<HashMap<usize, Option<Arc<str>>>>> = LazyLock::new(Mutex::default);
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&ip).cloned();
    known.unwrap_or_else(|| {
        let found = symbolise(ip).map(Arc::from); // without the lock: this reads files
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(ip, found.clone());
        found
    })
}

fn symbolise(ip: usize) -> Option<String> {
    let modules = Modules::read();
    let (module, is_own) = modules.of(ip);
    if module.name.starts_with("libffi") && modules.0.contains("/_ctypes.") {
        return Some("python (ctypes)".to_owned()); // of Python's own frames nothing can be told here
    }
    let mut functions = Vec::new();
    // Functions that were inlined come first, innermost first; the last one is the function itself.
    backtrace::resolve(core::ptr::without_provenance_mut(ip), |symbol| {
        let Some(name) = symbol.name() else { return };
        let name = format!("{name:#}");
        let file = symbol.filename().map(|file| file.to_string_lossy().into_owned());
        let ours = is_ours(&name, is_own) || file.as_deref().is_some_and(is_source_of_ours);
        let site = match (file, symbol.lineno()) {
            (Some(file), Some(line)) => format!("{}:{line}", shorten(&file)),
            _ => format!("{name} in {}+{:#x}", module.name, ip.saturating_sub(module.base)),
        };
        functions.push((ours, site));
    });
    match functions.last() {
        None if is_own => None,
        None => Some(format!("{}+{:#x}", module.name, ip.saturating_sub(module.base))),
        Some((true, _)) => None,
        Some((false, _)) => functions.into_iter().find(|(ours, _)| !ours).map(|(_, site)| site),
    }
}

/// Whether a function belongs to the simulator, to the layers that call it, or to what they call.
fn is_ours(name: &str, in_own_module: bool) -> bool {
    let path = name.trim_start_matches(['<', '&', ' ']).trim_start_matches("mut ").trim_start_matches("dyn ");
    let crates = ["ascend_sim", "ascend_ipc", "ascend_sys", "backtrace", "core", "std", "alloc"];
    let of_crate = crates.iter().any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("::")));
    // The C symbols of the library have no path.
    of_crate || in_own_module && !path.contains("::") && (path.starts_with("acl") || path.starts_with("__rust"))
}

/// As [`is_ours`], by the file: with line tables only, inlined functions have no path.
fn is_source_of_ours(file: &str) -> bool {
    let ours = |name: &str| {
        ["ascend-sim", "ascend-ipc", "ascend-sys", "backtrace"].iter().any(|package| {
            let version = name.strip_prefix(package).and_then(|rest| rest.strip_prefix('-'));
            name == *package || version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
        })
    };
    let folders: Vec<&str> = file.split('/').collect();
    folders.windows(2).any(|pair| (pair[1] == "src" && ours(pair[0])) || pair == ["", "rustc"])
        || file.contains("/rustlib/src/rust/library/")
}

/// Paths below the current folder are shown from there.
fn shorten(file: &str) -> String {
    let here = std::env::current_dir().ok();
    let below =
        here.and_then(|here| std::path::Path::new(file).strip_prefix(here).ok().map(|path| path.display().to_string()));
    below.unwrap_or_else(|| file.to_owned())
}

/// A mapped file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Module {
    name: String,
    base: usize,
}

/// What is mapped where in this process.
struct Modules(String);

impl Modules {
    fn read() -> Self {
        Self(std::fs::read_to_string("/proc/self/maps").unwrap_or_default())
    }

    /// The module of an address, and whether the simulator is in it, too.
    fn of(&self, address: usize) -> (Module, bool) {
        let own = self.find(symbolise as *const () as usize);
        let found = self.find(address);
        let is_own = found.is_some() && found == own;
        (found.unwrap_or_else(|| Module { name: "unknown".to_owned(), base: 0 }), is_own)
    }

    fn find(&self, address: usize) -> Option<Module> {
        let path = self.0.lines().find_map(|line| parse(line).filter(|(range, _)| range.contains(&address)))?.1;
        let first = self.0.lines().filter_map(parse).find(|(_, other)| *other == path)?.0;
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        Some(Module { name, base: first.start })
    }
}

/// The range and the file of a line of `/proc/self/maps`.
fn parse(line: &str) -> Option<(core::ops::Range<usize>, &str)> {
    let (start, rest) = line.split_once('-')?;
    let (end, rest) = rest.split_once(' ')?;
    let path = &rest[rest.find('/')?..];
    Some((usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_the_simulator_and_of_the_layers_above_are_no_sites() {
        for name in [
            "ascend_sim::entry::event::f",
            "<ascend_ipc::event::IpcEvent<T>>::record",
            "core::ops::f",
            "<&ascend_sys::T as U>::f",
        ] {
            assert!(is_ours(name, false), "{name}");
        }
        for name in ["two_processes::producer::run", "main", "ascend_ipc_user::f", "aclMine"] {
            assert!(!is_ours(name, false), "{name}");
        }
        assert!(is_ours("aclrtRecordEvent", true));
        for file in
            ["/w/crates/ascend-sim/src/lib.rs", "/r/ascend-ipc-0.1.0/src/a.rs", "/rustc/0f/library/core/src/a.rs"]
        {
            assert!(is_source_of_ours(file), "{file}");
        }
        for file in ["/w/crates/ascend-ipc/examples/a.rs", "/w/ascend-sim-user/src/a.rs", "/w/rustc/a.c"] {
            assert!(!is_source_of_ours(file), "{file}");
        }
    }

    #[test]
    fn a_long_path_loses_its_beginning() {
        let site = format!("/{}/never_recorded.c:12", "x".repeat(200));
        let note = Told { call: "aclrtRecordEvent".to_owned(), site, pid: 1 }.note();
        assert_eq!(note.len(), TEXT);
        assert!(note.starts_with("aclrtRecordEvent at ...xxx") && note.ends_with("/never_recorded.c:12"), "{note}");
        let short = Told { call: "f".to_owned(), site: "a.c:1".to_owned(), pid: 1 };
        assert_eq!(Told::noted(Noted { pid: 1, text: short.note() }), short);
    }

    #[test]
    fn a_line_of_the_maps_has_a_range_and_a_file() {
        assert_eq!(parse("1000-2000 r-xp 0 08:01 5    /lib/a b.so"), Some((0x1000..0x2000, "/lib/a b.so")));
        assert_eq!(parse("1000-2000 rw-p 0 00:00 0"), None);
    }
}
