//! The settings of reports.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::{
    coverage::Coverage,
    export_vendor::ZeroCounters,
    plan::ActivityClass,
    vendors::{ExportVendor, SourceVendors},
};
use wallboard_domain::{Id, Patterns, SiteConfig, SourceId};

/// The settings of reports. Replaced when the configuration changes.
#[derive(Clone, Debug, Default)]
pub struct ReportConfig {
    pub site: Arc<SiteConfig>,
    pub exports: Vec<ReportedExport>,
    pub plans: Vec<ReportedPlan>,
    pub schedules: Vec<ReportedSchedule>,
}

/// A source whose plans are imported.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedPlan {
    pub id: SourceId,
    /// Names in its files, with the queues and groups that the configuration says.
    pub queues: Arc<Vec<(String, Id)>>,
}

/// A source whose schedules are imported.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedSchedule {
    pub id: SourceId,
    /// The zone of its days.
    pub zone: TimeZone,
    pub activities: Arc<Patterns<ActivityClass>>,
}

/// A source whose exports are imported.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedExport {
    pub id: SourceId,
    pub vendor: ExportVendor,
    /// Whether a time without a file had no contacts, as long as there are later files.
    pub omits_zero_intervals: bool,
    /// Whether it has single calls, each with its reason and end reason.
    pub has_calls: bool,
    pub zero_counters: ZeroCounters,
}

impl ReportConfig {
    /// Takes the sources of files, which have either what happened or what is planned.
    pub fn new(
        site: Arc<SiteConfig>,
        sources: impl IntoIterator<Item = (SourceId, ExportVendor)>,
    ) -> Self {
        let mut config = Self {
            site,
            ..Self::default()
        };
        for (id, vendor) in sources {
            match vendor.plan() {
                Some(plan) if plan.columns.are_of_schedules() => {
                    config.schedules.push(ReportedSchedule {
                        id,
                        zone: plan.zone.clone(),
                        activities: plan.activities.clone(),
                    });
                }
                Some(plan) => config.plans.push(ReportedPlan {
                    id,
                    queues: plan.queues.clone(),
                }),
                None => config.exports.push(ReportedExport::new(id, vendor)),
            }
        }
        config
    }

    /// Returns the vendor of each source.
    pub fn vendors(&self) -> SourceVendors {
        let exports = self.exports.iter();
        exports
            .map(|export| (export.id.clone(), export.vendor.clone()))
            .collect()
    }
}

impl ReportedExport {
    pub fn new(id: SourceId, vendor: ExportVendor) -> Self {
        Self {
            id,
            omits_zero_intervals: matches!(vendor.coverage(), Coverage::Active),
            has_calls: vendor.has_calls(),
            zero_counters: vendor.zero_counters(),
            vendor,
        }
    }
}
