//! Why a history page is empty, and notes for reading it.

use crate::web::{WebState, parts::links::PageLink};
use wallboard_domain::SourceFeed;
use wallboard_history::{ExportVendor, report::ReportStep};
use wallboard_texts::Texts;

use super::{
    choice::{Choice, HistoryView, IncludedDays, IncludedHours, RowKind, RowStep},
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

impl EmptyState {
    /// Both as sentences.
    pub(super) fn sentences(&self, texts: &Texts) -> String {
        format!("{} {}", texts.sentence_of(self.title), self.text)
    }
}

pub(super) fn empty_state(
    web: &WebState,
    scope: &HistoryScope,
    data: &HistoryData,
) -> Option<EmptyState> {
    let texts = scope.texts;
    if scope.query.view == HistoryView::Adherence {
        // Its notes say what it lacks.
        return None;
    }
    let sources = PageLink::new(texts.nav_sources(), "/sources");
    if (data.known.is_empty() || data.is_unknown())
        && let Some((text, link)) =
            history_elsewhere(scope.texts, web, &scope.query.path_for("/history"))
    {
        return Some(EmptyState {
            title: texts.no_history_here(),
            text,
            links: link.into_iter().collect(),
        });
    }
    if web.history.config().exports.is_empty() {
        let one_of = |texts_of: &mut dyn Iterator<Item = String>| {
            let first = texts_of.next().unwrap_or_default();
            texts_of.fold(first, |all, next| texts.one_or_other(all, next))
        };
        let kinds = || {
            let all = ExportVendor::KINDS.iter().zip(ExportVendor::STARTERS);
            let past = all.filter(|(_, starter)| starter.feed != SourceFeed::Plan);
            past.map(|(kind, _)| kind.name)
        };
        let exports = one_of(&mut kinds().map(|kind| texts.export_of_kind(kind)));
        let names = one_of(&mut kinds().map(|kind| format!("{kind:?}")));
        return Some(EmptyState {
            title: texts.no_history_yet(),
            text: texts.history_needs_export(exports, names),
            links: Vec::new(),
        });
    }
    let (title, text, links) = if data.known.is_empty() {
        (
            texts.no_history_yet(),
            texts.first_file_awaited(),
            vec![sources],
        )
    } else if !data.is_unknown() {
        return None;
    } else if data.times.is_empty() && scope.leaves_out_closed() && scope.window.from < scope.now {
        (
            texts.closed_in_period(),
            texts.closed_in_period_help(),
            vec![all_hours_link(scope)],
        )
    } else if data.times.is_empty() && scope.query.days != IncludedDays::All {
        let four_weeks = scope.path_with(|query| {
            query.range = TimeRange::Preset(Preset::FourWeeks);
            query.step = None;
        });
        let all = scope.path_with(|query| query.days = IncludedDays::All);
        (
            texts.no_matching_days(),
            texts.no_matching_days_help(),
            vec![
                PageLink::new(Preset::FourWeeks.word(texts), four_weeks),
                PageLink::new(IncludedDays::All.word(texts), all),
            ],
        )
    } else if data.is_blurred && scope.leaves_out_closed() && scope.step == ReportStep::Day {
        (
            texts.hours_not_split(),
            texts.hours_not_split_help(),
            vec![all_hours_link(scope)],
        )
    } else if data.is_blurred {
        let (text, name, step) = match scope.step {
            ReportStep::Hour => (texts.only_whole_days(), texts.show_days(), ReportStep::Day),
            _ => (
                texts.only_whole_hours(),
                texts.show_hours(),
                ReportStep::Hour,
            ),
        };
        let href = scope.path_with(|query| query.step = Some(RowStep::Interval(step)));
        (texts.only_coarser(), text, vec![PageLink::new(name, href)])
    } else if scope.query.range == TimeRange::Preset(Preset::Today) {
        let yesterday = TimeRange::Preset(Preset::Yesterday);
        let yesterday = scope.path_with(|query| query.range = yesterday);
        (
            texts.no_data_of_today(),
            texts.exports_overnight(),
            vec![PageLink::new(texts.preset_yesterday(), yesterday), sources],
        )
    } else {
        (
            texts.no_data_of_period(),
            texts.no_data_of_period_help(),
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
    PageLink::new(scope.texts.show_all_hours(), href)
}

/// Pages of the agent or the queues that have figures.
pub(super) fn available_links(scope: &HistoryScope) -> Vec<PageLink> {
    let (query, texts) = (&scope.query, scope.texts);
    if query.view == HistoryView::Adherence && query.agent.is_none() {
        let href = scope.view_path(HistoryView::Adherence);
        return vec![PageLink::new(texts.by_agent(), href)];
    }
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
        (query.agent.is_some(), texts.agent_by_time(), of_agent),
        (!query.queues.is_empty(), texts.queues_by_time(), of_queues),
        (
            query.rows != RowKind::Time,
            texts.all_queues_and_agents(),
            all,
        ),
    ];
    let links = links.into_iter().filter(|link| link.0);
    links
        .map(|(_, name, href)| PageLink::new(name, href))
        .collect()
}

/// The note that closed times are left out.
fn opening_hours_note(scope: &HistoryScope, data: &HistoryData) -> PageNote {
    let texts = scope.texts;
    let mut sentences = vec![if data.known.have_opening_hours(&scope.query) {
        texts.hours_left_out()
    } else {
        texts.always_open()
    }];
    if data.is_blurred {
        sentences.push(texts.partly_open_unknown());
    }
    if scope.query.view == HistoryView::Breakdown && scope.query.queues.is_empty() {
        sentences.push(texts.sign_outs_left_out());
    }
    (sentences.join(" "), Some(all_hours_link(scope)))
}

pub(super) fn build_notes(
    web: &WebState,
    scope: &HistoryScope,
    data: &HistoryData,
) -> Vec<PageNote> {
    let texts = scope.texts;
    let elsewhere = history_elsewhere(scope.texts, web, &scope.query.path_for("/history"));
    let mut notes: Vec<PageNote> = elsewhere.into_iter().collect();
    if scope.leaves_out_closed() {
        notes.push(opening_hours_note(scope, data));
    }
    notes.extend(data.notes.iter().cloned());
    let mut add = |text: &str| notes.push((text.to_owned(), None));
    if data.times.iter().any(|row| row.is_live) {
        add(texts.live_rows_note());
    }
    if data.is_utc {
        add(texts.utc_note());
    }
    if scope.is_coarser {
        add(&texts.shortest_interval(scope.row_step().word(texts)));
    }
    if let Some(day) = scope.refused_comparison() {
        add(&texts.comparison_not_earlier(day.to_string()));
    }
    if scope.is_foreign_zone {
        let text = texts.foreign_zone(scope.zone_name.as_str());
        let link = PageLink::new(
            texts.use_site_zone(),
            scope.path_with(|query| query.zone = None),
        );
        notes.push((text, Some(link)));
    }
    let query = &scope.query;
    notes.extend(hidden_note(texts, query, data).map(|text| (text, None)));
    let is_of_contacts = matches!(query.rows, RowKind::Queue | RowKind::QueueGroup);
    if is_of_contacts && query.agent.is_none() && scope.before.is_some() && scope.is_ongoing() {
        notes.push((texts.rows_not_compared().to_owned(), None));
    }
    if query.only_missed {
        notes.push((texts.only_missed_rows().to_owned(), None));
    }
    if query.view == HistoryView::Heatmap && query.agent.is_some() {
        notes.push((texts.heat_of_queues().to_owned(), None));
    }
    if query.is_of_handled_calls() {
        notes.push((texts.handled_rows_note().to_owned(), None));
    }
    if data.has_shared_members {
        let text = match query.rows {
            RowKind::AgentGroup => texts.agent_in_groups(),
            _ => texts.queue_in_groups(),
        };
        notes.push((text.to_owned(), None));
    }
    notes
}

/// The note that rows leave out what `[hide]` hides.
fn hidden_note(texts: &Texts, query: &HistoryQuery, data: &HistoryData) -> Option<String> {
    match (data.hidden_rows, query.rows) {
        (0, _) => None,
        (count, RowKind::Agent) => Some(texts.agents_hidden(count)),
        (count, _) => Some(texts.queues_hidden(count)),
    }
}

/// The times of a day that are left out because nobody called.
pub(super) fn calm_note(texts: &Texts, data: &HistoryData) -> Option<String> {
    let mut times = data.calm.iter();
    let first = times.next()?.clone();
    let times = times.fold(first, |times, more| texts.and_names(times, more.as_str()));
    Some(texts.no_calls_at(times))
}

/// All that a page says about its figures as text, for files. What a page shows as a link is only
/// text there.
pub(super) fn list_file_notes(
    web: &WebState,
    scope: &HistoryScope,
    data: &HistoryData,
) -> Vec<String> {
    let mut sentences = Vec::new();
    let notes = match empty_state(web, scope, data) {
        Some(empty) => {
            sentences.push(empty.sentences(scope.texts));
            data.notes.clone()
        }
        None => build_notes(web, scope, data),
    };
    sentences.extend(notes.into_iter().map(|(text, _)| text));
    if let Some(breakdown) = &data.breakdown {
        sentences.extend(breakdown.silent.clone());
    } else if data.heat.is_none() {
        sentences.extend(calm_note(scope.texts, data));
    }
    sentences
}
