//! F26, F27, F30: tickets that are damaged or for somebody else, and what a log may show of them.

use ascend_ipc::{ErrorKind, IpcEvent, Ticket};
use ascend_testkit::{RoleCx, RoleResult, Scenario, roles, run};

use crate::stage::{SAME_DEVICE, device, require};

roles![exporter, forger, stranger, logger];

fn exporter(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let (_event, ticket) = IpcEvent::create(&device)?.share()?;
    cx.send("ticket", &ticket.to_hex())?;
    cx.receive::<()>("end")?;
    Ok(())
}

/// How often this process has asked the simulator to open something.
fn asked() -> u64 {
    ascend_sim::calls().get("aclrtIpcOpenEventHandle").copied().unwrap_or_default()
}

fn simulated(s: &mut Scenario) {
    if *s.backend() != ascend_testkit::Backend::Sim {
        s.skip("only the simulator counts calls");
    }
    require(s, SAME_DEVICE);
}

/// Flips every bit, cuts at every byte, and adds to the end: none of it is a ticket, and the runtime is never asked.
fn forger(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let text: String = cx.receive("ticket")?;
    let _before = asked(); // counting begins
    let bytes = text.parse::<Ticket>()?.to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let outcome = Ticket::from_bytes(&damaged).map_err(ascend_ipc::Error::from).and_then(|it| it.open(&device));
        assert_eq!(crate::kind(&outcome), Some(ErrorKind::Ticket), "bit {bit}: {outcome:?}");
    }
    for length in 0..bytes.len() {
        assert!(Ticket::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(Ticket::from_bytes(&longer).is_err());
    assert_eq!(asked(), 0);
    // As it was it opens, also when it is replayed: whoever holds it may.
    let (_once, _again) = (text.parse::<Ticket>()?.open(&device)?, text.parse::<Ticket>()?.open(&device)?);
    assert_eq!(asked(), 2);
    cx.send("done", &())?;
    Ok(())
}

#[test]
fn f26_a_damaged_ticket_is_refused_before_the_runtime_is_asked() {
    run(|s| {
        simulated(s);
        let (exporter, forger) = (s.spawn(exporter, ()), s.spawn(forger, ()));
        s.relay(&exporter, "ticket", &forger);
        forger.receive::<()>("done");
        exporter.send("end", &());
    });
}

/// Has another machine in mind than the exporter.
fn stranger(cx: &mut RoleCx, expected: String) -> RoleResult {
    let device = device(cx, 0)?;
    let text: String = cx.receive("ticket")?;
    let _before = asked();
    let error = text.parse::<Ticket>()?.open(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ticket, "{error}");
    assert!(error.to_string().contains(&expected), "{error}");
    assert_eq!(asked(), 0);
    cx.send("done", &())?;
    Ok(())
}

#[test]
fn f27_a_ticket_for_another_runtime_or_soc_is_refused_before_the_runtime_is_asked() {
    for (key, value, expected) in
        [("ASCEND_SIM_RUNTIME", "9.0.0", "but this process has"), ("ASCEND_SIM_SOC", "950PR", "but this device is a")]
    {
        run(|s| {
            simulated(s);
            let exporter = s.spawn(exporter, ());
            let stranger = s.prepare(stranger, expected.to_owned()).env(key, value).start();
            s.relay(&exporter, "ticket", &stranger);
            stranger.receive::<()>("done");
            exporter.send("end", &());
        });
    }
}

/// Prints what a log might, in every form.
fn logger(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let recorded = event.record(&stream)?;
    let refused = ticket.open(&device).unwrap_err(); // its own
    let shown = format!("{ticket:?} {ticket:#?} {event:?} {recorded:?} {refused} {refused:?} {:?}", event.leases());
    let secret = ticket.to_hex();
    let id = ticket.event_id().to_string(); // the id is shown on purpose, and opens nothing
    let shown = shown.replace(&id, "");
    let pieces = secret.as_bytes().windows(16).map(|piece| std::str::from_utf8(piece).unwrap_or_default());
    for piece in pieces.filter(|piece| piece.bytes().any(|digit| digit != b'0') && !id.contains(piece)) {
        assert!(!shown.contains(piece), "{piece} of the ticket is in: {shown}");
    }
    assert!(shown.len() > 100 && secret.len() > 128, "{shown}");
    Ok(())
}

#[test]
fn f30_nothing_that_is_printed_shows_the_bytes_of_a_handle() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(logger, ());
    });
}
