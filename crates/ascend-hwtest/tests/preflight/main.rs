//! What preflight finds on made-up servers, on the simulator, and on this machine.

mod codes;
mod host_codes;
mod on_simulator;
mod screens;
mod server;
