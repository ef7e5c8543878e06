//! Sentences about disconnected sources at the top of a page, so that gray numbers aren't the
//! only sign.

use wallboard_domain::Moment;
use wallboard_live::{ConnectionState, Snapshot, SourceSnapshot};

use crate::web::parts::clock;

/// A sentence for each source that isn't live, and one for all that are lost with the leader.
pub(in crate::web) fn outage_sentences<'a>(
    snapshot: &Snapshot,
    sources: impl IntoIterator<Item = &'a SourceSnapshot>,
    now: Moment,
) -> Vec<String> {
    let disconnected = sources.into_iter().filter(|source| !source.is_live());
    let mut disconnected: Vec<_> = disconnected.collect();
    // Those that were lost before may be connected again by now.
    let lost_at = (snapshot.leader_lost_at).filter(|_| !disconnected.is_empty());
    disconnected.retain(|source| !snapshot.is_lost_with_leader(source));
    let lost = lost_at.map(|at| {
        let at = clock::format_exact_time(snapshot, at, now);
        format!("This server has received no updates since {at}. Its values are from that time.")
    });
    let disconnected = disconnected.into_iter();
    lost.into_iter()
        .chain(disconnected.map(|source| describe_outage(snapshot, source, now)))
        .collect()
}

fn describe_outage(snapshot: &Snapshot, source: &SourceSnapshot, now: Moment) -> String {
    let name = snapshot.site.source_name(&source.id);
    let at = |at| clock::format_exact_time(snapshot, at, now);
    let since = at(source.outage.map_or(source.since, |outage| outage.at));
    let then = "Its values are from that time.";
    if let Some(by) = snapshot.site.paused_by(&source.id) {
        return format!("{name} is paused by {by}. {then}");
    }
    match source.connection {
        ConnectionState::Connecting => format!("Connecting to {name}…"),
        ConnectionState::CatchingUp => {
            format!("{name} reconnected. Catching up.")
        }
        ConnectionState::Silent => format!("{name} not responding since {since}. {then}"),
        ConnectionState::Disconnected if source.last_message_at.is_none() => {
            format!("Can’t reach {name} since {since}.")
        }
        ConnectionState::Disconnected | ConnectionState::Connected => {
            format!("{name} disconnected at {since}. {then}")
        }
    }
}
