//! Reads rules, and says where one is wrong.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use ascend_sys::Status;

use super::rule::{Action, Calls, Rule};

/// The functions of the header that answer no code, so that no rule can apply to them, and those that read errors.
pub(super) const WITHOUT_ANSWER: [&str; 13] = [
    "aclCreateDataBuffer",
    "aclDataTypeSize",
    "aclFloat16ToFloat",
    "aclFloatToFloat16",
    "aclGetDataBufferAddr",
    "aclGetDataBufferSizeV2",
    "aclGetRecentErrMsg",
    "aclrtAllocatorCreateDesc",
    "aclrtCreateStreamConfigHandle",
    "aclrtGetLastError",
    "aclrtGetSocName",
    "aclrtGetStreamIdFromExceptionInfo",
    "aclrtPeekAtLastError",
];
/// A longer delay is a mistake.
const LONGEST: Duration = Duration::from_secs(3600);

/// A rule that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRule {
    position: usize,
    message: String,
}

impl BadRule {
    /// Where the text is wrong: the number of the byte, from 1.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for BadRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.position, self.message)
    }
}

impl std::error::Error for BadRule {}

impl FromStr for Rule {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, BadRule> {
        rule(Piece { text, at: 1 }.trimmed())
    }
}

/// Reads rules that are separated by semicolons; each by itself, so that one mistake spoils no other rule.
pub(super) fn rules(text: &str) -> Vec<Result<Rule, BadRule>> {
    let (mut at, mut rules) = (1, Vec::new());
    for part in text.split(';') {
        let piece = Piece { text: part, at }.trimmed();
        at += part.len() + 1;
        if !piece.text.is_empty() {
            rules.push(rule(piece));
        }
    }
    rules
}

/// A part of the text, and where it begins.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Piece<'a> {
    fn trimmed(self) -> Self {
        let text = self.text.trim_start();
        Self { at: self.at + self.text.len() - text.len(), text: text.trim_end() }
    }

    /// What precedes the first separator, and what follows it.
    fn split(self, separator: &str) -> (Self, Option<Self>) {
        match self.text.split_once(separator) {
            None => (self, None),
            Some((before, after)) => {
                let at = self.at + before.len() + separator.len();
                (Self { text: before, at: self.at }.trimmed(), Some(Self { text: after, at }.trimmed()))
            }
        }
    }

    fn wrong(self, message: impl Into<String>) -> BadRule {
        BadRule { position: self.at, message: message.into() }
    }
}

fn rule(piece: Piece<'_>) -> Result<Rule, BadRule> {
    let (subject, action) = piece.split("=");
    let action = action.ok_or_else(|| piece.wrong("the rule has no \"=\"; write FUNCTION[@CALLS][/PROCESS]=ACTION"))?;
    let (what, process) = subject.split("/");
    let (name, numbers) = what.split("@");
    let process = match process {
        Some(process) if process.text.is_empty() => return Err(process.wrong("the process has no name")),
        process => process.map(|process| process.text.to_owned()),
    };
    Ok(Rule { function: function(name)?, calls: numbers.map_or(Ok(Calls::ALL), calls)?, process, action: act(action)? })
}

fn function(piece: Piece<'_>) -> Result<Option<&'static str>, BadRule> {
    if piece.text == "*" {
        return Ok(None);
    }
    let known = ascend_sys::symbols().iter().map(|symbol| symbol.name).find(|name| *name == piece.text);
    let known = known.ok_or_else(|| piece.wrong(format!("\"{}\" is no function of AscendCL", piece.text)))?;
    if WITHOUT_ANSWER.contains(&known) {
        return Err(piece.wrong(format!("no rule applies to {known}")));
    }
    Ok(Some(known))
}

fn calls(piece: Piece<'_>) -> Result<Calls, BadRule> {
    let number = |piece: Piece<'_>| match piece.text.parse::<u64>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(piece.wrong(format!("\"{}\" is no number of a call; write 3, 3..5 or 3..", piece.text))),
    };
    let (first, last) = piece.split("..");
    let first = number(first)?;
    let last = match last {
        None => first,
        Some(last) if last.text.is_empty() => u64::MAX,
        Some(last) => number(last)?,
    };
    if last < first {
        return Err(piece.wrong("the calls end before they begin"));
    }
    Ok(Calls { first, last })
}

fn act(piece: Piece<'_>) -> Result<Action, BadRule> {
    if piece.text == "drop" {
        return Ok(Action::Drop);
    }
    if let (Piece { text: "delay", .. }, Some(time)) = piece.split(":") {
        return delay(time).map(Action::Delay);
    }
    let named = Status::all().find(|status| status.name() == Some(piece.text));
    let numbered = || piece.text.parse().ok().map(Status).filter(|status| status.name().is_some());
    match named.or_else(numbered) {
        Some(Status(0)) => Err(piece.wrong("0 is no error")),
        Some(Status(code)) => Ok(Action::Answer(code)),
        None => {
            let hint = "write an error code by number or name, delay:50ms, or drop";
            Err(piece.wrong(format!("\"{}\" is no action; {hint}", piece.text)))
        }
    }
}

fn delay(piece: Piece<'_>) -> Result<Duration, BadRule> {
    let unit = piece.text.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.text.len());
    let (digits, unit) = piece.text.split_at(unit);
    let delay = digits.parse().ok().and_then(|number| match unit {
        "us" => Some(Duration::from_micros(number)),
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        _ => None,
    });
    let wrong = || piece.wrong(format!("\"{}\" is no delay up to an hour; write 50ms, 20us or 3s", piece.text));
    delay.filter(|delay| *delay <= LONGEST).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn complaint(text: &str) -> String {
        rules(text).into_iter().find_map(Result::err).unwrap().to_string()
    }

    #[test]
    fn a_rule_names_function_calls_process_and_action() {
        let rule: Rule = "aclrtRecordEvent @ 3..5 / worker 7 = delay:50ms".parse().unwrap();
        assert_eq!(rule.function, Some("aclrtRecordEvent"));
        assert_eq!(rule.calls, Calls { first: 3, last: 5 });
        assert_eq!(rule.process.as_deref(), Some("worker 7"));
        assert_eq!(rule.action, Action::Delay(Duration::from_millis(50)));
        assert_eq!("*=507899".parse::<Rule>().unwrap().to_string(), "*=507899");
    }

    #[test]
    fn an_error_has_a_number_or_a_name() {
        let answer = |text: &str| text.parse::<Rule>().unwrap().action;
        assert_eq!(answer("*=507000"), answer("*=ACL_ERROR_RT_INTERNAL_ERROR"));
    }

    #[test]
    fn a_complaint_says_where() {
        assert_eq!(complaint("*=drop; aclrtNothing=drop"), "at byte 9: \"aclrtNothing\" is no function of AscendCL");
        assert!(complaint("*=dorp").starts_with("at byte 3: \"dorp\" is no action"));
        assert!(complaint("*@0=drop").starts_with("at byte 3"));
        assert!(complaint("*@5..3=drop").contains("end before they begin"));
        assert!(complaint("*/=drop").contains("no name"));
        assert!(complaint("*").contains("no \"=\""));
        assert!(complaint("*=0").contains("no error"));
        assert!(complaint("*=123").contains("no action"));
        assert!(complaint("*=delay:2h").starts_with("at byte 9"));
        assert!(complaint("*=delay:3601s").starts_with("at byte 9"));
        assert!(complaint("aclGetRecentErrMsg=drop").contains("no rule applies"));
    }

    /// As the generated declarations have it.
    #[test]
    fn no_rule_applies_to_functions_that_answer_no_code_or_read_errors() {
        let table = include_str!("../../../../ascend-sys/src/generated/table.rs");
        let fields = table.split_once("pub struct Table {").unwrap().1.split_once("\n}").unwrap().0;
        let fields: Vec<(&str, &str)> =
            fields.split("    pub ").skip(1).map(|field| field.split_once(": Option<").unwrap()).collect();
        assert_eq!(fields.len(), ascend_sys::symbols().len());
        let codeless = fields.into_iter().filter(|(_, function)| !function.contains("-> aclError"));
        let mut without: Vec<&str> = codeless.map(|(name, _)| name).collect();
        without.extend(["aclrtGetLastError", "aclrtPeekAtLastError"]);
        without.sort_unstable();
        assert_eq!(WITHOUT_ANSWER.to_vec(), without);
        let any: Rule = "*=507899".parse().unwrap();
        for name in WITHOUT_ANSWER {
            assert!(!any.is_for_call(name) && any.is_for_call("aclInit"), "{name}");
        }
    }

    #[test]
    fn one_mistake_spoils_no_other_rule() {
        let read = rules(" ;*=drop;; nonsense ; aclInit=500000;");
        assert_eq!(read.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        let functions: Vec<&str> = ascend_sys::symbols().iter().map(|symbol| symbol.name).collect();
        let function = prop::option::of(prop::sample::select(functions))
            .prop_filter("answers a code", |name| !name.is_some_and(|name| WITHOUT_ANSWER.contains(&name)));
        let codes: Vec<i32> = Status::all().map(|status| status.0).filter(|code| *code != 0).collect();
        let action = prop_oneof![
            prop::sample::select(codes).prop_map(Action::Answer),
            (0..3_600_000_000u64).prop_map(|time| Action::Delay(Duration::from_micros(time))),
            Just(Action::Drop),
        ];
        let calls = prop_oneof![
            Just(Calls::ALL),
            (1..u64::MAX).prop_map(|first| Calls { first, last: u64::MAX }),
            (1..1000u64, 0..1000u64).prop_map(|(first, more)| Calls { first, last: first + more }),
        ];
        let process = prop::option::of("[a-z0-9_@.][a-z0-9_@/. -]{0,8}[a-z0-9]");
        (function, calls, process, action).prop_map(|(function, calls, process, action)| Rule {
            function,
            calls,
            process,
            action,
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(rule in any_rule()) {
            prop_assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule));
        }

        #[test]
        fn any_text_is_read_or_refused_within_itself(text in "[ -~]{0,40}|[a-z@/=.;:*0-9]{0,20}|\\PC{0,20}") {
            for read in rules(&text) {
                if let Err(bad) = read {
                    prop_assert!(bad.position() >= 1 && bad.position() <= text.len() + 1, "{bad}");
                }
            }
        }
    }
}
