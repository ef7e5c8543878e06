//! The alerts that somebody may see: those of their queues, of the site's figures if they see all queues, and with the
//! right to the whole site those of sources, files and screens. Without the right to personal data none of an agent, and not one that is only about
//! the agents of a small team.

use wallboard_access::{Permissions, Right};
use wallboard_alerts::{Alert, AlertSubject};
use wallboard_live::{LiveHandle, Snapshot};

use crate::web::{WebState, access::visitor::Visitor};

/// Decides by a snapshot of [`visible_live`].
pub(in crate::web) fn may_see_alert(snapshot: &Snapshot, visitor: &Visitor, alert: &Alert) -> bool {
    let scope = visitor.permissions().and_then(Permissions::data_scope);
    match &alert.subject {
        AlertSubject::Source(_) | AlertSubject::Import(_) | AlertSubject::Screen(_) => {
            visitor.has(Right::WholeSite)
        }
        AlertSubject::Agent(id) => {
            visitor.has(Right::PersonalData)
                && !snapshot.is_agent_id_hidden(id)
                && scope.is_none_or(|scope| snapshot.is_agent_within(scope, id))
        }
        AlertSubject::Figure(_, None) => scope.is_none(),
        AlertSubject::Queue(id) | AlertSubject::Target(id) | AlertSubject::Figure(_, Some(id)) => {
            let queue = snapshot.queues.get(id);
            let is_hidden = queue.is_some_and(|queue| snapshot.is_queue_hidden(queue));
            let mut figures = alert.figures.iter();
            let is_withheld = !alert.figures.is_empty()
                && figures.all(|figure| snapshot.withholds_of(id, figure.metric));
            !is_hidden
                && !is_withheld
                && scope.is_none_or(|scope| scope.includes_queue(&snapshot.site, id))
        }
    }
}

/// The live state without what the visitor may not know of small teams.
pub(in crate::web) fn visible_live(web: &WebState, visitor: &Visitor) -> LiveHandle {
    if visitor.has(Right::PersonalData) {
        web.live.clone()
    } else {
        web.live.without_small_teams()
    }
}

/// How many alerts are open that the visitor may see.
pub(in crate::web) fn count_open(web: &WebState, visitor: &Visitor) -> usize {
    let Some(alerts) = &web.alerts else {
        return 0;
    };
    if alerts.read(|book| book.open().is_empty()) {
        return 0;
    }
    visible_live(web, visitor).read_snapshot(|snapshot, _| {
        alerts.read(|book| {
            let open = book.open().iter();
            let seen = open.filter(|alert| may_see_alert(snapshot, visitor, alert));
            seen.count()
        })
    })
}
