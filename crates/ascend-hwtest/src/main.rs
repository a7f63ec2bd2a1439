//! `hwrun`: the runner as a program of its own, for machines without cargo.

fn main() -> std::process::ExitCode {
    // A probe of one device is this program, started anew; it must do nothing else.
    ascend_hwtest::probe::run_if_asked(std::env::args_os())
        .unwrap_or_else(|| ascend_hwtest::cli::main(std::env::args_os()))
}
