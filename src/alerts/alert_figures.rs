//! The figures of an alert in words: as they are now, and the worst of each.

use wallboard_alerts::{Alert, AlertFigure, AlertSubject, AlertValue};
use wallboard_boards::{figure_text::at_least, write_custom_value};
use wallboard_domain::{CustomFigure, CustomFigureId, CustomValue, MetricValue, Moment, QueueId};
use wallboard_live::{EvaluatedFigure, Evaluator, ShownFreshness, Snapshot};
use wallboard_texts::Texts;

/// "3:50 longest wait, 11 waiting", for an alert that is open; empty for what has no figures.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AlertFigureTexts {
    /// As they are now: "–" for what isn't known.
    pub current: String,
    /// Empty if it's the same.
    pub worst: String,
    /// Nothing of it is unknown now.
    pub is_known: bool,
}

/// A figure now, and at its worst.
struct FigureTimes {
    current: String,
    is_known: bool,
    worst: String,
}

/// The worst values that caused an alert, without those that are withheld because few agents serve the queue.
pub fn shown_figures<'a>(
    snapshot: &'a Snapshot,
    alert: &'a Alert,
) -> impl Iterator<Item = &'a AlertFigure> {
    alert.figures.iter().filter(|figure| match &alert.subject {
        AlertSubject::Queue(queue) | AlertSubject::Target(queue) => {
            !snapshot.withholds_of(queue, figure.metric)
        }
        AlertSubject::Source(_)
        | AlertSubject::Import(_)
        | AlertSubject::Screen(_)
        | AlertSubject::Agent(_)
        | AlertSubject::Figure(..) => true,
    })
}

/// The worst figures that are shown of an alert.
pub fn describe_worst(texts: &Texts, snapshot: &Snapshot, alert: &Alert) -> String {
    let figures = shown_figures(snapshot, alert);
    let worst: Vec<_> = match &alert.subject {
        AlertSubject::Figure(id, _) => {
            let worst = custom_figure(snapshot, id, alert);
            let worst =
                worst.map(|(figure, worst)| write_custom_value(texts, figure, &worst.value));
            worst.into_iter().collect()
        }
        AlertSubject::Target(id) => figures
            .map(|figure| write_best(texts, snapshot, id, Some(figure.value)))
            .collect(),
        _ => figures
            .map(|figure| texts.cause(figure.metric, &texts.value(Some(figure.value))))
            .collect(),
    };
    worst.join(", ")
}

impl AlertFigureTexts {
    /// Of an alert that is open.
    pub fn new(texts: &Texts, snapshot: &Snapshot, alert: &Alert, now: Moment) -> Self {
        let figures: Vec<_> = match &alert.subject {
            AlertSubject::Figure(id, queue) => {
                let known = custom_figure(snapshot, id, alert);
                let times = known.map(|(figure, worst)| {
                    custom_times(texts, snapshot, figure, queue.as_ref(), worst, now)
                });
                times.into_iter().collect()
            }
            AlertSubject::Target(id) => shown_figures(snapshot, alert)
                .map(|figure| {
                    // The last look is seconds ago, if there was one.
                    let best = Some(figure.value).filter(|_| alert.unconfirmed_since.is_none());
                    FigureTimes {
                        current: write_best(texts, snapshot, id, best),
                        is_known: best.is_some(),
                        worst: write_best(texts, snapshot, id, Some(figure.value)),
                    }
                })
                .collect(),
            AlertSubject::Queue(id) => shown_figures(snapshot, alert)
                .map(|figure| queue_times(texts, snapshot, id, *figure, now))
                .collect(),
            _ => Vec::new(),
        };
        let current: Vec<_> = figures.iter().map(|one| one.current.as_str()).collect();
        let worst: Vec<_> = figures.iter().map(|one| one.worst.as_str()).collect();
        let (current, worst) = (current.join(", "), worst.join(", "));
        Self {
            worst: if worst == current {
                String::new()
            } else {
                worst
            },
            current,
            is_known: figures.iter().all(|figure| figure.is_known),
        }
    }
}

fn queue_times(
    texts: &Texts,
    snapshot: &Snapshot,
    id: &QueueId,
    known_worst: AlertFigure,
    now: Moment,
) -> FigureTimes {
    let write = |text: &str| texts.cause(known_worst.metric, text);
    let write_value = |value: MetricValue| write(&texts.value(Some(value)));
    let queue = snapshot.queues.get(id);
    let evaluated =
        queue.map(|queue| Evaluator::new(snapshot, now).evaluate_metric(queue, known_worst.metric));
    let known = evaluated.filter(|figure| figure.freshness == ShownFreshness::UpToDate);
    let value = known.as_ref().and_then(EvaluatedFigure::value);
    let low = known.as_ref().and_then(EvaluatedFigure::lower_bound);
    let worst = value
        .or(low)
        .map_or(known_worst, |value| known_worst.or_worse(value));
    FigureTimes {
        current: match (value, low) {
            (None, Some(low)) => write(&at_least(texts.value(Some(low)))),
            (value, _) => write(&texts.value(value)),
        },
        is_known: value.or(low).is_some(),
        worst: write_value(worst.value),
    }
}

fn custom_times(
    texts: &Texts,
    snapshot: &Snapshot,
    figure: &CustomFigure,
    queue: Option<&QueueId>,
    worst: &AlertValue,
    now: Moment,
) -> FigureTimes {
    let write = |value: &CustomValue| write_custom_value(texts, figure, value);
    let evaluated = Evaluator::new(snapshot, now).evaluate_custom(figure, queue);
    let value = (evaluated.value).filter(|_| evaluated.freshness == ShownFreshness::UpToDate);
    let worst = match &value {
        Some(value) => worst.or_worse(value.clone()),
        None => worst.clone(),
    };
    FigureTimes {
        is_known: value.is_some(),
        current: value.as_ref().map_or_else(|| texts.value(None), write),
        worst: write(&worst.value),
    }
}

/// A custom figure with its worst value, if it still has such values.
fn custom_figure<'a>(
    snapshot: &'a Snapshot,
    id: &CustomFigureId,
    alert: &'a Alert,
) -> Option<(&'a CustomFigure, &'a AlertValue)> {
    let figure = snapshot.site.find_figure(id);
    let worst = figure.zip(alert.custom.as_ref());
    worst.filter(|(figure, worst)| figure.allows(&worst.value))
}

/// "at best 79.5% today, target 80%"
fn write_best(
    texts: &Texts,
    snapshot: &Snapshot,
    id: &QueueId,
    best: Option<MetricValue>,
) -> String {
    let target = snapshot.site.target_for(&id.to_string());
    let target = texts.value(Some(MetricValue::Percent(target.service_level_percent)));
    texts.best_service_level(texts.value(best), target)
}
