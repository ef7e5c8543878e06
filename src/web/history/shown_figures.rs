//! Board values of a queue's days next to the export's: "board 81.2%, export 80.9%".

use std::collections::HashMap;

use jiff::civil::Date;
use tracing::warn;

use wallboard_domain::{BoardSnapshot, Id, Metric};
use wallboard_store::Store;
use wallboard_texts::Texts;

use super::number::HistoryNumber;
use crate::web::parts::clock::UNKNOWN;

/// The last snapshot of each day.
#[derive(Debug, Default)]
pub(super) struct ShownFigures(HashMap<Date, BoardSnapshot>);

impl ShownFigures {
    /// Reads days from `first` to `last`. Failures go to the log: the page still shows the
    /// export's values.
    pub(super) async fn load(store: &Store, id: &Id, first: Date, last: Date) -> Self {
        match store.board_snapshots(id.clone(), first, last).await {
            Ok(snapshots) => Self::from(snapshots),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                warn!(error, "Couldn't read board snapshots");
                Self::default()
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Contacts answered and the service level, as boards showed them.
    pub(super) fn day_cells(&self, texts: &Texts, day: Date) -> [String; 2] {
        let Some(snapshot) = self.0.get(&day) else {
            return [UNKNOWN, UNKNOWN].map(str::to_owned);
        };
        let figure = |metric| snapshot.figures.get(metric);
        let answered = figure(Metric::Answered);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast of a float saturates"
        )]
        let answered = answered.map(|n| HistoryNumber::Count(n as i64).write(texts));
        let answered = answered.map(|answered| {
            if snapshot.is_complete {
                answered
            } else {
                texts.partial_value(answered)
            }
        });
        let level = figure(Metric::ServiceLevel);
        let level = level.map(|share| HistoryNumber::Percent(share).write(texts));
        let level = level.map(|level| match figure(Metric::Abandoned) {
            Some(_) => level,
            // The board doesn't know contacts that left unopened.
            None => texts.of_answered_value(level),
        });
        [answered, level].map(|cell| cell.unwrap_or_else(|| UNKNOWN.to_owned()))
    }
}

impl From<Vec<BoardSnapshot>> for ShownFigures {
    /// Takes snapshots in order of time.
    fn from(snapshots: Vec<BoardSnapshot>) -> Self {
        let days = snapshots
            .into_iter()
            .map(|snapshot| (snapshot.day, snapshot));
        Self(days.collect())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn snapshot(at: &str, figures: &[(Metric, f64)], complete: bool) -> BoardSnapshot {
        let at: Timestamp = at.parse().unwrap();
        BoardSnapshot {
            queue: Id::new(&"voice".into(), "1"),
            day: "2026-11-19".parse().unwrap(),
            at,
            until: at,
            is_up_to_date: true,
            is_complete: complete,
            is_estimated: false,
            since: None,
            missing: None,
            figures: figures.iter().copied().collect(),
            sums: None,
        }
    }

    #[test]
    fn the_last_snapshot_of_a_day_is_shown() {
        let shown = ShownFigures::from(vec![
            snapshot("2026-11-19T12:00:00Z", &[(Metric::Answered, 600.0)], true),
            snapshot(
                "2026-11-20T00:00:00Z",
                &[
                    (Metric::Answered, 1_204.0),
                    (Metric::Abandoned, 8.0),
                    (Metric::ServiceLevel, 81.24),
                ],
                true,
            ),
        ]);

        let day = "2026-11-19".parse().unwrap();
        assert_eq!(shown.day_cells(Texts::english(), day), ["1,204", "81.2%"]);
        assert_eq!(
            shown.day_cells(Texts::english(), day.tomorrow().unwrap()),
            ["–", "–"]
        );
    }

    #[test]
    fn partial_days_and_unknown_abandons_are_labeled() {
        let figures = [(Metric::Answered, 7.0), (Metric::ServiceLevel, 90.0)];
        let shown = ShownFigures::from(vec![snapshot("2026-11-20T00:00:00Z", &figures, false)]);

        let cells = shown.day_cells(Texts::english(), "2026-11-19".parse().unwrap());

        assert_eq!(cells, ["7 (partial)", "90.0% of answered"]);
    }
}
