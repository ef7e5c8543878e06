//! Agents who come, go, and whose computers fail, and the cases they open again.

use super::{AGENTS, AgentNo, Case, CaseNo, Centre, Demand, Happening, Stage, wire};

impl Centre {
    /// An agent's computer fails: all their visitors wait again in the same group.
    pub(super) fn on_crash(&mut self) {
        let busy: Vec<AgentNo> = (0..AGENTS.len())
            .filter(|agent| self.floor.with(*agent).next().is_some())
            .collect();
        if !busy.is_empty() {
            let agent = self.dice.pick(&busy);
            self.send_away(agent);
            let with: Vec<CaseNo> = self.floor.with(agent).collect();
            for no in with {
                if let Some(case) = self.floor.leave(no) {
                    self.tally.requeued += 1;
                    let to = case.group;
                    self.transfer(no, case, agent, to);
                }
            }
        }
        let pause = self.dice.between(180.0, 420.0);
        self.plan(pause, Happening::Crash);
    }

    pub(super) fn on_reopen(&mut self) {
        if let Some((no, case)) = self.unresolved.pop_front() {
            match self.floor.freest(case.group) {
                Some(agent) if self.answers(case.group) => self.reopen(no, case, agent),
                _ => self.unresolved.push_front((no, case)),
            }
        }
        let pause = self.dice.between(40.0, 120.0);
        self.plan(pause, Happening::Reopen);
    }

    pub(super) fn reopen(&mut self, no: CaseNo, mut case: Case, agent: AgentNo) {
        case.opened = self.now;
        self.outbox.push(wire::opened(self.now, &case, agent));
        self.tally.reopened += 1;
        let group = case.group;
        self.floor.reopen(no, case, agent);
        let leg = self.floor.cases[&no].leg;
        self.talk(no, group, leg);
    }

    /// Agents come and go, so that about as many are there as the hour needs.
    pub(super) fn on_roster(&mut self) {
        let (present, absent): (Vec<AgentNo>, Vec<AgentNo>) =
            (0..AGENTS.len()).partition(|agent| self.floor.desks[*agent].present);
        let wanted = Demand::staff(self.hour());
        let swap = self.dice.chance(0.4);
        if present.len() > wanted || swap {
            let leaving = self.dice.pick(&present);
            if self.can_spare(leaving) {
                self.send_away(leaving);
            }
        }
        if (present.len() < wanted || swap) && !absent.is_empty() {
            let coming = self.dice.pick(&absent);
            self.floor.desks[coming].present = true;
        }
        let pause = self.dice.between(10.0, 25.0);
        self.plan(pause, Happening::Roster);
    }

    /// Each group of an agent who leaves keeps at least two others.
    pub(super) fn can_spare(&self, leaving: AgentNo) -> bool {
        AGENTS[leaving].groups.iter().all(|group| {
            let others = (0..AGENTS.len()).filter(|agent| {
                *agent != leaving
                    && self.floor.desks[*agent].present
                    && AGENTS[*agent].groups.contains(group)
            });
            others.count() >= 2
        })
    }

    pub(super) fn send_away(&mut self, agent: AgentNo) {
        self.floor.desks[agent].present = false;
        self.floor.stop_ringing(agent);
    }

    /// Once an outage is over, all who can help its group come in.
    pub(super) fn call_in(&mut self) {
        if let Some((group, Stage::Relief)) = self.demand.incident {
            for (desk, agent) in self.floor.desks.iter_mut().zip(&AGENTS) {
                desk.present |= agent.groups.contains(&group);
            }
        }
    }
}
