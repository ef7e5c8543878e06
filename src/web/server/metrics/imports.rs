//! Metrics of file sources.

use std::fmt;

use jiff::Timestamp;

use wallboard_domain::{SourceHealth, SourceId};
use wallboard_history::import::ImportStatus;

use super::{
    metrics_text::{MetricLabels, MetricsText},
    to_float,
};

/// The state of all imports at one scrape.
#[derive(Debug)]
pub(super) struct ImportSamples {
    pub(super) all: Vec<(SourceId, ImportStatus)>,
    pub(super) now: Timestamp,
}

/// Name, help and getter.
type ImportGauge = (&'static str, &'static str, fn(&ImportStatus) -> u64);

const IMPORT_GAUGES: [ImportGauge; 3] = [
    (
        "wallboard_import_files",
        "Imported files in the database.",
        |status| status.totals.files,
    ),
    ("wallboard_import_rows", "Rows of these files.", |status| {
        status.totals.rows
    }),
    (
        "wallboard_import_set_aside_rows",
        "Rows of these files that couldn't be read.",
        |status| status.totals.rejected_rows,
    ),
];

impl ImportSamples {
    /// Whether the last run reached the remote side, or the first one has so far.
    pub(super) fn up_samples(&self) -> impl Iterator<Item = (MetricLabels, f64)> {
        self.for_each_import(|status| {
            let is_up = match status.state(self.now) {
                SourceHealth::Live | SourceHealth::Degraded => true,
                // The first run may take hours.
                SourceHealth::Connecting => status.phase.has_listed(),
                SourceHealth::Down => false,
            };
            u8::from(is_up).into()
        })
    }

    pub(super) fn write_metrics(&self, page: &mut MetricsText) -> fmt::Result {
        if self.all.is_empty() {
            return Ok(());
        }
        let last_contacts = self.all.iter().filter_map(|(id, status)| {
            let at = status.last_contact?;
            Some((import_labels(id), at.as_duration().as_secs_f64()))
        });
        page.write_gauges(
            "wallboard_import_last_success_timestamp_seconds",
            "When the last import that reached the remote side ended.",
            last_contacts,
        )?;
        page.write_gauges(
            "wallboard_import_late",
            "Whether the next file is more than an hour late.",
            self.for_each_import(|status| u8::from(status.is_overdue(self.now)).into()),
        )?;
        for (name, help, value) in IMPORT_GAUGES {
            page.write_gauges(
                name,
                help,
                self.for_each_import(|status| to_float(value(status))),
            )?;
        }
        page.write_counters(
            "wallboard_import_failures",
            "Failed imports since the start.",
            (self.all.iter()).map(|(id, status)| (import_labels(id), status.failures)),
        )
    }

    fn for_each_import(
        &self,
        value: impl Fn(&ImportStatus) -> f64,
    ) -> impl Iterator<Item = (MetricLabels, f64)> {
        (self.all.iter()).map(move |(id, status)| (import_labels(id), value(status)))
    }
}

fn import_labels(id: &SourceId) -> MetricLabels {
    vec![("source", id.to_string())]
}

#[cfg(test)]
mod tests {
    use crate::web::pages::import_panel::tests::file_source;
    use wallboard_history::import::ImportPhase;

    use super::*;

    #[test]
    fn a_source_is_up_during_its_first_import() {
        let now = "2026-11-20T08:00:00Z".parse().unwrap();
        let up = |phase| {
            let mut status = file_source("files").initial_status();
            status.phase = phase;
            let all = vec![(SourceId::from("files"), status)];
            ImportSamples { all, now }
                .up_samples()
                .all(|(_, up)| 0.5 < up)
        };

        assert_eq!(
            [ImportPhase::Idle, ImportPhase::Listing].map(up),
            [false; 2]
        );
        assert_eq!(
            [ImportPhase::Importing, ImportPhase::Computing].map(up),
            [true; 2]
        );
    }
}
