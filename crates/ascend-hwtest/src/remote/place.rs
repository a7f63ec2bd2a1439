//! The folder that the runner has on another machine, and everything that is done in it.
//!
//! ```text
//! DIR/.ascend-hwtest            says that the folder is ours, and may be removed
//! DIR/bundles/SHA256/           bundles, unpacked
//! DIR/runs/RUN/job.json         what hwrun reads; the user's words are only here, never in a script
//! DIR/runs/RUN/alive            pid and start time of the shell that waits for hwrun, and the boot
//! DIR/runs/RUN/{stdout,stderr}  of hwrun
//! DIR/runs/RUN/events.jsonl     and the rest of the run, by hwrun
//! DIR/runs/RUN/exit             its exit code, once it has ended
//! ```

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use super::host::{self, Host, Input};
use super::{Error, Result};
use crate::fleet::job::{Job, Spec, is_id};

/// For a question.
const ASK: Duration = Duration::from_secs(60);
/// For a bundle on a slow line.
const UPLOAD: Duration = Duration::from_secs(1800);

/// A folder on a host.
pub struct Place<'a> {
    /// The host.
    pub host: &'a dyn Host,
    /// The folder, as in a profile: plain characters, absolute or below `~/`.
    pub dir: &'a str,
}

/// How a run is doing, as its folder tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// There is no such run.
    Absent,
    /// Its folder is there, and nobody has taken up the work.
    Waiting,
    /// It goes on.
    Running,
    /// It has ended with this exit code.
    Ended(u8),
    /// Whoever waited for `hwrun` died with it.
    Died,
}

/// The shell that waits for `hwrun`, to be run in the folder. TERM is for `hwrun` alone: the shell must live to write the code
/// down. It writes another file first and moves it, so that a code is whole once it is there.
pub(super) fn waiter(run: &str, sha256: &str) -> String {
    format!(
        "echo $$ $(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20) $(cat /proc/sys/kernel/random/boot_id) >runs/{run}/alive\n\
         child=\n\
         trap 'test -z \"$child\" || kill -TERM $child' TERM INT\n\
         trap : HUP\n\
         bundles/{sha256}/hwrun run --job - <runs/{run}/job.json >runs/{run}/stdout 2>runs/{run}/stderr &\n\
         child=$!\n\
         wait $child; code=$?\n\
         while kill -0 $child 2>/dev/null; do wait $child; code=$?; done\n\
         echo $code >runs/{run}/exit.new; mv runs/{run}/exit.new runs/{run}/exit\n"
    )
}

impl Place<'_> {
    /// A script that begins in the folder.
    fn inside(&self, script: &str) -> String {
        format!("cd {} || exit 9\n{script}", self.dir)
    }

    /// Brings the bundle there, unless one with this digest is there; says whether it was brought.
    ///
    /// # Errors
    /// The machine cannot be reached, or its copy has another digest.
    pub fn upload(&self, archive: &Path, sha256: &str) -> Result<bool> {
        let dir = self.dir;
        let look = format!(
            "mkdir -p {dir}/bundles {dir}/runs && touch {dir}/.ascend-hwtest && cd {dir} || exit 9\n\
             if [ -d bundles/{sha256} ]; then echo there; else echo absent; fi"
        );
        if host::run(self.host, &look, Input::Nothing, ASK)?.trim() == "there" {
            return Ok(false);
        }
        // Made under another name and moved when it is whole; whoever else brings the same one may be first.
        let bring = self.inside(&format!(
            "new=$(mktemp -d bundles/.new.XXXXXX) || exit 9\ntrap 'rm -rf $new $new.gz' EXIT\n\
             cat >$new.gz && echo \"{sha256}  $new.gz\" | sha256sum -c - >/dev/null || exit 8\n\
             tar -xzf $new.gz -C $new && chmod 755 $new || exit 7\n\
             mv -T $new bundles/{sha256} 2>/dev/null || [ -d bundles/{sha256} ]"
        ));
        host::run(self.host, &bring, Input::File(archive), UPLOAD)?;
        Ok(true)
    }

    /// Makes the run's folder with what `hwrun` will read; a run that is there already is left as it is.
    ///
    /// # Errors
    /// The machine cannot be reached, or has no room.
    pub fn prepare(&self, job: &Job, sha256: &str) -> Result<()> {
        let run = checked(&job.run)?;
        let spec: Spec = job.spec(sha256);
        let text = serde_json::to_vec(&spec).map_err(|error| Error::Local(error.to_string()))?;
        let script = self.inside(&format!(
            "[ ! -e runs/{run}/job.json ] || exit 0\nmkdir -p runs/{run} && cat >runs/{run}/job.new && \
             mv runs/{run}/job.new runs/{run}/job.json"
        ));
        host::run(self.host, &script, Input::Bytes(text), ASK).map(|_| ())
    }

    /// Starts `hwrun` in a session of its own, so that it goes on when the connection ends; once only.
    ///
    /// # Errors
    /// The machine cannot be reached, or does not start it.
    pub fn start(&self, job: &Job, sha256: &str) -> Result<()> {
        let run = checked(&job.run)?;
        let waiter = waiter(run, sha256);
        // The folder is the lock: of two that start the same run, one makes it.
        let script = self.inside(&format!(
            "if mkdir runs/{run}/started 2>/dev/null; then\ncat >runs/{run}/waiter.sh\n\
             setsid sh runs/{run}/waiter.sh </dev/null >/dev/null 2>&1 &\nfi\n\
             i=0; while [ ! -s runs/{run}/alive ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done\n\
             [ -s runs/{run}/alive ]"
        ));
        host::run(self.host, &script, Input::Bytes(waiter.into_bytes()), ASK).map(|_| ())
    }

    /// How the run is doing.
    ///
    /// # Errors
    /// The machine cannot be reached.
    pub fn look(&self, run: &str) -> Result<Seen> {
        let run = checked(run)?;
        let script = format!(
            "cd {dir}/runs/{run} 2>/dev/null || {{ echo absent; exit 0; }}\n\
             seen() {{ if [ -s exit ]; then echo ended $(cat exit); exit 0; fi; }}\n\
             seen\n\
             [ -s alive ] || {{ echo waiting; exit 0; }}\n\
             read pid start boot <alive\n\
             now=$(sed 's/.*) //' /proc/$pid/stat 2>/dev/null | cut -d' ' -f20)\n\
             if [ \"$now\" = \"$start\" ] && [ \"$boot\" = \"$(cat /proc/sys/kernel/random/boot_id)\" ]\n\
             then echo running; else seen; echo died; fi",
            dir = self.dir
        );
        let said = host::run(self.host, &script, Input::Nothing, ASK)?;
        let mut words = said.split_whitespace();
        Ok(match (words.next(), words.next().map(str::parse)) {
            (Some("absent"), _) => Seen::Absent,
            (Some("waiting"), _) => Seen::Waiting,
            (Some("running"), _) => Seen::Running,
            (Some("ended"), Some(Ok(code))) => Seen::Ended(code),
            _ => Seen::Died,
        })
    }

    /// The exit code, if the run has ended; nothing is said of runs that have not.
    ///
    /// # Errors
    /// The machine cannot be reached.
    pub fn ended(&self, run: &str) -> Result<Option<u8>> {
        let run = checked(run)?;
        let script = self.inside(&format!("[ ! -s runs/{run}/exit ] || cat runs/{run}/exit"));
        Ok(host::run(self.host, &script, Input::Nothing, ASK)?.trim().parse().ok())
    }

    /// Appends to `mirror` what `events.jsonl` has beyond it, until the run has ended, the connection has, or half a minute
    /// is over. The mirror's length is all that has to be known to go on later.
    ///
    /// # Errors
    /// The mirror cannot be written.
    pub fn follow(&self, run: &str, mirror: &Path, mut take: impl FnMut(&[u8])) -> Result<()> {
        let run = checked(run)?;
        let local = |error: std::io::Error| Error::Local(format!("{}: {error}", mirror.display()));
        let mut file = OpenOptions::new().create(true).append(true).open(mirror).map_err(local)?;
        let next = file.metadata().map_err(local)?.len() + 1;
        // It ends by itself, so nothing is left there for long when the connection breaks.
        let script = format!(
            "cd {dir}/runs/{run} || exit 9\n\
             i=0; go() {{ [ ! -e exit ] && [ $i -lt 150 ] && sleep 0.2 && i=$((i+1)); }}\n\
             while [ ! -e events.jsonl ] && go; do :; done\n\
             [ -e events.jsonl ] || exit 0\n\
             ended=0; [ ! -e exit ] || ended=1\n\
             if [ $ended = 1 ]; then tail -c +{next} events.jsonl; exit 0; fi\n\
             tail -c +{next} -f events.jsonl & t=$!\ntrap 'kill $t' EXIT\ntrap 'exit 9' HUP PIPE TERM INT\n\
             while go; do :; done",
            dir = self.dir
        );
        host::stream(self.host, &script, |bytes| {
            file.write_all(bytes)?;
            take(bytes);
            Ok(())
        })
    }

    /// Asks `hwrun` to end, and kills it and all that it started if it does not within ten seconds.
    ///
    /// # Errors
    /// The machine cannot be reached.
    pub fn cancel(&self, run: &str) -> Result<()> {
        let Seen::Running = self.look(run)? else { return Ok(()) };
        let script = self.inside(&format!(
            "read pid rest <runs/{run}/alive\nkill -TERM $pid\n\
             i=0; while [ ! -e runs/{run}/exit ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done\n\
             [ -e runs/{run}/exit ] || {{ kill -KILL -$pid; echo 130 >runs/{run}/exit; }}"
        ));
        host::run(self.host, &script, Input::Nothing, ASK).map(|_| ())
    }

    /// Brings the run's folder here.
    ///
    /// # Errors
    /// The connection breaks, or a file cannot be written.
    pub fn fetch(&self, run: &str, into: &Path) -> Result<()> {
        let run = checked(run)?;
        std::fs::create_dir_all(into).map_err(|error| Error::Local(format!("{}: {error}", into.display())))?;
        let script = self.inside(&format!("exec tar -czf - -C runs/{run} ."));
        host::pipe(self.host, &script, |bytes| {
            // The archive's reader lets no name lead out of the folder.
            let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
            archive.set_overwrite(true);
            archive.set_preserve_permissions(false);
            archive.unpack(into)
        })
    }

    /// Removes the folder and all in it, unless a run goes on there; says what it found.
    ///
    /// # Errors
    /// The machine cannot be reached, a run goes on, or the folder is not ours.
    pub fn clean(&self) -> Result<String> {
        let script = format!(
            "[ -d {dir} ] || {{ echo nothing there; exit 0; }}\ncd {dir}\n\
             [ -e .ascend-hwtest ] || {{ echo it is not ours: no file .ascend-hwtest in it >&2; exit 1; }}\n\
             for run in runs/*; do [ -s $run/alive ] && [ ! -e $run/exit ] || continue\n\
             read pid start boot <$run/alive\n\
             [ \"$(sed 's/.*) //' /proc/$pid/stat 2>/dev/null | cut -d' ' -f20)\" != \"$start\" ] || \
             {{ echo $run goes on >&2; exit 1; }}\ndone\n\
             du -sh . | cut -f1; rm -rf bundles runs .ascend-hwtest; cd / ; rmdir {dir}",
            dir = self.dir
        );
        host::run(self.host, &script, Input::Nothing, ASK).map(|said| said.trim().to_owned())
    }
}

/// The id, if it is one: it becomes part of a script.
fn checked(run: &str) -> Result<&str> {
    if is_id(run) { Ok(run) } else { Err(Error::Usage(format!("{run:?} is no id of a run"))) }
}
