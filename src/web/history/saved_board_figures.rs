//! Board values for times that no export covers yet: the intervals of a live day, from snapshots
//! at quarter hours. Never added to an export's values.

use jiff::Timestamp;

use wallboard_domain::{BoardSnapshot, Counter, Counters, Metric, QueueId};
use wallboard_history::report::{ReportStep, RowFigures};
use wallboard_store::{Store, StoreError};
use wallboard_texts::Texts;

use super::{
    column::HistoryColumn, history_row::HistoryRow, number::HistoryNumber, scope::HistoryScope,
    subjects::HistorySubjects,
};

/// Board snapshots of each queue.
#[derive(Debug, Default)]
pub(super) struct SavedBoardFigures {
    /// One list per queue, none empty.
    queues: Vec<Vec<BoardSnapshot>>,
    /// Names of queues without board snapshots.
    without: Vec<String>,
}

/// Reads the board snapshots of a page's queues over its time range.
pub(super) async fn load_board_figures(
    store: &Store,
    scope: &HistoryScope,
    known: &HistorySubjects,
) -> Result<SavedBoardFigures, StoreError> {
    let query = &scope.query;
    if query.agent.is_some() || 7 < scope.window.day_count() {
        return Ok(SavedBoardFigures::default());
    }
    let queues = if query.queues.is_empty() {
        let all = known.subjects.queues.iter();
        all.map(|queue| queue.id.clone()).collect()
    } else {
        let members = query.queues.iter().flat_map(|id| known.shown_members(id));
        let mut members: Vec<QueueId> = members.collect();
        members.sort();
        members.dedup();
        members
    };
    let day = |at: Timestamp| at.to_zoned(scope.site.clone()).date();
    let (first, last) = (day(scope.window.from), day(scope.window.to));
    let snapshots = store
        .board_snapshots_of(queues.clone(), first, last)
        .await?;
    let mut board_figures = SavedBoardFigures::default();
    for (queue, snapshots) in queues.iter().zip(snapshots) {
        // A queue that the vendor has switched off gets no calls.
        let is_off = || {
            known
                .find_queue(queue)
                .is_some_and(|queue| queue.is_disabled)
        };
        if !snapshots.is_empty() {
            board_figures.queues.push(snapshots);
        } else if !is_off() {
            board_figures.without.push(known.queue_name(queue));
        }
    }
    Ok(board_figures)
}

impl SavedBoardFigures {
    /// Fills rows without export data with what the boards counted. Returns the reason if boards
    /// have data for only some of the queues.
    pub(super) fn fill_rows(
        &self,
        scope: &HistoryScope,
        times: &mut [HistoryRow],
    ) -> Option<String> {
        // Boards don't count open and closed time apart.
        let is_empty = |row: &HistoryRow| row.figures.is_none() && !row.has_closed;
        if scope.step == ReportStep::Day || self.queues.is_empty() || !times.iter().any(is_empty) {
            return None;
        }
        if !self.without.is_empty() {
            let names = join_names(scope.texts, &self.without);
            return Some(scope.texts.live_incomplete(names));
        }
        for row in times.iter_mut().filter(|row| is_empty(row)) {
            let Some((from, to)) = row.from.zip(row.to) else {
                continue;
            };
            let day = from.to_zoned(scope.site.clone()).date();
            let mut sum: Option<Counters> = None;
            for snapshots in &self.queues {
                let before = BoardSnapshot::find_at(snapshots, day, from);
                let after = BoardSnapshot::find_at(snapshots, day, to);
                let Some((before, after)) = before.zip(after) else {
                    // If one queue is unknown, no sum is correct.
                    sum = None;
                    break;
                };
                let counters = after.since(before);
                match &mut sum {
                    Some(sum) => sum.merge(&counters),
                    None => sum = Some(counters),
                }
            }
            // Without an offered or answered count, the row is unknown.
            let known = sum.filter(|sum| {
                sum.get(Counter::Offered)
                    .or(sum.get(Counter::Answered))
                    .is_some()
            });
            row.figures = known.map(|counters| RowFigures::Contacts(counters.into()));
            row.is_live = row.figures.is_some();
        }
        None
    }

    /// "board 81.2%, export 80.9%": for one queue and a whole day that both cover.
    pub(super) fn explain_difference(
        &self,
        scope: &HistoryScope,
        total: &HistoryRow,
    ) -> Option<String> {
        let ([snapshots], []) = (&self.queues[..], &self.without[..]) else {
            return None;
        };
        total.figures.as_ref()?;
        // Boards count a day with its closed times.
        if scope.leaves_out_closed()
            || scope.is_ongoing()
            || scope.window.day_count() != 1
            || total.is_live
        {
            return None;
        }
        let day = scope.window.from.to_zoned(scope.site.clone()).date();
        let last = snapshots.iter().rfind(|snapshot| snapshot.day == day)?;
        let parts = [
            (Metric::Offered, HistoryColumn::Offered),
            (Metric::Abandoned, HistoryColumn::Abandoned),
            (Metric::ServiceLevel, HistoryColumn::ServiceLevel),
        ];
        let texts = scope.texts;
        let parts = parts.into_iter().filter_map(|(metric, column)| {
            let export = total.value(column)?;
            let board = number_like(export, last.figures.get(metric)?);
            let label = texts.metric(metric).inline.as_str();
            Some(texts.board_and_export(label, board.write(texts), export.write(texts)))
        });
        let parts: Vec<_> = parts.collect();
        (!parts.is_empty()).then(|| {
            let parts = parts.join("; ");
            if last.is_complete {
                texts.board_differs(parts)
            } else {
                texts.board_differs_partly(parts)
            }
        })
    }
}

/// The first names, and how many more.
fn join_names(texts: &Texts, names: &[String]) -> String {
    match names {
        [first, second, rest @ ..] if 1 < rest.len() => {
            texts.names_and_more(format!("{first}, {second}"), rest.len())
        }
        _ => names.join(", "),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of a float saturates"
)]
fn number_like(number: HistoryNumber, value: f64) -> HistoryNumber {
    match number {
        HistoryNumber::Percent(_) => HistoryNumber::Percent(value),
        _ => HistoryNumber::Count(value.round() as i64),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use crate::web::history::{column::RatioRules, query::HistoryQuery, range::TimeRange};
    use wallboard_domain::RATIO_COUNTERS;

    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-19T{time}:00Z").parse().unwrap()
    }

    fn scope() -> HistoryScope {
        let day = "2026-11-19".parse().unwrap();
        let query = HistoryQuery {
            range: TimeRange::Days(day, day),
            ..HistoryQuery::default()
        };
        let now = "2026-11-20T08:00:00Z".parse().unwrap();
        HistoryScope::new(&query, now, &TimeZone::UTC, Texts::english())
    }

    /// The day so far: contacts offered, three quarters answered in time.
    fn snapshot_at(time: &str, offered: i64) -> BoardSnapshot {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let figures = [
            (Metric::Offered, offered as f64),
            (Metric::Answered, offered as f64),
            (Metric::Abandoned, 0.0),
            (Metric::ShortAbandoned, 0.0),
            (Metric::FlowOuts, 0.0),
            (Metric::ServiceLevel, 75.0),
        ];
        BoardSnapshot {
            queue: QueueId::new(&"voice".into(), "1"),
            day: "2026-11-19".parse().unwrap(),
            at: at(time),
            until: at(time),
            is_up_to_date: true,
            is_complete: true,
            is_estimated: false,
            since: Some(at("00:00")),
            missing: Some(0),
            figures: figures.into_iter().collect(),
            sums: Some(
                Counters::LIVE
                    .only(&RATIO_COUNTERS)
                    .with(Counter::AnsweredWithin, offered * 3 / 4)
                    .with(Counter::Waits, offered)
                    .with(Counter::WaitTime, offered * 12_000),
            ),
        }
    }

    fn saved_figures(queues: Vec<Vec<BoardSnapshot>>) -> SavedBoardFigures {
        SavedBoardFigures {
            queues,
            without: Vec::new(),
        }
    }

    fn row(from: &str, to: &str, offered: Option<i64>) -> HistoryRow {
        let figures = offered.map(|offered| {
            let mut counters = Counters::default();
            counters.add(Counter::Offered, offered);
            counters.add(Counter::Answered, offered);
            counters.add(Counter::AnsweredWithin, offered / 2);
            RowFigures::Contacts(counters.into())
        });
        HistoryRow {
            from: Some(at(from)),
            to: Some(at(to)),
            figures,
            ..HistoryRow::default()
        }
    }

    #[test]
    fn board_figures_fill_missing_rows_and_never_add_to_imported_ones() {
        let board_figures = saved_figures(vec![vec![
            snapshot_at("10:00", 20),
            snapshot_at("10:30", 28),
            snapshot_at("11:00", 40),
        ]]);
        let mut times = vec![
            row("09:30", "10:00", None),
            row("10:00", "10:30", None),
            row("10:30", "11:00", Some(7)),
        ];

        board_figures.fill_rows(&scope(), &mut times);

        let offered = |row: &HistoryRow| (row.value(HistoryColumn::Offered), row.is_live);
        let seen: Vec<_> = times.iter().map(offered).collect();
        assert_eq!(
            seen,
            [
                (None, false),
                (Some(HistoryNumber::Count(8)), true),
                (Some(HistoryNumber::Count(7)), false)
            ]
        );
        assert_eq!(times[1].service_level(), Some(75.0));
    }

    #[test]
    fn row_without_its_closed_times_is_not_filled() {
        let board_figures = saved_figures(vec![vec![
            snapshot_at("10:00", 20),
            snapshot_at("10:30", 28),
        ]]);
        let mut times = vec![HistoryRow {
            has_closed: true,
            ..row("10:00", "10:30", None)
        }];

        board_figures.fill_rows(&scope(), &mut times);

        assert!(times[0].figures.is_none() && !times[0].is_live);
    }

    #[test]
    fn rows_stay_unknown_if_one_of_several_queues_has_no_snapshot() {
        let board_figures = saved_figures(vec![
            vec![snapshot_at("10:00", 20), snapshot_at("10:30", 28)],
            vec![snapshot_at("10:00", 20)],
        ]);
        let mut times = vec![row("10:00", "10:30", None)];

        board_figures.fill_rows(&scope(), &mut times);

        assert!(times[0].figures.is_none());
    }

    #[test]
    fn rows_stay_unknown_with_a_reason_if_a_queue_has_no_board_data() {
        let counted = vec![snapshot_at("10:00", 20), snapshot_at("10:30", 28)];
        let board_figures = SavedBoardFigures {
            queues: vec![counted],
            without: vec!["Returns".to_owned()],
        };
        let mut times = vec![row("10:00", "10:30", None)];

        let reason = board_figures.fill_rows(&scope(), &mut times);

        assert!(times[0].figures.is_none() && !times[0].is_live);
        assert!(reason.is_some_and(|reason| reason.ends_with("boards have no data for Returns.")));

        // With export data for the whole range there is nothing to report.
        let mut covered = vec![row("10:00", "10:30", Some(7))];
        assert_eq!(board_figures.fill_rows(&scope(), &mut covered), None);
    }

    #[test]
    fn board_and_export_values_of_a_day_are_compared() {
        let board_figures = saved_figures(vec![vec![snapshot_at("23:59", 40)]]);
        let times = vec![row("10:00", "10:30", Some(42))];
        let total = HistoryRow::sum_rows(&times, RatioRules::default());

        assert_eq!(
            board_figures.explain_difference(&scope(), &total).unwrap(),
            "Board vs export: offered: board 40, export 42; abandoned: board 0, export 0; service level: board 75.0%, export 50.0%."
        );
    }
}
