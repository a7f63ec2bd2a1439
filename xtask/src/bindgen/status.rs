//! Generates the error codes with their meanings, which are the comments of `acl_error.h`.

use quote::{format_ident, quote};

use super::{Generated, render};
use crate::workspace::root;

/// One line of `acl_error.h`.
struct Code {
    name: String,
    value: i32,
    meaning: String,
}

pub(super) fn generate() -> Result<Generated, Box<dyn std::error::Error>> {
    let path = root().join("crates/ascend-sys/include/acl/acl_error.h");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let codes: Vec<Code> = text.lines().filter_map(parse).collect();
    let constants = codes.iter().map(|code| {
        let (name, value) = (format_ident!("{}", code.name), code.value);
        let doc = format!(" {}: {}.", code.value, code.meaning);
        quote!(#[doc = #doc] pub const #name: Self = Self(#value);)
    });
    let rows = codes.iter().map(|code| {
        let (name, value, meaning) = (&code.name, code.value, &code.meaning);
        quote!((#value, #name, #meaning),)
    });
    render(
        "crates/ascend-sys/src/generated/status.rs",
        "The error codes of AscendCL.",
        quote! {
            use crate::status::Status;

            impl Status {
                #(#constants)*
            }

            /// Value, name and meaning of every code, by ascending value; names that share a value follow each other.
            pub(crate) const CODES: &[(i32, &str, &str)] = &[#(#rows)*];
        },
    )
}

fn parse(line: &str) -> Option<Code> {
    let (declaration, comment) = line.split_once("/**<")?;
    let meaning = comment.strip_suffix("*/")?.trim().to_owned();
    let mut words = declaration.split([' ', '=', ';']).filter(|word| !word.is_empty());
    let (name, value) = match words.next()? {
        "#define" => (words.next()?, words.next()?),
        "static" => (words.nth(2)?, words.next()?),
        _ => return None,
    };
    Some(Code { name: name.to_owned(), value: value.parse().ok()?, meaning })
}
