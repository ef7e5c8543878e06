//! Proves that our queue continues where we left it: the newest message that we know was never
//! acknowledged, so it's among the first that the broker delivers again. Pure.

use aws_lc_rs::digest::{Context, SHA256};
use lapin::message::Delivery;

use wallboard_domain::MessageDigest;

/// The knowledge so far about the messages that the broker delivers again.
#[derive(Debug)]
pub(super) struct ContinuityProof {
    /// The message that the last connection held.
    expected: Option<MessageDigest>,
    /// It can't have expired.
    must_return: bool,
    has_redelivery: bool,
    is_open: bool,
}

/// Why a queue doesn't continue where we left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refutation {
    /// Nothing came back: somebody purged it.
    Purged,
    /// Others came back: somebody else consumed it.
    Consumed,
}

impl ContinuityProof {
    pub(super) fn new(expected: Option<MessageDigest>, must_return: bool) -> Self {
        Self {
            expected,
            must_return,
            has_redelivery: false,
            is_open: true,
        }
    }

    /// Nothing has to be proven after a discontinuity.
    pub(super) fn not_needed() -> Self {
        Self {
            is_open: false,
            ..Self::new(None, false)
        }
    }

    /// Whether a message that we know may still come. Until then, none may be acknowledged.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Records a message that is delivered again.
    pub(super) fn on_redelivered(&mut self, digest: MessageDigest) {
        self.has_redelivery = true;
        self.is_open &= self.expected != Some(digest);
    }

    /// Ends the proof: all messages that come back are here. Returns why it failed, if so.
    pub(super) fn close(&mut self) -> Option<Refutation> {
        let was_open = std::mem::take(&mut self.is_open);
        match (self.has_redelivery, self.must_return) {
            _ if !was_open => None,
            (true, _) => Some(Refutation::Consumed),
            (false, true) => Some(Refutation::Purged),
            // It was acknowledged or has expired, and nothing came after it.
            (false, false) => None,
        }
    }
}

/// Returns the digest of a message. The broker may add headers when it delivers one again.
pub(super) fn digest_message(delivery: &Delivery) -> MessageDigest {
    let mut context = Context::new(&SHA256);
    let key = delivery.routing_key.as_str().as_bytes();
    let id = delivery.properties.message_id().as_ref();
    let id = id.map_or(&b""[..], |id| id.as_str().as_bytes());
    for part in [key, id] {
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    let sent_at = delivery.properties.timestamp().unwrap_or_default();
    context.update(&sent_at.to_be_bytes());
    context.update(&delivery.data);
    let digest = context.finish();
    let first = digest.as_ref().first_chunk().copied().unwrap_or_default();
    MessageDigest(u64::from_be_bytes(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: MessageDigest = MessageDigest(1);
    const OTHER: MessageDigest = MessageDigest(2);

    #[test]
    fn queue_goes_on_only_if_the_held_message_returns() {
        let cases: [(_, _, &[MessageDigest], _); 8] = [
            (Some(OURS), true, &[OURS], None),
            (Some(OURS), true, &[OTHER, OURS, OTHER], None),
            (Some(OURS), true, &[], Some(Refutation::Purged)),
            (Some(OURS), true, &[OTHER], Some(Refutation::Consumed)),
            // It may have expired; but then nothing can have come after it.
            (Some(OURS), false, &[], None),
            (Some(OURS), false, &[OTHER], Some(Refutation::Consumed)),
            (None, false, &[], None),
            (None, false, &[OTHER], Some(Refutation::Consumed)),
        ];
        for (expected, must_return, returned, refutation) in cases {
            let mut proof = ContinuityProof::new(expected, must_return);
            for digest in returned {
                proof.on_redelivered(*digest);
            }

            assert_eq!(proof.is_open(), !returned.contains(&OURS));
            assert_eq!(proof.close(), refutation, "{expected:?} {returned:?}");
            assert!(!proof.is_open());
            assert_eq!(proof.close(), None);
        }
    }
}
