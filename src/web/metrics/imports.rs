//! What is told of sources of files.

use std::fmt;

use jiff::Timestamp;

use crate::{
    domain::SourceId,
    history::import::{State, Status},
};

use super::{
    float,
    page::{Labels, Page},
};

/// How all of them are at one scrape.
#[derive(Debug)]
pub(super) struct Imports {
    pub(super) all: Vec<(SourceId, Status)>,
    pub(super) now: Timestamp,
}

/// Name, meaning, and what of a status it is.
type Gauge = (&'static str, &'static str, fn(&Status) -> u64);

const GAUGES: [Gauge; 3] = [
    (
        "wallboard_import_files",
        "Imported files in the database.",
        |status| status.ledger.files,
    ),
    ("wallboard_import_rows", "Rows of these files.", |status| {
        status.ledger.rows
    }),
    (
        "wallboard_import_set_aside_rows",
        "Rows of these files that couldn't be read.",
        |status| status.ledger.set_aside,
    ),
];

impl Imports {
    /// Whether the far side of each could be seen by the last run, or by the first one.
    pub(super) fn up(&self) -> impl Iterator<Item = (Labels, f64)> {
        self.each(|status| {
            let is_up = match status.state(self.now) {
                State::Live | State::Degraded => true,
                // The first run may take hours.
                State::Connecting => status.phase.has_seen(),
                State::Down => false,
            };
            u8::from(is_up).into()
        })
    }

    pub(super) fn tell(&self, page: &mut Page) -> fmt::Result {
        if self.all.is_empty() {
            return Ok(());
        }
        let seen = self.all.iter().filter_map(|(id, status)| {
            let at = status.last_seen?;
            Some((labels(id), at.as_duration().as_secs_f64()))
        });
        page.gauges(
            "wallboard_import_last_success_timestamp_seconds",
            "When the last import that reached the remote side ended.",
            seen,
        )?;
        page.gauges(
            "wallboard_import_late",
            "Whether the next file is more than an hour late.",
            self.each(|status| u8::from(status.is_late(self.now)).into()),
        )?;
        for (name, help, value) in GAUGES {
            page.gauges(name, help, self.each(|status| float(value(status))))?;
        }
        page.counters(
            "wallboard_import_failures",
            "Failed imports since the start.",
            (self.all.iter()).map(|(id, status)| (labels(id), status.failures)),
        )
    }

    fn each(&self, value: impl Fn(&Status) -> f64) -> impl Iterator<Item = (Labels, f64)> {
        (self.all.iter()).map(move |(id, status)| (labels(id), value(status)))
    }
}

fn labels(id: &SourceId) -> Labels {
    vec![("source", id.to_string())]
}

#[cfg(test)]
mod tests {
    use crate::{history::import::Phase, web::exports::tests::source};

    use super::*;

    #[test]
    fn a_source_is_up_while_its_first_import_takes_files_in() {
        let now = "2026-11-20T08:00:00Z".parse().unwrap();
        let up = |phase| {
            let mut status = source("files").status();
            status.phase = phase;
            let all = vec![(SourceId::from("files"), status)];
            Imports { all, now }.up().all(|(_, up)| 0.5 < up)
        };

        assert_eq!([Phase::Idle, Phase::Listing].map(up), [false; 2]);
        assert_eq!([Phase::Taking, Phase::Reckoning].map(up), [true; 2]);
    }
}
