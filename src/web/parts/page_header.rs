//! The header of every desk page: where the data comes from, the pages that the visitor may
//! open, and who is signed in.

use std::{borrow::Cow, convert::Infallible};

use axum::{extract::FromRequestParts, http::request::Parts};

use wallboard_texts::Texts;

use crate::editing::{EntryId, Section};
use crate::reports::Reports;
use crate::web::{
    DataOrigin, WebState,
    access::{reader_texts::ReaderTexts, route_requirements::requirement_of, visitor::Visitor},
    parts::alert_scope::count_open,
};

/// The header of a desk page.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an entry of the navigation"
)]
pub(in crate::web) struct PageHeader {
    /// In English, except on pages that are translated.
    pub(in crate::web) texts: &'static Texts,
    origin: DataOrigin,
    visitor: Visitor,
    /// Whether the visitor may change anything here.
    is_editable: bool,
    /// Whether screens are paired here.
    has_screens: bool,
    /// Whether boards here have announcements.
    has_announcements: bool,
    has_reports: bool,
    /// Whether custom figures are declared.
    has_figures: bool,
    /// Whether a data source is simulated.
    has_demo: bool,
    /// How many open alerts the visitor may see; `None` where nobody is alerted.
    alerts: Option<usize>,
}

impl PageHeader {
    pub(in crate::web) fn new(web: &WebState, visitor: Visitor) -> Self {
        let (has_figures, has_demo) = web.live.read_snapshot(|snapshot, _| {
            let has_demo = snapshot.sources.values().any(|source| source.demo);
            (!snapshot.site.custom_figures.is_empty(), has_demo)
        });
        Self {
            texts: Texts::english(),
            origin: web.data_origin.clone(),
            is_editable: web.editor_for(&visitor).is_some(),
            alerts: web.alerts.as_ref().map(|_| count_open(web, &visitor)),
            visitor,
            has_screens: web.screens.is_some(),
            has_announcements: web.announcements.is_some(),
            has_reports: web.reports.as_ref().is_some_and(Reports::has_channels),
            has_figures,
            has_demo,
        }
    }

    /// The words about data that isn't real or not live.
    pub(in crate::web) fn note(&self) -> Option<Cow<'_, str>> {
        let of_source = || self.has_demo.then(|| self.texts.demo_data().into());
        self.origin.note(self.texts).or_else(of_source)
    }

    pub(in crate::web) fn is_simulated(&self) -> bool {
        self.origin == DataOrigin::Simulated
    }

    pub(in crate::web) fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// Whether the visitor may open a page of the product.
    pub(in crate::web) fn may_open(&self, route: &str) -> bool {
        self.visitor.is_allowed(requirement_of(route))
    }

    /// Whether the visitor may pair screens.
    pub(in crate::web) fn has_screens(&self) -> bool {
        self.has_screens && self.may_open("/screens")
    }

    /// Whether the visitor may change settings.
    pub(in crate::web) fn has_settings(&self) -> bool {
        self.is_editable && self.may_open("/settings")
    }

    /// Whether there can be a board that the visitor may save.
    pub(in crate::web) fn may_make_boards(&self) -> bool {
        self.has_settings() && self.visitor.may_make_boards()
    }

    /// Whether there are pages beyond those that every width shows.
    pub(in crate::web) fn has_more(&self) -> bool {
        ["/shift", "/sources", "/people"]
            .iter()
            .any(|route| self.may_open(route))
            || self.has_announcements()
            || self.has_screens()
            || self.has_settings()
    }

    /// Whether the visitor may make announcements.
    pub(in crate::web) fn has_announcements(&self) -> bool {
        self.has_announcements && self.may_open("/announcements")
    }

    /// Whether the visitor may send reports by email, and there is a channel for them.
    pub(in crate::web) fn has_reports(&self) -> bool {
        self.has_reports && self.may_open("/reports")
    }

    /// Whether there are custom figures whose past the visitor may see.
    pub(in crate::web) fn has_figures(&self) -> bool {
        self.has_figures && self.may_open("/figures")
    }

    /// How many alerts are open, for those who may see them.
    pub(in crate::web) fn alerts(&self) -> Option<usize> {
        self.alerts.filter(|_| self.may_open("/alerts"))
    }

    /// Whether the visitor may change the rules of alerts.
    pub(in crate::web) fn may_edit_alerts(&self) -> bool {
        self.has_settings() && self.visitor.may_edit(&EntryId::new(Section::Alerts, "new"))
    }

    /// The token that the visitor's forms need; empty with open access.
    pub(in crate::web) fn form_token(&self) -> String {
        self.account().map(|(_, token)| token).unwrap_or_default()
    }

    /// Differs between sessions, and opens nothing; the same for everyone with open access.
    pub(in crate::web) fn session_mark(&self) -> String {
        const LENGTH: usize = 16;
        match &self.visitor {
            Visitor::Person(identity, _) => {
                identity.session.to_text().chars().take(LENGTH).collect()
            }
            Visitor::Nobody | Visitor::Anyone | Visitor::Screen(..) | Visitor::Program(_) => {
                "open".to_owned()
            }
        }
    }

    /// The name of the signed-in person, and the token of the form that signs out.
    pub(in crate::web) fn account(&self) -> Option<(&str, String)> {
        match &self.visitor {
            Visitor::Nobody | Visitor::Anyone | Visitor::Screen(..) | Visitor::Program(_) => None,
            Visitor::Person(identity, token) => Some((&identity.name, token.form_token())),
        }
    }
}

impl FromRequestParts<WebState> for PageHeader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, Infallible> {
        let visitor = Visitor::from_request_parts(parts, web).await?;
        Ok(Self::new(web, visitor))
    }
}

/// The header of a page that is written in its reader's language.
pub(in crate::web) struct TranslatedHeader(pub(in crate::web) PageHeader);

impl FromRequestParts<WebState> for TranslatedHeader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, Infallible> {
        let ReaderTexts(texts) = ReaderTexts::from_request_parts(parts, web).await?;
        let header = PageHeader::from_request_parts(parts, web).await?;
        Ok(Self(PageHeader { texts, ..header }))
    }
}
