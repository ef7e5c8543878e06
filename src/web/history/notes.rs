//! Why a history page is empty, and notes for reading it.

use crate::{
    history::report::ReportStep,
    web::{WebState, links::PageLink},
};

use super::{
    choice::{Choice, HistoryView, IncludedDays, IncludedHours, RowKind},
    elsewhere::history_elsewhere,
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
    if (data.known.is_empty() || data.is_unknown())
        && let Some((text, link)) = history_elsewhere(web, &scope.query.path_for("/history"))
    {
        return Some(EmptyState {
            title: "No history on this server",
            text,
            links: link.into_iter().collect(),
        });
    }
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
    } else if data.times.is_empty() && scope.leaves_out_closed() && scope.window.from < scope.now {
        (
            "Closed in this period",
            "The queues shown weren’t open. Choose a longer period, or all hours.",
            vec![all_hours_link(scope)],
        )
    } else if data.times.is_empty() && scope.query.days != IncludedDays::All {
        let four_weeks = scope.path_with(|query| {
            query.range = TimeRange::Preset(Preset::FourWeeks);
            query.step = None;
        });
        let all = scope.path_with(|query| query.days = IncludedDays::All);
        (
            "This period has no such day",
            "Choose a longer period, or all days of the week.",
            vec![
                PageLink::new(Preset::FourWeeks.word(), four_weeks),
                PageLink::new(IncludedDays::All.word(), all),
            ],
        )
    } else if data.is_blurred && scope.leaves_out_closed() && scope.step == ReportStep::Day {
        (
            "Closed times can’t be left out",
            "The files for this period have whole hours or days that are only partly open.",
            vec![all_hours_link(scope)],
        )
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

/// Shows the page with closed times.
pub(super) fn all_hours_link(scope: &HistoryScope) -> PageLink {
    let href = scope.path_with(|query| query.hours = IncludedHours::All);
    PageLink::new("Show all hours", href)
}

/// The note that closed times are left out.
fn opening_hours_note(scope: &HistoryScope, data: &HistoryData) -> PageNote {
    let mut text = if data.known.have_opening_hours(&scope.query) {
        "Closed times are left out.".to_owned()
    } else {
        "These queues have no opening hours, so all hours count.".to_owned()
    };
    if data.is_blurred {
        text.push_str(
            " Where files have whole hours or days that are only partly open, figures are unknown.",
        );
    }
    if scope.query.view == HistoryView::Breakdown && scope.query.queues.is_empty() {
        text.push_str(" Sign-out reasons aren’t shown: agents have no opening hours.");
    }
    (text, Some(all_hours_link(scope)))
}

pub(super) fn build_notes(
    web: &WebState,
    scope: &HistoryScope,
    data: &HistoryData,
) -> Vec<PageNote> {
    let elsewhere = history_elsewhere(web, &scope.query.path_for("/history"));
    let mut notes: Vec<PageNote> = elsewhere.into_iter().collect();
    if scope.leaves_out_closed() {
        notes.push(opening_hours_note(scope, data));
    }
    notes.extend(data.notes.iter().cloned());
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
    if query.rows.is_of_agents() && !query.queues.is_empty() {
        let text = "Agents are shown for all queues: exports don’t split agent time by queue.";
        notes.push((text.to_owned(), None));
    }
    if query.rows == RowKind::QueueGroup && !query.queues.is_empty() {
        let text = "Groups have all their queues, also those that aren’t selected.";
        notes.push((text.to_owned(), None));
    }
    if matches!(query.rows, RowKind::QueueGroup | RowKind::AgentGroup) {
        let text = "A member of several groups counts in each, and in totals as often.";
        notes.push((text.to_owned(), None));
    }
    notes
}
