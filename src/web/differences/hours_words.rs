//! Differences of opening hours in words: "Mon–Fri 08:00–17:00 → 08:00–16:00", "24 Dec 2026: + closed".

use std::collections::BTreeSet;

use jiff::civil::Date;

use wallboard_domain::{OpenPeriod, OpeningHours};
use wallboard_texts::Texts;

use crate::web::{
    differences::difference_words::{DifferenceWords, plain},
    parts::{
        calendar_text::write_date,
        clock::zone_label,
        week_text::{write_days, write_periods},
    },
};

/// Compares hours; `None`: there are none.
pub(super) fn compare_hours(
    texts: &Texts,
    old: Option<&OpeningHours>,
    new: Option<&OpeningHours>,
) -> Vec<DifferenceWords> {
    let zone = |of: Option<&OpeningHours>| Some(zone_label(&of?.zone).to_owned());
    let zone_words = (old.is_some() && new.is_some()).then(|| {
        let what = plain(texts.time_zone_field());
        DifferenceWords::of_value(what, zone(old), zone(new))
    });
    let dates = |of: Option<&OpeningHours>| -> BTreeSet<Date> {
        of.into_iter()
            .flat_map(|of| of.dates.keys().copied())
            .collect()
    };
    let of_date = |of: Option<&OpeningHours>, date| {
        let periods = of?.dates.get(&date)?;
        Some(write_times(texts, periods))
    };
    let all_dates = &dates(old) | &dates(new);
    let date_words = all_dates.into_iter().filter_map(|date| {
        let what = plain(&write_date(texts, date));
        DifferenceWords::of_value(what, of_date(old, date), of_date(new, date))
    });
    let calendars = |of: Option<&OpeningHours>| -> Vec<String> {
        of.map_or_else(Vec::new, |of| of.holidays.calendars.clone())
    };
    let what = plain(texts.closed_on_holidays());
    let calendar_words = DifferenceWords::of_list(what, &calendars(old), &calendars(new));
    let words = compare_weeks(texts, old, new).into_iter();
    words
        .chain(calendar_words)
        .chain(zone_words.flatten())
        .chain(date_words)
        .collect()
}

/// Days that changed alike are one difference.
fn compare_weeks(
    texts: &Texts,
    old: Option<&OpeningHours>,
    new: Option<&OpeningHours>,
) -> Vec<DifferenceWords> {
    let of_day = |of: Option<&OpeningHours>, day: usize| {
        let periods = of?.week.get(day)?;
        Some(write_times(texts, periods))
    };
    let days: Vec<_> = (0..7)
        .map(|day| (of_day(old, day), of_day(new, day)))
        .collect();
    let mut words = Vec::new();
    let mut first = 0;
    for alike in days.chunk_by(|one, other| one == other) {
        let last = first + alike.len() - 1;
        let (old, new) = alike[0].clone();
        let what = plain(&write_days(texts, first, last));
        words.extend(DifferenceWords::of_value(what, old, new));
        first = last + 1;
    }
    words
}

fn write_times(texts: &Texts, periods: &[OpenPeriod]) -> String {
    if periods.is_empty() {
        texts.closed_day().to_owned()
    } else {
        write_periods(periods)
    }
}
