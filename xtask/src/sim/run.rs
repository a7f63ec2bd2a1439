//! Runs one program with the simulator under the vendor's names.

use std::ffi::{OsStr, OsString};
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

/// The names under which programs look for AscendCL.
pub(super) const NAMES: [&str; 2] = ["libascendcl.so", "libacl_rt.so"];

const SEARCH: &str = "LD_LIBRARY_PATH";

/// Runs `program` against `library`; the result is the status with which to exit. The folder that holds the vendor's names
/// is private and lives as long as the program.
pub(super) fn run(library: &Path, program: &OsStr, arguments: &[OsString]) -> Result<u8, Box<dyn std::error::Error>> {
    let private = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new().prefix("ascend-sim-").permissions(private).tempdir()?;
    let lib64 = folder.path().join("lib64");
    std::fs::create_dir(&lib64)?;
    for name in NAMES {
        symlink(library, lib64.join(name))?;
    }
    let handle = duct::cmd(program, arguments)
        .env(SEARCH, search(&lib64, std::env::var_os(SEARCH).as_deref())?)
        .env("ASCEND_HOME_PATH", folder.path())
        .env("ASCEND_SYS_LIBRARY", lib64.join(NAMES[1]))
        .env("ASCEND_SIM", "1")
        .unchecked()
        .start()
        .map_err(|error| format!("sim: cannot start `{}`: {error}", program.display()))?;
    let status = handle.wait()?.status;
    folder.close()?;
    Ok(code(status))
}

/// `folder` in front of where the loader already looks. An empty variable is none: an empty entry would mean the current
/// folder.
fn search(folder: &Path, present: Option<&OsStr>) -> Result<OsString, std::env::JoinPathsError> {
    let present = present.filter(|present| !present.is_empty());
    std::env::join_paths(
        std::iter::once(folder.to_path_buf()).chain(present.into_iter().flat_map(std::env::split_paths)),
    )
}

/// As shells have it: the program's own status, or 128 and the signal that killed it.
fn code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| Some(128 + status.signal()?));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> u8 {
        run(Path::new("/dev/null"), OsStr::new("sh"), &["-c".into(), script.into()]).unwrap()
    }

    #[test]
    fn the_status_of_the_program_is_ours() {
        assert_eq!(shell("exit 0"), 0);
        assert_eq!(shell("exit 42"), 42);
    }

    #[test]
    fn a_program_killed_by_a_signal_ends_as_in_a_shell() {
        assert_eq!(shell("kill -KILL $$"), 137);
    }

    #[test]
    fn the_program_finds_both_names_first_and_in_a_private_folder() {
        let script = r#"
            folder=${ASCEND_SYS_LIBRARY%/*}
            test "$ASCEND_SIM" = 1 || exit 1
            test "${LD_LIBRARY_PATH%%:*}" = "$folder" || exit 2
            test "$(readlink "$folder/libascendcl.so")" = /dev/null || exit 3
            test "$(readlink "$folder/libacl_rt.so")" = /dev/null || exit 4
            test "$ASCEND_SYS_LIBRARY" = "$folder/libacl_rt.so" || exit 5
            test "$folder" = "$ASCEND_HOME_PATH/lib64" || exit 6
            test "$(stat -c %a "$ASCEND_HOME_PATH")" = 700 || exit 7
        "#;
        assert_eq!(shell(script), 0);
    }

    #[test]
    fn the_folder_is_gone_after_the_program_even_if_it_failed() {
        let note = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(shell(&format!("echo \"$ASCEND_SYS_LIBRARY\" > {}; exit 1", note.path().display())), 1);
        let library = std::fs::read_to_string(note.path()).unwrap();
        let folder = Path::new(library.trim()).parent().and_then(Path::parent).unwrap();
        assert!(folder.is_absolute() && !folder.exists(), "{}", folder.display());
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let error = run(Path::new("/dev/null"), OsStr::new("no-such-program"), &[]).unwrap_err().to_string();
        assert!(error.starts_with("sim: cannot start `no-such-program`: "), "{error}");
    }

    #[test]
    fn the_search_path_keeps_what_was_there_and_gains_no_current_folder() {
        let search = |present: Option<&str>| search(Path::new("/sim"), present.map(OsStr::new)).unwrap();
        assert_eq!(search(Some("/a:/b")), "/sim:/a:/b");
        assert_eq!(search(Some("")), "/sim");
        assert_eq!(search(None), "/sim");
    }
}
