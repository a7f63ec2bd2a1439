//! A bundle whose `hwrun` does what a test tells it to, and how to wait for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ascend_hwtest::bundle::{self, Contents, Packed};
use ascend_hwtest::fleet::job::Job;
use ascend_hwtest::fleet::{Patience, Progress};

/// For anything on a machine that is busy.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Asks often, and is as patient as a test.
pub(crate) const PATIENCE: Patience = Patience { silence: LONG, pause: Duration::from_millis(100) };

/// Reads its job from standard input like the real one. Writes an event, waits for the file `latch` of the run's folder,
/// writes the last event, and ends with the code of its last argument. TERM ends it with 130.
const HWRUN: &str = r#"#!/bin/sh
[ "$*" = "run --job -" ] || exit 2
job=$(cat)
field() { printf %s "$job" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
out=$(field out)
trap 'echo "{\"v\":1,\"t\":9,\"ev\":\"run-end\",\"exit\":130}" >>$out/events.jsonl; exit 130' TERM
printf %s "$job" >$out/seen.json
[ -x "$(field bundle)/hwrun" ] || exit 3
echo '{"v":1,"t":0,"ev":"phase-begin","phase":"matrix"}' >>$out/events.jsonl
echo words; echo warnings >&2
i=0
while [ ! -e $out/latch ]; do
  i=$((i+1)); [ $i -lt 1200 ] || exit 4
  sleep 0.1
done
code=$(printf %s "$job" | sed -n 's/.*"arguments":\[\([^]]*\)\].*/\1/p' | sed 's/.*"\([0-9]*\)"$/\1/')
echo "{\"v\":1,\"t\":1,\"ev\":\"run-end\",\"exit\":$code}" >>$out/events.jsonl
exit $code
"#;

/// A user's words that no shell may read.
pub(crate) const WORDS: &str = "it's; $(touch evil) `x` \\\" é";

/// Packs the bundle.
pub(crate) fn packed(dir: &Path) -> Packed {
    let runner = dir.join("hwrun.sh");
    std::fs::write(&runner, HWRUN).unwrap();
    let contents = Contents { target: "x86_64-unknown-linux-gnu".into(), runner, ..Contents::default() };
    bundle::pack(&contents, &dir.join("bundle.tar.gz")).unwrap()
}

/// A job that ends with this code.
pub(crate) fn job(packed: &Packed, code: u8) -> Job {
    Job {
        run: Job::new_id(),
        bundle: packed.path.clone(),
        arguments: vec!["run".into(), code.to_string()],
        environment: BTreeMap::from([("WORDS".into(), WORDS.into())]),
        limit: Duration::from_secs(120),
    }
}

/// Remembers what it is told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) sentences: Vec<String>,
    pub(crate) events: String,
}

impl Progress for Told {
    fn tell(&mut self, _: &str, sentence: &str) {
        self.sentences.push(sentence.to_owned());
    }
    fn events(&mut self, _: &str, part: &[u8]) {
        self.events.push_str(std::str::from_utf8(part).unwrap());
    }
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONG, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A program of the system, also in folders that only an administrator has in PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Says why a test is not run, or goes on.
pub(crate) fn lacks(test: &str, programs: &[&str]) -> bool {
    let Some(missing) = programs.iter().find(|name| find(name).is_none()) else { return false };
    eprintln!("SKIP {test}: there is no {missing} on this machine");
    true
}

/// The lines of both events, as they must arrive.
pub(crate) fn both(code: u8) -> String {
    format!(
        "{{\"v\":1,\"t\":0,\"ev\":\"phase-begin\",\"phase\":\"matrix\"}}\n{{\"v\":1,\"t\":1,\"ev\":\"run-end\",\"exit\":{code}}}\n"
    )
}

/// Notes how long a test against a real service took.
pub(crate) fn took(what: &str, start: Instant) {
    eprintln!("{what}: {:.1} s", start.elapsed().as_secs_f64());
}
