//! The site in one line of a board's header: answered today, service level, available agents and
//! longest wait, or the board's own `totals`, each over its queues, or over those that have it. What
//! has no room leaves from the end. While all queues are closed, the day's result.

use std::collections::BTreeSet;

use wallboard_domain::{Metric, SourceId};
use wallboard_live::{MergedFigure, QueueSelection, QueueSnapshot, SourceSnapshot};
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    figure_text::{self, LabelRoom},
    format,
    head_cells::SiteCells,
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
    slot_value::{SlotValue, flag},
    tile,
};

/// The figures unless the board lists its own.
const DEFAULT_METRICS: [Metric; MAX_ITEMS] = [
    Metric::Answered,
    Metric::ServiceLevel,
    Metric::AgentsAvailable,
    Metric::LongestWait,
];
/// The day's result unless the board lists figures of the day.
const NIGHT_METRICS: [Metric; 3] = [Metric::Answered, Metric::ServiceLevel, Metric::Abandoned];
/// The figures that the header has room for.
const MAX_ITEMS: usize = 4;

/// A figure over the board's queues, or over a part of them that it names.
struct SiteFigure<'a> {
    merged: MergedFigure,
    selection: QueueSelection<'a>,
    /// "chat only"; empty for all queues.
    part: String,
}

pub(super) fn site_cells(
    context: &mut RenderContext<'_>,
    selection: &QueueSelection<'_>,
    is_night: bool,
) -> Vec<SiteCells> {
    let is_live = |queue: &&QueueSnapshot| {
        let source = context.snapshot.sources.get(&queue.id.source);
        source.is_none_or(SourceSnapshot::is_live)
    };
    // Without a live source, the status is all there is to say.
    let is_dead = !selection.queues.is_empty() && !selection.queues.iter().any(is_live);
    let metrics = match context.board.totals.as_slice() {
        [] => &DEFAULT_METRICS,
        totals => totals,
    };
    let metrics: Vec<Metric> = metrics.iter().copied().take(MAX_ITEMS).collect();
    if is_night {
        return night_items(context, selection, &metrics);
    }
    let items = metrics.into_iter();
    items
        .map(|metric| site_item(context, selection, metric, is_dead))
        .collect()
}

/// Builds as many items as by day, of the day's figures that aren't zero or unknown.
fn night_items(
    context: &mut RenderContext<'_>,
    selection: &QueueSelection<'_>,
    by_day: &[Metric],
) -> Vec<SiteCells> {
    let mut metrics: Vec<_> = (by_day.iter().copied())
        .filter(|metric| metric.is_daily())
        .collect();
    if context.board.totals.is_empty() || metrics.is_empty() {
        metrics = NIGHT_METRICS.to_vec();
    }
    let mut items: Vec<_> = metrics
        .into_iter()
        .filter_map(|metric| known_item(context, selection, metric))
        .take(by_day.len())
        .collect();
    items.resize_with(by_day.len(), || absent_item(Metric::Answered));
    items
}

fn site_item(
    context: &mut RenderContext<'_>,
    selection: &QueueSelection<'_>,
    metric: Metric,
    is_absent: bool,
) -> SiteCells {
    match site_figure(context, selection, metric).filter(|_| !is_absent) {
        Some(figure) => figure_item(context, selection, metric, &figure),
        None => absent_item(metric),
    }
}

fn known_item(
    context: &mut RenderContext<'_>,
    selection: &QueueSelection<'_>,
    metric: Metric,
) -> Option<SiteCells> {
    let figure = site_figure(context, selection, metric)?;
    let value = figure.merged.figure.value?;
    (0.0 < value.as_number()).then(|| figure_item(context, selection, metric, &figure))
}

fn absent_item(metric: Metric) -> SiteCells {
    SiteCells {
        attributes: item_attributes(true, false),
        label: SlotValue::text(""),
        value: plain_value(metric, ""),
        note: SlotValue::text(""),
    }
}

fn plain_value(metric: Metric, text: &str) -> SlotValue {
    if format::is_running_clock(metric) {
        SlotValue::stopped_clock(text)
    } else {
        SlotValue::text(text)
    }
}

fn figure_item(
    context: &mut RenderContext<'_>,
    selection: &QueueSelection<'_>,
    metric: Metric,
    figure: &SiteFigure<'_>,
) -> SiteCells {
    let evaluated =
        (context.evaluator).evaluate_merged(&figure.selection, metric, Some(&figure.merged));
    // The status says that it is out of date: a bound still holds.
    let is_old = evaluated.freshness.is_out_of_date() && evaluated.lower_bound().is_none();
    let is_known = evaluated.shown_value().is_some() || evaluated.is_shown_as_bound();
    let rendered = context.render_total(&figure.selection, evaluated);
    let note = if is_old {
        String::new()
    } else if is_known {
        format_note(context, selection, figure, &rendered)
    } else {
        rendered.text.note.clone()
    };
    SiteCells {
        attributes: item_attributes(false, rendered.evaluated.is_missed && !is_old),
        label: SlotValue::Text(format_label(context.texts, figure, &rendered)),
        value: if is_old {
            plain_value(metric, UNKNOWN)
        } else {
            rendered.cell()
        },
        note: SlotValue::Text(note),
    }
}

fn item_attributes(is_absent: bool, is_missed: bool) -> SlotValue {
    SlotValue::Attributes(vec![("off", flag(is_absent)), ("miss", flag(is_missed))])
}

/// Returns the figure over all queues, else over those that are up to date, else over those whose
/// contacts we count, since shares that vendors compute can't be added. `None` if no queue
/// provides it.
fn site_figure<'a>(
    context: &RenderContext<'a>,
    selection: &QueueSelection<'a>,
    metric: Metric,
) -> Option<SiteFigure<'a>> {
    let snapshot = context.snapshot;
    let all = snapshot.merge_figure(selection, metric, context.now)?;
    let whole = |merged| SiteFigure {
        merged,
        selection: selection.clone(),
        part: String::new(),
    };
    let is_whole = all.without.is_empty() && all.missing.is_empty();
    let has_value =
        |merged: &MergedFigure| merged.figure.reason.is_none() && merged.figure.value.is_some();
    // Agents of several queues have a lower bound, which says enough.
    let has_bound = metric == Metric::AgentsAvailable && all.withheld.is_empty();
    if (is_whole && has_value(&all)) || has_bound {
        return Some(whole(all));
    }
    if !all.withheld.is_empty() {
        let shown = selection.queues.iter().copied();
        let shown: Vec<_> = shown
            .filter(|queue| !all.without.contains(&queue.id))
            .collect();
        return Some(SiteFigure {
            part: format_part(context, selection, &shown),
            merged: all,
            selection: snapshot.select_queues(shown),
        });
    }
    let has_current = |queue: &&QueueSnapshot| {
        let is_live = snapshot
            .sources
            .get(&queue.id.source)
            .is_none_or(SourceSnapshot::is_live);
        let figure = snapshot.queue_figure(queue, metric, context.now);
        is_live && figure.is_some_and(|figure| !figure.freshness.is_out_of_date())
    };
    let current: Vec<_> = (selection.queues.iter().copied())
        .filter(|q| has_current(q))
        .collect();
    let counted = current.iter().copied();
    let counted: Vec<_> = counted
        .filter(|queue| queue.provided_metrics.is_none())
        .collect();
    for queues in [current, counted] {
        let current = snapshot.select_queues(queues.iter().copied());
        let Some(merged) = snapshot.merge_figure(&current, metric, context.now) else {
            continue;
        };
        if has_value(&merged) || metric == Metric::LongestWait {
            return Some(SiteFigure {
                merged,
                part: format_part(context, selection, &queues),
                selection: current,
            });
        }
    }
    Some(whole(all))
}

/// "chat only" if these are all queues of some sources, else "4 of 6 queues".
fn format_part(
    context: &RenderContext<'_>,
    selection: &QueueSelection<'_>,
    queues: &[&QueueSnapshot],
) -> String {
    let all = &selection.queues;
    if queues.len() == all.len() {
        return String::new();
    }
    let sources: BTreeSet<&SourceId> = queues.iter().map(|queue| &queue.id.source).collect();
    let of_sources = all
        .iter()
        .filter(|queue| sources.contains(&queue.id.source));
    if of_sources.count() == queues.len() && sources.len() <= 2 {
        let mut names = (sources.iter()).map(|source| context.snapshot.site.source_name(source));
        match (names.next(), names.next()) {
            (Some(first), Some(second)) => context.texts.part_of_sources(first, second),
            (first, _) => context.texts.part_of_source(first.unwrap_or_default()),
        }
    } else {
        context.texts.part_of_queues(queues.len(), all.len())
    }
}

fn format_label(texts: &Texts, figure: &SiteFigure<'_>, rendered: &RenderedFigure) -> String {
    let label = match rendered.metric() {
        Metric::Answered if figure.part.is_empty() => texts.answered_today().to_owned(),
        Metric::LongestWait if !figure.part.is_empty() => texts.longest_wait_unit().to_owned(),
        _ => figure_text::inline_label(texts, LabelRoom::Tile, &rendered.evaluated),
    };
    if figure.part.is_empty() {
        label
    } else {
        texts.label_of_part(label, figure.part.as_str())
    }
}

/// Returns the queue of the longest wait, how many agents are signed in, or a target: "of 80".
fn format_note(
    context: &RenderContext<'_>,
    selection: &QueueSelection<'_>,
    figure: &SiteFigure<'_>,
    rendered: &RenderedFigure,
) -> String {
    match rendered.metric() {
        Metric::ServiceLevel => tile::figure_note(context.texts, rendered),
        Metric::LongestWait => {
            let longest = figure.merged.longest.as_ref();
            let is_waiting = figure.merged.figure.value.is_some();
            longest
                .filter(|_| is_waiting)
                .map_or_else(String::new, |id| context.queue_name_by_id(id))
        }
        Metric::AgentsAvailable if figure.merged.figure.low.is_none() => {
            let signed_in = Metric::AgentsLoggedIn;
            let merged = (context.snapshot).merge_figure(selection, signed_in, context.now);
            let merged = merged.map(|merged| merged.figure);
            let merged = merged.filter(|figure| figure.reason.is_none() && figure.low.is_none());
            let total = merged.and_then(|figure| figure.value);
            total.map_or_else(String::new, |total| {
                context.texts.of_number(context.texts.value(Some(total)))
            })
        }
        _ => String::new(),
    }
}
