//! Figures that can be added up.

use wallboard_domain::{AgentCounters, ContactFigures, Counters, WaitDistribution};
use wallboard_store::CODED_COUNTERS;

use super::{ReportedExport, RowFigures};

/// Figures that can be added up in a cell.
pub(super) trait Summable: Clone + Default {
    /// The figures without rows in a covered time.
    fn zero(export: &ReportedExport) -> Self;
    fn merge(&mut self, more: &Self);
    fn into_figures(self) -> RowFigures;
}

impl Summable for ContactFigures {
    fn zero(export: &ReportedExport) -> Self {
        Self {
            counters: export.zero_counters.contacts,
            waits: export.has_calls.then(WaitDistribution::default),
            staffing: None,
        }
    }

    fn merge(&mut self, more: &Self) {
        ContactFigures::merge(self, more);
    }

    fn into_figures(self) -> RowFigures {
        RowFigures::Contacts(self)
    }
}

impl Summable for AgentCounters {
    fn zero(export: &ReportedExport) -> Self {
        export.zero_counters.agent.clone()
    }

    fn merge(&mut self, more: &Self) {
        AgentCounters::merge(self, more);
    }

    fn into_figures(self) -> RowFigures {
        RowFigures::Agent(self)
    }
}

/// Of contacts with a code.
impl Summable for Counters {
    fn zero(_: &ReportedExport) -> Self {
        Self::default().only(&CODED_COUNTERS)
    }

    fn merge(&mut self, more: &Self) {
        Counters::merge(self, more);
    }

    fn into_figures(self) -> RowFigures {
        RowFigures::Coded(self)
    }
}
