//! Parses cells: a number in any European notation, a duration, a moment, or nothing.

use std::{cmp::Ordering, ops::Range};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// In seconds.
const DAY: i64 = 86_400;

/// The mark before the decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DecimalMark {
    #[default]
    Point,
    Comma,
}

impl DecimalMark {
    /// The mark itself.
    pub fn to_char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// Detects the mark that the cells of one file agree on; `default` if they show none.
    pub fn detect<'c>(cells: impl Iterator<Item = &'c str>, default: Self) -> Self {
        let (mut point, mut comma) = (0, 0);
        // 1.234 may be either, but a file that has 1234 too doesn't group digits.
        let (mut open, mut is_grouped) = ([false; 2], true);
        for cell in cells {
            let cell = cell.trim().trim_end_matches('%').trim_end();
            match detect_mark(cell) {
                Some(Self::Point) => point += 1,
                Some(Self::Comma) => comma += 1,
                None if is_digits_and_marks(cell) => {
                    open[0] |= cell.contains('.');
                    open[1] |= cell.contains(',');
                    is_grouped &= cell.len() < 4 || cell.contains(['.', ',']);
                }
                None => {}
            }
        }
        match point.cmp(&comma) {
            Ordering::Equal if is_grouped || open[0] == open[1] => default,
            Ordering::Equal if open[0] => Self::Point,
            Ordering::Less | Ordering::Equal => Self::Comma,
            Ordering::Greater => Self::Point,
        }
    }
}

/// Whether a cell has only digits and marks.
fn is_digits_and_marks(cell: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    !cell.is_empty() && cell.chars().all(is_part)
}

/// Detects the mark in one cell: in 12,5 the comma can only be the decimal mark, in 1.234 the point
/// may be either.
fn detect_mark(cell: &str) -> Option<DecimalMark> {
    let cell = cell.strip_prefix('-').unwrap_or(cell);
    if !is_digits_and_marks(cell) {
        return None;
    }
    let points = cell.matches('.').count();
    let commas = cell.matches(',').count();
    let is_decimal = |mark: char| {
        let (whole, rest) = cell.split_once(mark).unwrap_or((cell, ""));
        rest.len() != 3 || 3 < whole.len() || whole.is_empty() || whole.starts_with('0')
    };
    match (points, commas) {
        (0, 0) => None,
        (1, 0) => is_decimal('.').then_some(DecimalMark::Point),
        (0, 1) => is_decimal(',').then_some(DecimalMark::Comma),
        // In 1.234,5, it's the last mark.
        (_, 1) if cell.rfind('.') < cell.find(',') => Some(DecimalMark::Comma),
        (1, _) if cell.rfind(',') < cell.find('.') => Some(DecimalMark::Point),
        (0, _) => has_digit_groups(cell, ',').then_some(DecimalMark::Point),
        (_, 0) => has_digit_groups(cell, '.').then_some(DecimalMark::Comma),
        _ => None,
    }
}

/// Whether a cell holds no value.
pub fn is_blank(cell: &str) -> bool {
    const WORDS: [&str; 8] = ["-", "–", "—", "n/a", "null", "nan", "none", "#n/a"];
    let cell = cell.trim();
    cell.is_empty() || WORDS.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// Parses a number in local notation: `1.234,5`, `1 234`, `12 %`, `-3`.
pub fn parse_number(cell: &str, decimal: DecimalMark) -> Option<f64> {
    let cell = cell.trim();
    let cell = cell.strip_suffix('%').unwrap_or(cell).trim_end();
    let (sign, digits) = match cell.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, cell.strip_prefix('+').unwrap_or(cell)),
    };
    let (whole, decimals) = match digits.split_once(decimal.to_char()) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (digits, None),
    };
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if decimals.is_some_and(|decimals| !is_digits(decimals))
        || !digits.contains(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let group = match decimal {
        DecimalMark::Point => ',',
        DecimalMark::Comma => '.',
    };
    let marks = [group, ' ', '\u{a0}', '\u{202f}', '\'', '’'];
    let plain: String = match marks.into_iter().find(|mark| whole.contains(*mark)) {
        Some(mark) if has_digit_groups(whole, mark) => whole.split(mark).collect(),
        Some(_) => return None,
        None => whole.to_owned(),
    };
    if !is_digits(&plain) || 15 < plain.len() {
        return None;
    }
    let number: f64 = format!("{plain}.{}", decimals.unwrap_or_default())
        .parse()
        .ok()?;
    // No -0.
    Some(if number == 0.0 { 0.0 } else { sign * number })
}

/// Whether digits are grouped like `1.234.567`: one to three, then always three.
fn has_digit_groups(text: &str, mark: char) -> bool {
    let mut groups = text.split(mark);
    let first = groups.next().unwrap_or_default();
    let is_digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    (1..=3).contains(&first.len())
        && is_digits(first)
        && groups.all(|group| group.len() == 3 && is_digits(group))
}

/// Parses a duration into seconds: `h:mm:ss`, `mm:ss` or `3m 20s`, with days before or decimals
/// after.
pub fn parse_duration(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    if !cell.contains(':') {
        return parse_duration_words(cell);
    }
    let (days, time) = match cell.split_once([' ', 'd']) {
        Some((days, time)) => (parse_whole(days)?, time.trim_start()),
        // The .NET format.
        None => match cell.split_once('.').filter(|(_, rest)| rest.contains(':')) {
            Some((days, time)) => (parse_whole(days)?, time),
            None => (0.0, cell),
        },
    };
    let parts: Vec<&str> = time.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes, seconds] => (parse_whole(hours)?, minutes, seconds),
        [minutes, seconds] => (0.0, minutes, seconds),
        _ => return None,
    };
    let seconds = parse_fraction(seconds)?;
    // 90:00 is ninety minutes.
    let minutes = parse_whole(minutes).filter(|minutes| parts.len() == 2 || *minutes < 60.0)?;
    (seconds < 60.0).then_some(((days * 24.0 + hours) * 60.0 + minutes) * 60.0 + seconds)
}

fn parse_whole(text: &str) -> Option<f64> {
    let is_digits = (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_digits.then(|| text.parse().ok())?
}

fn parse_fraction(text: &str) -> Option<f64> {
    match text.split_once(['.', ',']) {
        Some((seconds, rest)) if rest.bytes().all(|b| b.is_ascii_digit()) => {
            parse_whole(seconds)?;
            format!("{seconds}.{rest}").parse().ok()
        }
        Some(_) => None,
        None => parse_whole(text),
    }
}

/// Parses `1h 2m 3s`, `20 s`, `5 min`.
fn parse_duration_words(cell: &str) -> Option<f64> {
    let mut rest = cell;
    let mut seconds = 0.0;
    let mut least = f64::INFINITY;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))?;
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let end = after
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let unit = match unit.to_lowercase().as_str() {
            "d" => 86_400.0,
            "h" | "hour" | "hours" | "std" | "tim" => 3_600.0,
            "m" | "min" | "mins" => 60.0,
            "s" | "sec" | "secs" | "sek" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        // Largest unit first, each once.
        if least <= unit {
            return None;
        }
        least = unit;
        seconds += parse_fraction(number)? * unit;
        rest = after.trim_start();
    }
    least.is_finite().then_some(seconds)
}

/// Parses a moment in any known format into Unix seconds; `None` if no format puts it in `within`.
/// A moment without an offset is UTC.
pub fn parse_moment(cell: &str, within: &Range<i64>) -> Option<i64> {
    let cell = cell.trim();
    let is_inside = |at: &i64| within.contains(at);
    let midnight = within.start.div_euclid(DAY) * DAY;
    if let Ok(at) = cell.parse::<Timestamp>() {
        return Some(at.as_second()).filter(is_inside);
    }
    let mut all = Vec::new();
    let local = |at: DateTime| {
        at.to_zoned(TimeZone::UTC)
            .ok()
            .map(|at| at.timestamp().as_second())
    };
    all.extend(cell.parse::<DateTime>().ok().and_then(local));
    for date in [
        "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y%m%d",
    ] {
        if let Ok(at) = jiff::civil::Date::strptime(date, cell) {
            all.extend(local(at.at(0, 0, 0, 0)));
        }
        for time in ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H"] {
            for between in [" ", "T"] {
                let format = format!("{date}{between}{time}");
                all.extend(DateTime::strptime(&format, cell).ok().and_then(local));
            }
        }
    }
    // An epoch in seconds or milliseconds.
    if let Ok(epoch) = cell.parse::<i64>() {
        all.extend([epoch, epoch / 1000]);
        // The hour alone.
        all.extend((0..24).contains(&epoch).then(|| midnight + epoch * 3_600));
    }
    // The time of day alone.
    if let Some(seconds) = parse_time_of_day(cell) {
        all.push(midnight + seconds);
    }
    all.into_iter().find(is_inside)
}

fn parse_time_of_day(cell: &str) -> Option<i64> {
    let time = ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|format| jiff::civil::Time::strptime(format, cell).ok())?;
    Some(i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second()))
}

#[cfg(test)]
mod tests;
