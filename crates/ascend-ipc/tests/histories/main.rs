//! Generated histories of events and leases in several processes, checked step by step against a model.
//!
//! `PROPTEST_CASES` says how many histories are run, 2000 if nothing is said. A history that fails is made as short as it
//! will go, and its seed is written to `regressions.txt`, which belongs into the repository.

mod driver;
mod peer;
mod step;
mod world;

use std::time::Duration;

use ascend_testkit::{Backend, Role, Setup, roles};

use driver::{Tally, Wanted, driver, pair};
use peer::peer;
use world::PEERS;

roles![driver, peer];

/// Longer than anything takes that does not hang.
const PATIENCE: Duration = Duration::from_secs(10);
/// Histories of one scenario: killed processes are replaced, and a scenario remembers every one.
const BATCH: u32 = 250;
/// Histories, if nothing else is said.
const CASES: u32 = 2000;

/// What a process's connection is called.
fn name_of(what: &str, index: usize, number: u32) -> String {
    format!("{what}-{index}.{number}")
}

#[test]
#[allow(clippy::print_stdout, reason = "says how much was tried")]
fn every_history_of_events_and_leases_goes_as_the_model_says() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let mut all = Tally::default();
    let mut left = cases;
    while left > 0 {
        let batch = left.min(BATCH);
        left -= batch;
        Setup::new().body(driver::budget(batch)).run(|s| {
            if *s.backend() != Backend::Sim {
                s.skip("a killed process would leave locks behind on a real runtime");
            }
            let driver = s.spawn(driver, batch);
            let mut peers: [Option<(Role, u32)>; PEERS] = [const { None }; PEERS];
            while let Wanted::Some((index, number, others)) = driver.receive("wanted") {
                let peer = s.prepare(peer, (index, number)).named(&name_of("peer", index, number)).start().judged();
                s.connect(&name_of("driver", index, number), &driver, &peer);
                for (other, theirs) in others {
                    let (role, _) = peers[other].as_ref().expect("the driver knows whom it has");
                    s.connect(&pair(index, number, other, theirs), &peer, role);
                }
                peers[index] = Some((peer, number));
            }
            let tally: Tally = driver.receive("tally");
            all.histories += tally.histories;
            all.steps += tally.steps;
            for (kind, count) in tally.answers {
                *all.answers.entry(kind).or_default() += count;
            }
        });
    }
    println!("{} histories, {} steps: {:?}", all.histories, all.steps, all.answers);
    let kinds = ["Ok", "Timeout", "Stale", "PeerDied", "Poisoned", "Misuse", "Ticket", "Runtime", "leases", "passed"];
    let missing: Vec<_> = kinds.iter().filter(|kind| !all.answers.contains_key(**kind)).collect();
    assert!(cases < CASES || missing.is_empty(), "no step was answered by {missing:?}");
}
