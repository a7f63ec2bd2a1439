//! Hides what a report must not tell strangers: handles, users, addresses, hosts, serial numbers.
//!
//! The same value gets the same mark within one report, and another one in the next: marks are digests with a random salt, so
//! that nobody finds an address by trying all of them. This is care, not proof: read a report before you publish it.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use sha2::{Digest, Sha256};

use crate::view::View;

/// Replaces secrets by marks, or leaves everything as it is.
#[derive(Clone, Debug)]
pub struct Redactor {
    salt: Option<[u8; 16]>,
    names: Vec<(Regex, &'static str)>,
}

type Pattern = LazyLock<Regex>;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of this file is valid")
}

/// Eight bytes or more in hexadecimal: what a handle, a ticket or a die id looks like.
static HEX: Pattern = LazyLock::new(|| pattern(r"\b(?:0x)?[0-9A-Fa-f]{16,}\b"));
/// Eight bytes or more, one by one in hexadecimal.
static HEX_BYTES: Pattern = LazyLock::new(|| pattern(r"\b(?:0x)?[0-9A-Fa-f]{2}(?:[ ,:]+(?:0x)?[0-9A-Fa-f]{2}){7,}\b"));
/// Eight numbers or more, as an array of bytes is printed.
static BYTES: Pattern = LazyLock::new(|| pattern(r"\[\s*[0-9]{1,3}(?:\s*,\s*[0-9]{1,3}){7,}\s*(?:,\s*)?\]"));
/// A ticket as text.
static BASE64: Pattern = LazyLock::new(|| pattern(r"[A-Za-z0-9+/_-]{40,}={0,2}"));
static IPV4: Pattern = LazyLock::new(|| pattern(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3,}\b"));
static IPV6: Pattern = LazyLock::new(|| pattern(r"[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*"));
static MAC: Pattern = LazyLock::new(|| pattern(r"\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b"));
static SERIAL: Pattern = LazyLock::new(|| {
    pattern(
        r#"(?i)\b((?:serial(?:[ _-]?(?:number|no|num))?|sn|v?die[ _-]?id|uuid)"?\s*[:=]\s*"?)([A-Za-z0-9][A-Za-z0-9 _.-]*[A-Za-z0-9]|[A-Za-z0-9])"#,
    )
});
static HOME: Pattern = LazyLock::new(|| pattern(r"(/(?:home|Users)/)([^/\s:'\x22]+)"));
static LOGIN: Pattern = LazyLock::new(|| pattern(r"(ssh://)(?:([^@/\s]+)@)?([^/:\s]+)"));
static ACCOUNT: Pattern = LazyLock::new(|| {
    pattern(r"(?i)\b((?:user|username|logname|owner)\s*[:=]\s*'?|[ug]id=[0-9]+\()([A-Za-z_][A-Za-z0-9_.-]*)")
});

impl Redactor {
    /// Leaves everything as it is.
    #[must_use]
    pub fn off() -> Self {
        Self { salt: None, names: Vec::new() }
    }

    /// Hides, under a random salt, also the names of the user and the host of this process.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub fn new() -> std::io::Result<Self> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(std::io::Error::other)?;
        let mut redactor = Self::with_salt(salt);
        for name in ["USER", "LOGNAME", "SUDO_USER"] {
            redactor.hide(std::env::var(name).ok().as_deref(), "user");
        }
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        redactor.hide(host.as_deref().map(str::trim), "host");
        Ok(redactor)
    }

    /// Hides under this salt, and no names but those that look like one.
    #[must_use]
    pub fn with_salt(salt: [u8; 16]) -> Self {
        Self { salt: Some(salt), names: Vec::new() }
    }

    /// Hides this word, too, wherever it stands alone. Words that tell nothing are left: `root`, and those of one or two letters.
    pub fn hide(&mut self, word: Option<&str>, kind: &'static str) {
        let Some(word) =
            word.filter(|word| word.len() > 2 && !matches!(*word, "root" | "localhost" | "user" | "runner"))
        else {
            return;
        };
        if let Ok(regex) = Regex::new(&format!(r"\b{}\b", regex::escape(word))) {
            self.names.push((regex, kind));
        }
    }

    /// Whether it hides anything.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.salt.is_some()
    }

    /// The mark for `value`.
    #[must_use]
    pub fn mark(&self, kind: &str, value: &str) -> String {
        let Some(salt) = self.salt else { return value.to_owned() };
        let digest =
            Sha256::new().chain_update(salt).chain_update(kind).chain_update([0]).chain_update(value).finalize();
        format!("<{kind}-{:02x}{:02x}{:02x}>", digest[0], digest[1], digest[2])
    }

    /// The text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if !self.is_on() {
            return text.to_owned();
        }
        let value =
            |kind: &'static str| move |found: &Captures<'_>| format!("{}{}", &found[1], self.mark(kind, &found[2]));
        let whole = |kind: &'static str| move |found: &Captures<'_>| self.mark(kind, &found[0]);
        let text = LOGIN.replace_all(text, |found: &Captures<'_>| {
            let user = found.get(2).map_or(String::new(), |user| format!("{}@", self.mark("user", user.as_str())));
            format!("{}{user}{}", &found[1], self.mark("host", &found[3]))
        });
        let text = HOME.replace_all(&text, value("user"));
        let text = ACCOUNT.replace_all(&text, |found: &Captures<'_>| match &found[2] {
            "root" => found[0].to_owned(),
            name => format!("{}{}", &found[1], self.mark("user", name)),
        });
        let text = SERIAL.replace_all(&text, value("serial"));
        let text = MAC.replace_all(&text, whole("serial"));
        let text = HEX_BYTES.replace_all(&text, whole("bytes"));
        let text = BYTES.replace_all(&text, whole("bytes"));
        let text = HEX.replace_all(&text, whole("bytes"));
        let text = BASE64.replace_all(&text, |found: &Captures<'_>| self.if_so(looks_like_base64, "bytes", found));
        let text = IPV4.replace_all(&text, |found: &Captures<'_>| self.if_so(is_address, "ip", found));
        let text = IPV6.replace_all(&text, |found: &Captures<'_>| self.if_so(is_address, "ip", found));
        let mut text = text.into_owned();
        for (name, kind) in &self.names {
            text = name.replace_all(&text, whole(kind)).into_owned();
        }
        text
    }

    /// Hides what must be hidden in every text of the view.
    pub fn view(&self, view: &mut View) {
        if !self.is_on() {
            return;
        }
        let each = |text: &mut String| *text = self.text(text);
        view.run.argv.iter_mut().for_each(each);
        for (name, value) in &mut view.run.versions {
            if matches!(name.to_ascii_lowercase().as_str(), "host" | "hostname" | "node") {
                *value = self.mark("host", value);
            }
        }
        view.phases.iter_mut().for_each(|span| each(&mut span.summary));
        for finding in &mut view.findings {
            [&mut finding.title, &mut finding.detail, &mut finding.fix, &mut finding.effect].into_iter().for_each(each);
        }
        let attempts = view.cases.iter_mut().flat_map(|case| &mut case.attempts);
        for outcome in attempts.filter_map(|attempt| attempt.outcome.as_mut()) {
            each(&mut outcome.reason);
            outcome.again.iter_mut().for_each(each);
        }
        for state in &mut view.states {
            state.processes.iter_mut().for_each(|(_, name)| each(name));
        }
    }

    fn if_so(&self, test: fn(&str) -> bool, kind: &str, found: &Captures<'_>) -> String {
        if test(&found[0]) { self.mark(kind, &found[0]) } else { found[0].to_owned() }
    }
}

/// Whether the letters are mixed as in base64: a path or a name has few capitals or few digits.
fn looks_like_base64(text: &str) -> bool {
    let count = |test: fn(&u8) -> bool| text.bytes().filter(test).count();
    count(u8::is_ascii_uppercase) * 8 >= text.len() && count(u8::is_ascii_digit) * 40 >= text.len()
}

/// Whether it is an address that tells something about its owner.
fn is_address(text: &str) -> bool {
    let text = text.trim_end_matches('.');
    match text.parse::<std::net::IpAddr>() {
        Ok(address) if address.is_ipv6() && !text.bytes().any(|byte| byte.is_ascii_digit()) => false, // `a::b` is a name in Rust
        Ok(address) => !address.is_loopback() && !address.is_unspecified(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(text: &str) -> String {
        Redactor::with_salt([7; 16]).text(text)
    }

    #[test]
    fn handles_users_addresses_and_serial_numbers_do_not_stay() {
        for (text, secret) in [
            ("handle 00112233445566778899aabbccddeeff", "0011"),
            ("handle 0x1122334455667788", "1122"),
            ("bytes 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0 end", "0x56"),
            ("bytes [18, 52, 86, 120, 154, 188, 222, 240]", "154"),
            ("ticket QVNDRU5EVDEBAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSo=", "QVNDRU5EVDE"),
            ("cd /home/alice/src", "alice"),
            ("user: alice", "alice"),
            ("uid=1000(alice) gid=1000(alice)", "alice"),
            ("ssh://alice@node7.example.com/dir", "alice"),
            ("ssh://alice@node7.example.com/dir", "node7"),
            ("connect to 10.1.22.3:8080", "10.1.22.3"),
            ("connect to fe80::1ff:fe23:4567:890a.", "fe80"),
            ("Serial Number : 2102312ABC", "2102312ABC"),
            ("VDie ID: 1A2B3C4D 5E6F7081", "5E6F7081"),
            ("link 3c:52:82:aa:bb:cc up", "82:aa"),
        ] {
            let result = redacted(text);
            assert!(!result.contains(secret), "{text} became {result}");
            assert!(result.contains('<'), "{text} became {result}");
        }
    }

    #[test]
    fn names_versions_bus_ids_and_paths_stay() {
        for text in [
            "event::face::a_wait_before_any_record_passes@same-die",
            "driver 25.5.1, CANN 9.1.0, npu-smi 25.7.rc1.6",
            "bus 0000:85:00.0 and 0000:c1:00.0",
            "at 2026-11-24T20:45:14Z, 12:34:56",
            "target/hw-test/7f3a/cases/event__a_wait_before_any_record_passes/1/stdout",
            "listens on 127.0.0.1 and ::1",
            "die 3: pid 90210 'python' 27 GB, ptr 0x7ffc1234, error 507899",
            "owner: root",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn the_same_value_has_the_same_mark_in_one_report_and_another_in_the_next() {
        let (one, other) = (Redactor::with_salt([1; 16]), Redactor::with_salt([2; 16]));
        assert_eq!(one.text("10.0.0.1 10.0.0.1"), format!("{0} {0}", one.mark("ip", "10.0.0.1")));
        assert_ne!(one.mark("ip", "10.0.0.1"), other.mark("ip", "10.0.0.1"));
    }

    #[test]
    fn a_word_that_is_told_is_hidden_where_it_stands_alone() {
        let mut redactor = Redactor::with_salt([1; 16]);
        redactor.hide(Some("bob"), "user");
        redactor.hide(Some("root"), "user");
        let text = redactor.text("bob bobbin root");
        assert!(!text.starts_with("bob ") && text.ends_with(" bobbin root"), "{text}");
    }

    #[test]
    fn nothing_is_hidden_when_it_is_off() {
        assert_eq!(Redactor::off().text("/home/alice 10.0.0.1"), "/home/alice 10.0.0.1");
    }
}
