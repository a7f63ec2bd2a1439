//! Whole runs of `hwrun` on the simulator, with test programs that do what no real one should.

mod carried;
mod ends;
mod infra;
mod killed;
mod machine;
mod repeats;
mod stage;
