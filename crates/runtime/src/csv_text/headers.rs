//! Headers and names of rows as any system's files have them.

/// Names of rows that total the others.
const TOTAL_NAMES: [&str; 9] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "summa",
    "summe",
    "totalt",
    "gesamt",
    "all",
];

/// Normalizes a header: without whitespace and byte-order mark, in lower case.
pub fn normalize_header(header: &str) -> String {
    let significant = header
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{feff}');
    significant.flat_map(char::to_lowercase).collect()
}

/// Returns the seconds per unit of a duration column, by its header: `Wait (ms)`.
pub fn seconds_per_unit(header: &str) -> f64 {
    let header = header.to_lowercase();
    let is_word = |word: &&str| {
        header
            .split(|c: char| !c.is_alphabetic())
            .any(|part| part == *word)
    };
    let has = |words: &[&str]| words.iter().any(&is_word);
    if has(&[
        "ms",
        "millis",
        "milliseconds",
        "millisekunder",
        "millisekunden",
    ]) {
        0.001
    } else if has(&["min", "mins", "minutes", "minuter", "minuten"]) {
        60.0
    } else if has(&["hours", "timmar", "stunden"]) {
        3_600.0
    } else {
        1.0
    }
}

/// Whether a row of this name totals the others.
pub fn is_total_row(name: &str) -> bool {
    TOTAL_NAMES
        .iter()
        .any(|sum| name.trim().eq_ignore_ascii_case(sum))
}
