//! Generates the function table: a struct of optional pointers, filled by name or by the linker.

use quote::quote;

use super::header::{Function, Interface};
use super::{Generated, render};

/// The release whose symbols every supported runtime has; anything newer is looked up at run time even when linked.
const LINK_FLOOR: &str = "v8.5.0-beta.1";

/// The type of a pointer to `function`.
pub(super) fn pointer(function: &Function) -> proc_macro2::TokenStream {
    let inputs = function.inputs.iter().map(|(name, kind)| quote!(#name: #kind));
    let output = function.output.as_ref().map(|kind| quote!(-> #kind));
    quote!(unsafe extern "C" fn(#(#inputs),*) #output)
}

/// `Table` itself.
pub(super) fn table(interface: &Interface) -> Result<Generated, Box<dyn std::error::Error>> {
    let fields = interface.functions.iter().map(|function| {
        let name = &function.name;
        let brief = format!(" `{name}`: {}", function.brief);
        let kind = pointer(function);
        quote!(#[doc = #brief] pub #name: Option<#kind>,)
    });
    let empty = interface.functions.iter().map(|function| {
        let name = &function.name;
        quote!(#name: None,)
    });
    let filled = interface.functions.iter().map(|function| {
        let name = &function.name;
        let symbol = std::ffi::CString::new(name.to_string()).unwrap_or_default();
        let kind = pointer(function);
        quote! {
            #name: unsafe { core::mem::transmute::<*const c_void, Option<#kind>>(resolve(#symbol)) },
        }
    });
    let present = interface.functions.iter().map(|function| {
        let name = &function.name;
        let text = name.to_string();
        quote!(#text => self.#name.is_some(),)
    });
    render(
        "crates/ascend-sys/src/generated/table.rs",
        "The function table of AscendCL.\n//!\n//! # Safety\n//! [`Table::from_resolver`] turns addresses into typed pointers: its caller vouches that what is found under a name\n//! has that type. A null becomes `None`; a function pointer has the size of a data pointer on every target we support.",
        quote! {
            #![allow(unsafe_code, non_snake_case)]
            use core::ffi::{CStr, c_void};
            use super::abi::*;

            /// Pointers to the functions of AscendCL; `None` where the library at hand lacks one.
            #[derive(Clone, Copy)]
            pub struct Table {
                #(#fields)*
            }

            impl Table {
                /// A table in which every function is missing.
                pub const EMPTY: Self = Self { #(#empty)* };

                /// Fills a table by asking `resolve` for each symbol; a null address means that it is missing.
                ///
                /// # Safety
                /// Each address that `resolve` returns is null, or is a function of the signature that the header
                /// declares for that name and stays callable for as long as the table or a copy of it is used.
                pub unsafe fn from_resolver(mut resolve: impl FnMut(&'static CStr) -> *const c_void) -> Self {
                    Self { #(#filled)* }
                }

                /// Whether the function of this C name is there; `false` for a name that the header does not declare.
                #[must_use]
                pub fn has(&self, name: &str) -> bool {
                    match name {
                        #(#present)*
                        _ => false,
                    }
                }
            }
        },
    )
}

/// The table filled by the linker (feature `linked`).
pub(super) fn linked(interface: &Interface) -> Result<Generated, Box<dyn std::error::Error>> {
    let (fixed, late): (Vec<_>, Vec<_>) =
        interface.functions.iter().partition(|function| function.exported && function.since == LINK_FLOOR);
    let declared = fixed.iter().map(|function| {
        let name = &function.name;
        let inputs = function.inputs.iter().map(|(name, kind)| quote!(#name: #kind));
        let output = function.output.as_ref().map(|kind| quote!(-> #kind));
        let brief = format!(" {}", function.brief);
        quote!(#[doc = #brief] pub fn #name(#(#inputs),*) #output;)
    });
    let filled = fixed.iter().map(|function| {
        let name = &function.name;
        quote!(table.#name = Some(#name);)
    });
    let skipped = late.iter().map(|function| function.name.to_string());
    render(
        "crates/ascend-sys/src/generated/linked.rs",
        "The functions that the linker binds (feature `linked`).\n//!\n//! # Safety\n//! Declares foreign functions; nothing here calls one.",
        quote! {
            #![allow(unsafe_code, non_snake_case)]
            use super::abi::*;
            use super::table::Table;

            #[link(name = "acl_rt")]
            unsafe extern "C" {
                #(#declared)*
            }

            /// Symbols that not every supported release exports: they are looked up at run time.
            pub const LATE: &[&str] = &[#(#skipped),*];

            /// Puts every linked function into `table`.
            pub fn fill(table: &mut Table) {
                #(#filled)*
            }
        },
    )
}
