//! Sentences about disconnected sources at the top of a page, so that gray numbers aren't the
//! only sign.

use wallboard_domain::Moment;
use wallboard_live::{ConnectionState, Snapshot, SourceSnapshot};
use wallboard_texts::Texts;

/// A sentence for each source that isn't live, and one for all that are lost with the leader.
pub(in crate::web) fn outage_sentences<'a>(
    texts: &Texts,
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
        let zone = &snapshot.site.zone;
        texts.leader_lost(texts.moment(at, now.wall, zone))
    });
    let disconnected = disconnected.into_iter();
    lost.into_iter()
        .chain(disconnected.map(|source| describe_outage(texts, snapshot, source, now)))
        .collect()
}

fn describe_outage(
    texts: &Texts,
    snapshot: &Snapshot,
    source: &SourceSnapshot,
    now: Moment,
) -> String {
    let name = snapshot.site.source_name(&source.id);
    let since = source.outage.map_or(source.since, |outage| outage.at);
    let since = texts.moment(since, now.wall, &snapshot.site.zone);
    if let Some(by) = snapshot.site.paused_by(&source.id) {
        return texts.outage_paused(name, by);
    }
    match source.connection {
        ConnectionState::Connecting => texts.outage_connecting(name),
        ConnectionState::CatchingUp => texts.outage_catching_up(name),
        ConnectionState::Silent => texts.outage_silent(name, since),
        ConnectionState::Disconnected if source.last_message_at.is_none() => {
            texts.outage_unreachable(name, since)
        }
        ConnectionState::Disconnected | ConnectionState::Connected => {
            texts.outage_lost(name, since)
        }
    }
}
