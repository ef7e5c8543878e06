//! The side path of transcripts: from the source that receives one to the task that keeps it for a receiver. It leads neither
//! into the live state nor into its log.

use std::future::pending;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use wallboard_domain::{CaseId, RedactedText};

/// The conversation of a case that ended, as its source sent it.
#[derive(Debug)]
pub struct ReceivedTranscript {
    pub case: CaseId,
    /// When it was sent, by the source's clock.
    pub at: Option<Timestamp>,
    /// JSON, which no log line shows.
    pub json: RedactedText,
    settled: oneshot::Sender<()>,
}

impl ReceivedTranscript {
    /// Lets its source acknowledge the message: the transcript is on the disk, or given up.
    pub fn settle(self) {
        // The source may be gone. Then the message comes again.
        self.settled.send(()).ok();
    }
}

/// Where a source leaves transcripts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TranscriptSink(mpsc::UnboundedSender<ReceivedTranscript>);

/// Where transcripts arrive.
pub type TranscriptInbox = mpsc::UnboundedReceiver<ReceivedTranscript>;

/// Makes the path.
pub fn transcript_path() -> (TranscriptSink, TranscriptInbox) {
    // Sources bound what waits here, because nothing of it is acknowledged yet.
    let (sink, inbox) = mpsc::unbounded_channel();
    (TranscriptSink(sink), inbox)
}

impl TranscriptSink {
    /// Passes a transcript on, without waiting.
    pub fn pass(&self, case: CaseId, at: Option<Timestamp>, json: String) -> TranscriptReceipt {
        let (settled, receipt) = oneshot::channel();
        let transcript = ReceivedTranscript {
            case,
            at,
            json: RedactedText(json),
            settled,
        };
        // Where nobody takes it, because the product stops, the receipt is never settled.
        self.0.send(transcript).ok();
        TranscriptReceipt(Some(receipt))
    }
}

impl PartialEq for TranscriptSink {
    fn eq(&self, other: &Self) -> bool {
        self.0.same_channel(&other.0)
    }
}

impl Eq for TranscriptSink {}

/// Says when a transcript is settled.
#[derive(Debug)]
pub struct TranscriptReceipt(Option<oneshot::Receiver<()>>);

impl TranscriptReceipt {
    /// Waits until it's settled: without end if the task that took it stopped before. May be abandoned, but not repeated
    /// after it returned.
    pub async fn settled(&mut self) {
        if let Some(receipt) = &mut self.0
            && receipt.await.is_ok()
        {
            return;
        }
        self.0 = None;
        pending::<()>().await;
    }
}
