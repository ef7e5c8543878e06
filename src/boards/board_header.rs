//! The board's header cells: attention strip, day so far, source problems, omitted rows, and the
//! message of an empty board.

use crate::{
    domain::{Metric, MetricValue, SourceHealth},
    live::{ConnectionState, Freshness, QueueSelection, Snapshot, SourceSnapshot},
};

use super::{
    board_definition::BoardLayout,
    board_slots::{AttributeValue, SlotValue},
    board_view::{RowList, stopped_clock},
    format,
    render_context::{DisplayFreshness, EvaluatedQueue, RenderContext},
    severity::Severity,
};

/// Queues that the strip can show.
pub(super) const STRIP_ITEMS: usize = 3;
/// The slots of one of them: attributes, name, problem, clock.
pub(super) const ITEM_SLOTS: usize = 4;
/// The longest name in the strip, in characters.
const MAX_NAME_CHARACTERS: usize = 22;

const _: () = assert!(HeaderSlot::More as usize == ITEM_SLOTS * STRIP_ITEMS);

/// Indexes of the header's cells.
#[derive(Clone, Copy, Debug)]
pub(super) enum HeaderSlot {
    /// The first cell of the strip.
    Strip = 0,
    More = 12,
    Calm,
    Today,
    SourcesState,
    Sources,
    Omitted,
    Empty,
}

pub(super) fn header_cells(
    context: &mut RenderContext<'_>,
    selection: &QueueSelection<'_>,
    queues: &[EvaluatedQueue<'_>],
    list: &RowList,
    omitted: String,
) -> Vec<SlotValue> {
    let attention_severity =
        |queue: &&EvaluatedQueue<'_>| queue.attention_cause().map(|(severity, _)| severity);
    let mut attention: Vec<_> = queues
        .iter()
        .filter(|queue| attention_severity(queue).is_some())
        .collect();
    // Stable sort: ties stay in the board's order.
    attention.sort_by_key(|queue| std::cmp::Reverse(attention_severity(queue)));

    let mut cells = Vec::with_capacity(HeaderSlot::Empty as usize + 1);
    for item in 0..STRIP_ITEMS {
        cells.extend(strip_item(context, attention.get(item).copied()));
    }
    cells.push(SlotValue::Text(
        match attention.len().saturating_sub(STRIP_ITEMS) {
            0 => String::new(),
            more => format!("+{more} more"),
        },
    ));
    cells.push(SlotValue::Text(match context.board.layout {
        BoardLayout::Agents => format_group_counts(list),
        BoardLayout::Queues | BoardLayout::List => calm_message(context, queues),
    }));
    cells.push(SlotValue::Text(format_today(context, selection)));
    cells.extend(source_cells(context));
    cells.push(SlotValue::Text(omitted));
    cells.push(SlotValue::Text(if list.rows.is_empty() {
        empty_message(context)
    } else {
        String::new()
    }));
    cells
}

fn strip_item(
    context: &mut RenderContext<'_>,
    queue: Option<&EvaluatedQueue<'_>>,
) -> [SlotValue; ITEM_SLOTS] {
    let Some((evaluated, (severity, cause))) =
        queue.and_then(|queue| queue.attention_cause().map(|c| (queue, c)))
    else {
        return [
            SlotValue::Attributes(vec![("sev", Severity::None.into_str().into())]),
            SlotValue::Text(String::new()),
            SlotValue::Text(String::new()),
            stopped_clock(String::new()),
        ];
    };
    let (text, clock) = match cause.metric {
        Metric::Waiting | Metric::LongestWait => waiting_summary(context, evaluated),
        _ => {
            let value = cause.format_value();
            let label = cause.label.to_lowercase();
            (format!("{value} {label}"), stopped_clock(String::new()))
        }
    };
    [
        SlotValue::Attributes(vec![("sev", severity.into_str().into())]),
        SlotValue::Text(format!(
            "{} {}",
            severity.glyph(),
            format::shorten_name(&evaluated.name, MAX_NAME_CHARACTERS)
        )),
        SlotValue::Text(text),
        clock,
    ]
}

/// Returns "14 waiting" and the clock of the longest wait.
fn waiting_summary(
    context: &mut RenderContext<'_>,
    evaluated: &EvaluatedQueue<'_>,
) -> (String, SlotValue) {
    let waiting = context.evaluate_metric(evaluated.queue, &evaluated.id, Metric::Waiting);
    let longest = context.evaluate_metric(evaluated.queue, &evaluated.id, Metric::LongestWait);
    let text = match waiting.value.or(waiting.lower_bound) {
        Some(_) => format!("{} waiting", waiting.format_value()),
        None => String::new(),
    };
    let clock = match longest.value.or(longest.lower_bound) {
        Some(_) => longest.cell,
        None => stopped_clock(String::new()),
    };
    (text, clock)
}

/// "4 available · 9 in conversation".
fn format_group_counts(list: &RowList) -> String {
    let groups = list
        .groups
        .iter()
        .filter_map(|group| match group.cells.get(1) {
            Some(SlotValue::Text(count)) if count != "0" => {
                Some(format!("{count} {}", group.title.to_lowercase()))
            }
            _ => None,
        });
    groups.collect::<Vec<_>>().join(" · ")
}

/// Returns the all-clear message only if every queue is known to be fine, and no queue has a
/// problem.
fn calm_message(context: &RenderContext<'_>, queues: &[EvaluatedQueue<'_>]) -> String {
    let snapshot = context.snapshot;
    let is_source_live = |queue: &EvaluatedQueue<'_>| {
        let source = snapshot.sources.get(&queue.queue.id.source);
        source.is_none_or(SourceSnapshot::is_live)
    };
    let is_known = |queue: &EvaluatedQueue<'_>, metric| {
        let figure = snapshot.queue_figure(queue.queue, metric, context.now);
        figure.is_some_and(|figure| figure.value.is_some())
    };
    let wait_metrics = [Metric::Waiting, Metric::LongestWait];
    let has_normal_waits = |queue: &EvaluatedQueue<'_>| {
        queue.severity == Severity::Normal
            && wait_metrics.iter().any(|metric| is_known(queue, *metric))
    };
    let is_fine =
        |queue: &EvaluatedQueue<'_>| has_normal_waits(queue) || queue.queue.quiet_since.is_some();
    if queues.iter().any(has_normal_waits) && queues.iter().all(|q| is_fine(q) && is_source_live(q))
    {
        "Nothing needs attention".to_owned()
    } else {
        String::new()
    }
}

/// "Today 412 answered · 23 abandoned (5%), est.", and the day's gaps.
fn format_today(context: &RenderContext<'_>, selection: &QueueSelection<'_>) -> String {
    let figure = |metric| {
        let merged = context
            .snapshot
            .merge_figure(selection, metric, context.now)?;
        Some(merged.figure).filter(|figure| figure.reason.is_none())
    };
    let known = |metric| figure(metric)?.value;
    let mut parts = Vec::new();
    if let Some(answered) = known(Metric::Answered) {
        parts.push(format!("{} answered", format::value(Some(answered))));
    }
    if let Some(abandoned) = known(Metric::Abandoned) {
        let rate = known(Metric::AbandonRate);
        let rate = rate.map(|rate| format!(" ({})", format::value(Some(rate))));
        let text = format::value(Some(abandoned));
        let details = figure(Metric::Abandoned).and_then(|figure| figure.day_details);
        let is_estimated = details.is_some_and(|details| details.is_estimated);
        let estimated = match abandoned {
            MetricValue::Count(n) if 0 < n && is_estimated => ", est.",
            _ => "",
        };
        parts.push(format!(
            "{text} abandoned{}{estimated}",
            rate.unwrap_or_default()
        ));
    }
    if parts.is_empty() {
        return String::new();
    }
    let day_note = &context.day_note;
    match day_note.strip_prefix("Today ") {
        Some(since) => format!("Today {since}: {}", parts.join(" · ")),
        None if day_note.is_empty() => format!("Today {}", parts.join(" · ")),
        None => format!("Today {} · {}", parts.join(" · "), day_note.to_lowercase()),
    }
}

/// Summarizes the sources with problems, and their severity.
fn source_cells(context: &mut RenderContext<'_>) -> [SlotValue; 2] {
    let snapshot = context.snapshot;
    let mut severity = Severity::Normal;
    let mut texts = Vec::new();
    for source in snapshot.sources.values() {
        if let Some(text) = format_source(context, source) {
            let freshness = source.outage.map(Freshness::Disconnected);
            let shown = freshness.map(|freshness| context.display_freshness(freshness, None));
            severity = severity.max(match shown {
                Some(DisplayFreshness::OutOfDate | DisplayFreshness::Expired) => {
                    Severity::OutOfDate
                }
                _ => Severity::Warning,
            });
            texts.push(text);
        }
    }
    [
        SlotValue::Attributes(vec![
            ("sev", severity.into_str().into()),
            (
                "away",
                AttributeValue::Number(i64::try_from(texts.len()).unwrap_or(i64::MAX)),
            ),
        ]),
        SlotValue::Text(texts.join(" · ")),
    ]
}

fn format_source(context: &RenderContext<'_>, source: &SourceSnapshot) -> Option<String> {
    let name = context.snapshot.site.source_name(&source.id);
    let since = || {
        let at = source.outage.map_or(source.since, |outage| outage.at);
        let zone = &context.snapshot.site.zone;
        format::moment(at, context.now.wall, zone)
    };
    match (source.connection, source.health()) {
        (_, SourceHealth::Live) => None,
        (_, SourceHealth::Degraded) => Some(format!("{name}: many messages can’t be read")),
        (ConnectionState::Silent, _) => Some(format!("{name} not responding since {}", since())),
        (ConnectionState::CatchingUp, _) => Some(format!("{name} catching up")),
        (ConnectionState::Connecting, _) => Some(format!("Connecting to {name}")),
        _ if source.last_message_at.is_none() => Some(format!("Can’t reach {name}")),
        _ => Some(format!(
            "{name} disconnected at {}{}. Showing last known values.",
            since(),
            context.format_last_received(source)
        )),
    }
}

impl RenderContext<'_> {
    /// ", last update at 14:26:20", if that differs from the time of the disconnect.
    pub(super) fn format_last_received(&self, source: &SourceSnapshot) -> String {
        let zone = &self.snapshot.site.zone;
        let last_message = source.last_message_before_outage();
        let at = last_message.map(|at| format::moment(at, self.now.wall, zone));
        at.map_or_else(String::new, |at| format!(", last update at {at}"))
    }
}

/// Tells the reader what to do about a board without rows.
fn empty_message(context: &RenderContext<'_>) -> String {
    let snapshot = context.snapshot;
    if snapshot.sources.is_empty() {
        return "No data source set up yet".to_owned();
    }
    if let Some(source) = snapshot.sources.values().find(|source| !source.is_live()) {
        let name = snapshot.site.source_name(&source.id);
        return match source.connection {
            ConnectionState::Connecting | ConnectionState::CatchingUp => {
                format!("Connecting to {name}…")
            }
            _ => format!("Can’t reach {name}. See Data sources for details."),
        };
    }
    let is_empty = match context.board.layout {
        BoardLayout::Agents => snapshot.agents.is_empty(),
        BoardLayout::Queues | BoardLayout::List => snapshot.queues.is_empty(),
    };
    match (context.board.layout, is_empty) {
        (BoardLayout::Agents, true) => "No agents yet",
        (BoardLayout::Agents, false) if has_reported_status(snapshot) => "No one is signed in",
        (BoardLayout::Agents, false) => "No agent has handled a case today",
        (_, true) => "No queues yet",
        (_, false) => "No queues match this board. Check its queue list.",
    }
    .to_owned()
}

fn has_reported_status(snapshot: &Snapshot) -> bool {
    let mut reports = (snapshot.agents.values()).filter_map(|agent| agent.report.as_ref());
    reports.any(|report| report.provides_status)
}
