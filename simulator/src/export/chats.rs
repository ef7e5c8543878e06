//! Chats as Vergic's export has them: two files an hour (UTC), with a row for each queue and each
//! agent that had any.

use std::{collections::BTreeMap, io, path::Path};

use jiff::{Timestamp, tz::TimeZone};

use super::{
    super::{
        Settings,
        call_center::{FinishedContact, mean, seconds, warm_up_start},
        rng::SeededRng,
        roster::{AGENTS, Channel, QUEUES},
    },
    bounds,
    files::{row, write},
    past_days, play, seed_of,
};

/// The columns of both files, the name first.
const QUEUES_HEADER: &str = "Group,Chats,Answered,Answered in 60 s,Left,Left in 5 s,Overflowed,\
    Wait (s),Longest wait (s),Chat time (s),Rating,Ratings";
const AGENTS_HEADER: &str = "Agent,Closed,Chat time (s)";
const SHORT_ABANDON: f64 = 5.0;
const ANSWER_WITHIN: f64 = 60.0;

/// The figures of one hour, by name.
#[derive(Default)]
struct HourFigures {
    queues: BTreeMap<&'static str, QueueFigures>,
    /// Closed chats and their seconds.
    agents: BTreeMap<&'static str, (u32, f64)>,
}

/// A queue's counts, and its times in seconds.
#[derive(Default)]
struct QueueFigures {
    offered: u32,
    answered: u32,
    in_time: u32,
    abandoned: u32,
    short_abandoned: u32,
    waited: f64,
    longest_wait: f64,
    talked: f64,
    /// The sum and the number of the ratings.
    rating: u32,
    ratings: u32,
}

/// Writes every full hour below `folder`, up to the one in which the live messages begin.
pub fn write_chats(folder: &Path, settings: &Settings, now: Timestamp) -> io::Result<()> {
    let today = now.to_zoned(settings.zone.clone()).date();
    let last = warm_up_start(now).as_second() / 3600;
    let mut hours: BTreeMap<i64, HourFigures> = BTreeMap::new();
    for date in past_days(settings, now).chain([today]) {
        let [start, _] = bounds(date, &settings.zone);
        let rest = hours.split_off(&(start.as_second() / 3600));
        write_hours(folder, std::mem::replace(&mut hours, rest))?;
        let mut rng = SeededRng::new(settings.seed ^ seed_of(date));
        for finished in play(date, Channel::Chat, settings).contacts {
            let hour = finished.contact.entered.as_second() / 3600;
            if hour <= last {
                hours.entry(hour).or_default().add(&finished, &mut rng);
            }
        }
    }
    write_hours(folder, hours)
}

fn write_hours(folder: &Path, hours: BTreeMap<i64, HourFigures>) -> io::Result<()> {
    let mut hours = hours.into_iter();
    hours.try_for_each(|(hour, figures)| figures.write(folder, hour))
}

impl HourFigures {
    fn add(&mut self, finished: &FinishedContact, rng: &mut SeededRng) {
        let contact = &finished.contact;
        let left = contact.answered.unwrap_or(finished.ended);
        let waited = seconds(contact.entered, left);
        let figures = self.queues.entry(QUEUES[contact.queue].name).or_default();
        figures.offered += 1;
        figures.longest_wait = figures.longest_wait.max(waited);
        let Some(agent) = contact.agent().filter(|_| contact.answered.is_some()) else {
            if waited < SHORT_ABANDON {
                figures.short_abandoned += 1;
            } else {
                figures.abandoned += 1;
            }
            return;
        };
        let talked = seconds(left, finished.ended);
        figures.answered += 1;
        figures.in_time += u32::from(waited <= ANSWER_WITHIN);
        figures.waited += waited;
        figures.talked += talked;
        if rng.chance(0.2) {
            figures.rating += rng.pick(&[5, 5, 4, 5, 3, 4, 2, 1]);
            figures.ratings += 1;
        }
        let closed = self.agents.entry(AGENTS[agent].name).or_default();
        *closed = (closed.0 + 1, closed.1 + talked);
    }

    fn write(&self, folder: &Path, hour: i64) -> io::Result<()> {
        let start = Timestamp::from_second(hour * 3600).unwrap_or_default();
        let path = start
            .to_zoned(TimeZone::UTC)
            .strftime("Metrics/%Y/%m/%d/%H");
        let folder = folder.join(path.to_string());
        let queues = self.queues.iter().map(|(name, queue)| {
            let [waited, longest, talked] =
                [queue.waited, queue.longest_wait, queue.talked].map(f64::round);
            let contacts = row(&[name, &queue.offered, &queue.answered, &queue.in_time]);
            // Customers who need another queue are transferred in a conversation: none overflow.
            let others = row(&[&queue.abandoned, &queue.short_abandoned, &0]);
            let rating = mean(queue.rating.into(), queue.ratings);
            let rating = rating.map(|mean| format!("{mean:.2}")).unwrap_or_default();
            let rest = row(&[&waited, &longest, &talked, &rating, &queue.ratings]);
            [contacts, others, rest].concat()
        });
        write(&folder, "queues.csv", QUEUES_HEADER, queues.collect())?;
        let agents = self.agents.iter();
        let agents = agents.map(|(name, (closed, talked))| row(&[name, closed, &talked.round()]));
        write(&folder, "agents.csv", AGENTS_HEADER, agents.collect())
    }
}
