//! Readings of custom figures: those that have a severity by their own thresholds.

use jiff::Timestamp;

use wallboard_domain::{CustomFigureId, QueueId};
use wallboard_live::{Evaluator, ShownFreshness, Snapshot};

use crate::{AlertLevel, AlertRule, AlertSubject, AlertValue, Reading};

/// The figures that rules watch and whose last values may be beyond a threshold. Costs nothing if no rule
/// watches figures.
pub(crate) fn beyond_limits<'a>(
    snapshot: &'a Snapshot,
    rules: &'a [AlertRule],
) -> impl Iterator<Item = AlertSubject> + 'a {
    let is_watched = rules.iter().any(AlertRule::watches_figures);
    let declared = snapshot
        .site
        .custom_figures
        .iter()
        .filter(move |_| is_watched);
    declared.flat_map(|figure| {
        let beyond = snapshot.custom_subjects_beyond_limits(figure);
        beyond.map(|queue| AlertSubject::Figure(figure.id.clone(), queue.cloned()))
    })
}

/// Whether a queue is hidden or closed, so that nobody is expected to look after it.
fn is_unattended(snapshot: &Snapshot, id: &QueueId, now: Timestamp) -> bool {
    if let Some(queue) = snapshot.queues.get(id) {
        return snapshot.is_queue_hidden(queue) || snapshot.queue_hours(queue, now).is_closed;
    }
    let hours = snapshot.site.hours_for(&id.to_string(), false);
    hours.is_some_and(|hours| !hours.is_open(now))
}

/// The state of a figure, to a rule of a level. That of a queue that nobody is expected to look after is calm; what
/// isn't up to date neither raises nor clears it.
pub(crate) fn figure_reading(
    evaluator: &mut Evaluator<'_>,
    snapshot: &Snapshot,
    now: Timestamp,
    id: &CustomFigureId,
    queue: Option<&QueueId>,
    level: AlertLevel,
) -> Reading {
    let figure = snapshot.site.find_figure(id);
    let figure = figure.filter(|figure| figure.is_per_queue == queue.is_some());
    let is_unattended = queue.is_some_and(|id| is_unattended(snapshot, id, now));
    let Some(figure) = figure.filter(|_| !is_unattended) else {
        return Reading::Calm;
    };
    let evaluated = evaluator.evaluate_custom(figure, queue);
    let value = (evaluated.value).filter(|_| evaluated.freshness == ShownFreshness::UpToDate);
    let Some(value) = value else {
        return Reading::Unknown;
    };
    let worst =
        AlertValue::judge(figure, value, evaluated.level).filter(|value| level <= value.level);
    worst.map_or(Reading::Calm, |value| Reading::Burning {
        level: value.level,
        figures: Vec::new(),
        status: None,
        custom: Some(value),
        since: None,
        is_partial: false,
    })
}
