//! Plays the engine in real time into the house, through the vendor's decoder,
//! with a line that is lost now and then.

use std::{convert::Infallible, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tokio::time::sleep;

use crate::{
    domain::{Break, Input, Line, Note, SourceId, SourceSetup},
    intake::{Closed, Outlet},
    sources::{Failure, Source, vngage::decode},
};

use super::{
    cast,
    centre::{Centre, Script},
    wire::Message,
};

/// When the line is lost for the first time, after the start.
const FIRST_LOSS: SignedDuration = SignedDuration::from_mins(6);
pub(super) const LOST_FOR: SignedDuration = SignedDuration::from_secs(75);
const LOSS_EVERY: SignedDuration = SignedDuration::from_mins(20);
/// VEP keeps messages this long. A machine that slept longer has missed some.
pub(super) const KEPT: SignedDuration = SignedDuration::from_mins(5);
/// As many messages as go in as one batch.
const BATCH: usize = 64;

/// What the simulated site needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub id: SourceId,
    /// The same seed and start give the same day.
    pub seed: u64,
    /// Simulated seconds per second: more cases, shorter ones. Above 0.
    pub speed: f64,
    /// Whose hours make the daily curve.
    pub zone: TimeZone,
}

/// The simulated site as a source.
#[derive(Debug)]
pub struct Simulator {
    settings: Settings,
}

/// Why the play began anew.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    #[error("simulated: the clock of this machine jumped")]
    ClockJumped,
    #[error(transparent)]
    Stopping(#[from] Closed),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            id: "chat".into(),
            seed: 1,
            speed: 1.0,
            zone: TimeZone::UTC,
        }
    }
}

impl Settings {
    /// What the live state is to know of this source. Each solution leads to
    /// one group, so that a waiting case has a queue.
    pub fn setup(&self) -> SourceSetup {
        SourceSetup {
            demo: true,
            queue_of: cast::queue_of(),
            ..SourceSetup::new(self.id.clone(), crate::sources::vngage::KIND)
        }
    }
}

impl Simulator {
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    async fn forward(&self, outlet: &Outlet, messages: &[Message]) -> Result<(), Closed> {
        for batch in messages.chunks(BATCH) {
            let inputs = batch
                .iter()
                .map(|said| decode::input(&self.settings.id, said.routing_key, &said.body));
            outlet.send(inputs.collect()).await?;
        }
        Ok(())
    }

    /// Connected: what had gathered first, then live.
    async fn catch_up(
        &self,
        outlet: &Outlet,
        broken: Option<Break>,
        gathered: &[Message],
    ) -> Result<(), Closed> {
        let id = &self.settings.id;
        let mut opening = vec![Input::Line(id.clone(), Line::CatchingUp { broken })];
        if broken.is_some() {
            opening.push(Input::Note(id.clone(), Note::Asked));
        }
        outlet.send(opening).await?;
        self.forward(outlet, gathered).await?;
        outlet
            .send(vec![Input::Line(id.clone(), Line::Connected)])
            .await?;
        Ok(())
    }

    async fn go_away(&self, outlet: &Outlet) -> Result<(), Closed> {
        let why = "Simulated: the line to the upstream is lost for a little over a minute".into();
        let line = Input::Line(self.settings.id.clone(), Line::Away { why });
        outlet.send(vec![line]).await.map(drop)
    }
}

impl Source for Simulator {
    type Error = SimulatorError;

    fn id(&self) -> &SourceId {
        &self.settings.id
    }

    async fn run(&mut self, outlet: &Outlet) -> Result<Infallible, SimulatorError> {
        let start = outlet.now().wall;
        let mut centre = Centre::new(Script {
            seed: self.settings.seed,
            start,
            speed: self.settings.speed,
            zone: self.settings.zone.clone(),
        });
        let opening = centre.advance(start);
        self.catch_up(outlet, Some(Break::Start), &opening).await?;
        // Some thousand messages, read and done with.
        drop(opening);

        let mut heard = start;
        let mut is_away = false;
        loop {
            let now = outlet.now().wall;
            if now < heard - LOST_FOR || now > heard + KEPT {
                return Err(SimulatorError::ClockJumped);
            }
            match (is_away, is_lost(FIRST_LOSS, start, now)) {
                (true, true) => (),
                (false, false) => self.forward(outlet, &centre.advance(now)).await?,
                (false, true) => self.go_away(outlet).await?,
                (true, false) => {
                    self.catch_up(outlet, None, &centre.advance(now)).await?;
                }
            }
            is_away = is_lost(FIRST_LOSS, start, now);
            if !is_away {
                heard = now;
            }
            sleep(pause(&centre, now, is_away)).await;
        }
    }
}

impl Failure for SimulatorError {
    fn is_refused(&self) -> bool {
        false
    }
}

/// Whether a line that is lost for the `first` time so long after the start is lost at a
/// time; in true time, whatever the speed.
pub(super) fn is_lost(first: SignedDuration, start: Timestamp, now: Timestamp) -> bool {
    let since_first = now.duration_since(start) - first;
    !since_first.is_negative()
        && since_first.as_millis() % LOSS_EVERY.as_millis() < LOST_FOR.as_millis()
}

fn pause(centre: &Centre, now: Timestamp, is_away: bool) -> Duration {
    const LONGEST: Duration = Duration::from_millis(500);
    if is_away {
        return LONGEST;
    }
    let due = centre.due().duration_since(now);
    Duration::try_from(due).unwrap_or_default().min(LONGEST)
}

#[cfg(test)]
mod tests {
    use crate::intake::{self, Clock};

    use super::*;

    #[test]
    fn the_line_is_lost_after_six_minutes_and_then_every_twenty() {
        let start = Timestamp::UNIX_EPOCH;

        let lost: Vec<i64> = (0..60 * 60)
            .filter(|second| {
                is_lost(
                    FIRST_LOSS,
                    start,
                    start + SignedDuration::from_secs(*second),
                )
            })
            .collect();

        let expected = [360..435, 1560..1635, 2760..2835];
        assert_eq!(lost, expected.into_iter().flatten().collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn it_opens_with_a_break_a_full_round_and_then_is_connected() {
        let (outlet, mut inlet) = intake::door(Clock::start());
        let playing = tokio::spawn(async move {
            let mut simulator = Simulator::new(Settings::default());
            let Err(error) = simulator.run(&outlet).await;
            error
        });

        let mut inputs = Vec::new();
        while !matches!(inputs.last(), Some(Input::Line(_, Line::Connected))) {
            inputs.extend(inlet.batches.recv().await.unwrap().inputs);
        }
        drop(inlet);
        let end = playing.await.unwrap();

        let broken = Some(Break::Start);
        assert!(
            matches!(&inputs[0], Input::Line(_, Line::CatchingUp { broken: b }) if *b == broken)
        );
        assert!(matches!(inputs[1], Input::Note(_, Note::Asked)));
        let updates = inputs
            .iter()
            .filter(|input| matches!(input, Input::Update(_)));
        assert_eq!(updates.count(), inputs.len() - 3, "all of it could be read");
        assert!(matches!(end, SimulatorError::Stopping(Closed)));
    }
}
