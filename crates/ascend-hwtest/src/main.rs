//! `hwrun`: the runner as a program of its own, for machines without cargo.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(ascend_hwtest::cli::main(std::env::args_os()).code())
}
