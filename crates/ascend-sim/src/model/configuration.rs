//! What the JSON file that `aclInit` reads says to the simulator; most of its keys are about features that it has not.

use serde_json::Value;

use super::fault::{Answer, Fault};

/// What counts here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Configuration {
    /// Whether all threads share their error texts.
    pub(crate) texts_of_process: bool,
    /// The device that threads without a context get when they need one.
    pub(crate) default_device: Option<i32>,
    /// Whether it sets limits of device 0.
    pub(crate) sets_limits: bool,
}

/// Levels of braces and brackets that the real reader accepts.
const DEEPEST: usize = 10;

impl Configuration {
    /// Reads a file's content; an empty one says nothing.
    pub(crate) fn parse(content: &[u8]) -> Answer<Self> {
        if content.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let json: Value = serde_json::from_slice(content).map_err(|error| unreadable(error.to_string()))?;
        if depth(&json) > DEEPEST {
            return Err(unreadable(format!("it is nested more than {DEEPEST} levels deep")));
        }
        let texts_of_process = match json.get("err_msg_mode").map(integer) {
            None | Some(Some(0)) => false,
            Some(Some(1)) => true,
            Some(_) => return Err(Fault::front("err_msg_mode is neither \"0\" nor \"1\"", "Correct the file.")),
        };
        let default_device = match json.get("defaultDevice").and_then(|section| section.get("default_device")) {
            None => None,
            Some(id) => Some(integer(id).ok_or_else(|| Fault::front("default_device is no id", "Correct the file."))?),
        };
        let sets_limits = json.get("StackSize").and_then(Value::as_object).is_some_and(|limits| !limits.is_empty());
        Ok(Self { texts_of_process, default_device, sets_limits })
    }
}

/// A number, or a text that is one.
fn integer(value: &Value) -> Option<i32> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64().and_then(|number| i32::try_from(number).ok()),
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

fn unreadable(why: String) -> Fault {
    let cause = format!("the configuration is no JSON that can be used: {why}");
    Fault::new(100_006, "EH0004", cause, "Correct the file, or pass NULL.").at_front()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(content: &str) -> i32 {
        Configuration::parse(content.as_bytes()).map_or_else(|fault| fault.code, |_| 0)
    }

    #[test]
    fn what_counts_is_read_and_the_rest_ignored() {
        let content = r#"{"dump": {"dump_list": []}, "err_msg_mode": "1", "defaultDevice": {"default_device": "3"}}"#;
        let expected = Configuration { texts_of_process: true, default_device: Some(3), sets_limits: false };
        assert_eq!(Configuration::parse(content.as_bytes()).unwrap(), expected);
        assert_eq!(Configuration::parse(b"").unwrap(), Configuration::default());
        assert_eq!(code(r#"{"err_msg_mode": "0", "defaultDevice": {"default_device": 0}}"#), 0);
    }

    #[test]
    fn wrong_values_and_wrong_json_are_told_apart() {
        assert_eq!([code(r#"{"err_msg_mode": "2"}"#), code(r#"{"err_msg_mode": []}"#)], [100_000; 2]);
        assert_eq!(code(r#"{"defaultDevice": {"default_device": "x"}}"#), 100_000);
        assert_eq!([code("{"), code("nonsense")], [100_006; 2]);
    }

    #[test]
    fn ten_levels_are_accepted_and_eleven_are_not() {
        let nested = |levels: usize| format!("{}{}", "{\"a\":".repeat(levels - 1) + "{", "}".repeat(levels));
        assert_eq!([code(&nested(10)), code(&nested(11))], [0, 100_006]);
    }
}
