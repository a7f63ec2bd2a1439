//! Which devices reach each other's memory, and the connections that imports make.

use ascend_sys::abi::{ACL_RT_DEVS_TOPOLOGY_HCCS, ACL_RT_DEVS_TOPOLOGY_SIO, ACL_RT_DEVS_TOPOLOGY_SYS};

use super::device::Device;
use super::fault::{Answer, Fault};
use super::profile::Profile;
use super::runtime::runtime;
use super::soc;

/// Which devices of the simulated machine reach each other's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peers {
    /// All, as on a server of the vendor.
    All,
    /// Only the dies of one card; a device that has its card for itself reaches none.
    Card,
    /// None.
    None,
}

/// Who reaches whom once two devices are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The using device reaches the owner.
    One,
    /// Each reaches the other.
    Both,
}

impl Profile {
    /// The card on which a device is, by the driver's id, and which of the card's dies it is.
    pub(crate) fn place(&self, logical: u32) -> (u32, u32) {
        if soc::has_two_dies(&self.soc) { (logical / 2, logical % 2) } else { (logical, 0) }
    }

    /// Whether two devices, by the driver's ids, reach each other.
    pub(crate) fn connects(&self, one: u32, other: u32) -> bool {
        match self.peers {
            Peers::All => true,
            Peers::Card => self.place(one).0 == self.place(other).0,
            Peers::None => one == other,
        }
    }

    /// How two devices are connected. What a server without peer access answers is unknown; here it is a way through the
    /// whole machine.
    pub(crate) fn topology(&self, one: u32, other: u32) -> u64 {
        if one == other {
            0
        } else if !self.connects(one, other) {
            ACL_RT_DEVS_TOPOLOGY_SYS
        } else if self.place(one).0 == self.place(other).0 {
            ACL_RT_DEVS_TOPOLOGY_SIO
        } else {
            ACL_RT_DEVS_TOPOLOGY_HCCS
        }
    }
}

/// Refuses if two devices, by the driver's ids, do not reach each other.
///
/// # Errors
/// 207000: what the driver answers for a link that does not exist is not known, but "not supported" is its word for that.
pub(crate) fn require(one: u32, other: u32) -> Answer {
    if runtime().profile.connects(one, other) {
        return Ok(());
    }
    let cause = format!("devices {one} and {other} do not reach each other's memory in this machine's topology");
    Err(Fault::unsupported(cause))
}

/// Connects a device with the one that owns what it uses, by the driver's id, as imports do by themselves.
pub(crate) fn connect(user: &Device, owner: u32, direction: Direction) -> Answer {
    if user.logical() == owner {
        return Ok(());
    }
    require(user.logical(), owner)?;
    let known = |logical| runtime().user_id(logical).and_then(|id| i32::try_from(id).ok());
    let (Some(here), Some(there)) = (known(user.logical()), known(owner)) else {
        return Ok(()); // the driver connects also what this process does not see, but nobody can ask for it
    };
    add(user, there);
    if direction == Direction::Both {
        add(runtime().device(there)?, here);
    }
    Ok(())
}

/// Lets a device reach a peer, by the ids of this process.
pub(crate) fn add(user: &Device, peer: i32) {
    let mut peers = user.peers();
    if !peers.contains(&peer) {
        peers.push(peer);
    }
}
