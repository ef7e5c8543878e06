//! Agents who come, leave and pause.

use super::{
    super::roster::{AGENTS, AgentNo, Channel, PAUSES, UNANSWERED},
    Activity, CallCenter, ContactNo, Event,
};

/// A shift in seconds: an agent who has worked longer leaves when another can come.
const SHIFT: f64 = 7.5 * 3600.0;

impl CallCenter {
    /// Staffs a channel that opens, so that each queue has an agent.
    pub(super) fn staff(&mut self, channel: Channel) {
        let wanted = channel.staff(self.local().hour());
        let agents = channel.agents();
        let every_third_is_absent = |index: &usize| channel == Channel::Phone || index % 3 != 2;
        let present = (0..agents.len()).filter(every_third_is_absent).take(wanted);
        for index in present {
            let agent = agents.start + index;
            self.state.set_activity(agent, Activity::Ready, self.now);
        }
    }

    /// Lets agents come and leave, so that about as many are there as the hour needs. No
    /// one works much longer than a shift while another has worked less.
    pub(super) fn on_shift(&mut self, channel: Channel) {
        let wanted = channel.staff(self.local().hour());
        let (absent, present): (Vec<AgentNo>, Vec<AgentNo>) = channel
            .agents()
            .partition(|agent| self.state.agents[*agent].activity == Activity::LoggedOut);
        let worked = |agent: &AgentNo| self.state.time_spent(*agent, self.now).logged_in();
        let by_work = |a: &AgentNo, b: &AgentNo| worked(a).total_cmp(&worked(b));
        let coming = absent.iter().copied().min_by(by_work);
        let idle = self.idle_agents(channel).into_iter();
        let leaving = idle.filter(|agent| self.can_spare(*agent)).max_by(by_work);
        let is_over = |leaving: AgentNo| {
            let has_rested = |coming| worked(&coming) + SHIFT / 3.0 < worked(&leaving);
            SHIFT < worked(&leaving) && coming.is_some_and(has_rested)
        };
        let leaving = leaving.filter(|leaving| wanted < present.len() || is_over(*leaving));
        let coming = coming.filter(|_| present.len() < wanted || leaving.is_some_and(is_over));
        for (agent, activity) in [(leaving, Activity::LoggedOut), (coming, Activity::Ready)] {
            if let Some(agent) = agent {
                self.state.set_activity(agent, activity, self.now);
            }
        }
        let next = self.rng.between((60.0, 240.0));
        self.plan(next, Event::Shift(channel));
    }

    /// Lets an agent pause for a while, if another can take over.
    pub(super) fn on_pause(&mut self) {
        let agents = self.state.agents.iter();
        let paused = agents.filter(|agent| agent.activity.is_paused()).count();
        let idle = self.idle_agents(Channel::Phone);
        if paused < 2 && idle.len() > 1 {
            let agent = self.rng.pick(&idle);
            let reason = self
                .rng
                .pick_by_share(PAUSES.iter().map(|pause| pause.share));
            self.pause(agent, reason.max(UNANSWERED + 1));
        }
        let next = self.rng.between((60.0, 180.0));
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
        let lasts = self.rng.between(PAUSES[reason].lasts);
        self.plan_ready(agent, lasts);
    }

    /// Whether each queue of an agent who leaves has at least two others.
    fn can_spare(&self, leaving: AgentNo) -> bool {
        let is_logged_in = |activity| activity != Activity::LoggedOut;
        let mut queues = AGENTS[leaving].queues.iter();
        queues.all(|queue| self.state.count_agents(*queue, is_logged_in) > 2)
    }

    fn idle_agents(&self, channel: Channel) -> Vec<AgentNo> {
        let is_idle = |agent: &AgentNo| {
            let agent = &self.state.agents[*agent];
            agent.activity == Activity::Ready && agent.contacts == 0
        };
        channel.agents().filter(is_idle).collect()
    }
}
