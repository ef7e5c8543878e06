//! Durations as people write them in forms ("2:30", "20 s", "1 h 15 min"), and as the configuration does
//! ("150s").

/// Units as people write them, in milliseconds; the same word in several spellings.
const UNITS: [(&[&str], u64); 5] = [
    (&["ms"], 1),
    (&["s", "sec", "second", "seconds"], 1_000),
    (&["m", "min", "minute", "minutes"], 60_000),
    (&["h", "hour", "hours"], 3_600_000),
    (&["d", "day", "days"], 86_400_000),
];

/// Parses "2:30", "1:02:30", "45" (seconds), "20 s" or "1 h 15 min" as milliseconds.
pub(super) fn parse_millis(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.contains(':') {
        return parse_clock(text);
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<u64>().ok()?.checked_mul(1_000);
    }
    let (mut rest, mut total) = (text, 0_u64);
    let mut smallest = u64::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic());
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let unit = unit.to_ascii_lowercase();
        let (_, millis) = UNITS.iter().find(|(names, _)| names.contains(&&*unit))?;
        // Each unit once, from the longest.
        (*millis < smallest).then_some(())?;
        smallest = *millis;
        let part = number.parse::<u64>().ok()?.checked_mul(*millis)?;
        total = total.checked_add(part)?;
        rest = after.trim_start();
    }
    (smallest != u64::MAX).then_some(total)
}

/// Rewrites a duration as people type it for the configuration; `None` if it isn't one.
pub(in crate::web) fn duration_limit(text: &str) -> Option<String> {
    parse_millis(text).map(to_toml)
}

/// Parses "2:30" or "1:02:30".
fn parse_clock(text: &str) -> Option<u64> {
    let mut seconds = 0_u64;
    let parts: Vec<&str> = text.split(':').collect();
    if 3 < parts.len() {
        return None;
    }
    for (index, part) in parts.iter().enumerate() {
        let is_plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let number: u64 = part.parse().ok().filter(|_| is_plain)?;
        if index != 0 && (60 <= number || part.len() != 2) {
            return None;
        }
        seconds = seconds.checked_mul(60)?.checked_add(number)?;
    }
    seconds.checked_mul(1_000)
}

/// Writes a duration for a form: "0:45", "1:02:30", "500 ms".
pub(super) fn write_millis(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60);
    match (millis % 1_000, hours) {
        (0, 0) => format!("{minutes}:{:02}", seconds % 60),
        (0, _) => format!("{hours}:{:02}:{:02}", minutes % 60, seconds % 60),
        _ => format!("{millis} ms"),
    }
}

/// Writes a duration for the configuration: "150s", "500ms".
pub(super) fn to_toml(millis: u64) -> String {
    if millis.is_multiple_of(1_000) {
        format!("{}s", millis / 1_000)
    } else {
        format!("{millis}ms")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use wallboard_toml_reader::parse_duration;

    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, millis) in [
            ("2:30", Some(150_000)),
            (" 0:45 ", Some(45_000)),
            ("1:02:30", Some(3_750_000)),
            ("45", Some(45_000)),
            ("20 s", Some(20_000)),
            ("20s", Some(20_000)),
            ("2 min", Some(120_000)),
            ("2m30s", Some(150_000)),
            ("1 h 15 min", Some(4_500_000)),
            ("500 ms", Some(500)),
            ("", None),
            ("2:3", None),
            ("2:60", None),
            ("1:2:3:4", None),
            ("two minutes", None),
            ("30 s 2 min", None),
            ("-5 s", None),
            ("1.5 min", None),
            ("99999999999999999999 s", None),
        ] {
            assert_eq!(parse_millis(text), millis, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_written_duration_is_read_as_the_same(millis in 0_u64..=200_000_000) {
            prop_assert_eq!(parse_millis(&write_millis(millis)), Some(millis));
            let configured = parse_duration(&to_toml(millis)).unwrap();
            prop_assert_eq!(configured.as_millis(), u128::from(millis));
        }
    }
}
