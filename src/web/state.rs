//! The state that pages read from, and nothing of how they look.

use std::{ops::Deref, sync::Arc};

use wallboard_access::{EditingPolicy, Screens, SendLimits, SetupCode, SignIn};
use wallboard_boards::{BoardRegistry, push::Hub};
use wallboard_history::{import::ImportRegistry, report::History};
use wallboard_live::LiveHandle;
use wallboard_sources::values::Deliveries;
use wallboard_store::Store;

use crate::web::{
    AllowedOrigins, CertificateExpiry, DataOrigin, Readiness, RecentDaysCache, Rewind, ServerInfo,
};
use crate::{
    alerts::Alerts, announcements::Announcements, editing::Editor, forecasts::Forecasts,
    holidays::Holidays, pictures::Pictures, reports::Reports, saved_views::SavedViews,
};

/// The state that pages need. A clone shares it: each layer and handler of a request gets one.
#[derive(Clone, Debug)]
pub struct WebState(Arc<WebParts>);

impl From<WebParts> for WebState {
    fn from(parts: WebParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for WebState {
    type Target = WebParts;

    fn deref(&self) -> &WebParts {
        &self.0
    }
}

/// The parts of the state, each with a state of its own to share.
#[derive(Clone, Debug)]
pub struct WebParts {
    pub live: LiveHandle,
    pub boards: BoardRegistry,
    /// Earlier moments, if there is a log.
    pub rewind: Option<Rewind>,
    pub hub: Hub,
    /// History from exports.
    pub history: History,
    /// Cached history of queue and agent pages.
    pub recent_days: RecentDaysCache,
    pub origins: AllowedOrigins,
    pub data_origin: DataOrigin,
    /// The state that `/readyz` reports.
    pub readiness: Readiness,
    /// The certificate expiry that `/metrics` reports.
    pub certificate_expiry: CertificateExpiry,
    /// The running file sources and their status.
    pub imports: ImportRegistry,
    pub store: Store,
    /// Sign-in; `None`: access is open.
    pub sign_in: Option<SignIn>,
    /// Paired screens; `None` where none can be paired.
    pub screens: Option<Screens>,
    /// Changes that people make in the browser; `None` where nothing can be changed.
    pub editor: Option<Editor>,
    /// Alerts; `None` where nobody is alerted.
    pub alerts: Option<Alerts>,
    /// Reports by email; `None` where none can be sent.
    pub reports: Option<Reports>,
    /// Views of the history that people saved; `None` where nothing can be changed.
    pub saved_views: Option<SavedViews>,
    /// Calendars of holidays; `None` where nothing can be changed.
    pub holidays: Option<Holidays>,
    /// Announcements on the boards; `None` where nobody can announce.
    pub announcements: Option<Announcements>,
    /// Pictures that people upload; `None` where nothing can be changed.
    pub pictures: Option<Pictures>,
    /// The way to the sources that systems send their values to.
    pub deliveries: Deliveries,
    pub send_limits: SendLimits,
    /// Forecasts of queues; `None` of a past.
    pub forecasts: Option<Forecasts>,
    /// The roles that may use the editor.
    pub editing_policy: EditingPolicy,
    /// Opens the page for the first administrator.
    pub setup_code: Option<SetupCode>,
    /// Server details on the sources page.
    pub server_info: ServerInfo,
}
