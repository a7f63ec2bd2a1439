//! Measurements that a case prints, one a line: `MEASURE NAME UNIT SAMPLE…`.

use super::attempt::Setting;
use crate::event::{CaseEnd, Event};

/// The measurements in what an attempt printed.
pub(super) fn of(setting: &Setting, end: &CaseEnd) -> Vec<Event> {
    let text = end.logs.as_ref().and_then(|logs| std::fs::read(setting.folder.join(logs).join("stdout")).ok());
    let text = text.unwrap_or_default();
    String::from_utf8_lossy(&text).lines().filter_map(|line| parse(&end.case, line)).collect()
}

fn parse(case: &str, line: &str) -> Option<Event> {
    let mut words = line.strip_prefix("MEASURE ")?.split_whitespace();
    let (name, unit) = (words.next()?.to_owned(), words.next()?.to_owned());
    let samples: Vec<f64> =
        words.map_while(|word| word.parse().ok()).filter(|sample: &f64| sample.is_finite()).collect();
    (!samples.is_empty()).then(|| Event::Measure { case: case.to_owned(), name, unit, samples })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measurement_is_a_name_a_unit_and_numbers() {
        let expected =
            Event::Measure { case: "c".into(), name: "record".into(), unit: "us".into(), samples: vec![1.5, 2.0] };
        assert_eq!(parse("c", "MEASURE record us 1.5 2"), Some(expected));
        for wrong in ["MEASURE record us", "MEASURE record us x", "MEASURE", "MEASURE record us NaN"] {
            assert_eq!(parse("c", wrong), None, "{wrong}");
        }
    }
}
