//! What other processes are told of a completion that fault injection has dropped: which one, and by which rule.

use crate::sync::atomic::{AtomicU64, Ordering};

const WORDS: usize = 24;

/// A key that is not 0, and a text; in shared memory. Any bytes are a valid state, and a text that is being overwritten
/// is merely a strange one.
#[repr(C)]
#[derive(Default)]
pub(crate) struct Lost {
    key: AtomicU64,
    words: [AtomicU64; WORDS],
}

impl Lost {
    /// Says which rule has dropped `key`; a longer text is cut off.
    pub(crate) fn note(&self, key: u64, rule: &str) {
        let mut bytes = [0; WORDS * 8];
        for (byte, said) in bytes.iter_mut().zip(rule.bytes()) {
            *byte = said;
        }
        for (word, bytes) in self.words.iter().zip(bytes.as_chunks::<8>().0) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
        self.key.store(key, Ordering::Release); // pairs with the Acquire in `rule_of`
    }

    /// The rule that has dropped `key`; `None` if none has, or if another completion was dropped since.
    pub(crate) fn rule_of(&self, key: u64) -> Option<String> {
        (self.key.load(Ordering::Acquire) == key).then(|| self.text())
    }

    /// The rule that has dropped `key`, for whoever asks first.
    pub(crate) fn take(&self, key: u64) -> Option<String> {
        let rule = self.rule_of(key)?;
        // The text was read before, so that the next note cannot mix with it.
        self.key.compare_exchange(key, 0, Ordering::AcqRel, Ordering::Relaxed).is_ok().then_some(rule)
    }

    /// Forgets it.
    pub(crate) fn clear(&self) {
        self.key.store(0, Ordering::Release);
    }

    fn text(&self) -> String {
        let bytes: Vec<u8> = self.words.iter().flat_map(|word| word.load(Ordering::Relaxed).to_ne_bytes()).collect();
        let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_for_one_key_and_a_taken_one_for_one_reader() {
        let lost = Lost::default();
        assert_eq!(lost.rule_of(5), None);
        lost.note(5, "*=drop");
        assert_eq!((lost.rule_of(6), lost.rule_of(5).as_deref()), (None, Some("*=drop")));
        assert_eq!((lost.take(5).as_deref(), lost.take(5)), (Some("*=drop"), None));
        lost.note(7, &"x".repeat(1000));
        assert_eq!(lost.rule_of(7).map(|text| text.len()), Some(WORDS * 8));
    }
}
