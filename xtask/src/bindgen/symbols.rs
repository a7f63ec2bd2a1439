//! Generates the list of symbols: the release in which each was first seen, and whether the vendor's library exports it.

use quote::quote;

use super::header::Interface;
use super::{Generated, render};

pub(super) fn generate(interface: &Interface) -> Result<Generated, Box<dyn std::error::Error>> {
    let rows = interface.functions.iter().map(|function| {
        let name = function.name.to_string();
        let since = &function.since;
        let exported = function.exported;
        quote!(Symbol { name: #name, since: #since, exported: #exported },)
    });
    render(
        "crates/ascend-sys/src/generated/symbols.rs",
        "Every function of the header, and when it was first seen.",
        quote! {
            use crate::version::Symbol;

            /// Every function that the header declares, in its order.
            pub const SYMBOLS: &[Symbol] = &[#(#rows)*];
        },
    )
}
