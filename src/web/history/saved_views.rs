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
    let views = saved.list(user).into_iter().filter_map(|view| {
        let asked = if view.owner == user {
            Vec::new()
        } else {
            subjects_to_ask(web, visitor, &view)?
        };
        Some((view, asked))
    });
    let views: Vec<_> = views.collect();
    let asked = views.iter().flat_map(|(_, asked)| asked.iter().cloned());
    let asked: Vec<_> = asked.collect();
    // At once: each look at the history reads all its names.
    let known = if asked.is_empty() {
        Vec::new()
    } else {
        web.history.are_known(asked).await?
    };
    let mut known = known.into_iter();
    let seen = views.into_iter().filter_map(|(view, asked)| {
        let own: Vec<_> = known.by_ref().take(asked.len()).collect();
        own.into_iter().all(|is_known| is_known).then_some(view)
    });
    Ok(seen.collect())
}

/// The subjects that a view names and no live source has: a visitor may see the view if the visitor's history has
/// them. Names of views may name them too. `None` if the visitor may not see it anyway.
fn subjects_to_ask(
    web: &WebState,
    visitor: &Visitor,
    view: &SavedView,
) -> Option<Vec<ReportSubject>> {
    let query = parse_address(&view.address)?;
    if query.is_of_agents() && !web.history.sees_agents() {
        return None;
    }
    if visitor.has(Right::WholeSite) {
        return Some(Vec::new());
    }
    let agents = query.agent.iter().cloned().map(ReportSubject::Agent);
    let queues = query.queues.iter().cloned().map(ReportSubject::Queue);
    let subjects = agents.chain(queues);
    let others = subjects.filter(|subject| !links::is_live(&web.live, subject));
    Some(others.collect())
}
