//! `ASCEND_RT_VISIBLE_DEVICES`: which of the machine's devices this process sees, and in which order.

/// The visible devices' logical ids; the index is the id that programs use.
///
/// Reading stops at the first token that is not all digits or is out of range; what came before stays valid.
///
/// # Errors
/// A sentence, when the ids do not ascend or none is valid: the whole setting counts as an error then.
pub(crate) fn parse(text: &str, devices: u32) -> Result<Vec<u32>, String> {
    let mut visible: Vec<u32> = Vec::new();
    for token in text.split(',') {
        let digits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
        let Some(id) = digits.then(|| token.parse::<u32>().ok()).flatten().filter(|id| *id < devices) else { break };
        if visible.last().is_some_and(|last| *last >= id) {
            return Err(format!("ASCEND_RT_VISIBLE_DEVICES={text}: the ids must ascend"));
        }
        visible.push(id);
    }
    if visible.is_empty() {
        return Err(format!(
            "ASCEND_RT_VISIBLE_DEVICES={text}: no id of a device from 0 to {}",
            devices.saturating_sub(1)
        ));
    }
    Ok(visible)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn ascending_ids_are_taken_as_they_are() {
        assert_eq!(parse("0,3,7", 8), Ok(vec![0, 3, 7]));
    }

    #[test]
    fn reading_stops_at_a_blank_an_unknown_id_or_a_bad_character() {
        assert_eq!(parse("1, 2", 8), Ok(vec![1]));
        assert_eq!(parse("1,9,2", 8), Ok(vec![1]));
        assert_eq!(parse("1,2x,3", 8), Ok(vec![1]));
        assert_eq!(parse("1,,3", 8), Ok(vec![1]));
    }

    #[test]
    fn a_setting_without_a_valid_id_or_out_of_order_is_an_error() {
        for text in ["", " 1", "x", "8", "2,1", "1,1", "-1"] {
            assert!(parse(text, 8).is_err(), "{text}");
        }
    }
}
