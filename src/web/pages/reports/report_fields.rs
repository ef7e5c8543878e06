//! The form of a report: its fields as entered, and the report's text in the configuration.

use std::collections::BTreeMap;

use jiff::{civil::Weekday, tz::TimeZone};
use serde::Deserialize;
use strum::IntoEnumIterator;
use toml::{Table, Value};

use wallboard_domain::Language;
use wallboard_texts::Texts;

use crate::{
    editing::{EntryId, Section},
    reports::ReportPlan,
};

use crate::web::parts::{time_zones::list_zones, week_text::DAYS};

const DAY: &str = "day ";

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct ReportFields {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) view: String,
    #[serde(default)]
    pub(super) channel: String,
    /// Addresses with commas between; empty: the channel's.
    #[serde(default)]
    pub(super) to: String,
    /// "07:00"
    #[serde(default)]
    pub(super) time: String,
    /// "Europe/Oslo"; empty: the site's.
    #[serde(default)]
    pub(super) zone: String,
    /// `csv`, `xlsx` or empty.
    #[serde(default)]
    pub(super) file: String,
    /// `en`, `sv` or `de`; empty: the site's.
    #[serde(default)]
    pub(super) language: String,
    /// The revision that the page showed; empty for a new report.
    #[serde(default)]
    pub(super) began_from: String,
    #[serde(default)]
    pub(super) action: String,
    /// Checkboxes of days.
    #[serde(flatten)]
    boxes: BTreeMap<String, String>,
}

impl ReportFields {
    /// A report of last week's queues on Mondays, or of another view, to change.
    pub(super) fn new_report(view: &str) -> Self {
        let view = match view {
            "" => "/history?range=7d&by=queue",
            view => view,
        };
        Self {
            view: view.to_owned(),
            time: "07:00".to_owned(),
            file: if view.starts_with("/shift") {
                ""
            } else {
                "xlsx"
            }
            .to_owned(),
            boxes: BTreeMap::from([(field_of(Weekday::Monday), "on".to_owned())]),
            ..Self::default()
        }
    }

    pub(super) fn of_report(plan: &ReportPlan) -> Self {
        let days = plan.schedule.days.iter();
        Self {
            name: plan.name.clone(),
            view: plan.view.clone(),
            channel: plan.channel.clone(),
            to: plan.to.join(", "),
            time: plan.schedule.time.strftime("%H:%M").to_string(),
            zone: (plan.schedule.zone.as_ref())
                .and_then(TimeZone::iana_name)
                .unwrap_or_default()
                .to_owned(),
            file: plan.file.map_or("", Into::into).to_owned(),
            language: (plan.language)
                .map_or("", |language| language.into_str())
                .to_owned(),
            boxes: days.map(|day| (field_of(*day), "on".to_owned())).collect(),
            ..Self::default()
        }
    }

    pub(super) fn entry(&self) -> EntryId {
        EntryId::new(Section::Reports, self.name.trim())
    }

    /// The checkboxes of the week: names, labels, and whether each is checked.
    pub(super) fn days(&self, texts: &Texts) -> Vec<(String, String, bool)> {
        let week = Weekday::Monday.cycle_forward().take(7);
        week.map(|day| {
            let label = texts.weekday_short(day.to_monday_one_offset());
            (field_of(day), label, self.is_chosen(day))
        })
        .collect()
    }

    /// The kinds of files: values, labels, and whether each is chosen.
    pub(super) fn files(&self, texts: &'static Texts) -> [(&'static str, &'static str, bool); 3] {
        let kinds = [
            ("xlsx", "XLSX"),
            ("csv", "CSV"),
            ("", texts.report_no_file()),
        ];
        kinds.map(|(value, label)| (value, label, value == self.file))
    }

    /// The languages of the mail: values, names, and whether each is chosen.
    pub(super) fn languages(
        &self,
        texts: &'static Texts,
    ) -> Vec<(&'static str, &'static str, bool)> {
        let site = ("", texts.language_of_site());
        let others = Language::iter().map(|one| (one.into_str(), one.native_name()));
        let all = std::iter::once(site).chain(others);
        all.map(|(value, name)| (value, name, value == self.language))
            .collect()
    }

    /// The time zones that can be chosen.
    pub(super) fn zones(&self) -> Vec<String> {
        list_zones(&self.zone)
    }

    fn is_chosen(&self, day: Weekday) -> bool {
        self.boxes.contains_key(&field_of(day))
    }

    /// Writes the report as the configuration has it; its parser judges it.
    pub(super) fn write(&self) -> String {
        let days = Weekday::Monday.cycle_forward().take(7);
        let days = days.filter(|day| self.is_chosen(*day));
        let days: Vec<_> = days.map(day_key).collect();
        let mut report = Table::new();
        let mut set = |key: &str, text: &str| drop(report.insert(key.to_owned(), text.into()));
        set("view", &self.view);
        set("channel", &self.channel);
        set("days", &days.join(","));
        set("time", &self.time);
        if !self.zone.is_empty() {
            set("zone", &self.zone);
        }
        if !self.file.is_empty() {
            set("file", &self.file);
        }
        if !self.language.is_empty() {
            set("language", &self.language);
        }
        let to = self.to.split([',', ';', '\n']).map(str::trim);
        let to: Vec<_> = to.filter(|address| !address.is_empty()).collect();
        if !to.is_empty() {
            report.insert("to".to_owned(), Value::from(to));
        }
        let reports = Table::from_iter([(self.name.trim().to_owned(), Value::Table(report))]);
        let section: &str = Section::Reports.into();
        Table::from_iter([(section.to_owned(), Value::Table(reports))]).to_string()
    }
}

fn field_of(day: Weekday) -> String {
    format!("{DAY}{}", day_key(day))
}

/// "mon"
fn day_key(day: Weekday) -> &'static str {
    DAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())]
}

#[cfg(test)]
mod tests {
    use crate::settings::test_file::{keys_of, known_keys};

    use super::*;

    #[test]
    fn each_key_that_the_parser_knows_has_a_field() {
        let fields = ReportFields {
            name: "Week".to_owned(),
            channel: "boss".to_owned(),
            to: "anna@example.com".to_owned(),
            zone: "Asia/Tokyo".to_owned(),
            language: "sv".to_owned(),
            ..ReportFields::new_report("")
        };
        let written: Table = fields.write().parse().unwrap();
        let known = known_keys("[reports.a]\nno_such_key = 1\n");
        assert_eq!(keys_of([&written["reports"]["Week"]]), known);
    }
}
