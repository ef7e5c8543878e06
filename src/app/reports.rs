//! Reports by email.

use crate::{
    reports::{ReportPlan, Reports, run_reports},
    web::{CertificateExpiry, DataOrigin, WebState, compose_fault, compose_report},
};
use wallboard_live::LiveHandle;

use super::App;

impl App {
    /// Returns the task that sends reports until the term ends.
    pub(super) fn send_reports(
        &self,
        reports: Reports,
        live: &LiveHandle,
    ) -> impl Future<Output = ()> + Send + use<> {
        let expiry = CertificateExpiry::default();
        let web = WebState::from(self.web_state(live.clone(), DataOrigin::Live, expiry, None));
        let of_site = live.clone();
        let zone = move || of_site.read_snapshot(|snapshot, _| snapshot.site.zone.clone());
        let sender = reports.clone();
        let (of_faults, faulty) = (web.clone(), reports.clone());
        let explain = move |plan: &ReportPlan, why: &str| {
            compose_fault(&of_faults, plan, faulty.public_url().as_deref(), why)
        };
        let compose = move |plan, due| {
            let (web, public_url) = (web.clone(), sender.public_url());
            async move {
                Box::pin(compose_report(
                    &web,
                    &plan,
                    Some(due),
                    public_url.as_deref(),
                ))
                .await
            }
        };
        run_reports(reports, zone, compose, explain, self.term.clone())
    }
}
