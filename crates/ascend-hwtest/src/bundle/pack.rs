//! Makes a bundle.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use super::{Entry, Error, Kind, MANIFEST, Manifest, VERSION, is_name, sha256};

/// What goes into a bundle.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// As in [`Manifest`].
    pub target: String,
    /// As in [`Manifest`].
    pub git: Option<String>,
    /// As in [`Manifest`].
    pub rustc: Option<String>,
    /// The program that becomes `hwrun`.
    pub runner: PathBuf,
    /// Test programs: name, file, features.
    pub programs: Vec<(String, PathBuf, Vec<String>)>,
    /// Data: name and file.
    pub data: Vec<(String, PathBuf)>,
}

/// A bundle that has been made.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The archive.
    pub path: PathBuf,
    /// Its digest, which is its name elsewhere.
    pub sha256: String,
    /// What it has.
    pub manifest: Manifest,
}

/// Writes the archive; the same contents make the same bytes. An archive of that name is replaced when the new one is whole.
///
/// # Errors
/// A file cannot be read or written; a name is no plain file name, or is there twice.
pub fn pack(contents: &Contents, to: &Path) -> Result<Packed, Error> {
    let mut sources = vec![("hwrun".to_owned(), Kind::Runner, &contents.runner, Vec::new())];
    for (name, path, features) in &contents.programs {
        sources.push((name.clone(), Kind::Program, path, features.clone()));
    }
    for (name, path) in &contents.data {
        sources.push((name.clone(), Kind::Data, path, Vec::new()));
    }
    sources.sort_by(|one, other| one.0.cmp(&other.0));
    if let Some(pair) = sources.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(Error::Damaged(format!("{} would be there twice", pair[0].0)));
    }

    let mut manifest = Manifest {
        v: VERSION,
        target: contents.target.clone(),
        git: contents.git.clone(),
        rustc: contents.rustc.clone(),
        files: Vec::new(),
    };
    for (name, kind, path, features) in &sources {
        if !is_name(name) || name == MANIFEST {
            return Err(Error::Damaged(format!("{name:?} cannot be a file's name in a bundle")));
        }
        let size = path.metadata().map_err(Error::file(path))?.len();
        let sha256 = sha256(path)?;
        manifest.files.push(Entry { name: name.clone(), kind: *kind, sha256, size, features: features.clone() });
    }

    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unfinished = tempfile::NamedTempFile::new_in(folder).map_err(Error::file(folder))?;
    // No name and no time in the header: they would make every archive another one.
    let compressed = GzBuilder::new().mtime(0).write(unfinished, Compression::default());
    let mut archive = tar::Builder::new(compressed);
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| Error::Damaged(error.to_string()))?;
    append(&mut archive, MANIFEST, 0o644, text.len() as u64, &text[..]).map_err(Error::file(to))?;
    for ((name, kind, path, _), entry) in sources.iter().zip(&manifest.files) {
        let mode = if *kind == Kind::Data { 0o644 } else { 0o755 };
        let file = File::open(path).map_err(Error::file(path))?;
        append(&mut archive, name, mode, entry.size, file).map_err(Error::file(path))?;
    }
    let finished = archive.into_inner().and_then(flate2::write::GzEncoder::finish).map_err(Error::file(to))?;
    finished.as_file().sync_all().map_err(Error::file(to))?;
    finished.persist(to).map_err(|error| Error::file(to)(error.error))?;
    Ok(Packed { path: to.to_owned(), sha256: sha256(to)?, manifest })
}

fn append<W: Write>(
    archive: &mut tar::Builder<W>,
    name: &str,
    mode: u32,
    size: u64,
    bytes: impl std::io::Read,
) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    archive.append_data(&mut header, name, bytes)
}
