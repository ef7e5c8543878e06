//! The state that pages and the API need.

use tokio::sync::watch;

use wallboard_access::SendLimits;
use wallboard_live::LiveHandle;
use wallboard_log::input_log::LogStatus;
use wallboard_sources::SourceConfig;

use crate::{
    settings::AccessSettings,
    web::{self, AllowedOrigins, DataOrigin, WebParts},
};

use super::App;

impl App {
    /// Returns what pages and the API need.
    pub(super) fn web_state(
        &self,
        live: LiveHandle,
        data_origin: DataOrigin,
        certificate_expiry: web::CertificateExpiry,
        log: Option<watch::Receiver<LogStatus>>,
    ) -> WebParts {
        let started = live.now().wall;
        WebParts {
            live,
            boards: self.boards.clone(),
            rewind: self.rewind.clone(),
            hub: self.hub.clone(),
            history: self.history.clone(),
            recent_days: web::RecentDaysCache::default(),
            origins: AllowedOrigins {
                public: self.plan.public_url.clone(),
                has_sessions: self.plan.access != AccessSettings::Open,
            },
            data_origin,
            readiness: self.ready.clone(),
            certificate_expiry,
            imports: self.import_registry.clone(),
            store: self.store.clone(),
            sign_in: None,
            screens: None,
            editor: self.editing.as_ref().map(|editing| editing.editor.clone()),
            alerts: self.alerts.clone(),
            reports: self.reports.clone(),
            saved_views: self.saved_views.clone(),
            holidays: self.holidays.clone(),
            announcements: self.announcements.clone(),
            pictures: self.pictures.clone(),
            deliveries: self.deliveries.clone(),
            send_limits: SendLimits::default(),
            forecasts: Some(self.forecasts.clone()),
            editing_policy: self.plan.editing_policy,
            setup_code: None,
            server_info: web::ServerInfo {
                started,
                store: self.plan.store.clone(),
                source_log: self.plan.source_log.clone(),
                configuration: self.configuration.clone(),
                log,
                retention: self.plan.data_retention(),
                starters: SourceConfig::STARTERS,
                record_fields: (self.plan.case_records.as_ref())
                    .map(|plan| plan.fields.clone())
                    .unwrap_or_default(),
                record_deliveries: self.record_deliveries.clone(),
                cluster: self.node.as_ref().map(|node| node.monitor.clone()),
            },
        }
    }
}
