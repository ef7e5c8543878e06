//! Actions on an alert that the visitor may see, from its page or from a program.

use jiff::{SignedDuration, Timestamp};
use strum::{EnumString, VariantNames};

use wallboard_access::AuditActor;
use wallboard_alerts::{ActionFault, AlertAction, AlertId};

use crate::{
    alerts::{AlertError, Alerts},
    web::{
        WebState,
        access::visitor::Visitor,
        parts::alert_scope::{may_see_alert, visible_live},
    },
};

/// A longer one would be forgotten, in minutes.
const SNOOZE_MAX: i64 = 24 * 60;

/// An action on an alert, as forms and addresses name it.
#[derive(Debug, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub(in crate::web) enum AlertAct {
    Take,
    Release,
    Snooze,
    Note,
    Close,
}

impl AlertAct {
    /// With its `text`, if it's a note, and `minutes`, if it's a snooze; `None` without them, and if they are out of
    /// range.
    pub(in crate::web) fn action(
        &self,
        text: &str,
        minutes: Option<i64>,
        now: Timestamp,
    ) -> Option<AlertAction> {
        if minutes.is_some_and(|minutes| !(1..=SNOOZE_MAX).contains(&minutes)) {
            return None;
        }
        Some(match self {
            Self::Take => AlertAction::Take,
            Self::Release => AlertAction::Release,
            Self::Note => AlertAction::Note(text.to_owned()),
            Self::Close => AlertAction::Close,
            Self::Snooze => {
                AlertAction::Snooze(now.checked_add(SignedDuration::from_mins(minutes?)).ok()?)
            }
        })
    }
}

/// Does it, if the visitor may see the alert; else it is as if there were none.
pub(in crate::web) async fn act_on_alert(
    web: &WebState,
    alerts: &Alerts,
    visitor: &Visitor,
    actor: &AuditActor,
    id: AlertId,
    action: &AlertAction,
    now: Timestamp,
) -> Result<(), AlertError> {
    let subject = visible_live(web, visitor).read_snapshot(|snapshot, _| {
        alerts.read(|book| {
            let alert = book.find(id);
            let seen = alert.filter(|alert| may_see_alert(snapshot, visitor, alert));
            seen.map(|alert| alert.subject.to_string())
        })
    });
    let subject = subject.ok_or(AlertError::Fault(ActionFault::NotOpen))?;
    alerts.act(id, action, actor, &subject, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_in_range_also_where_nothing_needs_them() {
        let now = Timestamp::UNIX_EPOCH;
        for act in [AlertAct::Close, AlertAct::Snooze] {
            for (minutes, is_allowed) in [(0, false), (1, true), (1_440, true), (1_441, false)] {
                let action = act.action("", Some(minutes), now);
                assert_eq!(action.is_some(), is_allowed, "{act:?}, {minutes}");
            }
        }
        assert_eq!(AlertAct::Snooze.action("", None, now), None);
        assert_eq!(
            AlertAct::Close.action("", None, now),
            Some(AlertAction::Close)
        );
    }
}
