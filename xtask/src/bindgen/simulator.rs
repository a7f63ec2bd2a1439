//! Generates the simulator's refusals, its function table, the exports of its shared library, and what it covers.

use quote::{format_ident, quote};

use super::coverage;
use super::emulated::Emulated;
use super::header::{Function, Interface};
use super::{Generated, render};

pub(super) fn generate(
    interface: &Interface,
    emulated: &Emulated,
) -> Result<Vec<Generated>, Box<dyn std::error::Error>> {
    if let Some(unknown) = emulated.keys().find(|name| !interface.functions.iter().any(|f| f.name == name)) {
        return Err(format!("the simulator emulates {unknown}, which the header does not declare").into());
    }
    Ok(vec![
        refused(interface, emulated)?,
        table(interface, emulated)?,
        exports(interface, emulated)?,
        coverage::generate(interface, emulated)?,
    ])
}

fn path(function: &Function, emulated: &Emulated) -> proc_macro2::TokenStream {
    let name = &function.name;
    match emulated.get(&name.to_string()) {
        Some(module) => {
            let module = format_ident!("{module}");
            quote!(entry::#module::#name)
        }
        None => quote!(generated::refused::#name),
    }
}

fn refused(interface: &Interface, emulated: &Emulated) -> Result<Generated, Box<dyn std::error::Error>> {
    let functions =
        interface.functions.iter().filter(|f| !emulated.contains_key(&f.name.to_string())).map(|function| {
            let name = &function.name;
            let text = name.to_string();
            let kinds = function.inputs.iter().map(|(_, kind)| quote!(_: #kind));
            let doc = format!(" Refuses `{name}`: {}", function.brief);
            let (output, body) = match &function.output {
                Some(kind) if quote!(#kind).to_string() == "aclError" => {
                    (quote!(-> #kind), quote!(crate::entry::refuse(#text)))
                }
                Some(syn::Type::Ptr(kind)) => {
                    let null = if kind.mutability.is_some() { quote!(null_mut) } else { quote!(null) };
                    (quote!(-> #kind), quote!({ crate::entry::refuse(#text); core::ptr::#null() }))
                }
                Some(kind) => (quote!(-> #kind), quote!({ crate::entry::refuse(#text); 0 as _ })), // a number or a handle
                None => (quote!(), quote!({ crate::entry::refuse(#text); })),
            };
            quote! {
                #[doc = #doc]
                pub unsafe extern "C" fn #name(#(#kinds),*) #output { #body }
            }
        });
    render(
        "crates/ascend-sim/src/generated/refused.rs",
        "Functions that the simulator does not emulate: each answers 207000 and says so in the recent error text.\n//!\n//! # Safety\n//! The functions are `unsafe` to match the table; they touch none of their arguments.",
        quote! {
            #![allow(unsafe_code, non_snake_case, clippy::missing_safety_doc, clippy::too_many_arguments)]
            use ascend_sys::abi::*;

            #(#functions)*
        },
    )
}

fn table(interface: &Interface, emulated: &Emulated) -> Result<Generated, Box<dyn std::error::Error>> {
    let fields = interface.functions.iter().map(|function| {
        let name = &function.name;
        let path = path(function, emulated);
        quote!(#name: Some(#path),)
    });
    let names = emulated.keys();
    render(
        "crates/ascend-sim/src/generated/table.rs",
        "The simulator's function table, for programs that embed it.",
        quote! {
            use crate::{entry, generated};

            /// Every function of the header, emulated or refused.
            pub static TABLE: ascend_sys::Table = ascend_sys::Table { #(#fields)* };

            /// The functions that are emulated, by name.
            pub const EMULATED: &[&str] = &[#(#names),*];
        },
    )
}

fn exports(interface: &Interface, emulated: &Emulated) -> Result<Generated, Box<dyn std::error::Error>> {
    let functions = interface.functions.iter().map(|function| {
        let name = &function.name;
        let inputs = function.inputs.iter().map(|(name, kind)| quote!(#name: #kind));
        let arguments = function.inputs.iter().map(|(name, _)| name);
        let output = function.output.as_ref().map(|kind| quote!(-> #kind));
        let path = path(function, emulated);
        let doc = format!(" {}", function.brief);
        quote! {
            #[doc = #doc]
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn #name(#(#inputs),*) #output {
                unsafe { simulator::#path(#(#arguments),*) }
            }
        }
    });
    render(
        "crates/ascend-sim/cdylib/src/generated/exports.rs",
        "The C symbols of `libascend_sim.so`: exactly the functions of the header.\n//!\n//! # Safety\n//! Each calls the same function with the same arguments; the C caller owes what the header says.",
        quote! {
            #![allow(unsafe_code, non_snake_case, clippy::missing_safety_doc, clippy::too_many_arguments)]
            use ascend_sys::abi::*;

            #(#functions)*
        },
    )
}
