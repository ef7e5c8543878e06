//! When agents were signed in and on breaks, from single rows.

use crate::{export_vendor::AgentSession, intervals::TimeSpan};
use wallboard_domain::SourceId;
use wallboard_store::{StoreError, StoreView};

use super::{
    fact_rows::{LoginRow, PauseRow},
    file_catalog::{FileCatalog, StoredFiles},
    row_cache::RowCache,
};

/// Loads the sessions and breaks of all agents that may reach into a time.
pub(super) fn load_sessions(
    view: &StoreView<'_>,
    source: &SourceId,
    within: TimeSpan,
) -> Result<Vec<AgentSession>, StoreError> {
    let catalog = &FileCatalog::load(view, source)?;
    let files = StoredFiles { view, catalog };
    let mut sessions = Vec::new();
    let mut logins = RowCache::<LoginRow>::default();
    logins.for_each_within(files, within, |_, login| {
        sessions.push(AgentSession {
            agent: login.agent,
            span: login.span,
            is_break: false,
        });
    })?;
    let mut pauses = RowCache::<PauseRow>::default();
    pauses.for_each_within(files, within, |_, pause| {
        sessions.push(AgentSession {
            agent: pause.agent,
            span: pause.span,
            is_break: true,
        });
    })?;
    sessions.retain(|one| one.span.start < within.end && within.start < one.span.end);
    Ok(sessions)
}
