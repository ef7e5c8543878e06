//! The alerts that somebody may see: those of their queues, and of sources with the right to the whole site.

use wallboard_access::{Permissions, Right};
use wallboard_alerts::{AlertBook, AlertSubject};
use wallboard_live::Snapshot;

use crate::web::{WebState, access::visitor::Visitor};

pub(in crate::web) fn may_see_alert(
    snapshot: &Snapshot,
    visitor: &Visitor,
    subject: &AlertSubject,
) -> bool {
    match subject {
        AlertSubject::Source(_) => visitor.has(Right::WholeSite),
        AlertSubject::Queue(id) => {
            let scope = visitor.permissions().and_then(Permissions::data_scope);
            let is_hidden = snapshot.queues.get(id).is_some_and(|queue| queue.hidden);
            !is_hidden && scope.is_none_or(|scope| scope.includes_queue(&snapshot.site, id))
        }
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
    web.live.read_snapshot(|snapshot, _| {
        alerts.read(|book: &AlertBook| {
            let open = book.open().iter();
            let seen = open.filter(|alert| may_see_alert(snapshot, visitor, &alert.subject));
            seen.count()
        })
    })
}
