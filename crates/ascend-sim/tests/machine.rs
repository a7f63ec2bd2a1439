//! A program chooses its machine before the first call; in a test binary of its own, since a process has one machine.
#![allow(unsafe_code, reason = "C functions are called as C programs call them")]

use std::process::Command;

use ascend_sim::{InstallError, Machine, Peers, Soc, TABLE};

/// Set for the child process, which takes its machine from the environment.
const CHILD: &str = "ASCEND_SIM_TEST_CHILD";

fn devices() -> u32 {
    let mut count = u32::MAX;
    // SAFETY: a writable integer.
    assert_eq!(unsafe { TABLE.aclrtGetDeviceCount.unwrap()(&raw mut count) }, 0);
    count
}

fn release() -> i32 {
    let (mut name, mut number) = (*b"runtime\0", 0);
    // SAFETY: a text with a terminator, and a writable integer.
    assert_eq!(unsafe { TABLE.aclsysGetVersionNum.unwrap()(name.as_mut_ptr().cast(), &raw mut number) }, 0);
    number
}

fn topology(one: u32, other: u32) -> u64 {
    let mut bits = u64::MAX;
    // SAFETY: a writable integer.
    assert_eq!(unsafe { TABLE.aclrtGetDevicesTopo.unwrap()(one, other, &raw mut bits) }, 0);
    bits
}

fn is_the_machine() -> bool {
    use ascend_sys::abi::{ACL_RT_DEVS_TOPOLOGY_SIO, ACL_RT_DEVS_TOPOLOGY_SYS};
    (devices(), release(), topology(0, 1), topology(1, 2))
        == (4, 90_000_000, ACL_RT_DEVS_TOPOLOGY_SIO, ACL_RT_DEVS_TOPOLOGY_SYS)
}

#[test]
fn a_machine_is_installed_once_before_the_first_call() {
    if std::env::var_os(CHILD).is_some() {
        assert!(is_the_machine());
        assert_eq!(Machine::new().install(), Err(InstallError::AlreadyRunning)); // after a call
        return;
    }
    let nonsense = Machine::new().devices(65).soc(Soc::Named("H100".into())).runtime("10.0.0");
    let Err(InstallError::Nonsense(complaints)) = nonsense.install() else { panic!("{nonsense:?} was installed") };
    assert_eq!(complaints.len(), 3, "{complaints:?}");

    let machine = Machine::new().devices(4).soc(Soc::Ascend910C).runtime("9.0.0").peers(Peers::Card);
    assert_eq!(machine.install(), Ok(()));
    assert_eq!(machine.install(), Err(InstallError::AlreadyRunning)); // before any call
    assert!(is_the_machine());

    let this = std::env::current_exe().unwrap();
    let child = Command::new(this).args(["--nocapture"]).env(CHILD, "1").envs(machine.environment()).output().unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
}
