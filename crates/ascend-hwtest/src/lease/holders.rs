//! Who holds which device, without touching any lock.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::Holder;

/// A device that is leased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its bus id, as the name of its lock.
    pub bus: String,
    /// The process that has the lock, as the kernel says; 0 if it is of another container.
    pub pid: u32,
    /// What it wrote about itself.
    pub holder: Option<Holder>,
}

/// The leases in `folder`; `root` is where `/proc` is.
///
/// # Errors
/// If the folder cannot be read; one that does not exist has no leases.
pub fn who(folder: &Path, root: &Path) -> io::Result<Vec<Held>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let locks = locks(&std::fs::read_to_string(root.join("proc/locks")).unwrap_or_default());
    let mut held = Vec::new();
    for entry in entries {
        let entry = entry?;
        let meta = entry.metadata()?;
        if let Some((pid, _)) = locks.iter().find(|(_, inode)| *inode == meta.ino()) {
            let holder = File::open(entry.path()).ok().and_then(|mut file| super::read(&mut file));
            held.push(Held { bus: entry.file_name().to_string_lossy().into_owned(), pid: *pid, holder });
        }
    }
    held.sort_by(|left, right| left.bus.cmp(&right.bus));
    Ok(held)
}

/// Process and inode of each `flock` in the text of `/proc/locks`.
fn locks(text: &str) -> Vec<(u32, u64)> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip_while(|word| *word != "FLOCK");
            let pid = words.nth(3)?.parse::<i64>().ok()?;
            let inode = words.next()?.rsplit(':').next()?.parse().ok()?;
            Some((u32::try_from(pid).unwrap_or(0), inode))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_are_read_from_the_kernels_list_cut_anywhere() {
        let text = "1: POSIX  ADVISORY  WRITE 7 00:19:11 0 EOF\n2: FLOCK  ADVISORY  WRITE 42 fe:01:77 0 EOF\n\
                    2: -> FLOCK  ADVISORY  WRITE -1 fe:01:78 0 EOF\n";
        assert_eq!(locks(text), [(42, 77), (0, 78)]);
        for cut in 0..text.len() {
            assert!(locks(&text[..cut]).len() <= 2);
        }
    }
}
