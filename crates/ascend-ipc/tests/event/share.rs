//! `IpcEvent::share`.

use ascend_ipc::{IpcEvent, Ticket};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{SAME_DEVICE, device, require};

roles![sharer];

#[test]
fn a_ticket_survives_every_form_and_names_its_event() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(sharer, ());
    });
}

fn sharer(cx: &mut RoleCx, (): ()) -> RoleResult {
    let (event, ticket) = IpcEvent::create(&device(cx, 0)?)?.share()?;
    assert_eq!(ticket.event_id(), event.event_id());
    let json = serde_json::to_string(&ticket)?;
    let forms = [Ticket::from_bytes(&ticket.to_bytes())?, ticket.to_hex().parse()?, serde_json::from_str(&json)?];
    for form in forms {
        assert_eq!(form, ticket);
    }
    let live = ticket.to_hex();
    let shown = format!("{ticket:?} {event:?}");
    assert!(
        !live.as_bytes().windows(16).any(|digits| {
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            shown.contains(digits) && !ticket.event_id().to_string().contains(digits)
        }),
        "Debug shows bytes of the ticket: {shown}"
    );
    Ok(())
}
