//! No file names the host of a package registry: which one serves a package is set on the machine, not in the project.

use super::{finding::Finding, tree::Tree};

/// A host stands for every host below it. Assembled, so that this file does not find itself.
const HOSTS: [&str; 4] = [
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("deb.debian", ".org"),
    concat!("registry.npmjs", ".org"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources.iter().filter(|source| source.path != "LICENSE") {
        for (number, line) in source.lines() {
            for host in HOSTS.into_iter().filter(|host| names(line, host)) {
                findings.push(Finding::new(
                    &source.path,
                    number,
                    format!("names {host}"),
                    "say the package's name, not its host",
                ));
            }
        }
    }
    findings
}

/// Whether `line` has `host` as a whole host or as the end of one: in `Cargo.lock`, the index of the registry is the folder
/// `…-index` on another host.
fn names(line: &str, host: &str) -> bool {
    let is_label = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    line.match_indices(host).any(|(start, _)| {
        let rest = &line[start + host.len()..];
        let goes_on = rest.strip_prefix('.').unwrap_or(rest).starts_with(is_label);
        !line[..start].ends_with(is_label) && !goes_on
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    #[test]
    fn each_host_is_found_in_a_url_below_a_subdomain_and_in_prose() {
        for host in HOSTS {
            let text = format!("https://{host}/a\nx\nstatic.{host}\nIt is on {host}.\n");
            assert_eq!(
                places(check, &[("README.md", &text), ("LICENSE", &text)]),
                ["README.md:1", "README.md:3", "README.md:4"]
            );
        }
    }

    #[test]
    fn a_longer_name_is_another_host() {
        let host = HOSTS[0];
        let text =
            format!("source = \"registry+https://github.com/rust-lang/{host}-index\"\nmy{host}\n{host}.example\n");
        assert!(places(check, &[("Cargo.lock", &text)]).is_empty());
    }
}
