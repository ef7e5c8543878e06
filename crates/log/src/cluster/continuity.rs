//! Continuity of logs: a node's decisions about positions, in which the network has no part.

use wallboard_domain::{LogOffset, LogPosition, TermId};
use wallboard_store::{BatchHeader, SnapshotLabel, StreamEnd};

/// A node's log when it is about to lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct NodeHistory {
    pub(super) position: LogPosition,
    /// Nothing that was acknowledged before its position is missing.
    pub(super) is_complete: bool,
    /// Nothing in the stream continues it, and no uploaded snapshot helps.
    pub(super) is_stranded: bool,
}

/// How a term begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TermStart {
    /// The position that its first batch continues.
    pub(super) after: LogPosition,
    pub(super) is_log_complete: bool,
}

/// Returns whether a state at a position may apply a batch.
pub(super) fn may_apply(header: &BatchHeader, position: LogPosition) -> bool {
    // Entries from before the cluster are the node's alone, even if another has the same number.
    let is_shared = position.term.is_some() || position.next == LogOffset(0);
    is_shared && header.after == position
}

/// Returns whether a node's copy may continue with the stream. A log from before the cluster may found
/// one, and continues no other.
pub(super) fn may_continue(position: LogPosition, end: Option<LogPosition>) -> bool {
    position.term.is_some() || end.is_none()
}

/// Returns whether a complete copy that the stream doesn't continue may have entries that the log has lost.
/// The stream may as well have become too old for it: that only shows once a leader is heard.
pub(super) fn may_have_lost(position: LogPosition) -> bool {
    position.term.is_some()
}

/// Decides how a term begins; `None` if others have appended meanwhile.
pub(super) fn plan_term(history: NodeHistory, end: StreamEnd, term: TermId) -> Option<TermStart> {
    let NodeHistory {
        position,
        is_complete,
        is_stranded,
    } = history;
    let continues = end.position == Some(position);
    if end.position.is_some() && !continues && !is_stranded {
        return None;
    }
    // A purged stream has a last sequence.
    let founds = end.sequence == 0 && position.term.is_none();
    let overlapped = end
        .position
        .filter(|end| !continues && position.next <= end.next);
    Some(TermStart {
        // Offsets in the stream never fall, and nobody else has been there.
        after: overlapped.map_or(position, |end| LogPosition {
            term: Some(term),
            next: LogOffset(end.next.0 + 1),
        }),
        is_log_complete: is_complete && (continues || founds),
    })
}

/// Returns whether nodes can begin with the uploaded snapshot: it is of this term, and the stream
/// continues from it.
pub(super) fn is_usable(
    label: SnapshotLabel,
    term: TermId,
    start: LogPosition,
    end: LogPosition,
) -> bool {
    label.position.term == Some(term)
        && start.next <= label.position.next
        && label.position.next <= end.next
}
