//! What the library offers to a linker is the header: no function less, and nothing besides.

mod bench;

use std::collections::BTreeSet;

use object::{Object, ObjectSymbol, SymbolKind};

/// A name, and whether it is a function: data of that name would link, and crash when it is called.
type Symbols<'a> = BTreeSet<(&'a str, bool)>;

#[test]
fn the_library_exports_exactly_the_functions_of_the_header() {
    let bytes = std::fs::read(bench::library()).unwrap();
    let file = object::File::parse(bytes.as_slice()).unwrap();
    let defined = file.dynamic_symbols().filter(|symbol| symbol.is_definition());
    let exported: Symbols = defined.map(|symbol| (symbol.name().unwrap(), symbol.kind() == SymbolKind::Text)).collect();
    let declared: Symbols = ascend_sys::symbols().iter().map(|symbol| (symbol.name, true)).collect();
    let missing: Vec<_> = declared.difference(&exported).collect();
    let extra: Vec<_> = exported.difference(&declared).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing: {missing:?}, too many: {extra:?}");
    assert!(exported.len() > 200, "{} symbols are too few to be all", exported.len());
}
