//! The leaves around the lists: the attention strip, the day so far, the
//! sources that are away, what is folded, and why a board is empty.

use crate::{
    domain::{Metric, MetricValue},
    live::{ConnectionState, Freshness, QueueSelection, Snapshot, SourceHealth, SourceSnapshot},
};

use super::{
    board_definition::BoardLayout,
    board_slots::{AttributeValue, SlotValue},
    board_view::{RowList, stopped_clock},
    format,
    render_context::{DisplayFreshness, EvaluatedQueue, RenderContext},
    severity::Severity,
};

/// How many queues the strip can show.
pub(super) const STRIP_ITEMS: usize = 3;
/// The leaves of one of them: attributes, name, what is the matter, clock.
pub(super) const ITEM_SLOTS: usize = 4;
/// How much of a name it shows, in characters.
const MAX_NAME_CHARACTERS: usize = 22;

const _: () = assert!(HeaderSlot::More as usize == ITEM_SLOTS * STRIP_ITEMS);

/// The places of the head's leaves.
#[derive(Clone, Copy, Debug)]
pub(super) enum HeaderSlot {
    /// First of the strip's leaves.
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
    scene: &mut RenderContext<'_>,
    over: &QueueSelection<'_>,
    queues: &[EvaluatedQueue<'_>],
    list: &RowList,
    folded: String,
) -> Vec<SlotValue> {
    let calling =
        |queue: &&EvaluatedQueue<'_>| queue.attention_cause().map(|(severity, _)| severity);
    let mut worst: Vec<_> = queues
        .iter()
        .filter(|queue| calling(queue).is_some())
        .collect();
    // Stable: equals stay in the board's order.
    worst.sort_by_key(|queue| std::cmp::Reverse(calling(queue)));

    let mut cells = Vec::with_capacity(HeaderSlot::Empty as usize + 1);
    for item in 0..STRIP_ITEMS {
        cells.extend(strip_item(scene, worst.get(item).copied()));
    }
    cells.push(SlotValue::Text(
        match worst.len().saturating_sub(STRIP_ITEMS) {
            0 => String::new(),
            more => format!("+{more} more"),
        },
    ));
    cells.push(SlotValue::Text(match scene.board.layout {
        BoardLayout::Agents => format_group_counts(list),
        BoardLayout::Queues | BoardLayout::List => calm_message(scene, queues),
    }));
    cells.push(SlotValue::Text(format_today(scene, over)));
    cells.extend(source_cells(scene));
    cells.push(SlotValue::Text(folded));
    cells.push(SlotValue::Text(if list.rows.is_empty() {
        empty_message(scene)
    } else {
        String::new()
    }));
    cells
}

fn strip_item(
    scene: &mut RenderContext<'_>,
    queue: Option<&EvaluatedQueue<'_>>,
) -> [SlotValue; ITEM_SLOTS] {
    let Some((judged, (severity, cause))) =
        queue.and_then(|queue| queue.attention_cause().map(|c| (queue, c)))
    else {
        return [
            SlotValue::Attributes(vec![("sev", Severity::None.name().into())]),
            SlotValue::Text(String::new()),
            SlotValue::Text(String::new()),
            stopped_clock(String::new()),
        ];
    };
    let (words, clock) = match cause.metric {
        Metric::Waiting | Metric::LongestWait => waiting_summary(scene, judged),
        _ => {
            let value = cause.format_value();
            let label = cause.label.to_lowercase();
            (format!("{value} {label}"), stopped_clock(String::new()))
        }
    };
    [
        SlotValue::Attributes(vec![("sev", severity.name().into())]),
        SlotValue::Text(format!(
            "{} {}",
            severity.glyph(),
            format::shorten_name(&judged.name, MAX_NAME_CHARACTERS)
        )),
        SlotValue::Text(words),
        clock,
    ]
}

/// "14 waiting", and how long.
fn waiting_summary(
    scene: &mut RenderContext<'_>,
    judged: &EvaluatedQueue<'_>,
) -> (String, SlotValue) {
    let waiting = scene.evaluate_metric(judged.queue, &judged.id, Metric::Waiting);
    let longest = scene.evaluate_metric(judged.queue, &judged.id, Metric::LongestWait);
    let words = match waiting.value.or(waiting.lower_bound) {
        Some(_) => format!("{} waiting", waiting.format_value()),
        None => String::new(),
    };
    let clock = match longest.value.or(longest.lower_bound) {
        Some(_) => longest.cell,
        None => stopped_clock(String::new()),
    };
    (words, clock)
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

/// Said only where of each queue is known that nobody waits too long, and of nothing that it
/// is not well.
fn calm_message(scene: &RenderContext<'_>, queues: &[EvaluatedQueue<'_>]) -> String {
    let picture = scene.snapshot;
    let stands = |queue: &EvaluatedQueue<'_>| {
        let source = picture.sources.get(&queue.queue.id.source);
        source.is_none_or(SourceSnapshot::is_live)
    };
    let is_told = |queue: &EvaluatedQueue<'_>, metric| {
        let figure = picture.queue_figure(queue.queue, metric, scene.now);
        figure.is_some_and(|figure| figure.value.is_some())
    };
    let waits = [Metric::Waiting, Metric::LongestWait];
    let is_well = |queue: &EvaluatedQueue<'_>| {
        queue.severity == Severity::Normal && waits.iter().any(|metric| is_told(queue, *metric))
    };
    let is_fine = |queue: &EvaluatedQueue<'_>| is_well(queue) || queue.queue.quiet_since.is_some();
    if queues.iter().any(is_well) && queues.iter().all(|q| is_fine(q) && stands(q)) {
        "Nothing needs attention".to_owned()
    } else {
        String::new()
    }
}

/// "Today 412 answered · 23 abandoned (5%), est." and what the day lacks.
fn format_today(scene: &RenderContext<'_>, over: &QueueSelection<'_>) -> String {
    let figure = |metric| {
        let merged = scene.snapshot.merge_figure(over, metric, scene.now)?;
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
        let marks = figure(Metric::Abandoned).and_then(|figure| figure.day_details);
        let is_estimated = marks.is_some_and(|marks| marks.is_estimated);
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
    let mark = &scene.day_note;
    match mark.strip_prefix("Today ") {
        Some(since) => format!("Today {since}: {}", parts.join(" · ")),
        None if mark.is_empty() => format!("Today {}", parts.join(" · ")),
        None => format!("Today {} · {}", parts.join(" · "), mark.to_lowercase()),
    }
}

/// Which sources are not well, in a few words.
fn source_cells(scene: &mut RenderContext<'_>) -> [SlotValue; 2] {
    let picture = scene.snapshot;
    let mut severity = Severity::Normal;
    let mut words = Vec::new();
    for source in picture.sources.values() {
        if let Some(text) = format_source(scene, source) {
            let lost = source.outage.map(Freshness::Disconnected);
            let stands = lost.map(|trust| scene.display_freshness(trust, None));
            severity = severity.max(match stands {
                Some(DisplayFreshness::OutOfDate | DisplayFreshness::Expired) => {
                    Severity::OutOfDate
                }
                _ => Severity::Warning,
            });
            words.push(text);
        }
    }
    [
        SlotValue::Attributes(vec![
            ("sev", severity.name().into()),
            (
                "away",
                AttributeValue::Number(i64::try_from(words.len()).unwrap_or(i64::MAX)),
            ),
        ]),
        SlotValue::Text(words.join(" · ")),
    ]
}

fn format_source(scene: &RenderContext<'_>, source: &SourceSnapshot) -> Option<String> {
    let name = scene.snapshot.site.source_name(&source.id);
    let since = || {
        let at = source.outage.map_or(source.since, |lost| lost.at);
        let zone = &scene.snapshot.site.zone;
        format::moment(at, scene.now.wall, zone)
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
            scene.format_last_received(source)
        )),
    }
}

impl RenderContext<'_> {
    /// ", last update at 14:26:20", where that says more than when the line was lost.
    pub(super) fn format_last_received(&self, source: &SourceSnapshot) -> String {
        let zone = &self.snapshot.site.zone;
        let spoke = source.last_message_before_outage();
        let at = spoke.map(|spoke| format::moment(spoke, self.now.wall, zone));
        at.map_or_else(String::new, |at| format!(", last update at {at}"))
    }
}

/// What to do about a board without rows.
fn empty_message(scene: &RenderContext<'_>) -> String {
    let picture = scene.snapshot;
    if picture.sources.is_empty() {
        return "No data source set up yet".to_owned();
    }
    if let Some(source) = picture.sources.values().find(|source| !source.is_live()) {
        let name = picture.site.source_name(&source.id);
        return match source.connection {
            ConnectionState::Connecting | ConnectionState::CatchingUp => {
                format!("Connecting to {name}…")
            }
            _ => format!("Can’t reach {name}. See Data sources for details."),
        };
    }
    let none = match scene.board.layout {
        BoardLayout::Agents => picture.agents.is_empty(),
        BoardLayout::Queues | BoardLayout::List => picture.queues.is_empty(),
    };
    match (scene.board.layout, none) {
        (BoardLayout::Agents, true) => "No agents yet",
        (BoardLayout::Agents, false) if has_reported_status(picture) => "No one is signed in",
        (BoardLayout::Agents, false) => "No agent has handled a case today",
        (_, true) => "No queues yet",
        (_, false) => "No queues match this board. Check its queue list.",
    }
    .to_owned()
}

fn has_reported_status(picture: &Snapshot) -> bool {
    let mut stated = (picture.agents.values()).filter_map(|agent| agent.report.as_ref());
    stated.any(|stated| stated.provides_status)
}
