//! What a scenario and its roles say to each other: frames over a socket, and a diary that outlives a role.

pub(crate) mod diary;
pub(crate) mod frame;
pub(crate) mod message;
pub(crate) mod socket;
