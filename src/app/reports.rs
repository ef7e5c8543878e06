//! Sends reports by email, where the sources are.

use tokio_util::sync::CancellationToken;

use crate::{
    reports::run_reports,
    web::{CertificateExpiry, DataOrigin, compose_report},
};
use wallboard_live::LiveHandle;

use super::{App, AppTask};

impl App {
    /// Sends reports until `end`.
    pub(super) fn start_reports(&mut self, live: &LiveHandle, end: CancellationToken) {
        let Some(reports) = self.reports.clone() else {
            return;
        };
        let expiry = CertificateExpiry::default();
        let web = self.web_state(live.clone(), DataOrigin::Live, expiry, None);
        let of_site = live.clone();
        let zone = move || of_site.read_snapshot(|snapshot, _| snapshot.site.zone.clone());
        let sender = reports.clone();
        let compose = move |plan| {
            let (web, public_url) = (web.clone(), sender.public_url());
            async move { Box::pin(compose_report(&web, &plan, public_url.as_deref())).await }
        };
        let task = AppTask {
            name: "reports",
            ends_with_term: self.node.is_some(),
        };
        self.spawn(task, run_reports(reports, zone, compose, end));
    }
}
