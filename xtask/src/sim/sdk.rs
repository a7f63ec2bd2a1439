//! Lays out a folder against which C programs compile and run as against CANN: `cargo xtask sim sdk DIR`.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::run::NAMES;
use crate::workspace::{Outcome, root};

/// Says that a folder is ours, so that it may be replaced.
const MARKER: &str = "ASCEND_SIM_SDK";
const LIBRARY: &str = "libascend_sim.so";

/// Fills `folder` with `include/` and `lib64/`. Anything that is not an SDK of ours is left alone, CANN above all.
pub(super) fn lay_out(library: &Path, folder: &Path) -> Outcome {
    if is_occupied(folder)? {
        return Err(format!(
            "sim sdk: {} is neither new, nor empty, nor an SDK of the simulator; a CANN installation is never touched. \
             Choose another folder",
            folder.display()
        )
        .into());
    }
    for part in ["include", "lib64"] {
        match fs::remove_dir_all(folder.join(part)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    fs::create_dir_all(folder)?;
    // First of all, so that a run that is cut short can be repeated.
    fs::write(folder.join(MARKER), "The simulator of ascend-ipc, laid out as CANN is. No NPU is used.\n")?;
    copy_tree(&root().join("crates/ascend-sys/include"), &folder.join("include"))?;
    let lib64 = folder.join("lib64");
    fs::create_dir_all(&lib64)?;
    fs::copy(library, lib64.join(LIBRARY))?;
    for name in NAMES {
        symlink(LIBRARY, lib64.join(name))?;
    }
    let home = fs::canonicalize(folder)?;
    let lines = format!(
        "export ASCEND_HOME_PATH='{}'\n\
         export LD_LIBRARY_PATH=\"$ASCEND_HOME_PATH/lib64${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n\
         cc prog.c -I\"$ASCEND_HOME_PATH/include\" -L\"$ASCEND_HOME_PATH/lib64\" -lascendcl -o prog   # or -lacl_rt\n",
        home.display()
    );
    let _ = std::io::stdout().write_all(lines.as_bytes()); // nobody has to read it
    Ok(())
}

/// Whether the folder holds something that is not ours.
fn is_occupied(folder: &Path) -> std::io::Result<bool> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(std::io::Error::new(error.kind(), format!("sim sdk: {}: {error}", folder.display()))),
        Ok(mut entries) => Ok(entries.next().is_some() && !folder.join(MARKER).is_file()),
    }
}

fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// A library that is none, which is enough for the layout.
    fn library(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("some.so");
        fs::write(&path, "x").unwrap();
        path
    }

    #[test]
    fn the_folder_has_every_header_and_both_names() {
        let scratch = tempfile::tempdir().unwrap();
        let sdk = scratch.path().join("new/sdk");
        lay_out(&library(scratch.path()), &sdk).unwrap();
        for name in NAMES {
            assert_eq!(fs::read(sdk.join("lib64").join(name)).unwrap(), b"x");
        }
        let program = scratch.path().join("t.c");
        let headers =
            ["acl.h", "acl_base.h", "acl_rt.h", "acl_base_rt.h", "acl_rt_memory_soma.h", "acl_rt_allocator.h"];
        let headers = headers.into_iter().chain(["error_codes/rt_error_codes.h", "error_codes/ge_error_codes.h"]);
        let includes: String = headers.map(|header| format!("#include <acl/{header}>\n")).collect();
        fs::write(&program, includes + "int main(void) { return ACL_RT_SUCCESS; }\n").unwrap();
        let output = Command::new("cc").arg("-fsyntax-only").arg("-I").arg(sdk.join("include")).arg(&program).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn an_sdk_is_replaced_and_nothing_else_is_touched() {
        let scratch = tempfile::tempdir().unwrap();
        let library = library(scratch.path());
        let sdk = scratch.path().join("sdk");
        lay_out(&library, &sdk).unwrap();
        lay_out(&library, &sdk).unwrap();

        let cann = scratch.path().join("cann");
        fs::create_dir_all(cann.join("lib64")).unwrap();
        fs::write(cann.join("lib64/libacl_rt.so"), "the vendor's").unwrap();
        let error = lay_out(&library, &cann).unwrap_err().to_string();
        assert!(error.contains("never touched"), "{error}");
        assert_eq!(fs::read(cann.join("lib64/libacl_rt.so")).unwrap(), b"the vendor's");
        assert!(!cann.join("include").exists());
    }
}
