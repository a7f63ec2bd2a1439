//! What preflight finds on made-up servers, on the simulator, and on this machine.

mod codes;
mod on_simulator;
mod screens;
mod server;
