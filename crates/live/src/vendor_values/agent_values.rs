//! Agent values, as computed by their vendor.

use jiff::Timestamp;

use wallboard_domain::{AgentStatus, AgentStatusReport, VendorValue};

use crate::{
    metric_reading::is_expired,
    snapshot::{AgentReport, AgentSnapshot},
};

use super::{report_context::ReportContext, status_clock::StatusChange};

impl ReportContext {
    /// Returns the time to learn the source's clock from.
    pub(super) fn apply_to_agent(
        &self,
        agent: &mut AgentSnapshot,
        value: &VendorValue,
    ) -> Option<Timestamp> {
        let report = agent.report.as_deref_mut()?;
        let clock_sample = match value {
            VendorValue::Metric(metric, value) => {
                report.provided_metrics.binary_search(metric).ok()?;
                let before = report.readings.get(*metric);
                let clock_sample = self.clock_sample(before.and_then(|before| before.at));
                let reading = self.metric_reading(*metric, *value, before);
                report.readings.insert(*metric, reading);
                return clock_sample;
            }
            VendorValue::Status(_) if !report.provides_status => return None,
            VendorValue::Status(status_report) => {
                let clock_sample = self.clock_sample(report.last_status.and_then(|stamp| stamp.at));
                agent.status = self.apply_status(report, agent.status, status_report.as_ref());
                clock_sample
            }
            VendorValue::TimeInState(duration) => {
                let clock_sample = self.clock_sample(report.clock.duration_reported_at());
                report.clock.record_duration(self, *duration);
                if !report.provides_status {
                    // Without a status, this shows how long the clock is valid.
                    report.last_status = Some(self.build_stamp(duration.is_none()));
                }
                clock_sample
            }
        };
        agent.since = report.clock.started_at(report.last_status);
        clock_sample
    }

    fn apply_status(
        &self,
        report: &mut AgentReport,
        status: AgentStatus,
        status_report: Option<&AgentStatusReport>,
    ) -> AgentStatus {
        let before = report.last_status.filter(|stamp| {
            !stamp.is_invalid
                && stamp.generation == self.generation
                && !is_expired(stamp.valid_until, self.now.monotonic)
        });
        let Some(status_report) = status_report else {
            report.last_status = Some(self.build_stamp(true));
            report.vendor_status = None;
            report.reason = None;
            report.media.clear();
            report.clock.clear_status();
            return AgentStatus::Unknown;
        };
        let change = match before {
            None => StatusChange::PreviousUnknown,
            Some(_)
                if status == status_report.status
                    && report.vendor_status == status_report.vendor_status =>
            {
                StatusChange::Same
            }
            Some(stamp) => StatusChange::Changed(self.to_wall_time(stamp.received_at)),
        };
        report
            .clock
            .record_status(self, change, status_report.since);
        report.last_status = Some(self.build_stamp(false));
        report
            .vendor_status
            .clone_from(&status_report.vendor_status);
        report.reason.clone_from(&status_report.reason);
        if report.media != status_report.media {
            report.media.clone_from(&status_report.media);
        }
        status_report.status
    }
}
