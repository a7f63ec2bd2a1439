//! Runs bindgen over our header, for x86-64 and AArch64 Linux, and parses what it says.

use bindgen::callbacks::{IntKind, ParseCallbacks};
use syn::{ForeignItem, ForeignItemFn, Item};

use crate::workspace::root;

/// The two targets whose bindings must be the same text.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

/// What the header declares.
pub(super) struct Interface {
    /// Types, constants and layout assertions.
    pub(super) types: syn::File,
    /// Every function.
    pub(super) functions: Vec<Function>,
}

/// One declared function.
pub(super) struct Function {
    /// Its name in C.
    pub(super) name: syn::Ident,
    /// Its parameters, as `name: type`.
    pub(super) inputs: Vec<(syn::Ident, syn::Type)>,
    /// Its result; `None` for `void`.
    pub(super) output: Option<syn::Type>,
    /// The first sentence of its comment.
    pub(super) brief: String,
    /// The release in which it was first seen.
    pub(super) since: String,
    /// Whether `libacl_rt.so` exports it.
    pub(super) exported: bool,
}

/// Gives each macro the type that C gives it.
#[derive(Debug)]
struct MacroTypes;

impl ParseCallbacks for MacroTypes {
    fn int_macro(&self, name: &str, _value: i64) -> Option<IntKind> {
        if name.starts_with("ACL_ERROR_") || name == "ACL_RT_SUCCESS" {
            Some(IntKind::I32)
        } else if name.contains("_EXPORT_FLAG_") || name.contains("_IMPORT_FLAG_") || name.contains("_TOPOLOGY_") {
            Some(IntKind::U64)
        } else {
            Some(IntKind::U32)
        }
    }
}

/// Reads the header for every target; the results must agree.
pub(super) fn read() -> Result<Interface, Box<dyn std::error::Error>> {
    let texts = TARGETS.map(bind);
    let [first, second] = texts;
    let (first, second) = (first?, second?);
    if first != second {
        let line = first.lines().zip(second.lines()).take_while(|(a, b)| a == b).count() + 1;
        return Err(
            format!("the bindings differ between {} and {}, first in line {line}", TARGETS[0], TARGETS[1]).into()
        );
    }
    split(&first)
}

fn bind(target: &str) -> Result<String, Box<dyn std::error::Error>> {
    let include = root().join("crates/ascend-sys/include");
    let found = std::panic::catch_unwind(|| {
        bindgen::Builder::default()
            .header(include.join("acl/acl.h").display().to_string())
            .clang_arg(format!("-I{}", include.display()))
            .clang_arg(format!("--target={target}"))
            .clang_arg("-ffreestanding") // only the compiler's own stdint.h and stddef.h: the same text on every host
            .clang_arg("-std=c11")
            .allowlist_item("acl.*|ACL_.*")
            .blocklist_item("ACL_ABI_.*")
            .default_enum_style(bindgen::EnumVariation::Consts)
            .prepend_enum_name(false)
            .use_core()
            .ctypes_prefix("core::ffi")
            .derive_default(false)
            .derive_debug(false)
            .generate_comments(true)
            .formatter(bindgen::Formatter::None)
            .disable_header_comment()
            .parse_callbacks(Box::new(MacroTypes))
            .generate()
    });
    match found {
        Ok(Ok(bindings)) => Ok(bindings.to_string()),
        Ok(Err(error)) => Err(format!("bindgen cannot read the header for {target}: {error}").into()),
        Err(_) => Err("libclang was not found; contributors install it with `ci/setup.sh` \
                       (or set LIBCLANG_PATH to the folder that holds libclang.so)"
            .into()),
    }
}

fn split(text: &str) -> Result<Interface, Box<dyn std::error::Error>> {
    let mut types = syn::parse_file(text)?;
    let mut functions = Vec::new();
    let mut rest = Vec::new();
    for item in std::mem::take(&mut types.items) {
        let Item::ForeignMod(block) = item else {
            rest.push(item);
            continue;
        };
        for declared in block.items {
            if let ForeignItem::Fn(function) = declared {
                functions.push(describe(function)?);
            }
        }
    }
    types.items = rest;
    Ok(Interface { types, functions })
}

fn describe(function: ForeignItemFn) -> Result<Function, Box<dyn std::error::Error>> {
    let name = function.sig.ident;
    let comment = doc(&function.attrs);
    let (brief, tags) = comment.split_once("@since").ok_or_else(|| format!("{name}: its comment has no @since"))?;
    let since = tags.split(';').next().unwrap_or_default().trim().to_owned();
    let inputs = function
        .sig
        .inputs
        .into_iter()
        .map(|input| match input {
            syn::FnArg::Typed(typed) => match *typed.pat {
                syn::Pat::Ident(pattern) => Ok((pattern.ident, *typed.ty)),
                _ => Err(format!("{name}: a parameter has no name")),
            },
            syn::FnArg::Receiver(_) => Err(format!("{name}: not a C function")),
        })
        .collect::<Result<_, _>>()?;
    let output = match function.sig.output {
        syn::ReturnType::Default => None,
        syn::ReturnType::Type(_, output) => Some(*output),
    };
    Ok(Function {
        brief: brief.trim().to_owned(),
        since,
        exported: !tags.contains("@unexported"),
        name,
        inputs,
        output,
    })
}

/// The text of an item's doc comment.
fn doc(attributes: &[syn::Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let syn::Expr::Lit(literal) = &pair.value
            && let syn::Lit::Str(line) = &literal.lit
        {
            text.push_str(&line.value());
            text.push('\n');
        }
    }
    text
}
