//! The two kinds of device memory, for which the same rules hold.

use ascend_ipc::memory::Element;
use ascend_ipc::{Device, DeviceBuffer, Result};
use serde::{Deserialize, Serialize};

use crate::stage::Link;

/// How device memory is allocated, and so how it is shared.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Kind {
    ByKey,
    Physical,
}

impl Kind {
    pub(crate) fn allocate<T: Element>(self, device: &Device, len: usize) -> Result<DeviceBuffer<T>> {
        match self {
            Self::ByKey => device.allocate(len),
            Self::Physical => device.allocate_physical(len),
        }
    }
}

/// What a rule holds for.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) link: Link,
}

/// A rule that holds for each kind of memory, whatever the link between the two devices.
macro_rules! on_each_kind {
    ($($(#[$meta:meta])* fn $name:ident($scenario:ident, $case:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "not every rule needs everything")]
            use super::*;
            use crate::stage::{CROSS_DEVICE, SAME_DEVICE};

            fn rule($scenario: &mut ascend_testkit::Scenario, $case: crate::kind::Case) {
                crate::stage::require($scenario, $case.link);
                $body
            }

            #[test]
            fn by_key_on_the_same_device() {
                ascend_testkit::run(|s| rule(s, crate::kind::Case { kind: crate::kind::Kind::ByKey, link: SAME_DEVICE }));
            }

            #[test]
            fn by_key_across_devices() {
                ascend_testkit::run(|s| rule(s, crate::kind::Case { kind: crate::kind::Kind::ByKey, link: CROSS_DEVICE }));
            }

            #[test]
            fn physical_on_the_same_device() {
                ascend_testkit::run(|s| rule(s, crate::kind::Case { kind: crate::kind::Kind::Physical, link: SAME_DEVICE }));
            }

            #[test]
            fn physical_across_devices() {
                ascend_testkit::run(|s| rule(s, crate::kind::Case { kind: crate::kind::Kind::Physical, link: CROSS_DEVICE }));
            }
        }
    )*};
}
pub(crate) use on_each_kind;
