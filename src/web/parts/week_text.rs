//! The week of opening hours as people write it, and as keys of the configuration: "Mon–Fri 08:00–17:00; Sat 10:00–14:00".

use toml::Value;

use wallboard_domain::OpenPeriod;
use wallboard_texts::Texts;

/// The keys of the week, Monday first.
pub(in crate::web) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ALL_DAYS: &str = "mon-sun";

/// Days with the same times, a text each: "Mon–Fri 08:00–17:00". Closed days are left out, unless all are.
pub(in crate::web) fn write_week(texts: &Texts, week: &[Vec<OpenPeriod>; 7]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut day = 0;
    while let Some(periods) = week.get(day) {
        let same = week[day..].iter().take_while(|other| *other == periods);
        let last = day + same.count() - 1;
        if !periods.is_empty() {
            let days = write_days(texts, day, last);
            lines.push(format!("{days} {}", write_periods(periods)));
        }
        day = last + 1;
    }
    if lines.is_empty() {
        lines.push(texts.closed().into());
    }
    lines
}

/// "Mon–Fri", or "Mon" for one day. Monday is 0.
pub(in crate::web) fn write_days(texts: &Texts, first: usize, last: usize) -> String {
    if first == last {
        return short_name(texts, first);
    }
    format!("{}–{}", short_name(texts, first), short_name(texts, last))
}

fn short_name(texts: &Texts, day: usize) -> String {
    texts.weekday_short(day + 1)
}

/// Whether a text is "closed" in some language.
pub(in crate::web) fn is_closed(text: &str) -> bool {
    let text = text.to_lowercase();
    (Texts::all().iter()).any(|texts| text == texts.closed().to_lowercase())
}

/// Reads the same as keys and values, also of several lines. Times without a day are those of every day. What
/// can't be understood stays as it is written, so that the configuration's rules report it.
pub(in crate::web) fn read_week(text: &str) -> Vec<(String, Value)> {
    let mut week: Vec<(String, Vec<String>)> = Vec::new();
    // Days whose times are still to come: "Mon, Wed 8–17".
    let mut days = String::new();
    for part in text.split([',', ';', '\n']).map(str::trim) {
        let (named, times) = split_days(part);
        if !named.is_empty() {
            let comma = if days.is_empty() { "" } else { "," };
            days = format!("{days}{comma}{}", read_days(named));
        }
        if times.is_empty() {
            continue;
        }
        let key = match std::mem::take(&mut days) {
            named if !named.is_empty() => named,
            _ => week.last().map_or(ALL_DAYS.into(), |(key, _)| key.clone()),
        };
        let is_open = !is_closed(times);
        let time = is_open.then(|| to_time_range(times));
        match week.iter_mut().find(|(other, _)| *other == key) {
            Some((_, others)) => others.extend(time),
            None => week.push((key, Vec::from_iter(time))),
        }
    }
    if !days.is_empty() {
        week.push((days, vec![String::new()]));
    }
    let none = || Value::Array(Vec::new());
    let week = week.into_iter();
    week.map(|(days, times)| (days, one_or_more(times).unwrap_or_else(none)))
        .collect()
}

/// The days that a text begins with, and the times after them.
fn split_days(text: &str) -> (&str, &str) {
    let is_between = |c: char| c.is_whitespace() || c == ':';
    let last = text.rfind(is_between).map_or(text, |at| &text[at..]);
    let last = last.trim_start_matches(is_between);
    let closed = is_closed(last).then(|| text.len() - last.len());
    let at = closed.or_else(|| text.find(|c: char| c.is_ascii_digit()));
    let (days, times) = text.split_at(at.unwrap_or(text.len()));
    (days.trim_end_matches(is_between), times)
}

/// "Monday – Fri" as "mon-fri".
fn read_days(text: &str) -> String {
    let days = text.split(['-', '–', '—']).map(|day| {
        let day = day.trim().to_lowercase();
        let known = (1..).zip(DAYS).find(|(number, _)| is_day(*number, &day));
        known.map_or(day, |(_, key)| key.to_owned())
    });
    days.collect::<Vec<_>>().join("-")
}

/// Whether a text is the name of a day in some language, or begins it.
fn is_day(number: usize, text: &str) -> bool {
    let is_begun = |texts: &Texts| {
        let name = texts.weekday(number).to_lowercase();
        name.starts_with(text) || text == format!("{name}s")
    };
    1 < text.chars().count() && Texts::all().into_iter().any(is_begun)
}

/// "08:00–12:00, 13:00–17:00"
pub(in crate::web) fn write_periods(periods: &[OpenPeriod]) -> String {
    let periods: Vec<_> = periods.iter().map(|period| period.to_text('–')).collect();
    periods.join(", ")
}

/// "8–12, 13:00-17:00" as the configuration has it; `None` for a closed day. What can't be understood stays
/// as it is written.
pub(in crate::web) fn to_times(typed: &str) -> Option<Value> {
    let typed = typed.trim();
    if is_closed(typed) {
        return None;
    }
    let parts = typed
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    one_or_more(parts.map(to_time_range).collect())
}

fn one_or_more(mut texts: Vec<String>) -> Option<Value> {
    match texts.len() {
        0 => None,
        1 => texts.pop().map(Value::String),
        _ => Some(Value::Array(texts.into_iter().map(Value::String).collect())),
    }
}

/// "8–17" as "08:00-17:00".
fn to_time_range(text: &str) -> String {
    let range = text.split_once(['-', '–', '—']);
    let times = range.and_then(|(from, to)| Some((to_time(from)?, to_time(to)?)));
    times.map_or_else(|| text.to_owned(), |(from, to)| format!("{from}-{to}"))
}

/// "8" or "8.30" as "08:00" and "08:30".
fn to_time(text: &str) -> Option<String> {
    let text = text.trim();
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let number = |text: &str| {
        let is_plain = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| is_plain)
    };
    let (hour, minute) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
    Some(format!("{hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let week = read_week(text).into_iter();
        let week = week.map(|(days, times)| format!("{days} = {times}"));
        week.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_week_is_read_as_people_write_it() {
        let office = r#"mon-fri = "08:00-17:00"; sat = "10:00-14:00""#;
        for text in [
            "Mon–Fri 08:00–17:00\nSat 10:00–14:00",
            "mon-fri 8-17, sat 10-14",
            "Monday - Friday: 8.00–17.00; Saturdays 10–14",
        ] {
            assert_eq!(read(text), office, "{text}");
        }
        let breaks = r#"mon-fri = ["08:00-12:00", "13:00-17:00"]; sun = []"#;
        assert_eq!(read("Mon–Fri 8–12, 13–17; Sun closed"), breaks);
        assert_eq!(read("Mon, Wed 8–17"), r#"mon,wed = "08:00-17:00""#);
        assert_eq!(read("8–17"), r#"mon-sun = "08:00-17:00""#);
        let twice = r#"mon = ["08:00-12:00", "13:00-17:00"]"#;
        assert_eq!(read("Mon 8–12; Monday 13–17"), twice);
        assert_eq!(read("Closed"), "mon-sun = []");
        assert_eq!(read(" \n"), "");
    }

    #[test]
    fn a_week_is_written_and_read_in_each_language() {
        let open = |from: i64, to: i64| OpenPeriod {
            from_minute: from * 60,
            to_minute: to * 60,
        };
        let mut week = [const { Vec::new() }; 7];
        week[..5].fill(vec![open(8, 17)]);
        week[6] = vec![open(10, 14)];
        let written = |texts| write_week(texts, &week).join("; ");
        let [english, swedish, german] = Texts::all().map(written);
        assert_eq!(english, "Mon–Fri 08:00–17:00; Sun 10:00–14:00");
        assert_eq!(swedish, "mån–fre 08:00–17:00; sön 10:00–14:00");
        assert_eq!(german, "Mo–Fr 08:00–17:00; So 10:00–14:00");
        for text in [english, swedish, german] {
            let expected = r#"mon-fri = "08:00-17:00"; sun = "10:00-14:00""#;
            assert_eq!(read(&text), expected, "{text}");
        }
        let closed = "wed = []; thu = []; sat = []";
        assert_eq!(read("Onsdag stängt; tors STÄNGT; Lördag: stängt"), closed);
        assert_eq!(
            read("Mittwoch geschlossen; Do Geschlossen; Sa geschlossen"),
            closed
        );
        assert_eq!(read("Geschlossen"), "mon-sun = []");
    }

    #[test]
    fn words_that_nobody_understands_stay_for_the_rules() {
        assert_eq!(read("Mo–Fra 8–17"), r#"mon-fra = "08:00-17:00""#);
        assert_eq!(read("Mon 8 to 17"), r#"mon = "8 to 17""#);
        assert_eq!(read("Mon–Fri"), r#"mon-fri = """#);
        assert_eq!(read("é closed"), "é = []");
    }
}
