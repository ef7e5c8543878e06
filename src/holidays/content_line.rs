//! Lines of an iCalendar file: a name, parameters that we don't need, and a value. Long ones are folded.

/// A line that was folded, as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ContentLine {
    /// Of its first line in the file, from 1.
    pub(super) number: usize,
    /// In upper case, without parameters.
    pub(super) name: String,
    pub(super) value: String,
}

/// Reads all lines. Those without a name are skipped: mail programs break long descriptions.
pub(super) fn read_lines(text: &str) -> Vec<ContentLine> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut unfolded: Vec<(usize, String)> = Vec::new();
    for (line, number) in text.split('\n').zip(1..) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), unfolded.last_mut()) {
            (Some(rest), Some((_, last))) => last.push_str(rest),
            _ => unfolded.push((number, line.to_owned())),
        }
    }
    let lines = unfolded.iter();
    lines
        .filter_map(|(number, line)| parse_line(*number, line))
        .collect()
}

fn parse_line(number: usize, line: &str) -> Option<ContentLine> {
    let mut is_quoted = false;
    let colon = line.find(|char| {
        is_quoted ^= char == '"';
        char == ':' && !is_quoted
    })?;
    let (head, value) = line.split_at(colon);
    let name = head.split(';').next().unwrap_or_default();
    Some(ContentLine {
        number,
        name: name.trim().to_ascii_uppercase(),
        value: value[1..].trim().to_owned(),
    })
}
