//! Lays out a folder against which C programs compile and run as against CANN: `cargo xtask sim sdk DIR`.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::run::NAMES;
use crate::workspace::{Outcome, root};

/// Says that a folder is ours, so that it may be replaced.
const MARKER: &str = "ASCEND_SIM_SDK";
const LIBRARY: &str = "libascend_sim.so";
/// What an installation has, and no other folder.
const CANN: [&str; 4] = ["lib64/libacl_rt.so", "lib64/libascendcl.so", "set_env.sh", "share/info/runtime/version.info"];
/// What `aclsysGetCANNVersion` reads of an installation: the release whose facts the simulator follows.
const VERSION: (&str, &str) = ("share/info/runtime", "Version=9.1.0\n");

/// Fills `folder` with `include/`, `lib64/` and `share/`. Anything that is not an SDK of ours is left alone, CANN above all.
pub(super) fn lay_out(library: &Path, folder: &Path) -> Outcome {
    if is_occupied(folder)? {
        return Err(format!(
            "sim sdk: {} is neither new, nor empty, nor an SDK of the simulator; a CANN installation is never touched. \
             Choose another folder",
            folder.display()
        )
        .into());
    }
    if let Some(cann) = installation_around(folder)? {
        return Err(format!(
            "sim sdk: {} is inside {}, which is a CANN installation; it is never touched. Choose another folder",
            folder.display(),
            cann.display()
        )
        .into());
    }
    for part in ["include", "lib64", "share"] {
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
    fs::create_dir_all(folder.join(VERSION.0))?;
    fs::write(folder.join(VERSION.0).join("version.info"), VERSION.1)?;
    let home = fs::canonicalize(folder)?;
    let lines = format!(
        "export ASCEND_HOME_PATH={}\n\
         export LD_LIBRARY_PATH=\"$ASCEND_HOME_PATH/lib64${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n\
         cc prog.c -I\"$ASCEND_HOME_PATH/include\" -L\"$ASCEND_HOME_PATH/lib64\" -lascendcl -o prog   # or -lacl_rt\n",
        quoted(&home)
    );
    let _ = std::io::stdout().write_all(lines.as_bytes()); // nobody has to read it
    Ok(())
}

/// A path as one word of a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Whether the folder holds something that is not ours.
fn is_occupied(folder: &Path) -> std::io::Result<bool> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(std::io::Error::new(error.kind(), format!("sim sdk: {}: {error}", folder.display()))),
        Ok(mut entries) => Ok(entries.next().is_some() && !folder.join(MARKER).is_file()),
    }
}

/// The CANN installation in which a folder is, or would be.
fn installation_around(folder: &Path) -> std::io::Result<Option<PathBuf>> {
    let folder = std::path::absolute(folder)?;
    let there = folder.ancestors().find(|folder| folder.exists()).map(fs::canonicalize).transpose()?;
    let is_cann = |folder: &&Path| {
        !folder.join(MARKER).is_file() && CANN.iter().any(|part| folder.join(part).symlink_metadata().is_ok())
    };
    Ok(there.as_deref().and_then(|folder| folder.ancestors().find(is_cann)).map(Path::to_owned))
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
    fn a_path_with_an_apostrophe_is_one_word() {
        assert_eq!(quoted(Path::new("/tmp/it's here")), r"'/tmp/it'\''s here'");
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

    /// A folder of CANN's shape.
    fn cann(folder: &Path) -> PathBuf {
        let cann = folder.join("cann");
        for part in CANN {
            fs::create_dir_all(cann.join(part).parent().unwrap()).unwrap();
            fs::write(cann.join(part), "the vendor's").unwrap();
        }
        cann
    }

    /// Every path below a folder, with what it holds.
    fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(contents(&path));
                found.push((path, Vec::new()));
            } else {
                let bytes = fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
        found.sort();
        found
    }

    #[test]
    fn a_cann_installation_is_refused_in_every_way_to_name_it() {
        let scratch = tempfile::tempdir().unwrap();
        let library = library(scratch.path());
        let cann = cann(scratch.path());
        symlink(&cann, scratch.path().join("latest")).unwrap();
        fs::create_dir(cann.join("empty")).unwrap();
        let before = contents(&cann);
        for name in
            ["cann", "latest", "latest/", "cann/lib64", "cann/include", "latest/new/sdk", "cann/empty", "cann/lib64/x"]
        {
            let error = lay_out(&library, &scratch.path().join(name)).unwrap_err().to_string();
            assert!(error.contains("CANN installation") && error.contains("never touched"), "{name}: {error}");
            assert!(error.contains("Choose another folder"), "{name}: {error}");
        }
        assert_eq!(contents(&cann), before);
        lay_out(&library, &scratch.path().join("beside")).unwrap();
        // Inside an SDK of ours is nobody's installation.
        lay_out(&library, &scratch.path().join("beside/more")).unwrap();
    }

    /// Runs a command line in a shell, with the SDK as its installation, as its user would.
    fn shell(sdk: &Path, line: &str) -> String {
        let mut command = Command::new("sh");
        command.args(["-ec", line]).current_dir(sdk.parent().unwrap());
        let output = command
            .env("ASCEND_HOME_PATH", sdk)
            .env("LD_LIBRARY_PATH", sdk.join("lib64"))
            .env("CHAPTERS", root().join("crates/ascend-sim/tests/c/chapters"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn programs_compile_and_run_against_the_folder() {
        let scratch = tempfile::tempdir().unwrap();
        let sdk = scratch.path().join("sdk");
        lay_out(&super::super::library::build(false).unwrap(), &sdk).unwrap();
        let body = "int main(void) { static aclCANNPackageVersion v; uint32_t n = 0;\n\
                    return aclrtGetDeviceCount(&n) || n != 8 || aclsysGetCANNVersion(ACL_PKG_NAME_RUNTIME, &v) || v.majorVersion[0] != '9'; }\n";
        for (header, name) in [("acl/acl.h", "ascendcl"), ("acl/acl_rt.h", "acl_rt"), ("acl/acl_base.h", "ascendcl")] {
            let rest = "#include \"acl/acl_rt.h\"\n";
            fs::write(scratch.path().join("t.c"), format!("#include \"{header}\"\n{rest}{body}")).unwrap();
            let flags = "-I\"$ASCEND_HOME_PATH/include\" -L\"$ASCEND_HOME_PATH/lib64\"";
            shell(&sdk, &format!("cc t.c {flags} -l{name} -o t && ./t"));
            // The name that was linked is the name that is loaded, as on a server.
            let loaded = shell(&sdk, "LD_TRACE_LOADED_OBJECTS=1 ./t");
            assert!(loaded.contains(&format!("lib{name}.so => {}", sdk.join("lib64").display())), "{loaded}");
        }
        let flags = "-I\"$ASCEND_HOME_PATH/include\" -L\"$ASCEND_HOME_PATH/lib64\" -pthread";
        let said = shell(&sdk, &format!("cc \"$CHAPTERS/ipc_event.c\" {flags} -lascendcl -o e && ./e hex 0 1"));
        assert!(said.contains("1 of 1 openers"), "{said}");
        let said = shell(&sdk, &format!("cc \"$CHAPTERS/ipc_memory.c\" {flags} -lacl_rt -o m && ./m checked 0 1"));
        assert!(said.contains("1 processes filled"), "{said}");
    }
}
