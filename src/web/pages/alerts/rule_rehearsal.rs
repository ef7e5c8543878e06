//! How often a rule would have fired in the last week, in words.

use jiff::{SignedDuration, Timestamp};

use wallboard_alerts::{AlertRule, AlertSubject, FigureHistory, RuleHistory, RuleRehearsal};
use wallboard_live::Snapshot;
use wallboard_store::StoreError;
use wallboard_texts::Texts;

use crate::{
    alerts::subject_name,
    editing::EntryChange,
    web::{
        WebState,
        access::editing::Editing,
        pages::figures::{may_see_queue, seen_figures},
    },
};

use super::{rule_fields::RuleFields, rule_row::write_rule};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The last times, of which each has a line.
const TIMES_MAX: usize = 10;
/// Custom figures whose past is read for one rule.
const FIGURES_MAX: usize = 200;

/// The effect that a rule would have had.
#[derive(Debug, Default, PartialEq)]
pub(super) struct RehearsalText {
    /// The rule as it is understood; empty if it has a fault.
    pub(super) written: String,
    /// "It would have fired 11 times." Empty if that isn't known.
    pub(super) sentence: String,
    /// The last ones: "26 Nov 08:59, Billing". The newest first.
    pub(super) times: Vec<String>,
    pub(super) coverage: String,
}

impl RehearsalText {
    fn only(coverage: &str) -> Self {
        Self {
            coverage: coverage.to_owned(),
            ..Self::default()
        }
    }

    fn describe(
        texts: &Texts,
        snapshot: &Snapshot,
        now: Timestamp,
        from: Timestamp,
        by_thresholds: &str,
        rehearsal: &RuleRehearsal,
    ) -> Self {
        let zone = &snapshot.site.zone;
        let time = |at| texts.time_or_day(at, now, zone);
        let since = time(rehearsal.since);
        let reach = if from < rehearsal.since {
            texts.fired_stored_since(since)
        } else {
            texts.fired_since(since)
        };
        let last = rehearsal.fired.iter().rev().take(TIMES_MAX);
        Self {
            written: String::new(),
            sentence: match rehearsal.fired.len() {
                0 => texts.fired_never().to_owned(),
                count => texts.fired_times(count),
            },
            times: last
                .map(|one| {
                    let name = subject_name(texts, snapshot, &one.subject);
                    texts.fired_at(time(one.at), name)
                })
                .collect(),
            coverage: format!("{reach} {by_thresholds}"),
        }
    }
}

/// Rehearses the rule of a form with what the visitor may see.
pub(super) async fn rehearse_fields(
    texts: &Texts,
    visible: &WebState,
    editing: &Editing,
    fields: &RuleFields,
) -> RehearsalText {
    let Some(rule) = read_rule(editing, fields).await else {
        return RehearsalText::only(texts.rule_has_fault());
    };
    let live = &visible.live;
    let now = live.now().wall;
    let from = now.saturating_sub(WEEK).unwrap_or(Timestamp::MIN);
    let history = if rule.watches_figures() {
        let Ok(figures) = load_figures(visible, &rule, from, now).await else {
            return RehearsalText::only(texts.nothing_stored_about());
        };
        live.read_snapshot(|snapshot, _| {
            RuleHistory::of_figures(snapshot, now, &rule, from, &figures)
        })
    } else {
        live.read_snapshot(|snapshot, now| RuleHistory::read(snapshot, now.wall, &rule, from))
    };
    // Not while the snapshot is read, which keeps events waiting.
    let rehearsal = history.map(|history| history.rehearse(&rule));
    live.read_snapshot(|snapshot, now| RehearsalText {
        written: write_rule(texts, snapshot, &rule),
        ..match rehearsal {
            Some(rehearsal) => {
                let by = if rule.watches_figures() {
                    texts.fired_by_current_thresholds()
                } else {
                    texts.fired_by_thresholds()
                };
                RehearsalText::describe(texts, snapshot, now.wall, from, by, &rehearsal)
            }
            None => RehearsalText::only(texts.nothing_stored_about()),
        }
    })
}

/// Loads what is stored of the custom figures that a rule watches, of those that the visitor may see.
async fn load_figures(
    visible: &WebState,
    rule: &AlertRule,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<FigureHistory>, StoreError> {
    let watched = visible.live.read_snapshot(|snapshot, _| {
        let watched = seen_figures(snapshot)
            .filter(|figure| rule.watches(&AlertSubject::Figure(figure.id.clone(), None)));
        watched.cloned().collect::<Vec<_>>()
    });
    let mut histories = Vec::new();
    for figure in watched {
        let queues = if figure.is_per_queue {
            let queues = visible.store.queues_of_figure(figure.id.clone()).await?;
            visible.live.read_snapshot(|snapshot, _| {
                let seen = queues.into_iter().filter(|id| may_see_queue(snapshot, id));
                seen.map(Some).collect::<Vec<_>>()
            })
        } else {
            vec![None]
        };
        for queue in queues {
            if FIGURES_MAX <= histories.len() {
                return Ok(histories);
            }
            let subject = (figure.id.clone(), queue.clone());
            let spans = visible
                .store
                .figure_spans(subject, from, to)
                .await?
                .into_iter();
            let spans = spans.filter(|span| figure.allows(&span.value));
            histories.push(FigureHistory {
                subject: AlertSubject::Figure(figure.id.clone(), queue),
                values: spans.map(|span| (span.from, span.to, span.value)).collect(),
            });
        }
    }
    Ok(histories)
}

/// Reads the rule of a form by the rules of the configuration; `None` if it has a fault.
async fn read_rule(editing: &Editing, fields: &RuleFields) -> Option<AlertRule> {
    let mut fields = fields.clone();
    if fields.name.trim().is_empty() {
        fields.name = "New rule".into();
    }
    let id = fields.entry();
    let name = id.name.clone();
    let change = EntryChange {
        id,
        toml: Some(fields.write()),
        began_from: None,
    };
    let checked = editing.editor().check(&[change]).await.ok()?;
    checked.alerts.into_iter().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests {
    use wallboard_alerts::Firing;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_named_and_so_is_how_far_back_they_reach() {
        let snapshot = Snapshot::default();
        let now = at("2026-11-27T10:00:00Z");
        let from = now - WEEK;
        let fired = |text: &str| Firing {
            at: at(text),
            subject: AlertSubject::Source("chat".into()),
        };
        let mut rehearsal = RuleRehearsal {
            since: from,
            fired: vec![fired("2026-11-26T08:59:00Z"), fired("2026-11-27T09:04:00Z")],
        };
        let describe = |rehearsal: &RuleRehearsal| {
            let texts = Texts::english();
            let by = texts.fired_by_thresholds();
            RehearsalText::describe(texts, &snapshot, now, from, by, rehearsal)
        };

        let text = describe(&rehearsal);
        assert_eq!(text.sentence, "It would have fired 2 times.");
        assert_eq!(text.times, ["09:04, Chat", "26 Nov 08:59, Chat"]);
        assert_eq!(
            text.coverage,
            "Since 20 Nov 10:00. By the thresholds that were in force."
        );

        rehearsal = RuleRehearsal {
            since: at("2026-11-27T08:00:00Z"),
            fired: Vec::new(),
        };
        let text = describe(&rehearsal);
        assert_eq!(text.sentence, "It would never have fired.");
        assert_eq!(
            text.coverage,
            "Since 08:00; nothing is stored from before. By the thresholds that were in force."
        );
    }
}
