//! The conformance suite of IPC events: each test is a rule, each file a verb, and none names a backend.

mod close;
mod death;
mod lease;
mod open;
mod ready;
mod record;
mod share;
mod stage;
mod wait;
mod wait_host;
