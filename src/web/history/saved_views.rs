//! Views of the history that people saved: which of them a reader finds, and the list on the page.

use std::sync::Arc;

use axum::{extract::Query, http::Uri};

use wallboard_access::{Right, Role};
use wallboard_history::report::ReportSubject;
use wallboard_store::StoreError;
use wallboard_texts::Texts;

use crate::{
    saved_views::{SavedView, SavedViews},
    web::{WebError, WebState, access::visitor::Visitor, parts::links},
};

use super::query::HistoryQuery;

/// The panel of saved views on a history page.
pub(super) struct SavedPanel {
    /// Names, addresses, and whether the page is one of them.
    pub(super) views: Vec<(String, String, bool)>,
    /// The address to save.
    pub(super) address: String,
}

impl SavedPanel {
    /// `None` for visitors who can't save any.
    pub(super) async fn load(
        web: &WebState,
        visitor: &Visitor,
        query: &HistoryQuery,
    ) -> Result<Option<Self>, WebError> {
        let (Some(saved), Some(user)) = (&web.saved_views, user_of(web, visitor)) else {
            return Ok(None);
        };
        let address = query.path_for("/history");
        let found = visible_views(web, visitor, saved, &user).await?;
        let views = found.into_iter().map(|view| {
            let is_here = view.address == address;
            (view.name.clone(), view.address.clone(), is_here)
        });
        Ok(Some(Self {
            views: views.collect(),
            address,
        }))
    }

    /// "Saved views (3)"
    pub(super) fn word(&self, texts: &Texts) -> String {
        match self.views.len() {
            0 => texts.saved_views().to_owned(),
            count => texts.saved_views_count(count),
        }
    }
}

/// The ID that a visitor's views have; empty with open access.
pub(super) fn user_of(web: &WebState, visitor: &Visitor) -> Option<String> {
    visitor.as_actor(web).map(|actor| actor.id)
}

/// Whether a visitor may rename or delete a view: their own, and administrators what others share.
pub(super) fn may_change(visitor: &Visitor, user: &str, view: &SavedView) -> bool {
    let is_admin = (visitor.permissions()).is_some_and(|has| has.role == Role::Admin);
    view.owner == user || (is_admin && view.is_shared)
}

/// The query of an address of the history; `None` if it isn't one.
pub(super) fn parse_address(address: &str) -> Option<HistoryQuery> {
    let uri: Uri = address.parse().ok()?;
    if uri.path() != "/history" || uri.authority().is_some() {
        return None;
    }
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&uri).ok()?;
    HistoryQuery::parse(&pairs).ok()
}

/// A user's own views, and those that others share of what the user may see. `web` is the user's.
pub(super) async fn visible_views(
    web: &WebState,
    visitor: &Visitor,
    saved: &SavedViews,
    user: &str,
) -> Result<Vec<Arc<SavedView>>, StoreError> {
    let mut found = Vec::new();
    for view in saved.list(user) {
        if view.owner == user || may_see(web, visitor, &view).await? {
            found.push(view);
        }
    }
    Ok(found)
}

/// Whether a visitor may see everything that a view names. Names of views may name it too.
async fn may_see(web: &WebState, visitor: &Visitor, view: &SavedView) -> Result<bool, StoreError> {
    let Some(query) = parse_address(&view.address) else {
        return Ok(false);
    };
    if query.is_of_agents() && !web.history.sees_agents() {
        return Ok(false);
    }
    if visitor.has(Right::WholeSite) {
        return Ok(true);
    }
    let agents = query.agent.iter().cloned().map(ReportSubject::Agent);
    let queues = query.queues.iter().cloned().map(ReportSubject::Queue);
    for subject in agents.chain(queues) {
        if !links::is_live(&web.live, &subject) && !web.history.is_known(subject).await? {
            return Ok(false);
        }
    }
    Ok(true)
}
