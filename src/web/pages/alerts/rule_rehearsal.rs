//! How often a rule would have fired in the last week, in words.

use jiff::{SignedDuration, Timestamp};

use wallboard_alerts::{AlertRule, RuleHistory, RuleRehearsal};
use wallboard_live::{LiveHandle, Snapshot};
use wallboard_texts::Texts;

use crate::{alerts::subject_name, editing::EntryChange, web::access::editing::Editing};

use super::{rule_fields::RuleFields, rule_row::write_rule};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The last times, of which each has a line.
const TIMES_MAX: usize = 10;

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
            coverage: format!("{reach} {}", texts.fired_by_thresholds()),
        }
    }
}

/// Rehearses the rule of a form with what the visitor may see.
pub(super) async fn rehearse_fields(
    texts: &Texts,
    live: &LiveHandle,
    editing: &Editing,
    fields: &RuleFields,
) -> RehearsalText {
    let Some(rule) = read_rule(editing, fields).await else {
        return RehearsalText::only(texts.rule_has_fault());
    };
    let (from, history) = live.read_snapshot(|snapshot, now| {
        let from = now.wall.saturating_sub(WEEK).unwrap_or(Timestamp::MIN);
        (from, RuleHistory::read(snapshot, now.wall, &rule, from))
    });
    // Not while the snapshot is read, which keeps events waiting.
    let rehearsal = history.map(|history| history.rehearse(&rule));
    live.read_snapshot(|snapshot, now| RehearsalText {
        written: write_rule(texts, snapshot, &rule),
        ..match rehearsal {
            Some(rehearsal) => RehearsalText::describe(texts, snapshot, now.wall, from, &rehearsal),
            None => RehearsalText::only(texts.nothing_stored_about()),
        }
    })
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
    use wallboard_alerts::{AlertSubject, Firing};

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
            RehearsalText::describe(Texts::english(), &snapshot, now, from, rehearsal)
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
