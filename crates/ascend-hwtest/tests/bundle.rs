//! A bundle: what is packed comes out, and what was changed on the way is refused.

use std::path::{Path, PathBuf};

use ascend_hwtest::bundle::{Contents, Error, open, open_dir, pack};

const TARGET: &str = concat!("x86_64", "-unknown-linux-gnu");

fn contents(dir: &Path) -> Contents {
    let file = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = dir.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    Contents {
        target: TARGET.into(),
        git: Some("0123-dirty".into()),
        runner: file("runner", b"#!/bin/sh\nexit 2\n"),
        programs: vec![
            ("memory".into(), file("other-name", b"#!/bin/sh\necho memory\n"), vec!["a".into()]),
            ("event".into(), file("some-name", b"#!/bin/sh\necho event\n"), Vec::new()),
        ],
        data: vec![("known-issues.toml".into(), file("issues", b"x = 1\n"))],
        ..Contents::default()
    }
}

#[test]
fn what_was_packed_comes_out_and_runs_without_cargo_or_source() {
    let dir = tempfile::tempdir().unwrap();
    let mut contents = contents(dir.path());
    contents.runner = env!("CARGO_BIN_EXE_hwrun").into();
    contents.programs[0].1 = std::env::current_exe().unwrap();
    let packed = pack(&contents, &dir.path().join("b.tar.gz")).unwrap();
    let bundle = open(&packed.path, &dir.path().join("opened")).unwrap();
    assert_eq!(bundle.manifest, packed.manifest);
    assert_eq!(bundle.manifest.git.as_deref(), Some("0123-dirty"));
    let names: Vec<_> = bundle.programs().map(|(entry, _)| entry.name.clone()).collect();
    assert_eq!(names, ["event", "memory"]);
    assert_eq!(std::fs::read(bundle.data("known-issues.toml").unwrap()).unwrap(), b"x = 1\n");
    assert_eq!(bundle.data("event"), None, "a program is no data");
    let (_, memory) = bundle.programs().last().unwrap();
    // This test program itself, elsewhere, with nothing in its environment.
    let listed = duct::cmd(memory, ["--list"]).full_env([("LC_ALL", "C")]).dir("/").read().unwrap();
    assert!(listed.contains("what_was_packed_comes_out"), "{listed}");
    assert!(duct::cmd(bundle.runner(), [] as [&str; 0]).stderr_null().unchecked().run().is_ok());
}

#[test]
fn the_same_contents_make_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let mut contents = contents(dir.path());
    let one = pack(&contents, &dir.path().join("1.tar.gz")).unwrap();
    contents.programs.reverse();
    let other = pack(&contents, &dir.path().join("2.tar.gz")).unwrap();
    assert_eq!(one.sha256, other.sha256);
    std::fs::write(&contents.data[0].1, b"x = 2\n").unwrap();
    assert_ne!(pack(&contents, &dir.path().join("3.tar.gz")).unwrap().sha256, one.sha256);
}

#[test]
fn a_file_that_was_changed_added_or_taken_away_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let packed = pack(&contents(dir.path()), &dir.path().join("b.tar.gz")).unwrap();
    let change = |name: &str, how: &dyn Fn(&Path)| {
        let to = dir.path().join(name);
        open(&packed.path, &to).unwrap();
        how(&to);
        open_dir(&to).unwrap_err().to_string()
    };
    let error = change("1", &|dir| std::fs::write(dir.join("event"), "#!/bin/sh\necho evenT\n").unwrap());
    assert_eq!(error, "not a sound bundle: event is not the file that was packed");
    let error = change("2", &|dir| std::fs::write(dir.join("more"), "x").unwrap());
    assert_eq!(error, "not a sound bundle: more is not in its manifest");
    let error = change("3", &|dir| std::fs::remove_file(dir.join("event")).unwrap());
    assert!(error.contains("/event: "), "{error}");
    let error = change("4", &|dir| {
        std::fs::remove_file(dir.join("event")).unwrap();
        std::os::unix::fs::symlink("/bin/sh", dir.join("event")).unwrap();
    });
    assert_eq!(error, "not a sound bundle: event is not the file that was packed");
}

#[test]
fn an_archive_that_is_cut_short_or_damaged_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let packed = pack(&contents(dir.path()), &dir.path().join("b.tar.gz")).unwrap();
    let whole = std::fs::read(&packed.path).unwrap();
    let to = dir.path().join("opened");
    let refused = |bytes: &[u8]| {
        std::fs::write(dir.path().join("x"), bytes).unwrap();
        let opened = open(&dir.path().join("x"), &to);
        let refused = opened.is_err();
        assert_eq!(to.exists(), !refused, "nothing is left of a bundle that is refused");
        if !refused {
            std::fs::remove_dir_all(&to).unwrap();
        }
        refused
    };
    // The last 8 bytes are the checksum of the compressed stream, which every file's own digest makes up for.
    for end in 0..whole.len() - 32 {
        assert!(refused(&whole[..end]), "{end} of {} bytes", whole.len());
    }
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x5a;
        refused(&bytes); // some bytes mean nothing; what is accepted is what its manifest says
    }
}

#[test]
fn an_archive_that_leads_out_of_its_folder_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["../evil", "/tmp/evil", "a/b", ".hidden"] {
        let file = std::fs::File::create(dir.path().join("evil.tar.gz")).unwrap();
        let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(file, flate2::Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(1);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, &b"x"[..]).unwrap();
        archive.into_inner().unwrap().finish().unwrap();
        let error = open(&dir.path().join("evil.tar.gz"), &dir.path().join("opened")).unwrap_err();
        assert!(matches!(&error, Error::Damaged(why) if why.contains("is no plain file")), "{error}");
        assert!(!dir.path().join("evil").exists());
    }
}

#[test]
fn names_that_cannot_be_in_a_bundle_are_refused_when_it_is_made() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a/b", "..", "", "manifest.json", "hwrun", "-x", "a b"] {
        let mut contents = contents(dir.path());
        contents.data[0].0 = name.into();
        assert!(pack(&contents, &dir.path().join("b.tar.gz")).is_err(), "{name}");
    }
    assert!(!dir.path().join("b.tar.gz").exists());
}

#[test]
fn a_bundle_for_another_machine_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut contents = contents(dir.path());
    contents.target = "riscv64gc-unknown-linux-gnu".into();
    let packed = pack(&contents, &dir.path().join("b.tar.gz")).unwrap();
    let bundle = open(&packed.path, &dir.path().join("opened")).unwrap();
    let error = bundle.check_target().unwrap_err().to_string();
    assert!(error.contains("the bundle is for riscv64gc-unknown-linux-gnu, and this machine is"), "{error}");
}
