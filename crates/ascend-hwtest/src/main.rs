//! `hwrun`: the runner as a program of its own, for machines without cargo.
#![allow(clippy::print_stdout, reason = "it reports to whoever called it")]

use std::path::Path;
use std::process::ExitCode;

use ascend_hwtest::exit::Exit;
use ascend_hwtest::machine::Machine;
use ascend_hwtest::{cli, doctor, explain, preflight, probe};

fn main() -> ExitCode {
    if let Some(code) = probe::run_if_asked(std::env::args_os()) {
        return code;
    }
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let exit = match words.as_slice() {
        ["doctor", options @ ..] => look(options),
        ["explain", word] => match explain::explain(word) {
            Some(text) => {
                print!("{text}");
                Exit::Ok
            }
            None => Exit::Usage,
        },
        _ => cli::main(std::env::args_os()),
    };
    ExitCode::from(exit.code())
}

fn look(options: &[&str]) -> Exit {
    let mut machine = Machine::this(Path::new("target/hw-test"));
    machine.simulated = options.windows(2).any(|pair| pair == ["--backend", "sim"]);
    let found = preflight::look(&machine);
    if options.contains(&"--json") {
        match doctor::json(&found) {
            Ok(text) => println!("{text}"),
            Err(_) => return Exit::Internal,
        }
    } else {
        print!("{}", doctor::text(&found));
    }
    found.exit()
}
