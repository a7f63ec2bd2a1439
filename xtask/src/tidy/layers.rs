//! A crate is a layer, and dependencies point down.

use super::manifest::{Dependency, Kind, Manifest};
use super::{finding::Finding, tree::Tree};

/// How a crate may depend on another.
#[derive(Clone, Copy)]
enum Allowed {
    Always,
    /// For its tests, or for a feature.
    OptionalOrDev,
    /// For its tests.
    Dev,
}

/// Each crate of ours, from the bottom up, and the crates of ours that it may depend on.
const LAYERS: [(&str, &[(&str, Allowed)]); 6] = [
    ("ascend-sys", &[]),
    ("ascend-sim", &[("ascend-sys", Allowed::Always)]),
    ("ascend-sim-cdylib", &[("ascend-sim", Allowed::Always), ("ascend-sys", Allowed::Always)]),
    ("ascend-testkit", &[("ascend-sys", Allowed::Dev), ("ascend-sim", Allowed::Dev), ("ascend-ipc", Allowed::Dev)]),
    (
        "ascend-ipc",
        &[
            ("ascend-sys", Allowed::Always),
            ("ascend-sim", Allowed::OptionalOrDev),
            ("ascend-testkit", Allowed::Dev),
            ("ascend-ipc", Allowed::Dev), // itself, to test with a feature
        ],
    ),
    ("ascend-hwtest", &[("ascend-ipc", Allowed::Always)]), // asks the runtime what the machine has
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.manifests().iter().flat_map(climbs).collect()
}

/// The dependencies of one crate that point up or sideways.
fn climbs(manifest: &Manifest<'_>) -> Vec<Finding> {
    let Some(name) = manifest.name().filter(|name| is_ours(name)) else { return Vec::new() };
    let Some((_, below)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
        let mend = "give it a row in xtask/src/tidy/layers.rs";
        return vec![Finding::new(manifest.path, 1, format!("{name} is in no layer"), mend)];
    };
    let dependencies = manifest.dependencies();
    let climbing =
        dependencies.iter().filter(|dependency| is_ours(dependency.package) && !is_allowed(below, dependency));
    climbing
        .map(|dependency| {
            let package = dependency.package;
            let (message, mend) = match below.iter().find(|(lower, _)| *lower == package) {
                Some((_, Allowed::OptionalOrDev)) => ("always", "make it optional, or a dev-dependency"),
                Some(_) => ("outside its tests", "make it a dev-dependency"),
                None => ("", "remove it: dependencies point down only"),
            };
            let message = format!("{name} may not depend on {package} {message}").trim_end().to_owned();
            Finding::new(manifest.path, dependency.line, message, mend)
        })
        .collect()
}

/// Every crate of this name is a layer; `xtask`, above all of them, is none.
fn is_ours(name: &str) -> bool {
    name.starts_with("ascend-")
}

fn is_allowed(below: &[(&str, Allowed)], dependency: &Dependency<'_>) -> bool {
    below.iter().filter(|(name, _)| *name == dependency.package).any(|(_, allowed)| match allowed {
        Allowed::Always => true,
        Allowed::OptionalOrDev => dependency.optional || dependency.kind == Kind::Dev,
        Allowed::Dev => dependency.kind == Kind::Dev,
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    /// How many findings a crate of this name has with this one line in this table.
    fn count(name: &str, table: &str, line: &str) -> usize {
        let text = format!("[package]\nname = \"{name}\"\n[{table}]\n{line}\n");
        places(check, &[("crates/a/Cargo.toml", &text)]).len()
    }

    #[test]
    fn every_arrow_of_the_design_is_allowed() {
        for (name, table, line) in [
            ("ascend-sim", "dependencies", "ascend-sys.workspace = true"),
            ("ascend-ipc", "dependencies", "ascend-sys.workspace = true"),
            ("ascend-ipc", "dependencies", "ascend-sim = { workspace = true, optional = true }"),
            ("ascend-ipc", "dev-dependencies", "ascend-sim.workspace = true"),
            ("ascend-ipc", "dev-dependencies", "ascend-testkit.workspace = true"),
            ("ascend-testkit", "dev-dependencies", "ascend-sim.workspace = true"),
            ("ascend-sim-cdylib", "dependencies", "ascend-sim.workspace = true"),
            ("ascend-sys", "dependencies", "libloading.workspace = true"),
            ("xtask", "dependencies", "ascend-ipc.workspace = true"),
        ] {
            assert_eq!(count(name, table, line), 0, "{name} {line}");
        }
    }

    #[test]
    fn arrows_that_point_up_are_found_in_every_table() {
        for (name, table, line) in [
            ("ascend-sys", "dev-dependencies", "ascend-sim.workspace = true"),
            ("ascend-sim", "dependencies", "ascend-ipc.workspace = true"),
            ("ascend-sim", "target.'cfg(unix)'.dependencies", "ascend-ipc.workspace = true"),
            ("ascend-ipc", "dependencies", "ascend-sim.workspace = true"),
            ("ascend-ipc", "build-dependencies", "ascend-sim.workspace = true"),
            ("ascend-ipc", "dependencies", "ascend-testkit = { workspace = true, optional = true }"),
            ("ascend-testkit", "dependencies", "ascend-sys.workspace = true"),
            ("ascend-sim-cdylib", "dependencies", "ascend-ipc.workspace = true"),
            ("ascend-sim", "dependencies", "friend = { path = \"../b\", package = \"ascend-ipc\" }"),
        ] {
            assert_eq!(count(name, table, line), 1, "{name} {table} {line}");
        }
    }

    #[test]
    fn a_crate_of_ours_without_a_layer_is_found() {
        assert_eq!(count("ascend-new", "dependencies", ""), 1);
    }
}
