//! The whole simulated Genesys with the real source's desk before it: what it tells goes
//! through the same envelopes, the same book and the same decoder. Apart from the names
//! that the desk draws for subscriptions, the same script gives the same day.

use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::{Break, Input},
    sources::{genesys::stage::Stage, simulator::Script},
};

use super::{Settings, service::Service, switch::Switch, truth::Truth};

/// The service tells changes at most so often; it belongs to the platform, so `speed`
/// leaves it.
const THROTTLE: SignedDuration = SignedDuration::from_millis(500);
/// The telephone side of the demo.
#[derive(Debug)]
pub struct Telephone {
    service: Service,
    stage: Stage,
    told: Timestamp,
    is_away: bool,
}

impl Telephone {
    /// Counts the day up to the start: some hundred milliseconds of work.
    pub fn new(settings: &Settings, start: Timestamp) -> Self {
        let script = Script {
            seed: settings.seed,
            start,
            speed: settings.speed,
            zone: settings.zone.clone(),
        };
        Self {
            service: Service::new(Switch::new(&script)),
            stage: Stage::new(&super::configured(settings), start),
            told: start,
            is_away: false,
        }
    }

    /// What the source says at its start: all values.
    pub fn open(&mut self) -> Vec<Input> {
        self.stage.begin(Break::Start, self.told);
        self.stage.work(&mut self.service, self.told);
        self.stage.take(self.told)
    }

    /// All that the source says up to `to`, and when.
    pub fn advance(&mut self, to: Timestamp) -> Vec<(Timestamp, Vec<Input>)> {
        let mut said = Vec::new();
        while self.due() <= to {
            let at = self.due();
            let inputs = self.tell(at);
            if !inputs.is_empty() {
                said.push((at, inputs));
            }
        }
        said
    }

    /// The service says that it is unavailable, and forgets its subscriptions.
    pub fn go_away(&mut self, at: Timestamp) -> Vec<Input> {
        let gone = self.service.go_away();
        self.stage.on_service(gone, at);
        self.is_away = true;
        self.tell(at)
    }

    /// It is available again: all is subscribed to anew.
    pub fn come_back(&mut self, at: Timestamp) -> Vec<Input> {
        let back = Service::come_back();
        self.stage.on_service(back, at);
        self.is_away = false;
        self.tell(at)
    }

    pub fn is_away(&self) -> bool {
        self.is_away
    }

    /// When something may be said next.
    pub fn due(&self) -> Timestamp {
        self.service.due().max(self.told + THROTTLE)
    }

    /// What was so when something was said last.
    pub fn truth(&self) -> Truth {
        Truth::of(&self.service.switch)
    }

    /// How much is remembered; stays bounded however long it runs.
    pub fn remembered(&self) -> usize {
        self.service.remembered()
    }

    fn tell(&mut self, at: Timestamp) -> Vec<Input> {
        self.told = self.told.max(at);
        self.service.switch.advance(at);
        if !self.is_away {
            self.stage.work(&mut self.service, at);
            if let Some(changed) = self.service.updates() {
                self.stage.on_update(changed, at);
            }
        }
        self.stage.take(at)
    }
}
