//! Slurm: a real cluster of one node on the loopback interface, by `ci/slurm-one-node.sh`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use ascend_hwtest::fleet::book::Book;
use ascend_hwtest::fleet::{self, Row, State, Target};
use ascend_hwtest::profile::Profiles;

use crate::fixture::{PATIENCE, Told, WORDS, both, job, lacks, packed, took, until};

const PROGRAMS: [&str; 4] = ["slurmctld", "slurmd", "sbatch", "munged"];

/// A cluster that ends with this value.
struct Cluster {
    dir: tempfile::TempDir,
}

impl Cluster {
    fn start() -> Self {
        let cluster = Self { dir: tempfile::tempdir_in("/tmp").unwrap() };
        let started = script(&["start", &cluster.state(), "2"]).stderr_to_stdout().stdout_capture().unchecked().run();
        let output = started.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        cluster
    }

    fn state(&self) -> String {
        self.dir.path().join("slurm").display().to_string()
    }

    fn shared(&self) -> PathBuf {
        self.dir.path().join("shared")
    }

    fn profiles(&self) -> Profiles {
        let text = format!(
            "[slurm.one]\ndir = {:?}\ngres = \"npu:910b\"\ncount = 2\npartition = \"main\"\nconf = \"{}/slurm.conf\"\n",
            self.shared(),
            self.state()
        );
        Profiles::parse(&text).unwrap()
    }

    /// Runs a command of Slurm.
    fn slurm(&self, program: &str, arguments: &[&str]) -> String {
        duct::cmd(program, arguments).env("SLURM_CONF", format!("{}/slurm.conf", self.state())).read().unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = script(&["stop", &self.state()]).unchecked().run(); // what it says goes to the test's output
    }
}

fn script(arguments: &[&str]) -> duct::Expression {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ci/slurm-one-node.sh");
    duct::cmd(path, arguments)
}

fn target() -> Target {
    "slurm:one".parse().unwrap()
}

#[test]
fn a_job_gets_npus_runs_and_its_results_are_collected() {
    if lacks("slurm::a_job_gets_npus_runs_and_its_results_are_collected", &PROGRAMS) {
        return;
    }
    let start = Instant::now();
    let cluster = Cluster::start();
    took("slurm: the cluster is up", start);
    let local = tempfile::tempdir().unwrap();
    let packed = packed(local.path());
    let job = job(&packed, 100);
    let book = Book::new(local.path().join("fleet"));
    let run_dir = cluster.shared().join("runs").join(format!("{}00", job.run));
    let profiles = cluster.profiles();
    let make = |target: &Target| fleet::engine(target, &profiles);
    let mut told = Told::default();
    let rows = std::thread::scope(|scope| {
        scope.spawn(|| {
            until("the run has begun", || run_dir.join("events.jsonl").exists());
            // It has been given the NPUs, so that another job has to wait.
            let jobs = cluster.slurm("squeue", &["--noheader", "--format=%T %b"]);
            assert_eq!(jobs, "RUNNING gres:npu:910b:2");
            std::fs::write(run_dir.join("latch"), "").unwrap();
        });
        fleet::run(&[(target(), make(&target()).unwrap())], &job, &book, Some(PATIENCE), &mut told).unwrap()
    });
    assert_eq!(
        rows,
        [Row { name: "00-slurm-one".into(), state: State::Ended(100), note: None }],
        "{:?}",
        told.sentences
    );
    assert_eq!(told.events, both(100));
    let folder = book.folder("00-slurm-one");
    assert_eq!(std::fs::read_to_string(folder.join("events.jsonl")).unwrap(), both(100));
    assert_eq!(std::fs::read_to_string(folder.join("stdout")).unwrap(), "words\n");
    let spec = std::fs::File::open(folder.join("seen.json")).unwrap();
    assert_eq!(fleet::job::Spec::read(spec).unwrap().environment["WORDS"], WORDS);
    make(&target()).unwrap().clean().unwrap();
    assert!(!cluster.shared().exists());
    took("slurm: a whole job, with its cluster", start);
}

#[test]
fn a_job_that_waits_is_queued_a_cancelled_one_ends_in_order_and_a_lost_node_is_no_failure() {
    if lacks("slurm::a_job_that_waits_is_queued", &PROGRAMS) {
        return;
    }
    let start = Instant::now();
    let cluster = Cluster::start();
    let local = tempfile::tempdir().unwrap();
    let packed = packed(local.path());
    let engine = fleet::engine(&target(), &cluster.profiles()).unwrap();
    let begun = |run: &str| {
        let events = cluster.shared().join("runs").join(run).join("events.jsonl");
        until("the run has begun", || events.exists());
    };

    let first = job(&packed, 0);
    let first_ticket = engine.submit(&first, &packed.sha256).unwrap();
    begun(&first.run);
    assert_eq!(engine.look(&first, &first_ticket).unwrap(), State::Running);
    let second = job(&packed, 0);
    let second_ticket = engine.submit(&second, &packed.sha256).unwrap();
    until("the second job waits for NPUs", || {
        engine.look(&second, &second_ticket).unwrap() == State::Queued("Resources".into())
    });

    // hwrun is asked first, and ends with the code of an interrupt.
    engine.cancel(&first, &first_ticket).unwrap();
    until("the first job has ended", || engine.look(&first, &first_ticket).unwrap().is_final());
    assert_eq!(engine.look(&first, &first_ticket).unwrap(), State::Ended(130));

    begun(&second.run);
    let node = cluster.slurm("sinfo", &["--noheader", "--format=%N"]);
    cluster.slurm("scontrol", &["update", &format!("NodeName={node}"), "State=DOWN", "Reason=test"]);
    until("the node's loss is seen", || engine.look(&second, &second_ticket).unwrap().is_final());
    let state = engine.look(&second, &second_ticket).unwrap();
    assert_eq!(state, State::Infra("NODE_FAIL: the node was lost".into()));
    assert_eq!(state.exit(), 102);
    took("slurm: queue, cancel and a lost node", start);
}
