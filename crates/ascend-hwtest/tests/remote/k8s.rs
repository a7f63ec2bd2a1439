//! Kubernetes: the engine against a `kubectl` on PATH that plays a cluster with one pod.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Instant;

use ascend_hwtest::fleet::book::Book;
use ascend_hwtest::fleet::{self, Engine, Row, State, Target};
use ascend_hwtest::profile::Profiles;
use ascend_hwtest::remote::Error;
use ascend_hwtest::remote::k8s::Kubernetes;

use crate::fixture::{LONG, PATIENCE, Told, WORDS, both, job, lacks, packed, took, until};

const NODES: &str = r#"{"items":[{"status":{"allocatable":{"cpu":"8","huawei.com/Ascend910":"8"}}}]}"#;

struct Cluster {
    dir: tempfile::TempDir,
}

impl Cluster {
    fn new(nodes: &str) -> Self {
        let dir = tempfile::tempdir_in("/tmp").unwrap();
        let kubectl = dir.path().join("kubectl");
        std::fs::write(&kubectl, include_str!("kubectl.py")).unwrap();
        std::fs::set_permissions(&kubectl, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir(dir.path().join("cluster")).unwrap();
        std::fs::write(dir.path().join("cluster/nodes.json"), nodes).unwrap();
        Self { dir }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join("cluster").join(name)
    }

    fn engine(&self) -> Kubernetes {
        let text = format!(
            "[k8s.lab]\nimage = \"lab/cann:9\"\ncount = 2\ncontext = \"lab\"\nnamespace = \"npu\"\ndir = {:?}\n",
            self.dir.path().join("pod")
        );
        let path = std::env::join_paths(
            std::iter::once(self.dir.path().to_owned())
                .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        Kubernetes::new("lab", &Profiles::parse(&text).unwrap()).unwrap().with_path(path.unwrap())
    }

    fn run_dir(&self, run: &str) -> PathBuf {
        self.dir.path().join("pod/runs").join(run)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Its container, should a test have failed; it may have ended.
        let pid = std::fs::read_to_string(self.file("container")).ok().and_then(|text| text.parse().ok());
        if let Some(pid) = pid.filter(|_| !self.file("code").exists()).and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}

fn target() -> Target {
    "k8s:lab".parse().unwrap()
}

#[test]
fn a_pod_is_given_its_work_when_it_comes_up_and_its_results_are_fetched() {
    if lacks("k8s::a_pod_is_given_its_work_when_it_comes_up", &["python3"]) {
        return;
    }
    let start = Instant::now();
    let cluster = Cluster::new(NODES);
    let local = tempfile::tempdir().unwrap();
    let job = job(&packed(local.path()), 100);
    let book = Book::new(local.path().join("fleet"));
    let run_dir = cluster.run_dir(&format!("{}00", job.run));
    let mut told = Told::default();
    let engine: Box<dyn Engine> = Box::new(cluster.engine());
    let rows = std::thread::scope(|scope| {
        scope.spawn(|| {
            until("the job is there", || cluster.file("job.json").exists());
            std::fs::write(cluster.file("up"), "").unwrap();
            until("the run has begun", || run_dir.join("events.jsonl").exists());
            // The API server is away for a while, which is no failure.
            std::fs::write(cluster.file("down"), "").unwrap();
            std::thread::sleep(PATIENCE.pause * 5);
            std::fs::remove_file(cluster.file("down")).unwrap();
            std::fs::write(run_dir.join("latch"), "").unwrap();
        });
        fleet::run(&[(target(), engine)], &job, &book, Some(PATIENCE), &mut told).unwrap()
    });
    assert_eq!(rows, [Row { name: "00-k8s-lab".into(), state: State::Ended(100), note: None }], "{:?}", told.sentences);
    assert_eq!(told.sentences[1], "queued (ContainerCreating)");
    assert_eq!(told.events, both(100));
    let folder = book.folder("00-k8s-lab");
    assert_eq!(std::fs::read_to_string(folder.join("events.jsonl")).unwrap(), both(100));
    let spec = std::fs::File::open(folder.join("seen.json")).unwrap();
    assert_eq!(fleet::job::Spec::read(spec).unwrap().environment["WORDS"], WORDS);
    // The container ends with the run's code as soon as the results have been fetched.
    until("the container has ended", || cluster.file("code").exists());
    assert_eq!(std::fs::read_to_string(cluster.file("code")).unwrap(), "100");
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(cluster.file("job.json")).unwrap()).unwrap();
    let npus = manifest.pointer("/spec/template/spec/containers/0/resources/limits/huawei.com~1Ascend910");
    assert_eq!(npus, Some(&"2".into()));
    assert_eq!(cluster.engine().clean().unwrap(), "1 jobs removed, 0 go on");
    took("k8s: a whole job, played", start);
}

#[test]
fn the_log_of_a_pod_that_has_ended_still_has_the_events() {
    if lacks("k8s::the_log_of_a_pod_that_has_ended_still_has_the_events", &["python3"]) {
        return;
    }
    let cluster = Cluster::new(NODES);
    let local = tempfile::tempdir().unwrap();
    let packed = packed(local.path());
    let job = job(&packed, 0);
    let engine = cluster.engine();
    let ticket = engine.submit(&job, &packed.sha256).unwrap();
    std::fs::write(cluster.file("up"), "").unwrap();
    until("the run has begun", || {
        engine.look(&job, &ticket).unwrap() == State::Running && cluster.run_dir(&job.run).join("events.jsonl").exists()
    });
    assert_eq!(engine.clean().unwrap(), "0 jobs removed, 1 go on");
    std::fs::write(cluster.run_dir(&job.run).join("latch"), "").unwrap();
    until("the run has ended", || engine.look(&job, &ticket).unwrap() == State::Ended(0));
    std::fs::write(cluster.run_dir(&job.run).join("fetched"), "").unwrap(); // by somebody else
    until("the container has ended", || cluster.file("code").exists());

    let mirror = local.path().join("mirror");
    let first = both(0).lines().next().unwrap().to_owned() + "\n";
    std::fs::write(&mirror, &first).unwrap();
    engine.follow(&job, &ticket, &mirror, &mut |_| {}).unwrap();
    assert_eq!(std::fs::read_to_string(&mirror).unwrap(), both(0));
    engine.fetch(&job, &ticket, &local.path().join("run")).unwrap();
    assert_eq!(std::fs::read_to_string(local.path().join("run/events.jsonl")).unwrap(), both(0));
}

#[test]
fn a_cancelled_run_ends_in_order_and_a_queued_one_is_deleted() {
    if lacks("k8s::a_cancelled_run_ends_in_order_and_a_queued_one_is_deleted", &["python3"]) {
        return;
    }
    let cluster = Cluster::new(NODES);
    let local = tempfile::tempdir().unwrap();
    let packed = packed(local.path());
    let engine = cluster.engine();
    let queued = job(&packed, 0);
    let ticket = engine.submit(&queued, &packed.sha256).unwrap();
    assert_eq!(engine.look(&queued, &ticket).unwrap(), State::Queued("ContainerCreating".into()));
    engine.cancel(&queued, &ticket).unwrap();
    assert!(matches!(engine.look(&queued, &ticket).unwrap(), State::Infra(_)));

    let running = job(&packed, 0);
    let ticket = engine.submit(&running, &packed.sha256).unwrap();
    std::fs::write(cluster.file("up"), "").unwrap();
    until("the run has begun", || {
        engine.look(&running, &ticket).unwrap() == State::Running
            && cluster.run_dir(&running.run).join("events.jsonl").exists()
    });
    engine.cancel(&running, &ticket).unwrap();
    assert_eq!(engine.look(&running, &ticket).unwrap(), State::Ended(130));
    engine.fetch(&running, &ticket, &local.path().join("run")).unwrap();
    until("the container has ended", || cluster.file("code").exists());
}

#[test]
fn a_cluster_without_enough_npus_or_with_several_kinds_asks_for_a_decision() {
    if lacks("k8s::a_cluster_without_enough_npus", &["python3"]) {
        return;
    }
    let resource = |nodes: &str| match Cluster::new(nodes).engine().resource() {
        Ok(resource) => resource,
        Err(error @ Error::Usage(_)) => error.to_string(),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(resource(NODES), "huawei.com/Ascend910");
    assert_eq!(resource(r#"{"items":[]}"#), "no node of lab offers huawei.com/ascend…; is the device plugin there?");
    let one = NODES.replace("\"8\"}", "\"1\"}");
    assert_eq!(resource(&one), "no node has 2 NPUs; there is: huawei.com/Ascend910 (1 on a node)");
    let two = NODES.replace("\"cpu\":\"8\"", "\"huawei.com/ascend-1980\":\"16\"");
    assert!(resource(&two).starts_with("the cluster offers several resources; say `resource = …` in [k8s.lab]: "));
    assert!(resource(&two).contains("huawei.com/ascend-1980 (16 on a node)"));
    let broken = Cluster::new(NODES);
    std::fs::write(broken.file("down"), "").unwrap();
    let start = Instant::now();
    assert!(matches!(broken.engine().resource(), Err(Error::Lost { said, .. }) if said.contains("connection refused")));
    assert!(start.elapsed() < LONG);
}
