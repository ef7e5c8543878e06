//! A kind of data that is stored about a person, as a row of a page.

use jiff::{Timestamp, tz::TimeZone};

use wallboard_store::{DataKind, DataRetention, InventoryRow, KeptFor};
use wallboard_texts::{Texts, UNKNOWN};

use crate::web::parts::links::PageLink;

/// A kind of data on a page.
pub(in crate::web) struct DataRow {
    pub(in crate::web) label: &'static str,
    pub(in crate::web) count: String,
    pub(in crate::web) from: String,
    pub(in crate::web) to: String,
    pub(in crate::web) kept_for: String,
    /// Where it can be seen and downloaded.
    pub(in crate::web) place: PageLink,
}

impl DataRow {
    /// Makes a row without a place.
    pub(in crate::web) fn new(
        texts: &'static Texts,
        row: &InventoryRow,
        retention: &DataRetention,
        zone: &TimeZone,
    ) -> Self {
        let date = |at: Timestamp| texts.date_of(at, zone);
        let none = || UNKNOWN.to_owned();
        Self {
            label: label(texts, row.kind),
            count: row.rows.map_or_else(none, |rows| rows.to_string()),
            from: row.span.map_or_else(none, |(first, _)| date(first)),
            to: row.span.map_or_else(none, |(_, last)| date(last)),
            kept_for: match row.kind.kept_for(retention) {
                KeptFor::Database => texts.kept_with_database().to_owned(),
                KeptFor::Days(days) => texts.kept_for_days(days),
                KeptFor::Never => none(),
            },
            place: PageLink::default(),
        }
    }
}

fn label(texts: &'static Texts, kind: DataKind) -> &'static str {
    match kind {
        DataKind::Names => texts.data_names(),
        DataKind::Groups => texts.data_groups(),
        DataKind::DayFigures => texts.data_day_figures(),
        DataKind::IntervalFigures => texts.data_interval_figures(),
        DataKind::Activity => texts.data_activity(),
        DataKind::Calls => texts.data_calls(),
        DataKind::Schedules => texts.data_schedules(),
        DataKind::CaseRecords => texts.data_case_records(),
        DataKind::CallerNames => texts.data_caller_names(),
        DataKind::ExportRows => texts.data_export_rows(),
        DataKind::RejectedRows => texts.data_rejected_rows(),
        DataKind::InputLog => texts.data_input_log(),
        DataKind::Account => texts.data_account(),
        DataKind::PairedScreens => texts.data_paired_screens(),
        DataKind::AuditTrail => texts.data_audit_trail(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_labels_are_those_of_the_command() {
        for kind in [
            DataKind::Names,
            DataKind::Groups,
            DataKind::DayFigures,
            DataKind::IntervalFigures,
            DataKind::Activity,
            DataKind::Calls,
            DataKind::Schedules,
            DataKind::CaseRecords,
            DataKind::CallerNames,
            DataKind::ExportRows,
            DataKind::RejectedRows,
            DataKind::InputLog,
            DataKind::Account,
            DataKind::PairedScreens,
            DataKind::AuditTrail,
        ] {
            assert_eq!(label(Texts::english(), kind), kind.label());
        }
    }
}
