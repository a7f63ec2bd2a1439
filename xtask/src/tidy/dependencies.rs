//! Each dependency has one version, given once for the whole workspace, and a reason beside it.

use super::{finding::Finding, manifest::Dependency, manifest::Manifest, tree::Tree};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let manifests = tree.manifests();
    let mut findings = Vec::new();
    for manifest in &manifests {
        for dependency in manifest.offered() {
            if !dependency.ours && !is_reasoned(manifest, &dependency) {
                let message = format!("{} has no reason", dependency.package);
                let mend = "say behind it what it is for: `# …`";
                findings.push(Finding::new(manifest.path, dependency.line, message, mend));
            }
        }
        for dependency in manifest.dependencies() {
            if dependency.versioned || !(dependency.inherited || dependency.ours) {
                let message = format!("{} does not come from the workspace", dependency.package);
                let mend = "write `.workspace = true` here, and the version in the workspace's Cargo.toml";
                findings.push(Finding::new(manifest.path, dependency.line, message, mend));
            }
        }
    }
    findings
}

/// Whether a comment stands behind the dependency or alone on the line before it.
fn is_reasoned(manifest: &Manifest<'_>, dependency: &Dependency<'_>) -> bool {
    [dependency.behind, manifest.line_before(dependency.line)]
        .into_iter()
        .any(|text| text.trim().strip_prefix('#').is_some_and(|reason| !reason.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    #[test]
    fn an_offered_dependency_owes_a_reason_unless_it_is_ours() {
        let text = "[workspace.dependencies]\na = \"1\"\nb = \"1\" # why\n\n# why\nc = { version = \"1\" }\n\
                    d = { path = \"d\" }\ne = \"1\" #\nf = { version = \"1\", features = [\n    \"x\", # only this\n] } # why\n";
        assert_eq!(places(check, &[("Cargo.toml", text)]), ["Cargo.toml:2", "Cargo.toml:8"]);
    }

    #[test]
    fn a_mark_inside_the_value_is_no_reason() {
        let text = "[workspace.dependencies]\na = { git = \"x#y\" }\nb.git = \"x#y\"\n";
        assert_eq!(places(check, &[("Cargo.toml", text)]), ["Cargo.toml:2", "Cargo.toml:3"]);
    }

    #[test]
    fn a_member_gives_no_version_of_its_own() {
        let text = "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\nc = { version = \"1\" }\nd.workspace = true\n\
                    e = { workspace = true, optional = true }\nf = { path = \"../f\" }\ng = { git = \"x\" }\n\
                    [dev-dependencies]\nh = \"1\"\n";
        let lines = [4, 5, 9, 11].map(|line| format!("a/Cargo.toml:{line}"));
        assert_eq!(sorted(places(check, &[("a/Cargo.toml", text)])), sorted(lines.to_vec()));
    }

    fn sorted(mut places: Vec<String>) -> Vec<String> {
        places.sort();
        places
    }
}
