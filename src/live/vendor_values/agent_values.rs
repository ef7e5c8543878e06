//! What an agent does, as their vendor states it.

use jiff::Timestamp;

use crate::domain::{AgentStatus, AgentStatusReport, VendorValue};

use crate::live::{
    metric_reading::is_expired,
    snapshot::{AgentReport, AgentSnapshot},
};

use super::{ReportContext, status_clock::StatusChange};

impl ReportContext {
    /// Returns the time that teaches its source's clock.
    pub(super) fn apply_to_agent(
        &self,
        agent: &mut AgentSnapshot,
        stated: &VendorValue,
    ) -> Option<Timestamp> {
        let known = agent.report.as_deref_mut()?;
        let taught = match stated {
            VendorValue::Metric(metric, value) => {
                known.provided_metrics.binary_search(metric).ok()?;
                let before = known.readings.get(*metric);
                let taught = self.clock_sample(before.and_then(|before| before.at));
                let reading = self.metric_reading(*metric, *value, before);
                known.readings.insert(*metric, reading);
                return taught;
            }
            VendorValue::Status(_) if !known.provides_status => return None,
            VendorValue::Status(stance) => {
                let taught = self.clock_sample(known.last_status.and_then(|said| said.at));
                agent.status = self.apply_status(known, agent.status, stance.as_ref());
                taught
            }
            VendorValue::TimeInState(lasted) => {
                let taught = self.clock_sample(known.clock.duration_reported_at());
                known.clock.record_duration(self, *lasted);
                if !known.provides_status {
                    // No state says how far it can be trusted.
                    known.last_status = Some(self.build_stamp(lasted.is_none()));
                }
                taught
            }
        };
        agent.since = known.clock.started_at(known.last_status);
        taught
    }

    fn apply_status(
        &self,
        known: &mut AgentReport,
        state: AgentStatus,
        stance: Option<&AgentStatusReport>,
    ) -> AgentStatus {
        let before = known.last_status.filter(|said| {
            !said.is_invalid
                && said.generation == self.generation
                && !is_expired(said.valid_until, self.now.monotonic)
        });
        let Some(stance) = stance else {
            known.last_status = Some(self.build_stamp(true));
            known.vendor_status = None;
            known.reason = None;
            known.media.clear();
            known.clock.clear_status();
            return AgentStatus::Unknown;
        };
        let turn = match before {
            None => StatusChange::Unseen,
            Some(_) if state == stance.status && known.vendor_status == stance.vendor_status => {
                StatusChange::Same
            }
            Some(said) => StatusChange::Changed(self.to_wall_time(said.received_at)),
        };
        known.clock.record_status(self, turn, stance.since);
        known.last_status = Some(self.build_stamp(false));
        known.vendor_status.clone_from(&stance.vendor_status);
        known.reason.clone_from(&stance.reason);
        if known.media != stance.media {
            known.media.clone_from(&stance.media);
        }
        stance.status
    }
}
