//! The bare 64 bytes, to and from a program in another language: Python with `ctypes`, on the simulator's library.
#![allow(clippy::print_stdout, reason = "a skip is visible")]
#![allow(unsafe_code, reason = "the bytes of another program are taken in")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ascend_ipc::{Device, ErrorKind, IpcEvent, Runtime, Ticket};
use ascend_testkit::Latch;

const PATIENCE: Duration = Duration::from_secs(30);

/// Builds the library: cargo does not do it for tests, since no Rust program links it.
static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "ascend-sim-cdylib", "--message-format=json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "building libascend_sim.so failed");
    let messages = String::from_utf8(output.stdout).unwrap();
    let mut files = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let files = message.get("filenames")?.as_array()?.clone();
        files
            .iter()
            .filter_map(|file| Some(PathBuf::from(file.as_str()?)))
            .find(|file| file.ends_with("libascend_sim.so"))
    });
    files.next_back().expect("cargo names the library that it built")
});

/// A Python process; killed when dropped.
struct Peer {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Peer {
    /// `None`, and said so, where there is no Python; CI has one and must.
    fn start(arguments: &[&str]) -> Option<Self> {
        let missing =
            Command::new("python3").args(["-c", "import ctypes"]).status().map_or(true, |status| !status.success());
        if missing && std::env::var_os("CI").is_none() {
            println!("skipped: there is no Python with ctypes on this machine");
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/peer.py");
        let mut child = Command::new("python3")
            .arg(script)
            .arg(&*LIBRARY)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let input = child.stdin.take().unwrap();
        Some(Self { child, input, lines })
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the peer says its next line in time")
    }

    fn go_on(&mut self) {
        self.input.write_all(b"go on\n").unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn device() -> Device {
    Runtime::simulated().unwrap().device(0).unwrap()
}

#[test]
fn python_opens_the_bytes_of_our_ticket_and_waits_for_our_record() {
    let device = device();
    let stream = device.create_stream().unwrap();
    let (event, ticket) = IpcEvent::create(&device).unwrap().share().unwrap();
    let bytes = ticket.to_raw();
    assert!(bytes[8..].iter().all(|byte| *byte == 0));
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let latch = Latch::new();
    let held = latch.clone();
    stream
        .launch_host(move || {
            held.hold();
        })
        .unwrap();
    let recorded = event.record(&stream).unwrap();
    let Some(peer) = Peer::start(&["open", &hex]) else { return latch.release() };
    assert_eq!(peer.line(), "waiting");
    latch.release();
    assert_eq!(peer.line(), "passed");
    event.wait_host(&recorded, PATIENCE).unwrap();
}

#[test]
fn we_open_the_bytes_that_python_exports_and_wait_for_its_record() {
    let device = device();
    let stream = device.create_stream().unwrap();
    let Some(mut peer) = Peer::start(&["create"]) else { return };
    let hex = peer.line();
    let mut bytes = [0; 64];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap();
    }
    // SAFETY: the peer exported an event under these bytes.
    let ticket = unsafe { Ticket::from_raw(bytes, &device) }.unwrap();
    assert_eq!(ticket.to_raw(), bytes);
    let event = ticket.open(&device).unwrap();
    event.wait_latest(&stream).unwrap();
    let error = stream.synchronize(Duration::from_millis(50)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "the stream waits: {error}");
    peer.go_on();
    assert_eq!(peer.line(), "recorded");
    stream.synchronize(PATIENCE).unwrap();
    drop(event);
    peer.go_on();
}

#[test]
fn bytes_that_name_nothing_are_refused_by_the_runtime() {
    let device = device();
    // SAFETY: the bytes name nothing.
    let ticket = unsafe { Ticket::from_raw([0x5a; 64], &device) }.unwrap();
    let error = ticket.open(&device).unwrap_err();
    assert_eq!((error.kind(), error.failed_call()), (ErrorKind::Stale, Some("aclrtIpcOpenEventHandle")), "{error}");
}
