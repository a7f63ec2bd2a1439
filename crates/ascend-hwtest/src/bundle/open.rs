//! Opens a bundle, and believes nothing that it says before it is checked.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Entry, Error, Kind, MANIFEST, Manifest, VERSION, is_name, sha256};

/// Larger manifests and archives are no bundles of ours.
const MANIFEST_LIMIT: u64 = 1 << 20;
/// Eight GiB, unpacked.
const TOTAL_LIMIT: u64 = 8 << 30;

/// A folder with a bundle in it, every file of which is as the manifest says.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The folder.
    pub dir: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
}

impl Bundle {
    /// `hwrun`.
    #[must_use]
    pub fn runner(&self) -> PathBuf {
        self.dir.join("hwrun")
    }

    /// The test programs, by name.
    pub fn programs(&self) -> impl Iterator<Item = (&Entry, PathBuf)> {
        let programs = self.manifest.files.iter().filter(|entry| entry.kind == Kind::Program);
        programs.map(|entry| (entry, self.dir.join(&entry.name)))
    }

    /// A file of data, if it is there.
    #[must_use]
    pub fn data(&self, name: &str) -> Option<PathBuf> {
        let is_it = |entry: &&Entry| entry.kind == Kind::Data && entry.name == name;
        self.manifest.files.iter().find(is_it).map(|entry| self.dir.join(&entry.name))
    }

    /// Whether this machine can run it.
    ///
    /// # Errors
    /// [`Error::OtherTarget`].
    pub fn check_target(&self) -> Result<(), Error> {
        let machine = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
        let is_ours = self.manifest.target.split('-').next() == Some(std::env::consts::ARCH)
            && self.manifest.target.contains(std::env::consts::OS);
        if is_ours { Ok(()) } else { Err(Error::OtherTarget { bundle: self.manifest.target.clone(), machine }) }
    }
}

/// Unpacks an archive into a new folder, and checks it; nothing is left of one that is not sound.
///
/// # Errors
/// It cannot be read, is damaged, or the folder is there already.
pub fn open(archive: &Path, dir: &Path) -> Result<Bundle, Error> {
    std::fs::create_dir(dir).map_err(Error::file(dir))?;
    let opened = unpack(archive, dir).and_then(|()| open_dir(dir));
    if opened.is_err() {
        let _ = std::fs::remove_dir_all(dir); // the error that is told is the first one
    }
    opened
}

/// Checks a folder into which a bundle was unpacked.
///
/// # Errors
/// A file is missing, is another one, or is not in the manifest.
pub fn open_dir(dir: &Path) -> Result<Bundle, Error> {
    let path = dir.join(MANIFEST);
    let mut text = String::new();
    let file = File::open(&path).map_err(Error::file(&path))?;
    file.take(MANIFEST_LIMIT).read_to_string(&mut text).map_err(Error::file(&path))?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|error| Error::Damaged(format!("{MANIFEST}: {error}")))?;
    if manifest.v != VERSION {
        return Err(Error::Damaged(format!("its version is {}, and {VERSION} is known here", manifest.v)));
    }
    let mut expected = BTreeSet::from([MANIFEST.to_owned()]);
    for entry in &manifest.files {
        if !is_name(&entry.name) || !expected.insert(entry.name.clone()) {
            return Err(Error::Damaged(format!("{:?} is no name, or is there twice", entry.name)));
        }
        let path = dir.join(&entry.name);
        let metadata = path.symlink_metadata().map_err(Error::file(&path))?;
        if !metadata.is_file() || metadata.len() != entry.size || sha256(&path)? != entry.sha256 {
            return Err(Error::Damaged(format!("{} is not the file that was packed", entry.name)));
        }
    }
    if manifest.files.iter().filter(|entry| entry.kind == Kind::Runner && entry.name == "hwrun").count() != 1 {
        return Err(Error::Damaged("it has no hwrun".into()));
    }
    for found in dir.read_dir().map_err(Error::file(dir))? {
        let name = found.map_err(Error::file(dir))?.file_name().to_string_lossy().into_owned();
        if !expected.contains(&name) {
            return Err(Error::Damaged(format!("{name} is not in its manifest")));
        }
    }
    Ok(Bundle { dir: dir.to_owned(), manifest })
}

fn unpack(archive: &Path, dir: &Path) -> Result<(), Error> {
    let file = File::open(archive).map_err(Error::file(archive))?;
    let damaged = |error: std::io::Error| Error::Damaged(error.to_string());
    let mut total = 0_u64;
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path().map_err(damaged)?.to_string_lossy().into_owned();
        if entry.header().entry_type() != tar::EntryType::Regular || !is_name(&name) {
            return Err(Error::Damaged(format!("{name:?} is no plain file")));
        }
        total = total.saturating_add(entry.size());
        if total > TOTAL_LIMIT {
            return Err(Error::Damaged("it is larger than any bundle".into()));
        }
        let path = dir.join(&name);
        if path.exists() {
            return Err(Error::Damaged(format!("{name} is there twice")));
        }
        entry.unpack(&path).map_err(|error| Error::Damaged(format!("{name}: {error}")))?;
    }
    Ok(())
}
