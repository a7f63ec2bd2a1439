//! ssh, against an sshd of our own on the loopback interface.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ascend_hwtest::fleet::book::Book;
use ascend_hwtest::fleet::{self, Engine, Patience, Row, State, Target};
use ascend_hwtest::profile::Profiles;
use ascend_hwtest::remote::Error;

use crate::fixture::{LONG, PATIENCE, Told, WORDS, both, find, job, lacks, packed, took, until};

/// An sshd with its own port, keys and configuration, for the user of this test.
struct Server {
    dir: tempfile::TempDir,
    port: u16,
    daemon: Option<Child>,
}

impl Server {
    fn new() -> Self {
        let dir = tempfile::tempdir_in("/tmp").unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = |name: &str| dir.path().join(name).display().to_string();
        for key in ["host", "user"] {
            duct::cmd!("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file(key)).run().unwrap();
        }
        let sshd = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nPidFile {}\nAuthorizedKeysFile {}\nStrictModes no\n\
             UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n\
             PrintMotd no\nLogLevel ERROR\n",
            file("host"),
            file("sshd.pid"),
            file("user.pub"),
        );
        std::fs::write(file("sshd_config"), sshd).unwrap();
        let key = std::fs::read_to_string(file("host.pub")).unwrap();
        std::fs::write(file("known_hosts"), format!("[127.0.0.1]:{port} {key}")).unwrap();
        // Host keys are checked: this one is known, as a user would have it.
        let client = format!(
            "Host box\n HostName 127.0.0.1\n Port {port}\n IdentityFile {}\n IdentitiesOnly yes\n \
             UserKnownHostsFile {}\n StrictHostKeyChecking yes\n",
            file("user"),
            file("known_hosts"),
        );
        std::fs::write(file("ssh_config"), client).unwrap();
        let mut server = Self { dir, port, daemon: None };
        server.start();
        server
    }

    fn start(&mut self) {
        // Where Debian's service would make it; an sshd of root insists on it.
        if rustix::process::geteuid().is_root() {
            let _ = std::fs::create_dir("/run/sshd"); // it may be there
        }
        let daemon = Command::new(find("sshd").unwrap())
            .args(["-D", "-e", "-f"])
            .arg(self.dir.path().join("sshd_config"))
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(self.dir.path().join("sshd.log")).unwrap())
            .spawn()
            .unwrap();
        self.daemon = Some(daemon);
        until("sshd listens", || std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    /// Kills the daemon and every connection.
    fn drop_all(&mut self) {
        let Some(mut daemon) = self.daemon.take() else { return };
        let pids = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", daemon.id())).unwrap_or_default();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        for pid in pids.split_whitespace() {
            let pid = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL); // it may have ended
        }
    }

    fn cache(&self) -> PathBuf {
        self.dir.path().join("cache")
    }

    fn profiles(&self) -> Profiles {
        let text = format!(
            "[remote.box]\nhost = \"box\"\ndir = {:?}\nconfig = {:?}\n",
            self.cache(),
            self.dir.path().join("ssh_config")
        );
        Profiles::parse(&text).unwrap()
    }

    fn engine(&self) -> Box<dyn Engine> {
        fleet::engine(&target(), &self.profiles()).unwrap()
    }

    fn run_dir(&self, run: &str) -> PathBuf {
        self.cache().join("runs").join(run)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.drop_all();
    }
}

fn target() -> Target {
    "ssh:box".parse().unwrap()
}

fn open_latch(run_dir: &Path) {
    until("the run has begun", || run_dir.join("events.jsonl").exists());
    std::fs::write(run_dir.join("latch"), "").unwrap();
}

#[test]
fn a_job_is_brought_run_followed_and_fetched() {
    if lacks("ssh::a_job_is_brought_run_followed_and_fetched", &["sshd", "ssh", "ssh-keygen"]) {
        return;
    }
    let start = Instant::now();
    let server = Server::new();
    let local = tempfile::tempdir().unwrap();
    let packed = packed(local.path());
    let job = job(&packed, 100);
    let book = Book::new(local.path().join("fleet"));
    let run_dir = server.run_dir(&format!("{}00", job.run));
    let mut told = Told::default();
    let rows = std::thread::scope(|scope| {
        scope.spawn(|| open_latch(&run_dir));
        fleet::run(&[(target(), server.engine())], &job, &book, Some(PATIENCE), &mut told).unwrap()
    });
    assert_eq!(rows, [Row { name: "00-ssh-box".into(), state: State::Ended(100), note: None }], "{:?}", told.sentences);
    assert_eq!(Row::worst(&rows), 100);
    assert_eq!(told.events, both(100));
    let folder = book.folder("00-ssh-box");
    assert_eq!(std::fs::read_to_string(folder.join("events.jsonl")).unwrap(), both(100));
    assert_eq!(std::fs::read_to_string(folder.join("stdout")).unwrap(), "words\n");
    assert_eq!(std::fs::read_to_string(folder.join("stderr")).unwrap(), "warnings\n");
    // The user's words arrived, and no shell has read them.
    let spec = std::fs::File::open(folder.join("seen.json")).unwrap();
    assert_eq!(fleet::job::Spec::read(spec).unwrap().environment["WORDS"], WORDS);
    // The bundle is there now, under its digest, and is not brought again.
    let place = ascend_hwtest::remote::ssh::Ssh::new("box", server.profiles().remote("box").unwrap()).unwrap();
    assert!(!place.place().upload(&packed.path, &packed.sha256).unwrap());
    assert!(place.place().upload(&packed.path, &"0".repeat(64)).is_err(), "another digest is not believed");
    let left: Vec<_> =
        server.cache().join("bundles").read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [packed.sha256.as_str()]);
    // Nothing of ours stays when it is not wanted.
    server.engine().clean().unwrap();
    assert!(!server.cache().exists());
    took("ssh: a whole job", start);
}

#[test]
fn a_connection_that_drops_is_no_failure_and_is_taken_up_again() {
    if lacks("ssh::a_connection_that_drops_is_no_failure_and_is_taken_up_again", &["sshd", "ssh", "ssh-keygen"]) {
        return;
    }
    let start = Instant::now();
    let mut server = Server::new();
    let local = tempfile::tempdir().unwrap();
    let job = job(&packed(local.path()), 0);
    let book = Book::new(local.path().join("fleet"));
    let run_dir = server.run_dir(&format!("{}00", job.run));
    let mirror = book.folder("00-ssh-box").join("events.jsonl");
    let engine = server.engine();
    let rows = std::thread::scope(|scope| {
        let mut told = Told::default();
        let (job, book) = (&job, &book);
        let follower = scope.spawn(move || {
            let rows = fleet::run(&[(target(), engine)], job, book, Some(PATIENCE), &mut told).unwrap();
            (rows, told)
        });
        until("the first event is here", || std::fs::metadata(&mirror).is_ok_and(|file| file.len() > 0));
        server.drop_all();
        // The run goes on without a connection, and ends.
        std::fs::write(run_dir.join("latch"), "").unwrap();
        until("the run has ended", || run_dir.join("exit").exists());
        std::thread::sleep(Duration::from_secs(1)); // some attempts to connect fail
        assert!(!follower.is_finished());
        server.start();
        follower.join().unwrap()
    });
    let (rows, told) = rows;
    assert_eq!(rows[0].state, State::Ended(0), "{:?}", told.sentences);
    assert!(told.sentences.iter().any(|sentence| sentence.starts_with("no connection to box")), "{:?}", told.sentences);
    assert_eq!(told.events, both(0), "no byte twice, none missing");
    assert_eq!(std::fs::read_to_string(mirror).unwrap(), both(0));
    took("ssh: a dropped connection", start);
}

#[test]
fn who_gives_up_says_how_to_go_on_and_a_later_command_does() {
    if lacks("ssh::who_gives_up_says_how_to_go_on_and_a_later_command_does", &["sshd", "ssh", "ssh-keygen"]) {
        return;
    }
    let mut server = Server::new();
    let local = tempfile::tempdir().unwrap();
    let job = job(&packed(local.path()), 0);
    let book = Book::new(local.path().join("fleet"));
    let submitted = fleet::run(&[(target(), server.engine())], &job, &book, None, &mut Told::default()).unwrap();
    assert_eq!(submitted[0].state, State::Queued(String::new()));
    let run_dir = server.run_dir(&format!("{}00", job.run));
    until("the run has begun", || run_dir.join("events.jsonl").exists());
    let profiles = server.profiles();
    let make = |target: &Target| fleet::engine(target, &profiles);
    assert_eq!(fleet::status(&book, &make).unwrap()[0].state, State::Running);

    server.drop_all();
    let short = Patience { silence: Duration::from_millis(300), pause: Duration::from_millis(50) };
    let rows = fleet::logs(&book, &make, short, &mut Told::default()).unwrap();
    assert_eq!(Row::worst(&rows), 102);
    let note = rows[0].note.clone().unwrap();
    assert_eq!(
        note,
        format!(
            "the run may go on there; to take it up again: hwrun fleet logs {}",
            local.path().join("fleet").display()
        )
    );

    server.start();
    open_latch(&run_dir);
    let mut told = Told::default();
    let rows = fleet::logs(&book, &make, PATIENCE, &mut told).unwrap();
    assert_eq!((rows[0].state.clone(), told.events), (State::Ended(0), both(0)));
    // What has been fetched needs no connection.
    server.drop_all();
    assert_eq!(fleet::status(&book, &make).unwrap()[0].state, State::Ended(0));
}

#[test]
fn a_cancelled_run_ends_in_order_and_a_killed_one_is_the_environments_fault() {
    if lacks("ssh::a_cancelled_run_ends_in_order", &["sshd", "ssh", "ssh-keygen"]) {
        return;
    }
    let server = Server::new();
    let local = tempfile::tempdir().unwrap();
    let packed = packed(local.path());
    let engine = server.engine();
    let cancelled = job(&packed, 0);
    let ticket = engine.submit(&cancelled, &packed.sha256).unwrap();
    until("the run has begun", || server.run_dir(&cancelled.run).join("events.jsonl").exists());
    assert!(engine.clean().is_err(), "a run that goes on is not removed");
    engine.cancel(&cancelled, &ticket).unwrap();
    assert_eq!(engine.look(&cancelled, &ticket).unwrap(), State::Ended(130));

    let killed = job(&packed, 0);
    let ticket = engine.submit(&killed, &packed.sha256).unwrap();
    let run_dir = server.run_dir(&killed.run);
    until("the run has begun", || run_dir.join("events.jsonl").exists());
    let alive = std::fs::read_to_string(run_dir.join("alive")).unwrap();
    let leader = rustix::process::Pid::from_raw(alive.split(' ').next().unwrap().parse().unwrap()).unwrap();
    rustix::process::kill_process_group(leader, rustix::process::Signal::KILL).unwrap();
    until("its death is seen", || matches!(engine.look(&killed, &ticket).unwrap(), State::Infra(_)));
}

#[test]
fn without_a_server_the_answer_is_its_own_words_in_time() {
    if lacks("ssh::without_a_server_the_answer_is_its_own_words_in_time", &["ssh"]) {
        return;
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let local = tempfile::tempdir().unwrap();
    let config = local.path().join("config");
    std::fs::write(&config, format!("Host box\n HostName 127.0.0.1\n Port {port}\n")).unwrap();
    let text = format!("[remote.box]\nhost = \"box\"\nconfig = {config:?}\n");
    let engine = fleet::engine(&target(), &Profiles::parse(&text).unwrap()).unwrap();
    let packed = packed(local.path());
    let start = Instant::now();
    let error = engine.submit(&job(&packed, 0), &packed.sha256).unwrap_err();
    assert!(matches!(&error, Error::Lost { said, .. } if said.contains("refused")), "{error}");
    assert!(start.elapsed() < LONG);
}
