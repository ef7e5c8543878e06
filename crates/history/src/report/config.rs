//! The settings of reports.

use std::sync::Arc;

use crate::{
    coverage::Coverage,
    export_vendor::ZeroCounters,
    vendors::{ExportVendor, SourceVendors},
};
use wallboard_domain::{SiteConfig, SourceId};

/// The settings of reports. Replaced when the configuration changes.
#[derive(Clone, Debug, Default)]
pub struct ReportConfig {
    pub site: Arc<SiteConfig>,
    pub exports: Vec<ReportedExport>,
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
