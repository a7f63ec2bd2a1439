//! Properties of tickets: they come back as they were, and nothing that differs from one is one.

use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::envelope::{Envelope, Extent, Kind};
use super::{EventId, Lease, MemoryTicket, Ticket, TicketError};
use crate::identity::Identity;

/// Tickets with arbitrary content; an envelope itself has no `Debug`, so that nothing prints it by accident.
fn ticket<T: std::fmt::Debug>(
    kind: Kind,
    payload: impl Strategy<Value = Vec<u8>>,
    wrap: fn(Envelope) -> T,
) -> impl Strategy<Value = T> {
    let identity = (any::<u32>(), any::<u64>(), any::<[u8; 16]>(), any::<u64>());
    let identity = identity.prop_map(|(pid, start, boot, namespace)| Identity { pid, start, boot, namespace });
    let about = (any::<i32>(), "[A-Za-z0-9_]{0,24}", "[0-9.]{0,12}", any::<bool>(), (any::<u64>(), any::<u64>()));
    (identity, about, payload).prop_map(
        move |(creator, (device, soc, runtime, simulated, (bytes, element)), payload)| {
            let id = EventId::random().unwrap();
            let extent = Extent { bytes, element };
            wrap(Envelope::from_parts(kind, id, creator, device, soc, runtime, simulated, extent, payload))
        },
    )
}

fn event_ticket() -> impl Strategy<Value = Ticket> {
    ticket(Kind::Event, prop::collection::vec(any::<u8>(), 64), |envelope| Ticket { envelope, lease: Lease::None })
}

fn memory_ticket() -> impl Strategy<Value = MemoryTicket> {
    let wrap = |envelope| MemoryTicket { envelope, lease: Lease::None };
    let by_key = ticket(Kind::Memory, "[!-~]{1,64}".prop_map(String::into_bytes), wrap);
    prop_oneof![by_key, ticket(Kind::Physical, prop::collection::vec(any::<u8>(), 8), wrap)]
}

proptest! {
    #[test]
    fn a_ticket_comes_back_as_it_was_in_every_form(ticket in event_ticket(), memory in memory_ticket()) {
        prop_assert_eq!(&Ticket::from_bytes(&ticket.to_bytes()).unwrap(), &ticket);
        prop_assert_eq!(&ticket.to_hex().parse::<Ticket>().unwrap(), &ticket);
        prop_assert_eq!(&ticket.to_hex().to_uppercase().parse::<Ticket>().unwrap(), &ticket);
        prop_assert_eq!(&ticket.to_base64().parse::<Ticket>().unwrap(), &ticket);
        prop_assert_eq!(&memory.to_base64().parse::<MemoryTicket>().unwrap(), &memory);
        prop_assert_eq!(memory.to_base64().parse::<Ticket>().unwrap_err(), TicketError::Kind);
        prop_assert_eq!(&serde_json::from_str::<Ticket>(&serde_json::to_string(&ticket).unwrap()).unwrap(), &ticket);
        prop_assert_eq!(&postcard::from_bytes::<Ticket>(&postcard::to_stdvec(&ticket).unwrap()).unwrap(), &ticket);
        prop_assert_eq!(&MemoryTicket::from_bytes(&memory.to_bytes()).unwrap(), &memory);
        prop_assert_eq!(&postcard::from_bytes::<MemoryTicket>(&postcard::to_stdvec(&memory).unwrap()).unwrap(), &memory);
    }

    #[test]
    fn any_flipped_bit_is_an_error(ticket in event_ticket(), position in any::<prop::sample::Index>()) {
        let mut bytes = ticket.to_bytes();
        let bit = position.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let error = Ticket::from_bytes(&bytes).unwrap_err();
        let expected = [TicketError::NotATicket, TicketError::Truncated, TicketError::Damaged];
        prop_assert!(expected.contains(&error) || matches!(error, TicketError::Trailing(_)), "{error:?}");
    }

    #[test]
    fn any_truncation_is_an_error(ticket in event_ticket(), position in any::<prop::sample::Index>()) {
        let bytes = ticket.to_bytes();
        let length = position.index(bytes.len());
        prop_assert_eq!(Ticket::from_bytes(&bytes[..length]).unwrap_err(), TicketError::Truncated);
    }

    #[test]
    fn any_trailing_byte_is_an_error(ticket in event_ticket(), trailing in prop::collection::vec(any::<u8>(), 1..40)) {
        let mut bytes = ticket.to_bytes();
        bytes.extend_from_slice(&trailing);
        prop_assert_eq!(Ticket::from_bytes(&bytes).unwrap_err(), TicketError::Trailing(trailing.len()));
    }

    #[test]
    fn arbitrary_bytes_and_texts_are_errors_not_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,80}") {
        prop_assert!(Ticket::from_bytes(&bytes).is_err());
        prop_assert!(text.parse::<Ticket>().is_err());
        let _ = postcard::from_bytes::<Ticket>(&bytes);
    }

    #[test]
    fn an_events_ticket_opens_no_memory_and_the_reverse(ticket in event_ticket(), memory in memory_ticket()) {
        prop_assert_eq!(MemoryTicket::from_bytes(&ticket.to_bytes()).unwrap_err(), TicketError::Kind);
        prop_assert_eq!(Ticket::from_bytes(&memory.to_bytes()).unwrap_err(), TicketError::Kind);
    }

    #[test]
    fn debug_shows_nothing_that_opens_the_object(ticket in event_ticket(), memory in memory_ticket()) {
        let shown = format!("{ticket:?}");
        let live: String = ticket.live_bytes()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        prop_assert!(!shown.contains(&live), "{shown}");
        let key = String::from_utf8_lossy(&memory.envelope.payload).into_owned();
        let shown = format!("{memory:?}");
        prop_assert!(key.len() < 4 || !shown.contains(&key), "{}", shown);
    }
}

#[test]
fn a_ticket_of_another_version_names_it() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let ticket = event_ticket().new_tree(&mut runner).unwrap().current();
    let mut bytes = ticket.to_bytes();
    bytes[4] = 9;
    let end = bytes.len() - 4;
    let sum = crc32fast::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
    assert_eq!(Ticket::from_bytes(&bytes).unwrap_err(), TicketError::Version(9));
}
