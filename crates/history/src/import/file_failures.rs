//! Files and folders of a source that couldn't be imported.

use std::collections::{HashMap, HashSet};

use tracing::warn;

use crate::fetch::FetchError;
use wallboard_domain::SourceId;

use super::{plan::ImportPlan, remote::RemoteContents, status::ImportOutcome};

/// Files remembered, at most.
const FILES_MAX: usize = 10_000;

#[derive(Debug)]
pub(super) struct FileFailures {
    source: SourceId,
    /// Unreadable files by key, with their tag and the reason. They aren't downloaded again until
    /// they change.
    rejected: HashMap<String, (String, String)>,
    /// Files and folders with the reason that was logged. Files among them are read last: no other
    /// waits for them.
    logged: HashMap<String, String>,
}

impl FileFailures {
    pub(super) fn new(source: SourceId) -> Self {
        Self {
            source,
            rejected: HashMap::new(),
            logged: HashMap::new(),
        }
    }

    /// Forgets unreadable files: they are downloaded again, whether they changed or not.
    pub(super) fn clear_rejected(&mut self) {
        self.rejected.clear();
    }

    /// Returns why a file with this tag is unreadable, if it is known to be.
    pub(super) fn rejection(&self, key: &str, tag: &str) -> Option<&str> {
        let (bad, why) = self.rejected.get(key)?;
        (bad == tag).then_some(why)
    }

    pub(super) fn has_logged(&self, key: &str) -> bool {
        self.logged.contains_key(key)
    }

    /// Forgets failures of files and folders that no longer have any.
    pub(super) fn forget(&mut self, plan: &ImportPlan, contents: &RemoteContents) {
        if self.logged.is_empty() {
            return;
        }
        let planned: HashSet<&str> = plan.files.iter().map(|file| &*file.listed.key).collect();
        self.logged
            .retain(|key, _| planned.contains(&**key) || contents.unreadable.contains_key(key));
    }

    /// Records an unreadable file.
    pub(super) fn reject(
        &mut self,
        key: &str,
        tag: String,
        why: String,
        outcome: &mut ImportOutcome,
    ) {
        if self.rejected.len() < FILES_MAX {
            self.rejected.insert(key.to_owned(), (tag, why.clone()));
        }
        self.record_failure(key, why, outcome);
    }

    /// Records a file or folder that the remote side doesn't deliver.
    pub(super) fn record_unreadable(
        &mut self,
        key: &str,
        error: &FetchError,
        outcome: &mut ImportOutcome,
    ) {
        if error.is_transient() {
            self.log_failure(key, &error.to_string());
            outcome.undelivered += 1;
            outcome.retry_after = outcome.retry_after.max(error.retry_after());
            outcome.deferred.add_file(key, error.to_string());
        } else {
            self.record_failure(key, error.to_string(), outcome);
        }
    }

    fn record_failure(&mut self, key: &str, why: String, outcome: &mut ImportOutcome) {
        self.log_failure(key, &why);
        outcome.failed.add_file(key, why);
    }

    /// Logs a failure, unless the same was logged before.
    fn log_failure(&mut self, key: &str, why: &str) {
        if self.logged.get(key).is_some_and(|logged| logged == why) {
            return;
        }
        warn!(source.name = %self.source, file = key, "Couldn't import a file: {why}");
        if self.logged.len() < FILES_MAX {
            self.logged.insert(key.to_owned(), why.to_owned());
        }
    }
}
