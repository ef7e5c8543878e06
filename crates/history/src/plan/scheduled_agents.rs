//! The activities that imported schedules have of each agent.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
};

use jiff::tz::TimeZone;

use crate::intervals::{DAY, day_number};
use wallboard_domain::SourceId;
use wallboard_store::{FileId, StoreError, StoreView, file_of};

use super::file_import::PLAN_SCHEDULE;

/// The dataset of schedules: no file's name without its extension has a slash.
pub(super) const SCHEDULE_DATASET: &str = "plan/schedule";

/// An activity as scheduled, in Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScheduledActivity {
    pub start: i64,
    pub until: i64,
    pub activity: String,
    /// The agent's team at the time.
    pub team: Option<String>,
}

/// The activities of an agent's day in the file that was imported last.
type DaySchedule = (FileId, Vec<ScheduledActivity>);

/// Loads a source's activities within a time, in Unix seconds, by agents as the files name them. Of
/// several files with the same agent and day, the last one imported counts.
pub fn load_scheduled_agents(
    view: &StoreView<'_>,
    source: &SourceId,
    zone: &TimeZone,
    within: Range<i64>,
) -> Result<BTreeMap<String, Vec<ScheduledActivity>>, StoreError> {
    // A shift that is cut may have a newer file with other times of it.
    let around = within.start - 3 * DAY..within.end + 2 * DAY;
    let files = view.load_files_within(source, SCHEDULE_DATASET, around.clone())?;
    let files: HashSet<FileId> = files.iter().map(|file| file.id).collect();
    let mut rows: HashMap<(String, FileId), Vec<ScheduledActivity>> = HashMap::new();
    if files.is_empty() {
        return Ok(BTreeMap::new());
    }
    let columns = ["id", "agent", "start", "until", "activity", "team"];
    view.for_each_row_within(&PLAN_SCHEDULE, &columns, "start", around, |row| {
        let whole = |index| row.integer(index).unwrap_or_default();
        let text = |index| row.text(index).unwrap_or_default().to_owned();
        let file = file_of(whole(0));
        if files.contains(&file) {
            let rows = rows.entry((text(1), file)).or_default();
            rows.push(ScheduledActivity {
                start: whole(2),
                until: whole(3),
                activity: text(4),
                team: row.text(5).map(str::to_owned),
            });
        }
    })?;
    let mut days: HashMap<(String, i64), DaySchedule> = HashMap::new();
    for ((agent, file), rows) in rows {
        for (day, activity) in by_day(rows, zone) {
            let day = days.entry((agent.clone(), day));
            let (newest, activities) = day.or_insert((file, Vec::new()));
            if newest.0 < file.0 {
                *newest = file;
                activities.clear();
            }
            if *newest == file {
                activities.push(activity);
            }
        }
    }
    let mut agents: BTreeMap<String, Vec<ScheduledActivity>> = BTreeMap::new();
    for ((agent, _), (_, activities)) in days {
        let inside = activities.into_iter();
        let inside = inside.filter(|one| one.start < within.end && within.start < one.until);
        agents.entry(agent).or_default().extend(inside);
    }
    agents.retain(|_, activities| !activities.is_empty());
    for activities in agents.values_mut() {
        activities.sort();
    }
    Ok(agents)
}

/// The local day of each activity. Those after midnight are of a night shift's first day if they touch
/// an activity of it that lasts into the new day.
fn by_day(mut rows: Vec<ScheduledActivity>, zone: &TimeZone) -> Vec<(i64, ScheduledActivity)> {
    rows.sort();
    let mut days = Vec::with_capacity(rows.len());
    let mut shift: Option<(i64, i64)> = None;
    for row in rows {
        let own = day_number(row.start, zone).unwrap_or_default();
        let (day, until) = match shift {
            Some((day, until)) if day == own => (day, until.max(row.until)),
            Some((day, until))
                if day + 1 == own
                    && row.start <= until
                    && day_number(until - 1, zone).is_some_and(|last| day < last) =>
            {
                (day, until.max(row.until))
            }
            _ => (own, row.until),
        };
        shift = Some((day, until));
        days.push((day, row));
    }
    days
}
