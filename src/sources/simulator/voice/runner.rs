//! Plays the telephone side in real time into the house.

use std::{convert::Infallible, time::Duration};

use jiff::SignedDuration;
use tokio::{task::spawn_blocking, time::sleep};

use crate::{
    domain::SourceId,
    intake::Outlet,
    sources::{
        Source,
        simulator::{
            SimulatorError,
            runner::{KEPT, LOST_FOR, is_lost},
        },
    },
};

use super::{Settings, Telephone};

/// When the service is unavailable for the first time, after the start: never while the
/// chat's line is lost.
const FIRST_LOSS: SignedDuration = SignedDuration::from_mins(14);

/// The telephone side of the demo as a source.
#[derive(Debug)]
pub struct Voice {
    settings: Settings,
}

impl Voice {
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }
}

impl Source for Voice {
    type Error = SimulatorError;

    fn id(&self) -> &SourceId {
        &self.settings.id
    }

    async fn run(&mut self, outlet: &Outlet) -> Result<Infallible, SimulatorError> {
        const LONGEST: Duration = Duration::from_millis(500);
        let settings = self.settings.clone();
        let start = outlet.now().wall;
        let counted = spawn_blocking(move || Telephone::new(&settings, start));
        // It ends in vain only where everything ends.
        let mut telephone = counted.await.map_err(|_| SimulatorError::ClockJumped)?;
        outlet.send(telephone.open()).await?;

        let mut heard = start;
        loop {
            let now = outlet.now().wall;
            if now < heard - LOST_FOR || now > heard + KEPT {
                return Err(SimulatorError::ClockJumped);
            }
            heard = now;
            for (_, inputs) in telephone.advance(now) {
                outlet.send(inputs).await?;
            }
            match (telephone.is_away(), is_lost(FIRST_LOSS, start, now)) {
                (false, true) => drop(outlet.send(telephone.go_away(now)).await?),
                (true, false) => drop(outlet.send(telephone.come_back(now)).await?),
                _ => {}
            }
            let due = telephone.due().duration_since(now);
            sleep(Duration::try_from(due).unwrap_or_default().min(LONGEST)).await;
        }
    }
}
