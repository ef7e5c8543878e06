//! Sources and imports that start and stop because the configuration changed.

use wallboard_domain::SourceId;
use wallboard_history::import::FileSource;
use wallboard_sources::SourceConfig;

/// Differences in the sources that run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::app) struct SourceChanges {
    /// Sources that were removed, paused or changed.
    pub(super) stopped_sources: Vec<SourceId>,
    /// Sources that were added, resumed or changed.
    pub(super) started_sources: Vec<SourceConfig>,
    /// Likewise for file sources.
    pub(super) stopped_imports: Vec<SourceId>,
    pub(super) started_imports: Vec<FileSource>,
}

/// The sources and imports that run.
pub(in crate::app) type RunningSources = (Vec<SourceConfig>, Vec<FileSource>);

impl SourceChanges {
    pub(in crate::app) fn between(old: &RunningSources, new: &RunningSources) -> Self {
        let ((old_sources, old_imports), (new_sources, new_imports)) = (old, new);
        let stopped_sources = without(old_sources, new_sources);
        let stopped_imports = without(old_imports, new_imports);
        Self {
            stopped_sources: stopped_sources.map(|source| source.id().clone()).collect(),
            started_sources: without(new_sources, old_sources).cloned().collect(),
            stopped_imports: stopped_imports.map(|source| source.id.clone()).collect(),
            started_imports: without(new_imports, old_imports).cloned().collect(),
        }
    }

    /// Whether a source with this id is started.
    pub(super) fn starts_source(&self, id: &SourceId) -> bool {
        self.started_sources
            .iter()
            .any(|upstream| upstream.id() == id)
    }

    /// "source chat changed"
    pub(in crate::app) fn describe(&self) -> Vec<String> {
        let live = self.started_sources.iter().map(SourceConfig::id);
        let started: Vec<_> = live
            .chain(self.started_imports.iter().map(|new| &new.id))
            .collect();
        let stopped: Vec<_> = self
            .stopped_sources
            .iter()
            .chain(&self.stopped_imports)
            .collect();
        let stopped_texts = stopped.iter().map(|id| {
            let what = if started.contains(id) {
                "changed"
            } else {
                "stopped"
            };
            format!("source {id} {what}")
        });
        let added = started.iter().filter(|id| !stopped.contains(id));
        stopped_texts
            .chain(added.map(|id| format!("source {id} started")))
            .collect()
    }
}

fn without<'a, T: PartialEq>(all: &'a [T], others: &'a [T]) -> impl Iterator<Item = &'a T> {
    all.iter().filter(|one| !others.contains(one))
}
