//! Roles are functions, found by their path in a list that the linker makes.

use std::any::type_name;

use linkme::distributed_slice;
use serde::de::DeserializeOwned;

use super::{RoleCx, RoleResult};
use crate::wire::frame;

/// A role of this binary; made by [`roles!`](crate::roles).
#[doc(hidden)]
pub struct Entry {
    /// The path of the function.
    pub path: fn() -> &'static str,
    /// Calls it.
    pub run: fn(&mut RoleCx, &[u8]) -> RoleResult,
}

/// All roles of this binary.
#[doc(hidden)]
#[distributed_slice]
pub static ROLES: [Entry];

/// Names the functions of a test binary that are roles: `roles![producer, consumer];`, once for each function.
///
/// A role is a `fn(&mut RoleCx, A) -> RoleResult`, where `A` is anything that serde can carry.
#[macro_export]
macro_rules! roles {
    ($($role:path),+ $(,)?) => {
        $(const _: () = {
            #[$crate::__linkme::distributed_slice($crate::__ROLES)]
            #[linkme(crate = $crate::__linkme)]
            static ROLE: $crate::__Entry = $crate::__Entry {
                path: || ::core::any::type_name_of_val(&$role),
                run: |cx, args| $crate::__call($role, cx, args),
            };
        };)+
    };
}

/// Calls a role with the arguments that were sent.
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "hidden, for `roles!` alone")]
pub fn call<A: DeserializeOwned>(role: fn(&mut RoleCx, A) -> RoleResult, cx: &mut RoleCx, args: &[u8]) -> RoleResult {
    let args = frame::unpack(args).map_err(|error| format!("the arguments cannot be read: {error}"))?;
    role(cx, args)
}

/// The path of a function, and what remains of it when the modules are left out.
pub(crate) fn names<F>(_: &F) -> (&'static str, &'static str) {
    let path = type_name::<F>();
    (path, path.rsplit("::").next().unwrap_or(path))
}

/// The role at a path.
pub(crate) fn find(path: &str) -> Option<&'static Entry> {
    ROLES.iter().find(|entry| (entry.path)() == path)
}
