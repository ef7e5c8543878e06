//! The report of a shift, for its page and for an email.

use wallboard_domain::Moment;
use wallboard_live::{Incident, IncidentSubject, Snapshot};
use wallboard_texts::Texts;

use crate::web::{
    history::{FileGrid, FileValue, HistoryNumber},
    parts::links,
};

use super::{
    Shift,
    incident_row::IncidentRow,
    shift_days::{FigureRow, METRICS, ShiftDays},
};

/// Rows of critical queues; more are only counted.
const CRITICAL_MAX: usize = 25;
/// Queues that the summary names as still critical.
const OPEN_MAX: usize = 3;

pub(super) struct ShiftReport {
    pub(super) summary: String,
    /// The longest first.
    pub(super) critical: Vec<IncidentRow>,
    pub(super) more_critical: usize,
    /// The earliest first.
    pub(super) lost: Vec<IncidentRow>,
    /// Labels of the figures' columns.
    pub(super) headings: [&'static str; 5],
    pub(super) figures: Vec<FigureRow>,
    /// Why some figures are missing or incomplete.
    pub(super) note: String,
}

impl ShiftReport {
    /// Has nothing about agents: who was on break is for those who may see it.
    pub(super) fn new(
        texts: &'static Texts,
        snapshot: &Snapshot,
        shift: &Shift,
        days: &ShiftDays,
        now: Moment,
    ) -> Self {
        let incidents = snapshot.incidents.between(shift.from, shift.to);
        let shown = incidents.into_iter();
        let shown = shown.filter(|one| links::incident_name(snapshot, one).is_some());
        let (of_queues, of_sources): (Vec<_>, Vec<_>) =
            shown.partition(|one| matches!(one.subject, IncidentSubject::Queue(_)));
        let row = |incident| IncidentRow::new(texts, snapshot, incident, shift, now);
        let folded = fold_groups(snapshot, &of_queues).into_iter();
        let critical = folded.filter_map(|(incident, groups)| {
            let mut row = row(incident)?;
            for group in groups {
                row.add_group(snapshot, group);
            }
            Some(row)
        });
        let mut critical: Vec<IncidentRow> = critical.collect();
        critical.sort_by_key(|row| std::cmp::Reverse(row.millis));
        let lost: Vec<_> = of_sources.into_iter().filter_map(row).collect();
        let summary = summarize(texts, &critical, &lost);
        let more_critical = critical.len().saturating_sub(CRITICAL_MAX);
        critical.truncate(CRITICAL_MAX);
        Self {
            summary,
            critical,
            more_critical,
            lost,
            headings: METRICS.map(|metric| &*texts.metric(metric).page_label),
            figures: days.rows(texts, snapshot),
            note: days.note(texts, &shift.zone),
        }
    }
}

impl ShiftReport {
    /// The figures as a table for a file; `about` says which shift.
    pub(super) fn figures_grid(&self, texts: &'static Texts, about: &str) -> FileGrid {
        let mut head = vec![(texts.shift_heading(), about.to_owned())];
        let notes = [&self.summary, &self.note].into_iter();
        let notes = notes.filter(|text| !text.is_empty());
        head.extend(notes.map(|text| (texts.file_note(), text.clone())));
        let unit = |column: usize| {
            let values = self.figures.iter().filter_map(|row| row.values[column]);
            let mut units = values.map(|value| HistoryNumber::from(value).unit());
            units.next().unwrap_or_default()
        };
        let headings = self.headings.iter().enumerate();
        let headings = headings.map(|(column, label)| format!("{label}{}", unit(column)));
        let first = texts.queue_column().to_owned();
        let row = |row: &FigureRow| {
            let values = row.values.map(|value| value.map(HistoryNumber::from));
            let name = FileValue::Text(row.link.name.clone());
            std::iter::once(name)
                .chain(values.map(FileValue::from))
                .collect()
        };
        FileGrid {
            head,
            headings: std::iter::once(first).chain(headings).collect(),
            rows: self.figures.iter().map(row).collect(),
        }
    }
}

/// Each queue's incident with those of groups that only repeat it.
fn fold_groups<'a>(
    snapshot: &Snapshot,
    incidents: &[&'a Incident],
) -> Vec<(&'a Incident, Vec<&'a Incident>)> {
    let is_member = |group: &Incident, member: &Incident| {
        let (IncidentSubject::Queue(group), IncidentSubject::Queue(member)) =
            (&group.subject, &member.subject)
        else {
            return false;
        };
        let members = snapshot.queues.get(group);
        let members = members.and_then(|queue| queue.members.as_deref());
        members.is_some_and(|members| members.contains(member))
    };
    let is_repeated = |group: &Incident| {
        let mut members = incidents.iter().filter(|member| is_member(group, member));
        members.any(|member| group.repeats(member))
    };
    let (groups, single): (Vec<&Incident>, Vec<&Incident>) =
        incidents.iter().partition(|incident| is_repeated(incident));
    let single = single.into_iter();
    let mut folded: Vec<_> = single.map(|incident| (incident, Vec::new())).collect();
    for group in groups {
        let mut members = folded.iter_mut();
        let member = members.find(|(one, _)| is_member(group, one) && group.repeats(one));
        if let Some((_, groups)) = member {
            groups.push(group);
        }
    }
    folded
}

/// "3 times critical, 25 min in all. Sales is still critical. 1 source outage, 4 min."
fn summarize(texts: &Texts, critical: &[IncidentRow], lost: &[IncidentRow]) -> String {
    let total = |rows: &[IncidentRow]| texts.age(rows.iter().map(|row| row.millis).sum());
    let open: Vec<_> = critical.iter().filter(|row| row.is_open).collect();
    let open: Vec<_> = open.iter().map(|row| &*row.link.name).collect();
    let still = match &open[..] {
        [] => None,
        [name] => Some(texts.one_still_critical(*name)),
        names if names.len() <= OPEN_MAX => Some(texts.some_still_critical(names.join(", "))),
        names => Some(texts.count_still_critical(names.len())),
    };
    let critical = match critical.len() {
        0 => texts.no_queue_critical().to_owned(),
        count => texts.critical_in_all(count, total(critical)),
    };
    let lost = match lost.len() {
        0 => texts.sources_stayed_connected().to_owned(),
        count => texts.lost_in_all(count, total(lost)),
    };
    let sentences: Vec<_> = [Some(critical), still, Some(lost)]
        .into_iter()
        .flatten()
        .collect();
    sentences.join(" ")
}
