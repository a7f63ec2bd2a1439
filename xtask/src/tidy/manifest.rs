//! A `Cargo.toml` with the lines of what it says, and the check that every manifest is one.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{finding::Finding, tree::Source, tree::Tree};

/// A manifest.
pub(super) struct Manifest<'a> {
    /// Where it is, below the workspace.
    pub(super) path: &'a str,
    text: &'a str,
    table: DeTable<'a>,
}

/// A dependency, as a manifest declares it.
pub(super) struct Dependency<'a> {
    /// The crate's own name, if the manifest renames it; else its key.
    pub(super) package: &'a str,
    /// In which table it stands.
    pub(super) kind: Kind,
    /// Whether it is built only for a feature.
    pub(super) optional: bool,
    /// Whether the workspace says where it comes from.
    pub(super) inherited: bool,
    /// Whether this manifest itself gives a version.
    pub(super) versioned: bool,
    /// Whether it is a folder of ours.
    pub(super) ours: bool,
    /// The line of its key.
    pub(super) line: usize,
    /// What stands behind its value, on the same line.
    pub(super) behind: &'a str,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// The crate itself.
    Normal,
    /// Its build script.
    Build,
    /// Its tests, benches and examples.
    Dev,
}

const TABLES: [(&str, Kind); 3] =
    [("dependencies", Kind::Normal), ("build-dependencies", Kind::Build), ("dev-dependencies", Kind::Dev)];

impl<'a> Manifest<'a> {
    fn read(source: &'a Source) -> Result<Self, toml::de::Error> {
        let table = DeTable::parse(&source.text)?.into_inner();
        Ok(Self { path: &source.path, text: &source.text, table })
    }

    /// The value behind these keys.
    pub(super) fn get(&self, keys: &[&str]) -> Option<&DeValue<'a>> {
        let (last, tables) = keys.split_last()?;
        let table = tables.iter().try_fold(&self.table, |table, key| table.get(*key)?.get_ref().as_table())?;
        table.get(*last).map(|value| value.get_ref())
    }

    /// Whether these keys lead to `true`.
    pub(super) fn is_set(&self, keys: &[&str]) -> bool {
        self.get(keys).and_then(DeValue::as_bool) == Some(true)
    }

    /// The name of its package; a manifest of a workspace alone has none.
    pub(super) fn name(&self) -> Option<&str> {
        self.get(&["package", "name"])?.as_str()
    }

    /// What its package depends on, on any target.
    pub(super) fn dependencies(&self) -> Vec<Dependency<'_>> {
        let targets = self.get(&["target"]).and_then(DeValue::as_table);
        let targets =
            targets.into_iter().flat_map(|targets| targets.values()).filter_map(|value| value.get_ref().as_table());
        let mut found = Vec::new();
        for table in std::iter::once(&self.table).chain(targets) {
            for (name, kind) in TABLES {
                found.extend(self.declared(table.get(name).and_then(|value| value.get_ref().as_table()), kind));
            }
        }
        found
    }

    /// What the workspace offers its members.
    pub(super) fn offered(&self) -> Vec<Dependency<'_>> {
        self.declared(self.get(&["workspace", "dependencies"]).and_then(DeValue::as_table), Kind::Normal).collect()
    }

    fn declared<'s>(&'s self, table: Option<&'s DeTable<'a>>, kind: Kind) -> impl Iterator<Item = Dependency<'s>> {
        table.into_iter().flatten().map(move |(key, value)| {
            let field = |name| value.get_ref().as_table()?.get(name).map(|field| field.get_ref());
            let is_set = |name| field(name).and_then(DeValue::as_bool) == Some(true);
            Dependency {
                package: field("package").and_then(DeValue::as_str).unwrap_or(key.get_ref()),
                kind,
                optional: is_set("optional"),
                inherited: is_set("workspace"),
                versioned: value.get_ref().is_str() || field("version").is_some(),
                ours: field("path").is_some(),
                line: self.text[..key.span().start].matches('\n').count() + 1,
                behind: self.text[end(value)..].lines().next().unwrap_or_default(),
            }
        })
    }

    /// The line before this one.
    pub(super) fn line_before(&self, line: usize) -> &str {
        line.checked_sub(2).and_then(|index| self.text.lines().nth(index)).unwrap_or_default()
    }
}

/// Where a value ends: that of a dotted key, or of a table with a header, ends with the last of its fields.
fn end(value: &Spanned<DeValue<'_>>) -> usize {
    let fields = value.get_ref().as_table().into_iter().flat_map(|fields| fields.values());
    fields.map(end).fold(value.span().end, usize::max)
}

impl Tree {
    fn manifest_sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.path.rsplit('/').next() == Some("Cargo.toml"))
    }

    /// Every manifest that can be read.
    pub(super) fn manifests(&self) -> Vec<Manifest<'_>> {
        self.manifest_sources().filter_map(|source| Manifest::read(source).ok()).collect()
    }
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.manifest_sources()
        .filter_map(|source| {
            let error = Manifest::read(source).err()?;
            let line = error.span().map_or(1, |span| source.text[..span.start].matches('\n').count() + 1);
            let message = format!("not TOML, so no check can read it: {}", error.message());
            Some(Finding::new(&source.path, line, message, "write it as Cargo reads it"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    const TEXT: &str = "[package]\nname = \"a\"\n[dependencies]\nb.workspace = true # why\nc = { path = \"../c\", package = \"d\", optional = true }\n\
                        [target.'cfg(unix)'.dev-dependencies]\ne = \"1\"\n[build-dependencies.f]\nversion = \"2\"\n";

    fn tree() -> Tree {
        Tree::of([("crates/a/Cargo.toml".to_owned(), TEXT.to_owned())])
    }

    #[test]
    fn dependencies_are_read_from_every_table_and_target() {
        let tree = tree();
        let manifests = tree.manifests();
        let mut found = manifests[0].dependencies();
        found.sort_by_key(|dependency| dependency.line);
        let read: Vec<_> = found.iter().map(|d| (d.package, d.kind, d.line)).collect();
        assert_eq!(read, [("b", Kind::Normal, 4), ("d", Kind::Normal, 5), ("e", Kind::Dev, 7), ("f", Kind::Build, 8)]);
        assert_eq!(found.iter().map(|d| d.inherited).collect::<Vec<_>>(), [true, false, false, false]);
        assert_eq!(found.iter().map(|d| d.versioned).collect::<Vec<_>>(), [false, false, true, true]);
        assert!(found[1].optional && found[1].ours);
        assert_eq!(found[0].behind, " # why");
    }

    #[test]
    fn keys_lead_to_their_value_or_to_nothing() {
        let tree = tree();
        let manifest = &tree.manifests()[0];
        assert_eq!(manifest.name(), Some("a"));
        assert!(manifest.is_set(&["dependencies", "b", "workspace"]) && !manifest.is_set(&["lints", "workspace"]));
    }

    #[test]
    fn a_manifest_that_is_not_toml_is_found_with_its_line() {
        assert_eq!(
            places(check, &[("a/Cargo.toml", "[package]\nname =\n"), ("b.toml", "="), ("Cargo.toml", "")]),
            ["a/Cargo.toml:2"]
        );
    }
}
