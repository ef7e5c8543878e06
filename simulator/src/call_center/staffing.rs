//! Agents who work in shifts and pause.

use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, civil::Date, tz::TimeZone};

use super::{
    super::roster::{AGENTS, AgentNo, Channel, PAUSES, UNANSWERED},
    Activity, CallCenter, ContactNo, Event,
};

const SHIFT: SignedDuration = SignedDuration::from_hours(8);

impl CallCenter {
    /// Signs in everyone on shift when a channel opens, each since the shift began.
    pub(super) fn staff(&mut self, channel: Channel) {
        let local = self.local();
        for agent in channel.agents() {
            if let Some(since) = shift_start(agent, &local) {
                self.state.set_activity(agent, Activity::Ready, since);
            }
        }
    }

    /// Lets agents come when their shift begins. Whose shift is over takes no more contacts, and
    /// leaves when the last one is done.
    pub(super) fn on_shift(&mut self, channel: Channel) {
        let local = self.local();
        for agent in channel.agents() {
            let state = &mut self.state.agents[agent];
            let is_here = state.activity != Activity::LoggedOut;
            let is_on_shift = shift_start(agent, &local).is_some();
            state.is_leaving = !is_on_shift;
            let is_idle = state.activity == Activity::Ready || state.activity.is_paused();
            match (is_here, is_on_shift) {
                (false, true) => self.state.set_activity(agent, Activity::Ready, self.now),
                (true, false) if is_idle && state.contacts == 0 => {
                    self.state
                        .set_activity(agent, Activity::LoggedOut, self.now);
                }
                _ => {}
            }
        }
        let next = self.rng.between(30.0..90.0);
        self.plan(next, Event::Shift(channel));
    }

    /// Lets the agent pause who has paused least, if others can take over.
    pub(super) fn on_pause(&mut self) {
        let agents = &self.state.agents[Channel::Phone.agents()];
        let count = |is: fn(Activity) -> bool| agents.iter().filter(|a| is(a.activity)).count();
        let present = count(|activity| activity != Activity::LoggedOut);
        let may_pause = count(Activity::is_paused) < present.div_ceil(8);
        let idle = self.idle_agents(Channel::Phone).into_iter();
        let paused_time = |agent: &AgentNo| self.state.time_spent(*agent, self.now).paused;
        let least = idle.min_by(|a, b| paused_time(a).total_cmp(&paused_time(b)));
        if let Some(agent) = least.filter(|_| may_pause) {
            let shares = PAUSES.iter().map(|pause| pause.share);
            let reason = self.rng.pick_by_share(shares);
            self.pause(agent, reason.max(UNANSWERED + 1));
        }
        let next = self.rng.between(120.0..420.0);
        self.plan(next, Event::Pause);
    }

    pub(super) fn on_miss(&mut self, no: ContactNo) {
        if let Some(agent) = self.state.miss(no, self.now) {
            self.pause(agent, UNANSWERED);
        }
    }

    fn pause(&mut self, agent: AgentNo, reason: usize) {
        let activity = Activity::Paused(reason);
        self.state.set_activity(agent, activity, self.now);
        let lasts = self.rng.between(PAUSES[reason].lasts.clone());
        self.plan_ready(agent, lasts);
    }

    fn idle_agents(&self, channel: Channel) -> Vec<AgentNo> {
        let is_idle = |agent: &AgentNo| {
            let agent = &self.state.agents[*agent];
            agent.activity == Activity::Ready && agent.contacts == 0
        };
        channel.agents().filter(is_idle).collect()
    }
}

/// Returns when an agent's shift of a day begins and ends by the plan. Everyone has two days off a week.
pub(crate) fn planned_shift(agent: AgentNo, date: Date, zone: &TimeZone) -> Option<[Timestamp; 2]> {
    let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    let is_off = (agent + weekday) % 7 < 2;
    let clock = SignedDuration::try_from_secs_f64(AGENTS[agent].shift * 3600.0).ok()?;
    let start = date.to_zoned(zone.clone()).ok()?.timestamp() + clock;
    (!is_off).then_some([start, start + SHIFT])
}

/// Returns when the shift began that an agent works at a local time, if any. Everyone comes some minutes
/// early or late.
fn shift_start(agent: AgentNo, now: &Zoned) -> Option<Timestamp> {
    let starts_on = |date: Date| {
        let [planned, _] = planned_shift(agent, date, now.time_zone())?;
        let day = usize::from(date.day().unsigned_abs());
        let early = SignedDuration::from_mins(8 - i64::try_from((agent * 7 + day * 5) % 13).ok()?);
        let start = planned - early;
        let is_over = start + SHIFT <= now.timestamp();
        (start <= now.timestamp() && !is_over).then_some(start)
    };
    let today = now.date();
    starts_on(today).or_else(|| starts_on(today.saturating_sub(1.day())))
}

#[cfg(test)]
mod tests {
    use super::{super::super::roster::QUEUES, *};

    #[test]
    fn each_open_queue_is_staffed_around_the_clock() {
        let monday: Timestamp = "2026-11-16T00:00:00Z".parse().unwrap();
        for half_hour in 0..7 * 48 {
            let now = monday + SignedDuration::from_mins(30 * half_hour);
            let local = now.to_zoned(TimeZone::UTC);
            let on_shift: Vec<AgentNo> = (0..AGENTS.len())
                .filter(|agent| shift_start(*agent, &local).is_some())
                .collect();
            for queue in (0..QUEUES.len()).filter(|queue| QUEUES[*queue].opens.contain(&local)) {
                let is_staffed = on_shift.iter().any(|agent| AGENTS[*agent].serves(queue));
                assert!(is_staffed, "{} at {local}", QUEUES[queue].name);
            }
        }
    }
}
