//! Names of SoCs: which there are, short ones for the usual ones, and the families that behave alike.

/// The SoC of a fresh machine.
pub(crate) const DEFAULT: &str = "Ascend910B3";

/// Short names, and a SoC of the kind that each of them means.
const SHORT: [(&str, &str); 6] = [
    ("910B", DEFAULT),
    ("910C", "Ascend910_9392"),
    ("A3", "Ascend910_9392"),
    ("950PR", "Ascend950PR_9579"),
    ("950DT", "Ascend950DT_9571"),
    ("unsupported", "Ascend310P3"),
];

/// A family of SoCs, as far as its behaviour differs here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Atlas A2 (910B), Atlas A3 (910_93).
    A2A3,
    /// Ascend 950.
    A5,
    /// Anything that has no IPC events.
    WithoutIpcEvents,
}

/// The full name of a SoC that is given by its full or short name, in capital letters or not; `None` if it is neither.
pub(crate) fn full_name(text: &str) -> Option<String> {
    if let Some((_, name)) = SHORT.iter().find(|(short, _)| short.eq_ignore_ascii_case(text)) {
        return Some((*name).to_owned());
    }
    let (prefix, rest) = text.split_at_checked("Ascend".len())?;
    let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let named = prefix.eq_ignore_ascii_case("Ascend") && rest.starts_with(|first: char| first.is_ascii_digit());
    // Names are in capital letters, but for one word.
    (plain && named).then(|| format!("Ascend{}", rest.to_ascii_uppercase().replace("PRO", "Pro")))
}

/// The short names, for a complaint.
pub(crate) fn short_names() -> String {
    SHORT.map(|(short, _)| short).join(", ")
}

/// The family of a SoC.
pub(crate) fn family(name: &str) -> Family {
    if name.starts_with("Ascend910B") || has_two_dies(name) {
        Family::A2A3
    } else if name.starts_with("Ascend950") {
        Family::A5
    } else {
        Family::WithoutIpcEvents
    }
}

/// Whether two devices are dies of one card.
pub(crate) fn has_two_dies(name: &str) -> bool {
    name.starts_with("Ascend910_93")
}

/// Whether the host can reach a device's memory directly, which IPC events need.
pub(crate) fn has_host_access(name: &str) -> bool {
    !name.starts_with("Ascend950DT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_follows_from_the_socs_name() {
        assert_eq!(family("Ascend910B3"), Family::A2A3);
        assert_eq!(family("Ascend910_9392"), Family::A2A3);
        assert_eq!(family("Ascend950PR_9579"), Family::A5);
        assert_eq!(family("Ascend950DT_9571"), Family::A5);
        for soc in ["Ascend310P3", "Ascend310B1", "Ascend910ProB", "Ascend910A", ""] {
            assert_eq!(family(soc), Family::WithoutIpcEvents, "{soc}");
        }
    }

    #[test]
    fn a_short_name_means_a_soc_of_its_kind() {
        let kind = |short| full_name(short).map(|name| (family(&name), has_two_dies(&name), has_host_access(&name)));
        assert_eq!(kind("910B"), Some((Family::A2A3, false, true)));
        assert_eq!(kind("910C"), Some((Family::A2A3, true, true)));
        assert_eq!(kind("A3"), kind("910C"));
        assert_eq!(kind("950PR"), Some((Family::A5, false, true)));
        assert_eq!(kind("950DT"), Some((Family::A5, false, false)));
        assert_eq!(kind("unsupported"), Some((Family::WithoutIpcEvents, false, true)));
    }

    #[test]
    fn a_full_name_is_taken_as_it_is_and_anything_else_is_none() {
        for name in ["Ascend910B1", "Ascend910_9381", "Ascend910ProB", "Ascend310P3", "Ascend950PR_9579"] {
            assert_eq!(full_name(name).as_deref(), Some(name));
            assert_eq!(full_name(&name.to_lowercase()).as_deref(), Some(name));
        }
        assert_eq!(full_name("910b").as_deref(), Some(DEFAULT));
        for text in ["", "H100", "Ascend", "AscendB3", "Äscend910B3", "Ascend910B3 ", "Ascend910\0B"] {
            assert_eq!(full_name(text), None, "{text}");
        }
    }
}
