//! Why a history page is empty, and notes for reading it.

use crate::{
    history::report::ReportStep,
    web::{WebState, links::PageLink},
};

use super::{
    choice::{Choice, RowKind},
    history_data::{HistoryData, PageNote},
    range::{Preset, TimeRange},
    scope::HistoryScope,
};

/// Why there is no data, and what to do.
pub(super) struct EmptyState {
    pub(super) title: &'static str,
    pub(super) text: String,
    pub(super) links: Vec<PageLink>,
}

pub(super) fn empty_state(
    web: &WebState,
    scope: &HistoryScope,
    data: &HistoryData,
) -> Option<EmptyState> {
    let sources = PageLink::new("Data sources", "/sources");
    let (title, text, links) = if web.history.config().exports.is_empty() {
        (
            "No history yet",
            "History needs a vendor export: Vergic’s Statistics Export by SFTP, or Sangoma’s nightly export by S3, Azure or a folder. Add one to the configuration (kind = \"vergic-export\" or \"sangoma-export\"), then run wallboard check.",
            Vec::new(),
        )
    } else if data.known.is_empty() {
        (
            "No history yet",
            "Waiting for the first file. See Data sources for the schedule and any problems.",
            vec![sources],
        )
    } else if !data.is_unknown() {
        return None;
    } else if data.is_blurred {
        let (text, name, step) = match scope.step {
            ReportStep::Hour => (
                "The files for this period only have whole days.",
                "Show days",
                ReportStep::Day,
            ),
            _ => (
                "The files for this period only have whole hours or days.",
                "Show hours",
                ReportStep::Hour,
            ),
        };
        let href = scope.path_with(|query| query.step = Some(step));
        (
            "Only available at a coarser interval",
            text,
            vec![PageLink::new(name, href)],
        )
    } else if scope.query.range == TimeRange::Preset(Preset::Today) {
        let yesterday = TimeRange::Preset(Preset::Yesterday);
        let yesterday = scope.path_with(|query| query.range = yesterday);
        (
            "No data for today yet",
            "Exports usually arrive overnight.",
            vec![PageLink::new("Yesterday", yesterday), sources],
        )
    } else {
        (
            "No data for this period",
            "It hasn’t been imported yet, or is older than your first import.",
            vec![sources],
        )
    };
    Some(EmptyState {
        title,
        text: text.to_owned(),
        links,
    })
}

pub(super) fn build_notes(scope: &HistoryScope, data: &HistoryData) -> Vec<PageNote> {
    let mut notes: Vec<PageNote> = data.notes.clone();
    let mut add = |text: &str| notes.push((text.to_owned(), None));
    if data.times.iter().any(|row| row.is_live) {
        add(
            "Rows marked “live” come from the boards. They’re replaced when the export arrives, never added to it.",
        );
    }
    if data.is_utc {
        add("Some figures use the export’s UTC hours or days.");
    }
    if scope.is_coarser {
        add(&format!(
            "For this period the shortest interval is {}.",
            scope.step.word()
        ));
    }
    if scope.is_foreign_zone {
        let text = format!(
            "Times are in {}, not in the site’s time zone.",
            scope.zone_name
        );
        let link = PageLink::new(
            "Use site time zone",
            scope.path_with(|query| query.zone = None),
        );
        notes.push((text, Some(link)));
    }
    let queues = data.known.subjects.queues.iter();
    let hidden = queues.filter(|queue| queue.is_hidden).count();
    let query = &scope.query;
    if query.rows == RowKind::Queue && query.queues.is_empty() && 0 < hidden {
        let text = match hidden {
            1 => "1 queue is hidden or switched off".to_owned(),
            n => format!("{n} queues are hidden or switched off"),
        };
        let text = format!("{text}: included in totals, not listed.");
        notes.push((text, None));
    }
    if query.rows == RowKind::Agent && !query.queues.is_empty() {
        let text = "Agents are shown for all queues: exports don’t split agent time by queue.";
        notes.push((text.to_owned(), None));
    }
    notes
}
