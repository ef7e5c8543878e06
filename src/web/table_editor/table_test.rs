//! The test of a source or a channel before it is saved.

use std::time::Duration;

use tokio::{runtime::Handle, task::spawn_blocking, time::timeout};

use wallboard_access::AuditAction;
use wallboard_texts::Texts;

use crate::{
    alerts::send_test,
    editing::CheckedConfiguration,
    source_check::{self, CheckRow},
    web::{WebState, access::editing::Editing, parts::refusal_line::RefusalLine},
};

/// A page may take a little longer in all.
pub(super) const TEST_TIMEOUT: Duration = Duration::from_secs(11);

/// A step of the test.
pub(super) struct TestStep {
    /// The tested item, in English, as the command writes it.
    pub(super) name: String,
    /// The answer of a channel's receiver, in the reader's language; else empty.
    pub(super) answer: String,
    pub(super) fault: Option<RefusalLine>,
}

/// Why what ran apart has no result.
pub(super) enum ApartError {
    TimedOut,
    Failed(String),
}

impl From<CheckRow> for TestStep {
    fn from(row: CheckRow) -> Self {
        Self {
            name: row.name,
            answer: String::new(),
            fault: row.fault.map(RefusalLine::english),
        }
    }
}

/// Runs the steps of `check`.
pub(super) async fn test_source(
    texts: &Texts,
    checked: CheckedConfiguration,
    id: &str,
) -> Vec<TestStep> {
    let is_it = |other: &str| other == id;
    let mut live = checked.sources.into_iter();
    let live = live.find(|one| is_it(one.id().as_str()));
    let mut of_files = checked.imports.into_iter();
    let of_files = of_files.find(|one| is_it(one.id.as_str()));
    let testing = run_apart(move || async move {
        match (live, of_files) {
            (Some(source), _) => source_check::check_source(&source).await,
            (None, Some(source)) => source_check::check_files(&source).await,
            (None, None) => Vec::new(),
        }
    });
    let fault = match testing.await {
        Ok(rows) => return rows.into_iter().map(TestStep::from).collect(),
        Err(ApartError::TimedOut) => {
            let seconds = TEST_TIMEOUT.as_secs();
            RefusalLine::new(texts, texts.test_too_long(seconds))
        }
        Err(ApartError::Failed(why)) => RefusalLine::english(why),
    };
    vec![TestStep {
        name: id.to_owned(),
        answer: String::new(),
        fault: Some(fault),
    }]
}

/// Runs what connects to a vendor on a thread of its own, for it was made for a command. Fails if it takes too long.
pub(super) async fn run_apart<T: Send + 'static, F: Future<Output = T>>(
    run: impl FnOnce() -> F + Send + 'static,
) -> Result<T, ApartError> {
    let runtime = Handle::current();
    let running =
        spawn_blocking(move || runtime.block_on(async { timeout(TEST_TIMEOUT, run()).await }));
    match running.await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(_)) => Err(ApartError::TimedOut),
        Err(error) => Err(ApartError::Failed(format!("failed: {error}"))),
    }
}

/// Sends a test message, and returns the answer.
pub(super) async fn test_channel(
    texts: &Texts,
    web: &WebState,
    editing: &Editing,
    checked: CheckedConfiguration,
    id: &str,
) -> Vec<TestStep> {
    let channel = checked.channels.iter().find(|channel| channel.name == id);
    let (Some(alerts), Some(channel)) = (&web.alerts, channel) else {
        return Vec::new();
    };
    let plan = alerts.plan();
    let sending = send_test(channel, &checked.site, plan.public_url.as_deref());
    let sent = timeout(TEST_TIMEOUT, Box::pin(sending)).await;
    (alerts.audit())
        .record(editing.actor(), AuditAction::TestedChannel, id)
        .await;
    let (answer, fault) = match sent {
        Ok(Ok(accepted)) => {
            let millis = accepted.took.as_millis().to_string();
            (texts.test_accepted(id, accepted.answer, millis), None)
        }
        Ok(Err(error)) => (String::new(), Some(RefusalLine::english(error.to_string()))),
        Err(_) => {
            let text = texts.receiver_silent(TEST_TIMEOUT.as_secs());
            (String::new(), Some(RefusalLine::new(texts, text)))
        }
    };
    vec![TestStep {
        name: id.to_owned(),
        answer,
        fault,
    }]
}
