//! Waits for a job, across lost connections.

use std::path::Path;
use std::time::{Duration, Instant};

use super::job::Job;
use super::{Engine, State, Ticket};
use crate::remote::{Error, Result};

/// How long to hope, and how often to ask.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Without any answer for so long, the watcher gives up; the job does not.
    pub silence: Duration,
    /// Between two attempts to connect, and two questions to a queue.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { silence: Duration::from_secs(300), pause: Duration::from_secs(3) }
    }
}

/// Follows a job to its end. `mirror` is a copy of `events.jsonl` that grows; `take` gets each new part of it, and `tell`
/// a sentence when the state changes or the connection is lost or found again.
///
/// How long a job is queued is not limited: whoever waits may interrupt this at any time and lose nothing.
///
/// # Errors
/// [`Error::Lost`] after the silence that patience allows; whatever else the engine says.
pub fn watch(
    engine: &dyn Engine,
    (job, ticket): (&Job, &Ticket),
    mirror: &Path,
    patience: Patience,
    take: &mut dyn FnMut(&[u8]),
    tell: &mut dyn FnMut(&str),
) -> Result<State> {
    let mut heard = Instant::now();
    let mut told = String::new();
    let mut say = |sentence: String| {
        if sentence != told {
            tell(&sentence);
            told = sentence;
        }
    };
    loop {
        let state = match engine.look(job, ticket) {
            Ok(state) => state,
            Err(Error::Lost { host, said }) if heard.elapsed() < patience.silence => {
                say(format!("no connection to {host}: {said}; the run goes on there, connecting again"));
                std::thread::sleep(patience.pause); // sleep: the other side can only be asked again
                continue;
            }
            Err(error) => return Err(error),
        };
        heard = Instant::now();
        say(state.to_string());
        match state {
            State::Queued(_) => std::thread::sleep(patience.pause), // sleep: a queue can only be asked again
            State::Running => {
                let start = Instant::now();
                unless_lost(engine.follow(job, ticket, mirror, take))?; // the next look tells
                if start.elapsed() < patience.pause {
                    std::thread::sleep(patience.pause); // sleep: a line that breaks at once is not tried without a pause
                }
            }
            _ => {
                // What was written between the last look and the end. Nothing is left to read if the machine is gone.
                if matches!(state, State::Ended(_)) {
                    insist(patience, || engine.follow(job, ticket, mirror, take))?;
                }
                return Ok(state);
            }
        }
    }
}

/// Tries again while the connection is lost, as long as patience allows.
///
/// # Errors
/// What the last attempt said.
pub(super) fn insist(patience: Patience, mut attempt: impl FnMut() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    loop {
        match attempt() {
            Err(Error::Lost { .. }) if start.elapsed() < patience.silence => {
                std::thread::sleep(patience.pause); // sleep: the other side can only be asked again
            }
            done => return done,
        }
    }
}

/// A lost connection is no error where the next question finds out.
fn unless_lost(result: Result<()>) -> Result<()> {
    match result {
        Err(Error::Lost { .. }) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use super::*;

    /// Answers as it was told to.
    struct Script(Mutex<VecDeque<Result<State>>>);

    impl Engine for Script {
        fn describe(&self) -> String {
            "script".into()
        }
        fn submit(&self, _: &Job, _: &str) -> Result<Ticket> {
            Ok(ticket())
        }
        fn look(&self, _: &Job, _: &Ticket) -> Result<State> {
            self.0.lock().unwrap().pop_front().unwrap_or_else(|| Err(lost()))
        }
        fn follow(&self, _: &Job, _: &Ticket, _: &Path, take: &mut dyn FnMut(&[u8])) -> Result<()> {
            take(b"x\n");
            Ok(())
        }
        fn cancel(&self, _: &Job, _: &Ticket) -> Result<()> {
            Ok(())
        }
        fn fetch(&self, _: &Job, _: &Ticket, _: &Path) -> Result<()> {
            Ok(())
        }
        fn clean(&self) -> Result<String> {
            Ok(String::new())
        }
    }

    fn lost() -> Error {
        Error::Lost { host: "h".into(), said: "reset".into() }
    }

    fn ticket() -> Ticket {
        Ticket { engine: "ssh".into(), profile: "p".into(), id: "1".into(), sha256: "0".into() }
    }

    fn watched(answers: Vec<Result<State>>, silence: Duration) -> (Result<State>, usize, Vec<String>) {
        let job = Job {
            run: "1".into(),
            bundle: "/b".into(),
            arguments: Vec::new(),
            environment: Default::default(),
            limit: Duration::ZERO,
        };
        let patience = Patience { silence, pause: Duration::from_millis(1) };
        let (mut parts, mut told) = (0, Vec::new());
        let engine = Script(Mutex::new(answers.into()));
        let state =
            watch(&engine, (&job, &ticket()), Path::new("/nowhere"), patience, &mut |_| parts += 1, &mut |sentence| {
                told.push(sentence.to_owned())
            });
        (state, parts, told)
    }

    #[test]
    fn a_lost_connection_is_connected_again_and_is_no_end() {
        let answers = vec![
            Ok(State::Queued("Priority".into())),
            Ok(State::Running),
            Err(lost()),
            Err(lost()),
            Ok(State::Running),
            Ok(State::Ended(100)),
        ];
        let (state, parts, told) = watched(answers, Duration::from_secs(60));
        assert_eq!(state.unwrap(), State::Ended(100));
        assert_eq!(parts, 3, "twice while it ran, once for the rest");
        let lost = "no connection to h: reset; the run goes on there, connecting again";
        assert_eq!(told, ["queued (Priority)", "running", lost, "running", "ended with exit code 100"]);
    }

    #[test]
    fn what_is_done_at_the_end_is_tried_again_too() {
        let patience = |silence| Patience { silence, pause: Duration::from_millis(1) };
        let mut attempts = 0;
        let mut third = || {
            attempts += 1;
            if attempts < 3 { Err(lost()) } else { Ok(()) }
        };
        insist(patience(Duration::from_secs(60)), &mut third).unwrap();
        assert_eq!(attempts, 3);
        assert!(insist(patience(Duration::from_millis(20)), || Err(lost())).is_err());
        assert!(unless_lost(Err(lost())).is_ok());
        assert!(unless_lost(Err(Error::Local("x".into()))).is_err());
    }

    #[test]
    fn who_hears_nothing_for_long_enough_gives_up() {
        let (state, _, _) = watched(vec![Ok(State::Running)], Duration::from_millis(20));
        assert!(matches!(state, Err(Error::Lost { .. })));
    }

    #[test]
    fn a_refusal_is_not_waited_out() {
        let refused = Error::Refused { host: "h".into(), said: "no".into() };
        let (state, _, _) = watched(vec![Err(refused), Ok(State::Ended(0))], Duration::from_secs(60));
        assert!(matches!(state, Err(Error::Refused { .. })));
    }
}
