//! The role's side: the function, what it is handed, and how the process gets to it.

mod cx;
mod enter;
mod link;
pub(crate) mod registry;

pub use cx::RoleCx;
pub use link::LinkError;

pub(crate) use enter::{MARK, enter_if_role};

/// What a role's function returns; any error becomes the role's verdict.
pub type RoleResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;
