//! One agent's schedule beside what they did.

use jiff::tz::TimeZone;

use wallboard_store::{merge_ranges, subtract_ranges};

use crate::{
    intervals::{intersect_ranges, split_into_days},
    plan::ActivityClass,
};

use super::{AdherenceFigures, ObservedTime};

/// When each class of activities is scheduled for an agent, each time once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassedTime {
    /// Breaks and work without contacts.
    away: Vec<(i64, i64)>,
    work: Vec<(i64, i64)>,
}

/// The class of a scheduled activity, and its start and end in Unix seconds.
pub type ClassedActivity = (ActivityClass, (i64, i64));

/// Ranges of an agent's schedule, in order, merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentAdherence {
    scheduled: Vec<(i64, i64)>,
    due: Vec<(i64, i64)>,
    known: Vec<(i64, i64)>,
    adherent: Vec<(i64, i64)>,
    scheduled_work: Vec<(i64, i64)>,
    known_work: Vec<(i64, i64)>,
    worked: Vec<(i64, i64)>,
}

impl ClassedTime {
    /// Of activities that overlap, the one of the first class counts.
    pub fn new(activities: &[ClassedActivity]) -> Self {
        let of = |wanted: &[ActivityClass]| {
            let activities = activities.iter().filter(|one| wanted.contains(&one.0));
            merge_ranges(activities.map(|one| one.1).collect())
        };
        let absence = of(&[ActivityClass::Absence]);
        let away = of(&[ActivityClass::Break, ActivityClass::OffPhone]);
        let others = merge_ranges([&absence[..], &away].concat());
        Self {
            work: subtract_ranges(&of(&[ActivityClass::Work]), &others),
            away: subtract_ranges(&away, &absence),
        }
    }

    /// When the agent is scheduled, absences aside.
    pub fn scheduled(&self) -> Vec<(i64, i64)> {
        merge_ranges([&self.away[..], &self.work].concat())
    }

    /// The seconds in a time that are scheduled for work with contacts.
    pub fn work_seconds(&self, from: i64, to: i64) -> i64 {
        seconds_within(&self.work, from, to)
    }
}

impl AgentAdherence {
    /// Compares a schedule with what its agent did until `now`. Work counts on days of a zone that have
    /// scheduled work.
    pub fn new(schedule: &ClassedTime, observed: &ObservedTime, now: i64, zone: &TimeZone) -> Self {
        let scheduled = schedule.scheduled();
        let due = intersect_ranges(&scheduled, &[(i64::MIN, now)]);
        let past = intersect_ranges(observed.known(), &[(i64::MIN, now)]);
        let known = intersect_ranges(&due, &past);
        let away = subtract_ranges(&past, observed.working());
        let adherent = [
            intersect_ranges(&schedule.work, &intersect_ranges(&past, observed.working())),
            intersect_ranges(&schedule.away, &away),
        ];
        let days = schedule.work.iter();
        let days = days.flat_map(|(from, to)| split_into_days(*from, *to, zone));
        let days = merge_ranges(days.map(|day| (day.start, day.end)).collect());
        Self {
            adherent: merge_ranges(adherent.concat()),
            known_work: intersect_ranges(&schedule.work, &past),
            worked: intersect_ranges(&days, &intersect_ranges(&past, observed.working())),
            scheduled_work: schedule.work.clone(),
            scheduled,
            due,
            known,
        }
    }

    /// The figures of a time.
    pub fn figures(&self, from: i64, to: i64) -> AdherenceFigures {
        let within = |ranges: &[(i64, i64)]| seconds_within(ranges, from, to);
        AdherenceFigures {
            scheduled: within(&self.scheduled),
            due: within(&self.due),
            known: within(&self.known),
            adherent: within(&self.adherent),
            scheduled_work: within(&self.scheduled_work),
            known_work: within(&self.known_work),
            worked: within(&self.worked),
        }
    }

    /// The scheduled time that is over and of which it isn't known what the agent did.
    pub fn unknown(&self) -> Vec<(i64, i64)> {
        subtract_ranges(&self.due, &self.known)
    }
}

fn seconds_within(ranges: &[(i64, i64)], from: i64, to: i64) -> i64 {
    let first = ranges.partition_point(|(_, until)| *until <= from);
    let ranges = ranges[first..].iter().take_while(|(start, _)| *start < to);
    ranges
        .map(|(start, until)| to.min(*until) - from.max(*start))
        .sum()
}
