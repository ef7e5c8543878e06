//! The rules with how often each fired in the last days, and the noisiest of them.

use std::collections::BTreeSet;

use wallboard_access::Right;
use wallboard_alerts::{AlertBook, AlertRule};
use wallboard_domain::Moment;
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::{
    editing::{Editor, EntryId, Origin, Section},
    web::parts::{
        page_header::PageHeader,
        sentence::{Sentence, SentencePiece, slot},
    },
};

use super::rule_row::RuleRow;

pub(super) struct RuleTable {
    pub(super) rows: Vec<RuleRow>,
    /// "Last 7 days", or since when firings are counted.
    pub(super) period: String,
    /// "Noisiest: Billing waits, 41 of 60 alerts"
    pub(super) noisiest: Option<Sentence>,
}

impl RuleTable {
    /// The rules that the visitor may see; `editor` is theirs, and `screens` are the names of all that are paired.
    pub(super) fn new(
        header: &PageHeader,
        snapshot: &Snapshot,
        rules: &[AlertRule],
        book: &AlertBook,
        editor: Option<&Editor>,
        screens: Option<&BTreeSet<String>>,
        now: Moment,
    ) -> Self {
        let (texts, visitor) = (header.texts, header.visitor());
        let sees_people = visitor.has(Right::PersonalData);
        let shown = rules.iter();
        let shown = shown.filter(|rule| sees_people || !rule.watches_agents());
        let firings = book.firings();
        let counted = shown.map(|rule| (rule, firings.count(&rule.name, now.wall)));
        let counted: Vec<_> = counted.collect();
        let rows = counted.iter().map(|(rule, fired)| {
            let id = EntryId::new(Section::Alerts, &rule.name);
            let has_switch = editor.is_some_and(|editor| {
                visitor.may_edit(&id) && !matches!(editor.origin(&id), Origin::File { .. })
            });
            RuleRow::new(texts, snapshot, rule, screens, has_switch, *fired)
        });
        Self {
            rows: rows.collect(),
            period: match firings.counted_since(now.wall) {
                None => texts.last_seven_days().to_owned(),
                Some(since) => {
                    texts.counted_since(texts.time_or_day(since, now.wall, &snapshot.site.zone))
                }
            },
            noisiest: describe_noisiest(texts, &counted),
        }
    }
}

/// The rule that fired most, if there is another to compare it with.
fn describe_noisiest(texts: &Texts, counted: &[(&AlertRule, u32)]) -> Option<Sentence> {
    let total: u32 = counted.iter().map(|(_, fired)| fired).sum();
    let (rule, fired) = counted.iter().max_by_key(|(_, fired)| *fired)?;
    let is_noisy = 0 < *fired && 1 < counted.len();
    is_noisy.then(|| {
        Sentence::new(
            &texts.noisiest_rule(slot(0), *fired, total),
            vec![SentencePiece::Bold(rule.name.clone())],
        )
    })
}
