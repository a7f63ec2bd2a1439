//! Files in shared memory that the roles of a scenario leave behind.
//!
//! Nothing tells who made a file, and other tests run at the same time, in this process and in others. So a file counts if
//! its name holds the number of a role's process, as the name of everything that is ours does.

use std::collections::HashSet;
use std::path::Path;

const SHARED: &str = "/dev/shm";
/// With what the name of every file of ours in [`SHARED`] begins.
const PREFIX: &str = "ascend";

/// The names of the files that are there.
pub(crate) fn names() -> HashSet<String> {
    let entries = Path::new(SHARED).read_dir().into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(PREFIX)).collect()
}

/// The files that were not there before and belong to one of these roles.
pub(crate) fn new_files(before: &HashSet<String>, roles: &[u32]) -> Vec<String> {
    let mut new: Vec<String> = names().difference(before).cloned().collect();
    new.retain(|name| roles.iter().any(|pid| has_number(name, *pid)));
    new.sort();
    new.iter().map(|name| format!("file {SHARED}/{name}")).collect()
}

/// Whether a name holds a number, and not just a longer one.
fn has_number(name: &str, number: u32) -> bool {
    let number = number.to_string();
    name.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_a_name_is_a_whole_number() {
        assert!(has_number("ascend-12.x", 12) && has_number("ascend12", 12));
        assert!(!has_number("ascend-123", 12) && !has_number("ascend", 12));
    }
}
