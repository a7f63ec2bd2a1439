//! A bench for programs: builds the library, compiles C and C++ against our header, and runs what comes out.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// No program here takes longer unless it hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// A folder with the library under the vendor's names, and the compiled programs.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// Builds the library: cargo does not do it for tests, since no Rust program links it.
pub(crate) fn library() -> &'static Path {
    static PATH: LazyLock<PathBuf> = LazyLock::new(|| {
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
                .filter_map(|file| file.as_str().map(PathBuf::from))
                .find(|file| file.ends_with("libascend_sim.so"))
        });
        files.next_back().expect("cargo names the library that it built")
    });
    &PATH
}

/// Our headers.
pub(crate) fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ascend-sys/include")
}

/// The programs of the tests.
pub(crate) fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/c")
}

impl Bench {
    /// A bench without programs.
    pub(crate) fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        for name in ["libacl_rt.so", "libascendcl.so"] {
            std::os::unix::fs::symlink(library(), bench.path(name)).unwrap();
        }
        bench
    }

    /// Where a file of the bench is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Compiles `NAME.c` of the programs.
    pub(crate) fn compile(&self, name: &str, link: &str) {
        self.build(&sources().join(format!("{name}.c")), link);
    }

    /// Compiles one file, C++ if it ends so, into a program of the same name.
    pub(crate) fn build(&self, source: &Path, link: &str) {
        self.build_with(source, link, &[]);
    }

    /// As [`build`](Self::build), with more arguments for the compiler.
    pub(crate) fn build_with(&self, source: &Path, link: &str, more: &[&str]) {
        let (compiler, standard) = match source.extension().and_then(OsStr::to_str) {
            Some("cc") => ("c++", "-std=c++17"),
            _ => ("cc", "-std=gnu11"),
        };
        let name = source.file_stem().and_then(OsStr::to_str).unwrap();
        let output = Command::new(compiler)
            .args([standard, "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread", "-I"])
            .arg(include())
            .args(more)
            .arg(source)
            .arg("-o")
            .arg(self.path(name))
            .arg("-L")
            .arg(self.folder.path())
            .arg(format!("-l{link}"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}:\n{}", source.display(), String::from_utf8_lossy(&output.stderr));
    }

    /// Runs a program that was compiled here.
    pub(crate) fn run(&self, name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> String {
        let mut command = Command::new(self.path(name));
        command.args(arguments).envs(environment.iter().copied());
        self.end(command)
    }

    /// Runs a command, which must succeed, in a process group of its own, of which nothing is left afterwards.
    pub(crate) fn end(&self, mut command: Command) -> String {
        let mut child = command
            .env("LD_LIBRARY_PATH", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() && start.elapsed() < LIMIT {
            std::thread::sleep(Duration::from_millis(2));
        }
        let hung = child.try_wait().unwrap().is_none();
        // The group outlives its leader if the other process hangs: kill it in any case.
        let group = rustix::process::Pid::from_child(&child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(!hung, "{command:?} did not end within {LIMIT:?}:\n{text}");
        assert!(output.status.success(), "{command:?}: {}\n{text}", output.status);
        text
    }
}
