//! What an agent does, as their vendor states it.

use jiff::Timestamp;

use crate::domain::{AgentState, Stance, Stated};

use crate::live::{
    picture::{Agent, Conduct},
    reading::is_over,
};

use super::{Word, clock::Turn};

impl Word {
    /// Returns the time that teaches its source's clock.
    pub(super) fn on_agent(&self, agent: &mut Agent, stated: &Stated) -> Option<Timestamp> {
        let known = agent.stated.as_deref_mut()?;
        let taught = match stated {
            Stated::Figure(metric, value) => {
                known.gives.binary_search(metric).ok()?;
                let before = known.readings.get(*metric);
                let taught = self.teaches(before.and_then(|before| before.at));
                let reading = self.figure(*metric, *value, before);
                known.readings.insert(*metric, reading);
                return taught;
            }
            Stated::Stance(_) if !known.gives_state => return None,
            Stated::Stance(stance) => {
                let taught = self.teaches(known.said.and_then(|said| said.at));
                agent.state = self.on_stance(known, agent.state, stance.as_ref());
                taught
            }
            Stated::TimeInState(lasted) => {
                let taught = self.teaches(known.clock.told_at());
                known.clock.tell(self, *lasted);
                if !known.gives_state {
                    // No state says how far it can be trusted.
                    known.said = Some(self.spoken(lasted.is_none()));
                }
                taught
            }
        };
        agent.since = known.clock.since(known.said);
        taught
    }

    fn on_stance(
        &self,
        known: &mut Conduct,
        state: AgentState,
        stance: Option<&Stance>,
    ) -> AgentState {
        let before = known.said.filter(|said| {
            !said.invalid
                && said.generation == self.generation
                && !is_over(said.until, self.now.mono)
        });
        let Some(stance) = stance else {
            known.said = Some(self.spoken(true));
            known.raw = None;
            known.reason = None;
            known.media.clear();
            known.clock.stop();
            return AgentState::Unknown;
        };
        let turn = match before {
            None => Turn::Unseen,
            Some(_) if state == stance.state && known.raw == stance.raw => Turn::Same,
            Some(said) => Turn::Changed(self.wall_of(said.heard)),
        };
        known.clock.turn(self, turn, stance.since);
        known.said = Some(self.spoken(false));
        known.raw.clone_from(&stance.raw);
        known.reason.clone_from(&stance.reason);
        if known.media != stance.media {
            known.media.clone_from(&stance.media);
        }
        stance.state
    }
}
