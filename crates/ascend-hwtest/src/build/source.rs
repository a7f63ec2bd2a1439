//! Of which source the programs are: the commit, and whether it was changed.

use std::path::Path;
use std::process::{Command, Stdio};

/// The commit of the checkout at `root`, with `-dirty` if anything differs from it.
#[must_use]
pub fn commit(root: &Path) -> Option<String> {
    let commit = said(Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).current_dir(root))?;
    let status = said(Command::new("git").args(["status", "--porcelain"]).current_dir(root))?;
    Some(if status.is_empty() { commit } else { format!("{commit}-dirty") })
}

/// The compiler's version.
#[must_use]
pub fn rustc(root: &Path) -> Option<String> {
    said(Command::new("rustc").arg("--version").current_dir(root))
}

fn said(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_checkout_has_no_commit() {
        assert_eq!(commit(Path::new("/proc")), None);
    }

    #[test]
    fn a_changed_checkout_is_dirty() {
        let folder = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| said(Command::new("git").args(arguments).current_dir(folder.path()));
        git(&["init", "--quiet"]).unwrap();
        let who = ["-c", "user.name=a", "-c", "user.email=a@b"];
        git(&[&who[..], &["commit", "--quiet", "--allow-empty", "-m", "x"]].concat()).unwrap();
        let clean = commit(folder.path()).unwrap();
        std::fs::write(folder.path().join("new"), "").unwrap();
        assert_eq!(commit(folder.path()).unwrap(), format!("{clean}-dirty"));
    }
}
