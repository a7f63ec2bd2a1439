//! Builds with cargo what goes into a bundle.

use std::path::Path;
use std::process::Stdio;

use super::Error;
use super::pack::Contents;
use crate::build::{Artifact, cargo, commit, rustc};

/// Builds `hwrun` and the test programs of these names in `workspace`; `target` is cargo's `--target`, none is this machine's.
///
/// # Errors
/// Cargo, whose words are on standard error; or a program of that name is missing.
pub fn gather(workspace: &Path, target: Option<&str>, names: &[&str]) -> Result<Contents, Error> {
    let build = |arguments: &[&str]| {
        let target = target.map(|target| ["--target", target]);
        let arguments = [arguments, target.as_ref().map_or(&[][..], |target| &target[..])].concat();
        cargo(workspace, &arguments, Stdio::inherit()).map_err(Error::Build)
    };
    let mut built = build(&["--tests", "-p", "ascend-ipc"])?;
    built.extend(build(&["-p", "ascend-hwtest", "--bin", "hwrun"])?);
    let mut contents = Contents {
        target: target.map_or_else(host, |target| Ok(target.to_owned()))?,
        git: commit(workspace),
        rustc: rustc(workspace),
        runner: one(&built, "bin", "hwrun")?.path.clone(),
        ..Contents::default()
    };
    for name in names {
        let program = one(&built, "test", name)?;
        contents.programs.push(((*name).to_owned(), program.path.clone(), program.features.clone()));
    }
    Ok(contents)
}

fn one<'a>(built: &'a [Artifact], kind: &str, name: &str) -> Result<&'a Artifact, Error> {
    let found = built.iter().find(|artifact| artifact.kind == kind && artifact.name == name);
    found.ok_or_else(|| Error::Build(format!("cargo built no {kind} of the name {name}")))
}

/// The target of this machine, as the compiler names it.
fn host() -> Result<String, Error> {
    let said = duct::cmd("rustc", ["-vV"]).read().map_err(|error| Error::Build(format!("rustc -vV: {error}")))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::Build("rustc -vV names no host".into()))
}
