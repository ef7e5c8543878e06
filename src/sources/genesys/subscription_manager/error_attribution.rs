//! Which of an answer's errors is about which statistic. An error names its statistic by
//! our name for it, in fields of its own, or in words, and some name none. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::sources::{
    genesys::{
        envelope::{find_fault, find_statistic_id},
        statistic_registry::StatisticIndex,
        uuid::Uuid,
    },
    statserver::Statistic,
};

/// Reasons that stand in one sentence at most.
const REASONS_MAX: usize = 3;

/// A statistic of the question.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchMember<'a> {
    pub(super) index: StatisticIndex,
    /// What we called it; without meaning when polling.
    pub(super) statistic_id: Uuid,
    pub(super) statistic: &'a Statistic,
}

/// How clearly an error is about a statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum MatchStrength {
    Partly,
    Fully,
}

/// Why statistics have no value, of those that are `missing` one.
pub(super) fn attribute_errors(
    errors: &[Value],
    members: &[BatchMember<'_>],
    missing: &BTreeSet<StatisticIndex>,
) -> BTreeMap<StatisticIndex, String> {
    let errors = errors.iter().map(|error| {
        let why = find_fault(error).unwrap_or_else(|| "no reason given".to_owned());
        (error, why)
    });
    let mut errors: Vec<(&Value, String)> = errors.collect();
    let mut reasons = BTreeMap::new();
    // An error that names one statistic in full is of no other that shares a part of it.
    for clarity in [MatchStrength::Fully, MatchStrength::Partly] {
        errors.retain(|(error, why)| {
            let is_its =
                |member: &&BatchMember<'_>| match_member(error, why, member) == Some(clarity);
            let mut is_claimed = false;
            for member in members.iter().filter(is_its) {
                is_claimed = true;
                if missing.contains(&member.index) {
                    reasons.entry(member.index).or_insert_with(|| why.clone());
                }
            }
            !is_claimed
        });
    }
    if let Some(why) = unattributed_reason(errors) {
        for place in missing {
            reasons.entry(*place).or_insert_with(|| why.clone());
        }
    }
    reasons
}

/// What is to be said of statistics of which no error says that it is theirs.
fn unattributed_reason(errors: Vec<(&Value, String)>) -> Option<String> {
    let mut whys: Vec<String> = errors.into_iter().map(|(_, why)| why).collect();
    whys.sort_unstable();
    whys.dedup();
    if whys.len() < 2 {
        return whys.pop();
    }
    whys.truncate(REASONS_MAX);
    let whys = whys.join("; ");
    Some(format!(
        "Genesys doesn't report which reason belongs to which statistic: {whys}"
    ))
}

fn match_member(error: &Value, why: &str, member: &BatchMember<'_>) -> Option<MatchStrength> {
    if let Some(accused) = find_statistic_id(error) {
        return (accused == member.statistic_id).then_some(MatchStrength::Fully);
    }
    let Statistic { name, object, .. } = member.statistic;
    let names = |key: &str, own: &str| match find_text(error, key) {
        Some(said) => Some(said == own),
        None => mentions_name(why, own).then_some(true),
    };
    match (names("name", name), names("objectId", object)) {
        (Some(false), _) | (_, Some(false)) | (None, None) => None,
        (Some(true), Some(true)) => Some(MatchStrength::Fully),
        _ => Some(MatchStrength::Partly),
    }
}

/// A text under this key, anywhere in an error.
fn find_text<'a>(error: &'a Value, key: &str) -> Option<&'a str> {
    match error {
        Value::Array(inner) => inner.iter().find_map(|error| find_text(error, key)),
        Value::Object(inner) => {
            let own = inner.get(key).and_then(Value::as_str);
            own.or_else(|| inner.values().find_map(|error| find_text(error, key)))
        }
        _ => None,
    }
}

/// Whether words hold a name, and not as a part of a longer one.
fn mentions_name(words: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || "_@-+".contains(letter);
    words.match_indices(name).any(|(at, _)| {
        let before = words[..at].chars().next_back();
        let after = words[at + name.len()..].chars().next();
        ![before, after].into_iter().flatten().any(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_within_a_longer_one_is_not_mentioned() {
        let words = "Statistic 'TotalAnsweredAG' of '11@switch' not found: Süd-1.";

        for (name, is) in [
            ("11@switch", true),
            ("1@switch", false),
            ("switch", false),
            ("TotalAnswered", false),
            ("TotalAnsweredAG", true),
            ("Süd-1", true),
            ("Süd", false),
        ] {
            assert_eq!(mentions_name(words, name), is, "{name}");
        }
    }
}
