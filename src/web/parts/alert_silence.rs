//! The alerts that a visitor may silence, and the silences that they may see and end.

use std::{convert::Infallible, str::FromStr};

use wallboard_access::{Permissions, Right};
use wallboard_alerts::{AlertRule, AlertSilence, AlertSubject, SilenceId, SilenceScope};
use wallboard_domain::{Pattern, SourceId};
use wallboard_live::{LiveHandle, Snapshot};
use wallboard_texts::Texts;

use crate::{
    alerts::{Alerts, silence_name},
    web::access::visitor::Visitor,
};

/// The alerts to silence, as forms name them: `all`, `rule NAME`, `queue ID` (also of a group), `source ID` or
/// `screen NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) enum SilenceTarget {
    /// Whatever the visitor may see.
    All,
    Rule(String),
    Queue(String),
    Source(String),
    Screen(String),
    Unknown,
}

impl FromStr for SilenceTarget {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once(' ') {
            None if text == "all" => Self::All,
            Some(("rule", name)) => Self::Rule(name.to_owned()),
            Some(("queue", id)) => Self::Queue(id.to_owned()),
            Some(("source", id)) => Self::Source(id.to_owned()),
            Some(("screen", name)) => Self::Screen(name.to_owned()),
            _ => Self::Unknown,
        })
    }
}

impl SilenceTarget {
    /// Returns the scope of a silence, and how `by` calls it; `None` if the visitor may not silence that, or there
    /// is no such thing. The live state has what the visitor may see.
    pub(in crate::web) fn find(
        &self,
        live: &LiveHandle,
        rules: &[AlertRule],
        visitor: &Visitor,
        by: &str,
    ) -> Option<(SilenceScope, String)> {
        live.read_snapshot(|snapshot, _| {
            let scope = self.find_scope(snapshot, rules, visitor)?;
            let name = silence_name(Texts::english(), snapshot, &scope, by);
            Some((scope, name))
        })
    }

    pub(in crate::web) fn find_scope(
        &self,
        snapshot: &Snapshot,
        rules: &[AlertRule],
        visitor: &Visitor,
    ) -> Option<SilenceScope> {
        let sees_all = visitor.has(Right::WholeSite);
        match self {
            Self::All if sees_all => Some(SilenceScope::All),
            Self::All => Some(SilenceScope::Queues(own_patterns(visitor))),
            Self::Rule(name) => {
                let is_known = sees_all && rules.iter().any(|rule| rule.name == *name);
                is_known.then(|| SilenceScope::Rule(name.clone()))
            }
            Self::Queue(id) => {
                let mut queues = snapshot.visible_queues();
                let queue = queues.find(|queue| queue.id.to_string() == *id)?;
                let subject = AlertSubject::Queue(queue.id.clone());
                Some(SilenceScope::Subject(subject))
            }
            Self::Source(id) => {
                let id = SourceId::from(id.as_str());
                let is_known = sees_all && snapshot.sources.contains_key(&id);
                is_known.then_some(SilenceScope::Subject(AlertSubject::Source(id)))
            }
            // Nobody is notified about a screen that no rule watches.
            Self::Screen(name) => {
                let subject = AlertSubject::Screen(name.clone());
                let is_known = sees_all && rules.iter().any(|rule| rule.watches(&subject));
                is_known.then_some(SilenceScope::Subject(subject))
            }
            Self::Unknown => None,
        }
    }
}

/// Whether a visitor sees a silence: all with the right to the whole site, else those of a queue of theirs.
pub(in crate::web) fn may_see_silence(
    snapshot: &Snapshot,
    rules: &[AlertRule],
    visitor: &Visitor,
    silence: &AlertSilence,
) -> bool {
    let mut queues = snapshot.queues.keys();
    visitor.has(Right::WholeSite)
        || queues.any(|id| {
            let subject = AlertSubject::Queue(id.clone());
            match &silence.scope {
                SilenceScope::Rule(name) => {
                    let mut rules = rules.iter();
                    rules.any(|rule| rule.name == *name && rule.watches(&subject))
                }
                scope => scope.covers(snapshot, "", &subject),
            }
        })
}

/// A silence that somebody may see.
pub(in crate::web) struct SeenSilence {
    /// How the audit trail calls its alerts.
    pub(in crate::web) name: String,
    pub(in crate::web) may_end: bool,
}

/// Finds a silence that a visitor may see.
pub(in crate::web) fn find_seen_silence(
    live: &LiveHandle,
    alerts: &Alerts,
    visitor: &Visitor,
    id: SilenceId,
) -> Option<SeenSilence> {
    let plan = alerts.plan();
    live.read_snapshot(|snapshot, _| {
        alerts.read(|book| {
            let silence = book.find_silence(id)?;
            may_see_silence(snapshot, &plan.rules, visitor, silence).then(|| SeenSilence {
                name: silence_name(Texts::english(), snapshot, &silence.scope, &silence.by),
                may_end: may_end_silence(snapshot, visitor, silence),
            })
        })
    })
}

/// Whether all that is silenced is the visitor's to see.
pub(in crate::web) fn may_end_silence(
    snapshot: &Snapshot,
    visitor: &Visitor,
    silence: &AlertSilence,
) -> bool {
    visitor.has(Right::WholeSite)
        || match &silence.scope {
            SilenceScope::Subject(AlertSubject::Queue(id)) => snapshot.queues.contains_key(id),
            SilenceScope::Queues(patterns) => {
                let own = own_patterns(visitor);
                patterns.iter().all(|pattern| own.contains(pattern))
            }
            _ => false,
        }
}

fn own_patterns(visitor: &Visitor) -> Vec<Pattern> {
    let scope = visitor.permissions().and_then(Permissions::data_scope);
    scope.map_or_else(
        || vec![Pattern("*".to_owned())],
        |scope| scope.queues.clone(),
    )
}
