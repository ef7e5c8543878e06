//! When agents were signed in and on breaks, from single rows.

use crate::export_vendor::AgentSession;
use wallboard_domain::SourceId;
use wallboard_store::{StoreError, StoreView};

use super::{
    fact_rows::{LoginRow, PauseRow},
    file_catalog::FileCatalog,
    row_cache::RowCache,
};

/// Loads the sessions and breaks of all agents that may reach into a time, in Unix seconds.
pub(super) fn load_sessions(
    view: &StoreView<'_>,
    source: &SourceId,
    within: (i64, i64),
) -> Result<Vec<AgentSession>, StoreError> {
    let files = FileCatalog::load(view, source)?;
    let mut sessions = Vec::new();
    let mut logins = RowCache::<LoginRow>::default();
    logins.for_each_within((view, &files), within, |_, login| {
        sessions.push(AgentSession {
            agent: login.agent,
            span: login.span,
            is_break: false,
        });
    })?;
    let mut pauses = RowCache::<PauseRow>::default();
    pauses.for_each_within((view, &files), within, |_, pause| {
        sessions.push(AgentSession {
            agent: pause.agent,
            span: pause.span,
            is_break: true,
        });
    })?;
    sessions.retain(|one| one.span.start < within.1 && within.0 < one.span.end);
    Ok(sessions)
}
