//! The settings of reports.

use std::sync::Arc;

use wallboard_domain::{AgentCounters, Counters, SiteConfig, SourceId};

use super::ExportColumns;

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
    /// Whether a time without a file had no contacts, as long as there are later files. True
    /// for Vergic.
    pub omits_zero_intervals: bool,
    /// Whether it has single calls, each with its reason and end reason. True for Sangoma.
    pub has_calls: bool,
    pub zero_counters: ZeroCounters,
    /// The mapping of its files' columns, if it is configured.
    pub columns: Option<ExportColumns>,
}

/// The counters of a queue or agent without rows in a covered time: 0 where the source
/// reports the counter, and unknown where it never does. By default it reports all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZeroCounters {
    pub contacts: Counters,
    pub agent: AgentCounters,
}
