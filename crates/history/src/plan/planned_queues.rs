//! The intervals that imported plans have of each queue.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
};

use crate::intervals::DAY;
use wallboard_domain::SourceId;
use wallboard_store::{FileId, StoreError, StoreView, file_of};

use super::file_import::PLAN_FORECAST;

/// The dataset of forecasts: no file's name without its extension has a slash.
pub(super) const DATASET: &str = "plan/forecast";

/// An interval of a queue as planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlannedInterval {
    /// Unix seconds.
    pub start: i64,
    pub length: i64,
    /// The contacts expected.
    pub volume: Option<f64>,
    /// The mean time of a contact with its wrap-up, in seconds.
    pub handle_time: Option<f64>,
    /// The agents required.
    pub agents: Option<f64>,
}

impl PlannedInterval {
    pub fn end(&self) -> i64 {
        self.start + self.length
    }

    /// Adds another plan of the same time: of contacts whose handle time isn't known, so isn't that of
    /// the sum.
    #[must_use]
    pub fn plus(&self, more: &Self) -> Self {
        let sum = |one: Option<f64>, other: Option<f64>| Some(one? + other?);
        let handled = |one: &Self| Some(one.volume? * one.handle_time?);
        let volume = sum(self.volume, more.volume);
        let handle_time = volume
            .filter(|volume| 0.0 < *volume)
            .and_then(|volume| Some(sum(handled(self), handled(more))? / volume));
        Self {
            volume,
            handle_time,
            agents: sum(self.agents, more.agents),
            ..*self
        }
    }
}

/// The intervals of a queue as a plan names it, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedQueue {
    pub name: String,
    pub intervals: Vec<PlannedInterval>,
}

/// The rows of a queue's day in the file that was imported last.
type DayPlan = (FileId, Vec<PlannedInterval>);

/// Loads a source's intervals that begin in a time, in Unix seconds. Of several files with the same
/// queue and day, the last one imported counts.
pub fn load_planned_queues(
    view: &StoreView<'_>,
    source: &SourceId,
    within: Range<i64>,
) -> Result<Vec<PlannedQueue>, StoreError> {
    // A day that is cut may have a newer file with other times of it.
    let around = within.start - DAY..within.end + DAY;
    let files = view.load_files_within(source, DATASET, around.clone())?;
    let files: HashSet<FileId> = files.iter().map(|file| file.id).collect();
    let mut days: HashMap<(String, i64), DayPlan> = HashMap::new();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let columns = [
        "id",
        "queue",
        "start",
        "length",
        "day",
        "volume",
        "handle_time",
        "agents",
    ];
    view.for_each_row_within(&PLAN_FORECAST, &columns, "start", around, |row| {
        let whole = |index| row.integer(index).unwrap_or_default();
        let file = file_of(whole(0));
        if !files.contains(&file) {
            return;
        }
        let thousandths = |index| row.integer(index).map(from_thousandths);
        let interval = PlannedInterval {
            start: whole(2),
            length: whole(3),
            volume: thousandths(5),
            handle_time: thousandths(6),
            agents: thousandths(7),
        };
        let name = row.text(1).unwrap_or_default().to_owned();
        let (newest, intervals) = days.entry((name, whole(4))).or_insert((file, Vec::new()));
        if newest.0 < file.0 {
            *newest = file;
            intervals.clear();
        }
        if *newest == file {
            intervals.push(interval);
        }
    })?;
    let mut queues: BTreeMap<String, Vec<PlannedInterval>> = BTreeMap::new();
    for ((name, _), (_, intervals)) in days {
        let inside = intervals.into_iter();
        let inside = inside.filter(|interval| within.contains(&interval.start));
        queues.entry(name).or_default().extend(inside);
    }
    let mut queues: Vec<_> = queues
        .into_iter()
        .map(|(name, intervals)| PlannedQueue { name, intervals })
        .filter(|queue| !queue.intervals.is_empty())
        .collect();
    for queue in &mut queues {
        queue.intervals.sort_by_key(|interval| interval.start);
    }
    Ok(queues)
}

#[expect(clippy::cast_precision_loss, reason = "it is at most a billion")]
fn from_thousandths(value: i64) -> f64 {
    value as f64 / 1_000.0
}
