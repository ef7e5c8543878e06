//! The test of a source or a channel before it is saved.

use std::time::Duration;

use tokio::{runtime::Handle, task::spawn_blocking, time::timeout};

use wallboard_access::AuditAction;

use crate::{
    alerts::send_test,
    editing::CheckedConfiguration,
    source_check::{self, CheckRow},
    web::{WebState, access::editing::Editing},
};

/// A page may take a little longer in all.
const TEST_TIMEOUT: Duration = Duration::from_secs(11);

/// Runs the steps of `check`.
pub(super) async fn test_source(checked: CheckedConfiguration, id: &str) -> Vec<CheckRow> {
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
        Ok(rows) => return rows,
        Err(why) => format!(
            "{why}; save it without the test and look at Data sources, or run wallboard check, which waits longer"
        ),
    };
    vec![CheckRow {
        what: "source",
        name: id.to_owned(),
        fault: Some(fault),
    }]
}

/// Runs what connects to a vendor on a thread of its own, for it was made for a command. Fails if it takes too long.
pub(super) async fn run_apart<T: Send + 'static, F: Future<Output = T>>(
    run: impl FnOnce() -> F + Send + 'static,
) -> Result<T, String> {
    let runtime = Handle::current();
    let running =
        spawn_blocking(move || runtime.block_on(async { timeout(TEST_TIMEOUT, run()).await }));
    match running.await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(_)) => Err(format!(
            "hasn't finished within {} s",
            TEST_TIMEOUT.as_secs()
        )),
        Err(error) => Err(format!("failed: {error}")),
    }
}

/// Sends a test message, and returns the answer.
pub(super) async fn test_channel(
    web: &WebState,
    editing: &Editing,
    checked: CheckedConfiguration,
    id: &str,
) -> Vec<CheckRow> {
    let channel = checked.channels.iter().find(|channel| channel.name == id);
    let (Some(alerts), Some(channel)) = (&web.alerts, channel) else {
        return Vec::new();
    };
    let plan = alerts.plan();
    let sending = send_test(channel, &checked.site.zone, plan.public_url.as_deref());
    let sent = timeout(TEST_TIMEOUT, Box::pin(sending)).await;
    (alerts.audit())
        .record(editing.actor(), AuditAction::TestedChannel, id)
        .await;
    let (name, fault) = match sent {
        Ok(Ok(accepted)) => {
            let millis = accepted.took.as_millis();
            let name = format!(
                "{id}: {} in {millis} ms. Check that it arrived.",
                accepted.answer
            );
            (name, None)
        }
        Ok(Err(error)) => (id.to_owned(), Some(error.to_string())),
        Err(_) => {
            let seconds = TEST_TIMEOUT.as_secs();
            let fault = format!("No answer within {seconds} s. Check the address.");
            (id.to_owned(), Some(fault))
        }
    };
    vec![CheckRow {
        what: "channel",
        name,
        fault,
    }]
}
