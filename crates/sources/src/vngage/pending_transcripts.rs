//! Transcripts that a connection received and passed on, until they're settled: their messages aren't acknowledged
//! before.

use std::{collections::VecDeque, future::pending};

use wallboard_domain::{CaseEvent, Fact, Input, Update};
use wallboard_runtime::transcripts::{TranscriptReceipt, TranscriptSink};

use super::decode;

/// Each with the number of its delivery, in their order.
#[derive(Debug, Default)]
pub(super) struct PendingTranscripts(VecDeque<(u64, TranscriptReceipt)>);

impl PendingTranscripts {
    /// Passes on the transcript of a delivery, if it has one. `input` is what the delivery was decoded into.
    pub(super) fn pass_transcript(
        &mut self,
        sink: &TranscriptSink,
        input: &Input,
        delivery: u64,
        body: &[u8],
    ) {
        let Input::Update(Update {
            at,
            fact: Fact::Case(case, CaseEvent::Transcript(_)),
            ..
        }) = input
        else {
            return;
        };
        if let Some(json) = decode::transcript_json(body) {
            let receipt = sink.pass(case.clone(), *at, json);
            self.0.push_back((delivery, receipt));
        }
    }

    /// Waits until the first one is settled; without any, without end.
    pub(super) async fn first_settled(&mut self) {
        match self.0.front_mut() {
            Some((_, receipt)) => receipt.settled().await,
            None => pending().await,
        }
        self.0.pop_front();
    }

    /// The first delivery that may not be acknowledged.
    pub(super) fn first_delivery(&self) -> Option<u64> {
        self.0.front().map(|(delivery, _)| *delivery)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use wallboard_runtime::transcripts::{TranscriptInbox, transcript_path};

    use super::*;

    const BODY: &str = r#"{"caseId":"c1","eventTime":"2026-11-20T09:00:00Z","transcript":{"messages":[
        {"messageType":"chat","message":"the words","big":12345678901234567890.5}]}}"#;

    fn pass(pending: &mut PendingTranscripts, sink: &TranscriptSink, key: &str, delivery: u64) {
        let input = decode::decode_input(&"chat".into(), key, BODY.as_bytes());
        assert!(!format!("{input:?}").contains("the words"));
        pending.pass_transcript(sink, &input, delivery, BODY.as_bytes());
    }

    fn two_passed() -> (PendingTranscripts, TranscriptInbox) {
        let (sink, inbox) = transcript_path();
        let mut pending = PendingTranscripts::default();
        pass(&mut pending, &sink, "case.closed", 1);
        pass(&mut pending, &sink, "case.transcriptClosed", 2);
        pass(&mut pending, &sink, "case.transcriptClosed", 4);
        (pending, inbox)
    }

    #[test]
    fn messages_wait_until_their_transcripts_are_settled() {
        let (mut pending, mut inbox) = two_passed();
        let [first, second] = [(); 2].map(|()| inbox.try_recv().unwrap());
        assert!(inbox.try_recv().is_err());
        assert_eq!(first.case.to_string(), "chat/c1");
        assert_eq!(first.at, "2026-11-20T09:00:00Z".parse().ok());
        let expected = BODY.split_once(r#""transcript":"#).unwrap().1;
        assert_eq!(Some(&*first.json.0), expected.strip_suffix('}'));
        assert!(!format!("{first:?}").contains("the words"));

        second.settle();
        assert!(pending.first_settled().now_or_never().is_none());
        assert_eq!(pending.first_delivery(), Some(2));
        first.settle();
        assert!(pending.first_settled().now_or_never().is_some());
        assert_eq!(pending.first_delivery(), Some(4));
        assert!(pending.first_settled().now_or_never().is_some());
        assert_eq!(pending.first_delivery(), None);
        assert!(pending.first_settled().now_or_never().is_none());
    }

    #[test]
    fn a_transcript_that_nobody_keeps_is_never_settled() {
        let (mut pending, inbox) = two_passed();
        drop(inbox);
        for _ in 0..2 {
            assert!(pending.first_settled().now_or_never().is_none());
        }
        assert_eq!(pending.first_delivery(), Some(2));
    }
}
