//! Rules of turns: who may begin, and who is never waited for.

use super::*;

const READY: Head = Head { ready: true, limit: None, kind: "copy" };
const WAITS: Head = Head { ready: false, limit: None, kind: "wait" };

/// Streams 1 and 2, with so many tasks each.
fn turns(tasks: u64) -> Turns {
    let mut turns = Turns::new(Some(7), None);
    for _ in 0..tasks {
        turns.queued(1);
        turns.queued(2);
    }
    turns
}

/// Who begins, if both ask until somebody does.
fn next(turns: &mut Turns, heads: [Head; 2]) -> Option<u64> {
    for _ in 0..3 {
        for (stream, head) in (1..).zip(heads) {
            if turns.ask(stream, head, Instant::now()) {
                return Some(stream);
            }
        }
    }
    None
}

#[test]
fn nothing_is_drawn_before_every_stream_has_said_what_it_could_run() {
    let mut turns = turns(1);
    for _ in 0..10 {
        assert!(!turns.ask(1, READY, Instant::now()));
    }
    assert!(next(&mut turns, [READY; 2]).is_some());
}

#[test]
fn one_task_runs_at_a_time_and_both_streams_get_their_turn() {
    let mut turns = turns(50);
    let mut order = Vec::new();
    for _ in 0..40 {
        let stream = next(&mut turns, [READY; 2]).unwrap();
        assert!(!turns.ask(3 - stream, READY, Instant::now()), "the turn is taken");
        turns.ended(stream);
        order.push(stream);
    }
    assert!(order.contains(&1) && order.contains(&2), "{order:?}");
}

#[test]
fn a_task_that_would_wait_is_not_drawn_until_its_time_limit_has_passed() {
    let mut turns = turns(1);
    assert_eq!(next(&mut turns, [WAITS; 2]), None);
    assert_eq!(next(&mut turns, [WAITS, READY]), Some(2));
    turns.ended(2);
    let limited = Head { limit: Some(Duration::from_secs(9)), ..WAITS };
    assert!(!turns.ask(1, limited, Instant::now()));
    assert!(turns.ask(1, limited, Instant::now() + Duration::from_secs(10)));
}

#[test]
fn a_turn_that_cannot_be_taken_is_given_up() {
    let mut turns = turns(1);
    turns.ask(1, READY, Instant::now());
    turns.ask(2, READY, Instant::now()); // one of them is drawn
    let drawn = turns.turn.as_ref().map(|turn| turn.stream).unwrap();
    let begun = turns.turn.as_ref().unwrap().begun.is_some();
    if begun {
        turns.ended(drawn); // it was the one that asked last, and it has begun
        turns.queued(drawn);
    }
    let heads = if drawn == 1 { [WAITS, READY] } else { [READY, WAITS] };
    assert_eq!(next(&mut turns, heads), Some(3 - drawn));
}

#[test]
fn a_closed_stream_is_forgotten_when_its_last_task_has_ended() {
    let mut turns = turns(2);
    turns.discarded(1, 2);
    assert_eq!(turns.streams.len(), 2, "it may queue more");
    turns.closed(1);
    turns.closed(2);
    assert!(turns.streams.keys().eq(&[2]));
    turns.ended(2);
    turns.ended(2);
    turns.closed(3); // it has never queued anything
    assert!(turns.streams.is_empty());
}

#[test]
fn a_discarded_task_gives_its_turn_up() {
    let mut turns = turns(2);
    turns.turn = Some(Turn { stream: 1, begun: None, kind: "" });
    assert!(!turns.ask(2, READY, Instant::now()));
    turns.discarded(1, 2);
    assert!(turns.ask(2, READY, Instant::now()));
}
