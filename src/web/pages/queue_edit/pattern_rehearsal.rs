//! How often the queues that match a pattern would have been critical, with the limits of its form.

use wallboard_domain::{Metric, Pattern, PatternThresholds, Patterns, SeverityLimits};
use wallboard_live::SeriesStep;
use wallboard_log::input_log::merge_steps;
use wallboard_texts::Texts;

use crate::web::{
    WebState,
    parts::{
        links::PageLink,
        sentence::{Sentence, SentencePiece, slot},
    },
};

use super::{
    change::TypedFields,
    edited_queue::{EditedQueue, MatchingQueue},
    pattern_part::MATCHING_MAX,
    rehearsal::{REHEARSED, Rehearsal, RehearsedLimits},
    threshold_fields::typed_upper_limits,
};

/// The most queues that the sentence names.
const WORST_MAX: usize = 5;

/// The effect that the thresholds of a pattern would have had.
#[derive(Debug, Default)]
pub(super) struct PatternRehearsal {
    /// "Of 12 queues, 2 would have been critical: Returns 7 times, Sales once."
    pub(super) sentence: Sentence,
    /// "With the saved ones: never." Empty if they are the same.
    pub(super) saved: String,
    pub(super) coverage: String,
}

/// A queue, and how often it would have been critical.
type Counted<'q> = (&'q MatchingQueue, Rehearsal);

/// Counts for the queues that match; nothing if none does.
pub(super) async fn rehearse_pattern(
    texts: &Texts,
    web: &WebState,
    edited: &EditedQueue,
    typed: &TypedFields,
) -> PatternRehearsal {
    let queues = &edited.matching[..edited.matching.len().min(MATCHING_MAX)];
    if queues.is_empty() {
        return PatternRehearsal::default();
    }
    let ids: Vec<_> = queues.iter().map(|queue| queue.id.clone()).collect();
    let stored = match &web.rewind {
        Some(rewind) => rewind.stored_steps_of(&ids, edited.now).await,
        None => Some(Vec::new()),
    };
    let Some(stored) = stored else {
        return PatternRehearsal {
            coverage: texts.rehearsal_reading().into(),
            ..PatternRehearsal::default()
        };
    };
    let recent: Vec<Vec<SeriesStep>> = web.live.read_snapshot(|snapshot, now| {
        let recent = ids.iter().map(|id| {
            let queue = snapshot.queues.get(id);
            queue.map_or_else(Vec::new, |queue| snapshot.recent_steps(queue, now))
        });
        recent.collect()
    });
    let mut stored = stored.into_iter();
    let steps: Vec<_> = recent
        .into_iter()
        .map(|recent| {
            let stored = stored.next().unwrap_or_default();
            merge_steps(stored.iter().copied().chain(recent))
        })
        .collect();
    let count = |thresholds: &Patterns<PatternThresholds>| -> Vec<Counted<'_>> {
        let counted = queues.iter().zip(&steps).map(|(queue, steps)| {
            let text = queue.id.to_string();
            let limits = RehearsedLimits::new(|metric| thresholds.limits_for(&text, metric));
            let hours = edited.site.hours_for(&text, queue.is_group);
            (
                queue,
                Rehearsal::count(steps, &limits, hours, &edited.site.zone),
            )
        });
        counted.collect()
    };
    let saved = &edited.site.thresholds;
    let typed = with_typed(saved, &edited.text, typed);
    let counted = count(&typed);
    let all = Rehearsal::together(counted.iter().map(|(_, rehearsal)| rehearsal));
    let mut coverage = if all.has_period() {
        all.coverage(texts, edited.now, &edited.site.zone)
    } else {
        texts.pattern_nothing().to_owned()
    };
    if queues.len() < edited.matching.len() {
        let first = texts.pattern_first(queues.len(), edited.matching.len());
        coverage = format!("{first} {coverage}");
    }
    let saved = (typed != *saved && all.has_period()).then(|| {
        let counted = count(saved);
        Rehearsal::together(counted.iter().map(|(_, rehearsal)| rehearsal)).critical_count(texts)
    });
    PatternRehearsal {
        sentence: write_sentence(texts, &counted),
        saved: saved.unwrap_or_default(),
        coverage,
    }
}

/// The thresholds with those of a pattern's form. A metric that the pattern doesn't have, and whose fields nobody
/// changed, stays that of other patterns.
fn with_typed(
    saved: &Patterns<PatternThresholds>,
    pattern: &str,
    typed: &TypedFields,
) -> Patterns<PatternThresholds> {
    let mut thresholds = saved.clone();
    for metric in REHEARSED {
        let before = saved.limits_for(pattern, metric);
        let limits = typed_upper_limits(before, metric, typed);
        if limits != before {
            set_limits(&mut thresholds, pattern, metric, limits);
        }
    }
    thresholds
}

fn set_limits(
    thresholds: &mut Patterns<PatternThresholds>,
    pattern: &str,
    metric: Metric,
    limits: SeverityLimits,
) {
    let found = thresholds.0.iter().position(|(one, _)| one.0 == pattern);
    let at = found.unwrap_or_else(|| {
        let own = (Pattern(pattern.to_owned()), PatternThresholds::default());
        thresholds.0.push(own);
        thresholds.0.len() - 1
    });
    let metrics = &mut thresholds.0[at].1.metrics;
    metrics.retain(|(one, _)| *one != metric);
    metrics.push((metric, limits));
}

fn write_sentence(texts: &Texts, counted: &[Counted<'_>]) -> Sentence {
    let known: Vec<_> = (counted.iter())
        .filter(|(_, rehearsal)| rehearsal.has_period())
        .collect();
    let mut critical: Vec<_> = (known.iter())
        .filter(|(_, rehearsal)| 0 < rehearsal.critical.times)
        .collect();
    // Stable: by name among those that are as often.
    critical.sort_by_key(|(_, rehearsal)| std::cmp::Reverse(rehearsal.critical.times));
    if known.is_empty() {
        return Sentence::default();
    }
    if critical.is_empty() {
        return Sentence::new(&texts.pattern_never(known.len()), Vec::new());
    }
    let worst = &critical[..critical.len().min(WORST_MAX)];
    let listed = (0..).zip(worst).map(|(number, (_, rehearsal))| {
        texts.pattern_queue_times(slot(number), rehearsal.critical.times)
    });
    let listed = listed.collect::<Vec<_>>().join(", ");
    let listed = match critical.len() - worst.len() {
        0 => listed,
        further => texts.pattern_further(listed, further),
    };
    let links = worst.iter().map(|(queue, _)| {
        SentencePiece::Link(PageLink::new(
            queue.link.name.as_str(),
            queue.link.href.as_str(),
        ))
    });
    let text = texts.pattern_critical(known.len(), critical.len(), listed);
    Sentence::new(&text, links.collect())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use wallboard_domain::moment;
    use wallboard_live::SERIES_STEP;

    use super::*;

    const PATTERN: &str = "chat/*";

    fn thresholds(entries: &[(&str, f64)]) -> Patterns<PatternThresholds> {
        let mut thresholds = Patterns::default();
        for (pattern, critical) in entries {
            let limits = SeverityLimits {
                critical: Some(*critical),
                ..SeverityLimits::default()
            };
            set_limits(&mut thresholds, pattern, Metric::Waiting, limits);
        }
        thresholds
    }

    fn critical_of(thresholds: &Patterns<PatternThresholds>, queue: &str) -> Option<f64> {
        thresholds.limits_for(queue, Metric::Waiting).critical
    }

    #[test]
    fn typed_limits_are_those_of_every_queue_without_closer_ones() {
        let saved = thresholds(&[("*", 9.0), ("chat/2", 4.0)]);
        let typed = TypedFields::from([("waiting.crit".to_owned(), "6".to_owned())]);
        let new = with_typed(&saved, PATTERN, &typed);
        let limits = ["chat/1", "chat/2", "phone/1"].map(|queue| critical_of(&new, queue));
        assert_eq!(limits, [Some(6.0), Some(4.0), Some(9.0)]);

        // Its own is replaced, and the same limit as everywhere changes nothing.
        let again = TypedFields::from([("waiting.crit".to_owned(), "7".to_owned())]);
        let replaced = with_typed(&new, PATTERN, &again);
        assert_eq!(critical_of(&replaced, "chat/1"), Some(7.0));
        let same = TypedFields::from([("waiting.crit".to_owned(), "9".to_owned())]);
        assert_eq!(with_typed(&saved, PATTERN, &same), saved);
    }

    #[test]
    fn the_worst_come_first_and_queues_without_a_past_are_not_counted() {
        let queue = |id: &str, name: &str| MatchingQueue {
            id: wallboard_domain::Id::new(&"chat".into(), id),
            is_group: false,
            link: PageLink::new(name, ""),
        };
        let names = ["Sales", "Returns", "Calm", "Never seen", "A", "B", "C", "D"];
        let queues = names.map(|name| queue(name, name));
        // How many wait in steps of five minutes: each time is followed by a calm step.
        let past = |times: usize| -> Vec<SeriesStep> {
            let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
            let waiting = std::iter::repeat_n([5, 0], times).flatten().chain([0]);
            let steps = (0_i64..).zip(waiting).map(|(step, waiting)| SeriesStep {
                start: moment::plus_millis(start, step * SERIES_STEP),
                waiting: Some(waiting),
                longest_wait: None,
                is_partial: false,
            });
            steps.collect()
        };
        let times = [1, 7, 0, 0, 1, 1, 2, 2];
        let limits =
            RehearsedLimits::new(|metric| thresholds(&[("*", 3.0)]).limits_for("chat/1", metric));
        let counted = queues.iter().zip(times).map(|(queue, times)| {
            let steps = match queue.link.name.as_str() {
                "Never seen" => Vec::new(),
                _ => past(times),
            };
            let zone = jiff::tz::TimeZone::UTC;
            (queue, Rehearsal::count(&steps, &limits, None, &zone))
        });
        let counted: Vec<Counted<'_>> = counted.collect();

        let sentence = |counted: &[Counted<'_>]| {
            let pieces = write_sentence(Texts::english(), counted).0;
            let texts = pieces.into_iter().map(|piece| match piece {
                SentencePiece::Text(text) => text,
                SentencePiece::Link(link) => link.name,
                _ => unreachable!("it has names only"),
            });
            texts.collect::<String>()
        };
        assert_eq!(
            sentence(&counted),
            "Of 7 queues, 6 would have been critical: Returns 7 times, C 2 times, D 2 times, Sales once, A once and 1 more."
        );
        assert_eq!(
            sentence(&counted[2..4]),
            "The queue would never have been critical."
        );
        assert_eq!(sentence(&counted[3..4]), "");
        let all = Rehearsal::together(counted.iter().map(|(_, rehearsal)| rehearsal));
        assert_eq!(all.critical.times, 14);
    }
}
