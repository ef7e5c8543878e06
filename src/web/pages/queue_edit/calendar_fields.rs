//! The calendars of holidays in the form of opening hours: those to choose, and those that are chosen.

use std::collections::BTreeMap;

use jiff::Timestamp;
use toml::Value;

use wallboard_domain::OpeningHours;
use wallboard_texts::Texts;

use crate::web::{
    WebState,
    parts::{calendar_text::CalendarText, entry_table::EntryTable},
};

/// The fields that a form sent.
type Fields = BTreeMap<String, String>;

/// The field that says that the form has calendars.
const LISTED: &str = "calendars";
const HOLIDAYS: &str = "holidays";

/// A calendar to choose.
pub(super) struct CalendarRow {
    pub(super) name: String,
    pub(super) is_chosen: bool,
    /// "Next: 24 Dec 2026, Christmas Eve. Read 04:00."
    pub(super) about: String,
    /// Why it can't be read; empty if it can.
    pub(super) problem: String,
}

/// Lists the calendars of the configuration, and those that the hours name.
pub(super) fn calendar_rows(
    texts: &Texts,
    web: &WebState,
    hours: &OpeningHours,
    now: Timestamp,
    typed: &Fields,
) -> Vec<CalendarRow> {
    let Some(holidays) = &web.holidays else {
        return Vec::new();
    };
    let chosen = typed_calendars(typed).unwrap_or_else(|| hours.holidays.calendars.clone());
    let plans = holidays.list();
    let known = plans.iter().map(|plan| {
        let text = CalendarText::new(texts, holidays, plan, now, &hours.zone);
        CalendarRow {
            is_chosen: chosen.contains(&plan.name),
            about: text.line(texts),
            problem: text.problem,
            name: plan.name.clone(),
        }
    });
    let is_unknown = |name: &&String| plans.iter().all(|plan| plan.name != **name);
    let unknown = chosen.iter().filter(is_unknown).map(|name| CalendarRow {
        name: name.clone(),
        is_chosen: true,
        about: String::new(),
        problem: texts.calendar_missing().to_owned(),
    });
    known.chain(unknown).collect()
}

/// The calendars that a form names; `None`: it has none to choose.
fn typed_calendars(form: &Fields) -> Option<Vec<String>> {
    form.get(LISTED)?;
    let chosen = form
        .iter()
        .filter(|(key, _)| key.starts_with("calendar."))
        .map(|(_, name)| name.clone());
    Some(chosen.collect())
}

/// Changes the calendars of an entry to those that a form names.
pub(super) fn apply_calendars(entry: &mut EntryTable, form: &Fields) {
    if let Some(chosen) = typed_calendars(form) {
        set_calendars(entry, &chosen);
    }
}

/// Writes the calendars of hours: one as a text, several as a list.
pub(super) fn set_calendars(entry: &mut EntryTable, names: &[String]) {
    match names {
        [] => entry.retain(|key| key != HOLIDAYS),
        [one] => entry.set(HOLIDAYS, Value::from(one.as_str())),
        several => {
            let names = several.iter().map(|name| Value::from(name.as_str()));
            entry.set(HOLIDAYS, Value::Array(names.collect()));
        }
    }
}

/// Whether a key of the entry stays although no field of the week or the dates has it.
pub(super) fn is_calendars(key: &str) -> bool {
    key == HOLIDAYS
}
