//! Says which processes may open what this one shares.

use crate::runtime::BarePid;

/// Who may open a shared object, besides holding its ticket.
///
/// The runtime enforces it: a process that is not listed is refused, whatever ticket it holds.
///
/// ```no_run
/// # fn share(device: &ascend_ipc::Device, peer: ascend_ipc::BarePid) -> Result<(), Box<dyn std::error::Error>> {
/// use ascend_ipc::Access;
///
/// let (weights, ticket) = device.allocate::<f32>(64)?.share(Access::Processes(&[peer]))?;
/// let (public, ticket) = device.allocate::<f32>(64)?.share(Access::AnyProcess)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access<'a> {
    /// The listed processes; each tells its own [`BarePid`], which in a container is not its pid. None are listed by an empty
    /// list: list some later.
    Processes(&'a [BarePid]),
    /// Any process that holds the ticket. Whoever gets hold of the ticket's bytes can open the object, so this is for
    /// processes whose ids cannot be known.
    AnyProcess,
}
