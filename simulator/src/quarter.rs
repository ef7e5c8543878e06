//! A long time of a call center, day by day, as it truly was, for tests of forecasts. Its demand has a
//! trend, a campaign and outages, beside the seasons that every day has.

use jiff::{Timestamp, ToSpan, civil::Date};

use super::{
    Settings,
    call_center::{CallCenter, FinishedContact},
    demand::DayDemand,
    export::{bounds, seed_of},
    roster::{AgentNo, Channel, QUEUES, QueueNo, SALES_LINE, SUPPORT_LINE},
};

/// A simulated time of many days.
#[derive(Clone, Debug)]
pub struct Quarter {
    pub settings: Settings,
    pub first: Date,
    pub days: u16,
}

/// A day of a channel.
#[derive(Clone, Debug)]
pub struct PlayedDay {
    pub date: Date,
    /// When it begins and ends.
    pub bounds: [Timestamp; 2],
    pub contacts: Vec<PlayedContact>,
    pub shifts: Vec<PlayedShift>,
}

/// A contact's time in one queue.
#[derive(Clone, Debug)]
pub struct PlayedContact {
    pub queue: QueueNo,
    pub entered: Timestamp,
    /// When an agent began to be busy with it, and who.
    pub rang: Option<(AgentNo, Timestamp)>,
    pub answered: Option<Timestamp>,
    /// Whether an agent at whom it rang didn't answer.
    pub is_missed: bool,
    /// When it was over, or the customer left.
    pub ended: Timestamp,
    /// When the agent's wrap-up ended.
    pub wrapped_up: Timestamp,
}

/// A time in which an agent is signed in, with the pauses.
#[derive(Clone, Debug)]
pub struct PlayedShift {
    pub agent: AgentNo,
    pub from: Timestamp,
    pub to: Timestamp,
    pub pauses: Vec<(Timestamp, Timestamp)>,
}

/// More contacts at the end of the time than at its start, as a share.
const TREND: f64 = 0.12;
/// The days of the campaign, and its factor for the queues of sales.
const CAMPAIGN_DAYS: std::ops::Range<u16> = 100..107;
const CAMPAIGN: f64 = 1.4;
/// One day in so many has an outage, which makes everybody call the support line for 40 minutes.
const OUTAGE_EVERY: u16 = 15;
const OUTAGE_HOURS: f64 = 2.0 / 3.0;
const OUTAGE: f64 = 4.0;

impl Quarter {
    /// Plays each day of a channel.
    pub fn play(&self, channel: Channel) -> impl Iterator<Item = PlayedDay> {
        (0..self.days).map(move |day| {
            let date = self.first.saturating_add(i64::from(day).days());
            self.play_day(day, date, channel)
        })
    }

    fn play_day(&self, day: u16, date: Date, channel: Channel) -> PlayedDay {
        let settings = Settings {
            seed: self.settings.seed ^ seed_of(date),
            ..self.settings.clone()
        };
        let [start, end] = bounds(date, &settings.zone);
        let demand = self.day_demand(day);
        let center = CallCenter::play_day(&settings, channel, start, end, demand);
        let journal = center.state.journal.unwrap_or_default();
        PlayedDay {
            date,
            bounds: [start, end],
            contacts: journal.contacts.iter().map(PlayedContact::new).collect(),
            shifts: (journal.logins.into_iter())
                .map(|span| PlayedShift {
                    agent: span.agent,
                    from: span.from,
                    to: span.to,
                    pauses: (span.pauses.iter())
                        .map(|(_, from, to)| (*from, *to))
                        .collect(),
                })
                .collect(),
        }
    }

    fn day_demand(&self, day: u16) -> DayDemand {
        let trend = 1.0 + TREND * f64::from(day) / f64::from(self.days);
        let mut demand = DayDemand {
            factors: [trend; QUEUES.len()],
            surge: None,
        };
        if CAMPAIGN_DAYS.contains(&day) {
            demand.factors[0] *= CAMPAIGN;
            demand.factors[SALES_LINE] *= CAMPAIGN;
        }
        if day % OUTAGE_EVERY == OUTAGE_EVERY - 1 {
            let from = 9.0 + f64::from(day % 7);
            demand.surge = Some((SUPPORT_LINE, from..from + OUTAGE_HOURS, OUTAGE));
        }
        demand
    }
}

impl PlayedContact {
    fn new(finished: &FinishedContact) -> Self {
        let contact = &finished.contact;
        Self {
            queue: contact.queue,
            entered: contact.entered,
            rang: contact.agent().map(|agent| (agent, contact.rang)),
            answered: contact.answered,
            is_missed: contact.missed.is_some(),
            ended: finished.ended,
            wrapped_up: finished.wrapped_up,
        }
    }
}
