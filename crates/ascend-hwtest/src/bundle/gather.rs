//! Builds with cargo what goes into a bundle.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Error;
use super::pack::Contents;

/// Builds `hwrun` and the test programs of these names in `workspace`; `target` is cargo's `--target`, none is this machine's.
///
/// # Errors
/// Cargo, with its words; or a program of that name is missing.
pub fn gather(workspace: &Path, target: Option<&str>, names: &[&str]) -> Result<Contents, Error> {
    let mut built = cargo(workspace, target, &["build", "--tests", "-p", "ascend-ipc"])?;
    built.extend(cargo(workspace, target, &["build", "-p", "ascend-hwtest", "--bin", "hwrun"])?);
    let version = read(workspace, "rustc", &["-vV"]).ok_or_else(|| Error::Build("rustc -vV says nothing".into()))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("unknown").to_owned();
    let mut contents = Contents {
        target: target.map_or(host, str::to_owned),
        git: git(workspace),
        rustc: version.lines().next().map(str::to_owned),
        runner: one(&built, "bin", "hwrun")?.path.clone(),
        ..Contents::default()
    };
    for name in names {
        let program = one(&built, "test", name)?;
        contents.programs.push(((*name).to_owned(), program.path.clone(), program.features.clone()));
    }
    Ok(contents)
}

/// A program that cargo built.
struct Artifact {
    kind: String,
    name: String,
    path: PathBuf,
    features: Vec<String>,
}

fn one<'a>(built: &'a [Artifact], kind: &str, name: &str) -> Result<&'a Artifact, Error> {
    let found = built.iter().find(|artifact| artifact.kind == kind && artifact.name == name);
    found.ok_or_else(|| Error::Build(format!("cargo built no {kind} of the name {name}")))
}

fn cargo(workspace: &Path, target: Option<&str>, arguments: &[&str]) -> Result<Vec<Artifact>, Error> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut all: Vec<&str> = arguments.to_vec();
    all.push("--message-format=json-render-diagnostics");
    if let Some(target) = target {
        all.extend(["--target", target]);
    }
    let output = duct::cmd(program, &all).dir(workspace).stdout_capture().stderr_capture().unchecked().run();
    let output = output.map_err(|error| Error::Build(format!("cannot start cargo: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Build(format!("cargo {} failed:\n{said}", all.join(" "))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(artifact).collect())
}

/// The program of a line of cargo's JSON, if it tells of one.
fn artifact(line: &str) -> Option<Artifact> {
    let value: Value = serde_json::from_str(line).ok()?;
    if value.get("reason")? != "compiler-artifact" {
        return None;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Some(Artifact {
        path: text(value.get("executable")?)?.into(),
        kind: text(value.pointer("/target/kind/0")?)?,
        name: text(value.pointer("/target/name")?)?,
        features: value.get("features")?.as_array()?.iter().filter_map(text).collect(),
    })
}

/// The commit, with `-dirty` if tracked files were changed; none without git.
fn git(workspace: &Path) -> Option<String> {
    let commit = read(workspace, "git", &["rev-parse", "--short=12", "HEAD"])?;
    let changes = read(workspace, "git", &["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changes.is_empty() { commit } else { format!("{commit}-dirty") })
}

fn read(dir: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    duct::cmd(program, arguments).dir(dir).stderr_null().read().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_in_what_cargo_says_and_a_library_is_none() {
        let line = r#"{"reason":"compiler-artifact","target":{"kind":["test"],"name":"event"},"features":["a"],"executable":"/t/event-1"}"#;
        let found = artifact(line).unwrap();
        assert_eq!((found.kind.as_str(), found.name.as_str()), ("test", "event"));
        assert_eq!((found.path, found.features), (PathBuf::from("/t/event-1"), vec!["a".to_owned()]));
        assert!(artifact(&line.replace("\"/t/event-1\"", "null")).is_none());
        for end in 0..line.len() {
            assert!(artifact(&line[..end]).is_none());
        }
    }
}
