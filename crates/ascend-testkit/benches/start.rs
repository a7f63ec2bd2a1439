//! How long N roles take from their start to a barrier, against bare processes with a barrier in a memfd.
#![allow(unsafe_code, missing_docs, clippy::print_stdout)]

use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use ascend_testkit::{RoleCx, RoleResult, Setup, roles};
use criterion::{BenchmarkId, Criterion};
use rustix::fs::MemfdFlags;
use rustix::mm::{MapFlags, ProtFlags};
use rustix::thread::futex;

/// Marks a bare process.
const BARE: &str = "ASCEND_TESTKIT_BARE";

const COUNTS: [usize; 3] = [2, 8, 64];

/// Pairs of measurements, the two kinds in turn.
const PAIRS: usize = 31;

roles![comer];

fn comer(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.barrier("all")?;
    Ok(())
}

/// The kit: from the first start until all have come.
fn kit(count: usize) -> Duration {
    let mut taken = Duration::ZERO;
    let report = Setup::new().test("none: the bench begins with the role").run_report(|s| {
        let begin = Instant::now();
        let roles: Vec<_> = (0..count).map(|_| s.spawn(comer, ())).collect();
        s.barrier("all", &roles);
        taken = begin.elapsed();
    });
    assert!(report.passed(), "{report}");
    taken
}

/// Two words in shared memory: how many have come, and whether they may go.
struct Barrier {
    words: NonNull<[AtomicU32; 2]>,
}

impl Barrier {
    const SIZE: usize = 4096;

    fn map(file: impl AsFd) -> Self {
        let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        // SAFETY: the kernel chooses the place, and the file is at least this long, and stays so.
        let words = unsafe { rustix::mm::mmap(ptr::null_mut(), Self::SIZE, protection, flags, file, 0) };
        let words = NonNull::new(words.expect("a page can be mapped").cast());
        Self { words: words.expect("the kernel maps nothing at 0 unless told to") }
    }

    fn word(&self, index: usize) -> &AtomicU32 {
        // SAFETY: at the start of a page that is mapped as long as `self` is there, shared only as atomics.
        let words = unsafe { self.words.as_ref() };
        &words[index]
    }

    fn wait_until(word: &AtomicU32, wanted: u32) {
        loop {
            let now = word.load(Ordering::Acquire);
            if now >= wanted {
                return;
            }
            let _ = futex::wait(word, futex::Flags::empty(), now, None); // however it ends, look again
        }
    }

    fn come(&self) {
        self.word(0).fetch_add(1, Ordering::AcqRel);
        let _ = futex::wake(self.word(0), futex::Flags::empty(), u32::MAX >> 1);
        Self::wait_until(self.word(1), 1);
    }

    fn open(&self, count: u32) {
        Self::wait_until(self.word(0), count);
        self.word(1).store(1, Ordering::Release);
        let _ = futex::wake(self.word(1), futex::Flags::empty(), u32::MAX >> 1);
    }
}

impl Drop for Barrier {
    fn drop(&mut self) {
        // SAFETY: exactly what was mapped, and no reference to it is left.
        let _ = unsafe { rustix::mm::munmap(self.words.as_ptr().cast(), Self::SIZE) };
    }
}

/// Bare processes: from the first start until all have come.
fn bare(count: usize) -> Duration {
    let program = std::env::current_exe().expect("a bench has a binary");
    let begin = Instant::now();
    let file = rustix::fs::memfd_create("barrier", MemfdFlags::CLOEXEC).expect("a memfd");
    rustix::fs::ftruncate(&file, Barrier::SIZE as u64).expect("a page");
    let barrier = Barrier::map(&file);
    let start = |_| {
        let file: OwnedFd = file.try_clone().expect("a descriptor");
        let mut command = Command::new(&program);
        command.env(BARE, "1").stdin(Stdio::from(file)).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("a process")
    };
    let mut children: Vec<Child> = (0..count).map(start).collect();
    barrier.open(count.try_into().expect("few processes"));
    let taken = begin.elapsed();
    for child in &mut children {
        assert!(child.wait().expect("a status").success());
    }
    taken
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn main() {
    ascend_testkit::enter_if_role();
    if std::env::var_os(BARE).is_some() {
        Barrier::map(rustix::stdio::stdin()).come();
        return;
    }
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("start to barrier");
    for count in COUNTS {
        for (name, run) in [("kit", kit as fn(usize) -> Duration), ("bare", bare)] {
            group.bench_with_input(BenchmarkId::new(name, count), &count, |bench, count| {
                bench.iter_custom(|rounds| (0..rounds).map(|_| run(*count)).sum());
            });
        }
    }
    group.finish();
    criterion.final_summary();
    for count in COUNTS {
        let (kit, bare): (Vec<_>, Vec<_>) = (0..PAIRS).map(|_| (kit(count), bare(count))).unzip();
        let (kit, bare) = (median(kit), median(bare));
        println!("{count:3} roles: kit {kit:7.3} ms, bare {bare:7.3} ms, ratio {:.2} (goal 1.25)", kit / bare);
    }
}
