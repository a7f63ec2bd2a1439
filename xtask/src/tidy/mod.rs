//! Checks every rule of the house that a program can check: `cargo xtask tidy`.
//!
//! A check is a file with one function from the [`Tree`] to its findings, and with tests that show it fail. Code is read
//! as tokens (see [`code`]), so that neither a comment nor a string is mistaken for it; manifests are read as TOML.

mod code;
mod dependencies;
mod exports;
mod fence;
mod finding;
mod headers;
mod layers;
mod length;
mod manifest;
mod members;
mod names;
mod opening;
mod registries;
mod simulator;
mod sleep;
mod tree;
mod unfinished;
mod vendor;

use crate::workspace::{Outcome, root};
use finding::Finding;
use tree::Tree;

type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: &[Check] = &[
    code::check,
    dependencies::check,
    exports::check,
    fence::check,
    headers::check,
    layers::check,
    length::check,
    manifest::check,
    members::check,
    names::check,
    opening::check,
    registries::check,
    simulator::check,
    sleep::check,
    unfinished::check,
    vendor::check,
];

pub(crate) fn run() -> Outcome {
    let tree = Tree::read(&root())?;
    let mut findings: Vec<Finding> = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files, {} checks, nothing found", tree.sources.len(), CHECKS.len());
            Ok(())
        }
        1 => Err("tidy: 1 finding".into()),
        count => Err(format!("tidy: {count} findings").into()),
    }
}
