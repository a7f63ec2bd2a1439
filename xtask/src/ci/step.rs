//! The steps of CI, as data.

use std::fmt;

use super::examples;
use crate::workspace::Outcome;
use crate::{bindgen, cargo, tidy};

/// One step.
pub(super) struct Step {
    /// What it is called on the command line.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) work: Work,
    /// The command that mends most of its failures.
    pub(super) mend: &'static str,
}

/// What a step does; shown as the command that does the same.
pub(super) enum Work {
    /// Runs cargo.
    Cargo { environment: &'static [(&'static str, &'static str)], arguments: &'static str },
    /// Calls a function of ours; what is shown is given in parts.
    Own { shown: &'static [&'static str], run: fn() -> Outcome },
}

/// Cheap steps and steps that tell most come first.
pub(super) const STEPS: [Step; 7] = [
    Step {
        name: "fmt",
        work: Work::Cargo { environment: &[], arguments: "fmt --all --check" },
        mend: "cargo fmt --all",
    },
    Step {
        name: "clippy",
        work: Work::Cargo { environment: &[], arguments: "clippy --workspace --all-targets -- -D warnings" },
        mend: "cargo clippy --workspace --all-targets --fix, and by hand what is left",
    },
    Step {
        name: "tidy",
        work: Work::Own { shown: &["cargo xtask tidy"], run: tidy::run },
        mend: "what each finding says in brackets",
    },
    Step {
        name: "doc",
        work: Work::Cargo { environment: &[("RUSTDOCFLAGS", "-D warnings")], arguments: "doc --workspace --no-deps" },
        mend: "RUSTDOCFLAGS=\"-D warnings\" cargo doc --workspace --no-deps, and mend what it names",
    },
    Step {
        name: "generated",
        work: Work::Own {
            shown: &["cargo xtask bindgen --check"],
            run: || bindgen::run(&bindgen::Options { check: true }),
        },
        mend: "cargo xtask bindgen (it needs libclang: ci/setup.sh)",
    },
    Step {
        name: "linked",
        work: Work::Cargo {
            environment: &[],
            arguments: "xtask sim -- cargo test -q -p ascend-sys --features linked --test linked",
        },
        mend: "the command above, which links ascend-sys against the simulator",
    },
    Step {
        name: "examples",
        work: Work::Own { shown: examples::SHOWN, run: examples::run },
        mend: "cargo build --workspace --examples, then run the example that failed by its command above",
    },
];

impl Work {
    pub(super) fn run(&self) -> Outcome {
        match self {
            Self::Cargo { environment, arguments } => cargo::run(arguments, environment),
            Self::Own { run, .. } => run(),
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cargo { environment, arguments } => {
                for (name, value) in *environment {
                    write!(f, "{name}=\"{value}\" ")?;
                }
                write!(f, "cargo {arguments}")
            }
            Self::Own { shown, .. } => shown.iter().try_for_each(|part| f.write_str(part)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_shown_as_a_command_that_one_can_type() {
        let doc = STEPS.iter().find(|step| step.name == "doc").unwrap();
        assert_eq!(doc.work.to_string(), "RUSTDOCFLAGS=\"-D warnings\" cargo doc --workspace --no-deps");
        let examples = STEPS.iter().find(|step| step.name == "examples").unwrap();
        assert!(examples.work.to_string().starts_with("cargo build --workspace --examples && cargo run -q -p "));
    }
}
