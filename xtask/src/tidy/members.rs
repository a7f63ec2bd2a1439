//! Each member of the workspace says what it is, and takes the workspace's licence and lints.

use super::{finding::Finding, manifest::Manifest, tree::Tree};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    // A package with a `[workspace]` of its own (a fuzz target, say) is not a member.
    let manifests = tree.manifests();
    let members =
        manifests.iter().filter(|manifest| manifest.name().is_some() && manifest.get(&["workspace"]).is_none());
    members.flat_map(omissions).collect()
}

fn omissions(manifest: &Manifest<'_>) -> Vec<Finding> {
    let description = manifest.get(&["package", "description"]).and_then(|value| value.as_str());
    let rules = [
        (description.is_some_and(|text| !text.trim().is_empty()), "no description", "add `description = \"…\"`"),
        (manifest.is_set(&["package", "license", "workspace"]), "no licence", "add `license.workspace = true`"),
        (manifest.is_set(&["lints", "workspace"]), "no lints", "add `[lints]`, `workspace = true`"),
    ];
    rules
        .into_iter()
        .filter(|(kept, ..)| !kept)
        .map(|(_, message, mend)| Finding::new(manifest.path, 1, message, mend))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    const PATH: &str = "crates/a/Cargo.toml";
    const GOOD: [&str; 3] = ["description = \"A.\"\n", "license.workspace = true\n", "[lints]\nworkspace = true\n"];

    fn count(lines: &[&str]) -> usize {
        places(check, &[(PATH, &format!("[package]\nname = \"a\"\n{}", lines.concat()))]).len()
    }

    #[test]
    fn a_member_that_says_all_three_passes() {
        assert_eq!(count(&GOOD), 0);
    }

    #[test]
    fn each_omission_is_found() {
        for (left_out, line) in GOOD.iter().enumerate() {
            let mut lines = GOOD.to_vec();
            lines.remove(left_out);
            assert_eq!(count(&lines), 1, "without {line}");
        }
        assert_eq!(
            count(&["description = \" \"\n", "license = \"MIT\"\n", "[lints.rust]\nmissing_docs = \"warn\"\n"]),
            3
        );
    }

    #[test]
    fn the_workspace_itself_and_other_workspaces_are_no_members() {
        let files = [("Cargo.toml", "[workspace]\n"), ("fuzz/Cargo.toml", "[package]\nname = \"fuzz\"\n[workspace]\n")];
        assert!(places(check, &files).is_empty());
    }
}
