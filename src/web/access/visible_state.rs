//! The state that pages are made of, with only what their visitor may see.

use std::{convert::Infallible, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};

use wallboard_access::{Permissions, Right};
use wallboard_domain::{DataScope, Pattern};

use crate::web::{WebParts, WebState, access::visitor::Visitor};

/// The state that pages need, whose live state and history have nothing beyond the visitor's queues
/// and agents. Whatever shows them extracts this, and not the whole state.
pub(in crate::web) struct VisibleState(pub(in crate::web) WebState);

impl FromRequestParts<WebState> for VisibleState {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, Infallible> {
        let visitor = Visitor::from_request_parts(parts, web).await?;
        Ok(Self(match visitor.permissions() {
            None => web.clone(),
            Some(permissions) => narrow(web, permissions),
        }))
    }
}

fn narrow(web: &WebState, permissions: &Permissions) -> WebState {
    let mut parts = WebParts::clone(web);
    if !permissions.has(Right::PersonalData) {
        let smallest = (web.live).read_snapshot(|snapshot, _| snapshot.site.smallest_team);
        if 1 < smallest {
            parts.live = parts.live.without_small_teams();
            parts.history = parts.history.without_agent_figures();
        }
    }
    if let Some(scope) = permissions.data_scope() {
        parts.live = parts.live.within(Arc::clone(scope));
    }
    if let Some(scope) = history_scope(permissions) {
        parts.history = parts.history.within(scope);
        parts.recent_days = parts.recent_days.without_days();
    }
    parts.into()
}

/// The queues and agents of history; `None`: all.
fn history_scope(permissions: &Permissions) -> Option<Arc<DataScope>> {
    let scope = permissions.data_scope();
    if permissions.has(Right::PersonalData) {
        return scope.cloned();
    }
    let everything = || vec![Pattern("*".to_owned())];
    Some(Arc::new(DataScope {
        queues: scope.map_or_else(everything, |scope| scope.queues.clone()),
        agents: Vec::new(),
    }))
}
