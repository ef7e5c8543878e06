//! Why a history page is empty, and notes for reading it.

use crate::web::{WebState, parts::links::PageLink};
use wallboard_history::{ExportVendor, report::ReportStep};

use super::{
    choice::{Choice, HistoryView, IncludedDays, IncludedHours, RowKind},
    elsewhere::history_elsewhere,
    history_data::{HistoryData, PageNote},
    query::HistoryQuery,
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
    if web.history.config().exports.is_empty() {
        let deliveries = ExportVendor::DELIVERIES.join(", or ");
        return Some(EmptyState {
            title: "No history yet",
            text: format!(
                "History needs a vendor export: {deliveries}. Add one to the configuration (kind = {}), then run wallboard check.",
                ExportVendor::kind_choice()
            ),
            links: Vec::new(),
        });
    }
    let (title, text, links) = if data.known.is_empty() {
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
            "No matching days in this period",
            "Choose a longer period, or all days of the week.",
            vec![
                PageLink::new(Preset::FourWeeks.word(), four_weeks),
                PageLink::new(IncludedDays::All.word(), all),
            ],
        )
    } else if data.is_blurred && scope.leaves_out_closed() && scope.step == ReportStep::Day {
        (
            "Can’t limit this period to opening hours",
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

/// Pages of the agent or the queues that have figures.
pub(super) fn available_links(scope: &HistoryScope) -> Vec<PageLink> {
    let query = &scope.query;
    let by_time = |change: fn(&mut HistoryQuery)| {
        scope.path_with(|query| {
            query.rows = RowKind::Time;
            query.sort = None;
            change(query);
        })
    };
    let of_agent = by_time(|query| query.queues.clear());
    let of_queues = by_time(|query| query.agent = None);
    let all = scope.path_with(|query| {
        query.queues.clear();
        query.agent = None;
        query.sort = None;
    });
    let links = [
        (query.agent.is_some(), "This agent by time", of_agent),
        (!query.queues.is_empty(), "These queues by time", of_queues),
        (query.rows != RowKind::Time, "All queues and agents", all),
    ];
    let links = links.into_iter().filter(|link| link.0);
    links
        .map(|(_, name, href)| PageLink::new(name, href))
        .collect()
}

/// The note that closed times are left out.
fn opening_hours_note(scope: &HistoryScope, data: &HistoryData) -> PageNote {
    let mut text = if data.known.have_opening_hours(&scope.query) {
        "Opening hours only.".to_owned()
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
    let query = &scope.query;
    notes.extend(hidden_note(query, data).map(|text| (text, None)));
    let is_of_contacts = matches!(query.rows, RowKind::Queue | RowKind::QueueGroup);
    if is_of_contacts && query.agent.is_none() && scope.before.is_some() && scope.is_ongoing() {
        let text = "Rows aren’t compared before the period is over. The figures above them are.";
        notes.push((text.to_owned(), None));
    }
    if query.only_missed {
        let text = "Only rows that missed their target are listed, and only they are in the total.";
        notes.push((text.to_owned(), None));
    }
    if query.view == HistoryView::Heatmap && query.agent.is_some() {
        let text = "Heat maps have calls of queues: exports don’t have them by agent.";
        notes.push((text.to_owned(), None));
    }
    if query.is_of_handled_calls() {
        let text = "The rows count what agents handled in each queue, call by call. Exports don’t split agents’ other time by queue.";
        notes.push((text.to_owned(), None));
    }
    if data.has_shared_members {
        let member = match query.rows {
            RowKind::AgentGroup => "An agent",
            _ => "A queue",
        };
        let text = format!("{member} of several groups counts in each, so there’s no total.");
        notes.push((text, None));
    }
    notes
}

/// The note that rows leave out what `[hide]` hides.
fn hidden_note(query: &HistoryQuery, data: &HistoryData) -> Option<String> {
    let (one, several) = match query.rows {
        RowKind::Agent => ("1 agent is", "agents are"),
        _ => ("1 queue is", "queues are"),
    };
    let hidden = match data.hidden_rows {
        0 => return None,
        1 => one.to_owned(),
        n => format!("{n} {several}"),
    };
    Some(format!(
        "{hidden} hidden: not listed, and not in the rows’ total. Figures above the rows include all."
    ))
}

/// All that a page says about its figures as text, for files. What a page shows as a link is only
/// text there.
pub(super) fn list_file_notes(
    web: &WebState,
    scope: &HistoryScope,
    data: &HistoryData,
) -> Vec<String> {
    let mut texts = Vec::new();
    let notes = match empty_state(web, scope, data) {
        Some(empty) => {
            texts.push(format!("{}. {}", empty.title, empty.text));
            data.notes.clone()
        }
        None => build_notes(web, scope, data),
    };
    texts.extend(notes.into_iter().map(|(text, _)| text));
    if let Some(breakdown) = &data.breakdown {
        texts.extend(breakdown.silent.clone());
    } else if data.heat.is_none() && !data.calm.is_empty() {
        texts.push(format!("No calls {}.", data.calm.join(" and ")));
    }
    texts
}
