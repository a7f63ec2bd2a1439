//! The runtime's own text: its messages in order, and their ids.

/// Puts the first cause first: the runtime tells the newest message first, and its catch-alls say least.
///
/// A message begins with a line that has an id; what comes before the first one stays in front of it.
pub(super) fn first_cause_first(text: &str) -> String {
    let mut messages: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        match messages.last_mut() {
            Some(message) if id(line).is_none() || message.iter().all(|line| id(line).is_none()) => message.push(line),
            _ => messages.push(vec![line]),
        }
    }
    messages.reverse();
    messages.sort_by_key(|message| message.iter().find_map(|line| id(line)).is_some_and(is_catch_all)); // stable
    messages.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The first message id in a text, such as `EE1001`.
pub(super) fn id(text: &str) -> Option<&str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).find(|word| is_id(word))
}

/// `E` or `W`, then five digits, or a letter and four.
fn is_id(word: &str) -> bool {
    match word.as_bytes() {
        [b'E' | b'W', second, digits @ ..] => {
            digits.len() == 4
                && digits.iter().all(u8::is_ascii_digit)
                && (second.is_ascii_uppercase() || second.is_ascii_digit())
        }
        _ => false,
    }
}

/// An internal error that says only that something else went wrong.
fn is_catch_all(id: &str) -> bool {
    id.ends_with("9999")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_oldest_message_comes_first_and_keeps_its_lines() {
        let text = "EE1010: third\n        TraceBack\nEH0001: second\nEE1001: first\n        Solution: do it";
        let ordered = first_cause_first(text);
        let expected = "EE1001: first\n        Solution: do it\nEH0001: second\nEE1010: third\n        TraceBack";
        assert_eq!(ordered, expected);
        assert_eq!(id(&ordered), Some("EE1001"));
    }

    #[test]
    fn a_catch_all_is_no_first_cause() {
        let ordered = first_cause_first("EE1001: cause\nEE9999: inner error");
        assert_eq!(id(&ordered), Some("EE1001"));
        assert_eq!(id(&first_cause_first("EZ9999: only")), Some("EZ9999"));
    }

    #[test]
    fn what_has_no_id_stays_as_it_is() {
        assert_eq!(first_cause_first("one\ntwo"), "one\ntwo");
        assert_eq!(id("ERROR 507899 EEEEEE E123 EE10011"), None);
        assert_eq!(id("[PID: 7] 2026 EL0005: busy"), Some("EL0005"));
        assert_eq!(id("E30006 Failed"), Some("E30006"));
    }

    proptest! {
        #[test]
        fn no_line_is_lost(text in "([A-Z0-9: ]{0,9}\n|EE100[0-9]: x\n){0,9}") {
            let ordered = first_cause_first(&text);
            let sorted = |text: &str| {
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                lines.sort();
                lines
            };
            // A text that ends in empty lines has one line end less afterwards.
            prop_assert!(sorted(&ordered).iter().filter(|line| !line.is_empty()).eq(sorted(&text).iter().filter(|line| !line.is_empty())));
        }
    }
}
