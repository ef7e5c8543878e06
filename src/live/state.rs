//! The fold: inputs and their moments in, whole subjects out. Pure: no clock, no
//! I/O, no chance, and it cannot fail.
//!
//! The fold has two halves: what is remembered to count and to judge (`ledger`,
//! `feed`), and the picture, which is all that others read.

use std::{collections::BTreeMap, sync::Arc};

use crate::domain::{
    Fact, Histogram, Input, Metric, Moment, Mono, Site, SourceId, SourceSetup, Subject, Update,
    moment,
};

use super::{
    feed::Feed,
    ledger::Cases,
    picture::{Day, LineState, Picture, Source},
};

/// A step of our wall clock against the monotonic one, in milliseconds, that is
/// a correction and no jitter.
const WALL_STEP: i64 = 2_000;
/// What inputs may have brought about is looked at within this, in milliseconds.
const SOON: i64 = 1_000;

/// What a step of the fold did, besides changing the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Something that can be read has changed.
    pub changed: bool,
}

/// The live state. See [`State::apply`].
#[derive(Debug, Default)]
pub struct State {
    pub(super) picture: Picture,
    pub(super) feeds: BTreeMap<SourceId, Feed>,
    pub(super) cases: Cases,
    /// The last day that was shown of which nothing is counted.
    pub(super) blank: Arc<Day>,
    /// When time alone must next be looked at.
    sweep_due: Option<Mono>,
    /// When that was last done.
    pub(super) swept: Mono,
    /// Wall minus monotonic clock, in milliseconds, as last seen.
    anchor: Option<i64>,
    pub(super) last: Option<Moment>,
    /// When it is next worth to look for who can be forgotten.
    pub(super) room_due: Mono,
    /// How long ago the inputs of now were heard, in milliseconds: they waited at
    /// the door. Judges nothing; the lag that is measured has it in.
    pub(super) waited: i64,
}

impl State {
    /// Takes in one input, heard at `now`.
    pub fn apply(&mut self, input: &Input, now: Moment) -> Effects {
        self.follow_wall(now);
        self.last = Some(now);
        let is_next_day = self.turn_day(now);
        let mut effects = Effects { changed: true };
        match input {
            Input::Update(update) => self.on_update(update, now),
            Input::Line(source, line) => self.on_line(source, line, now),
            Input::Note(source, note) => self.on_note(source, note, now),
            Input::Known(profile) => self.on_known(profile),
            Input::Settings(site) => self.on_settings(site, now),
            Input::Time => effects.changed = is_next_day,
        }

        let due = self.sweep_due.is_none_or(|due| due <= now.mono);
        if due || matches!(input, Input::Time) {
            let next = self.sweep(now);
            effects.changed |= next.changed;
            self.sweep_due = next.due;
            self.swept = now.mono;
        }
        if !matches!(input, Input::Time) {
            let soon = now.mono.plus(SOON);
            self.sweep_due = Some(self.sweep_due.map_or(soon, |due| due.min(soon)));
        }
        effects
    }

    /// When time alone will next change something.
    pub fn due(&self) -> Option<Moment> {
        let (last, due) = (self.last?, self.sweep_due?);
        Some(last.plus(due.since(last.mono).max(0)))
    }

    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    fn on_settings(&mut self, site: &Arc<Site>, now: Moment) {
        self.picture.site = site.clone();
        self.leave_unconfigured(site);
        for setup in &site.sources {
            let source = self
                .picture
                .sources
                .entry(setup.id.clone())
                .or_insert_with(|| connecting(setup, now));
            source.kind = setup.kind;
            source.demo = setup.demo;
            self.feeds.entry(setup.id.clone()).or_default();
        }
        self.meet_given(site);
        self.meet_groups(site);
        for case in self.cases.recount(now.wall, site) {
            self.picture.cases.insert(case.id.clone(), case);
        }
        self.picture.day_starts = self.cases.days.today_starts();
        self.show_days();
        self.sweep_due = None;
    }

    /// Forgets all that came from sources that are configured no more.
    fn leave_unconfigured(&mut self, site: &Site) {
        let stays = |id: &SourceId| site.source(id).is_some();
        let picture = &mut self.picture;
        picture.sources.retain(|id, _| stays(id));
        picture.queues.retain(|id, _| stays(&id.source));
        picture.agents.retain(|id, _| stays(&id.source));
        picture.cases.retain(|id, _| stays(&id.source));
        picture.named.retain(|(_, id), _| stays(&id.source));
        self.feeds.retain(|id, _| stays(id));
    }

    fn on_update(&mut self, update: &Update, now: Moment) {
        if !self.hear(update, now) {
            return;
        }
        match &update.fact {
            Fact::Readings(Subject::Queue(queue), readings) => {
                self.on_readings(update, queue, readings, now);
            }
            // Vngage gives no readings of agents; what they do shows in their cases.
            Fact::Readings(Subject::Agent(_), _) | Fact::Nothing => {}
            Fact::Stated(subject, statement) => self.on_stated(update, subject, statement, now),
            Fact::Case(_, event) if !self.has_room_for(event) => self.refuse(update),
            Fact::Case(case, event) => self.on_case(update, case, event, now),
            Fact::Profile(profile) if !self.has_room(profile.class, &profile.id) => {
                self.refuse(update);
            }
            Fact::Profile(profile) => self.on_profile(update.at, profile, now),
        }
    }

    /// Where our wall clock was put right, running clocks go with it, so that
    /// ages stay what they are.
    fn follow_wall(&mut self, now: Moment) {
        let anchor = now.wall.as_millisecond() - now.mono.0;
        let step = anchor - *self.anchor.get_or_insert(anchor);
        if step.abs() <= WALL_STEP {
            return;
        }
        self.anchor = Some(anchor);
        for feed in self.feeds.values_mut() {
            feed.offset.shift(step);
            for queue in feed.queues.values_mut() {
                queue.waits.shift(step);
            }
        }
        for source in self.picture.sources.values_mut() {
            if let Some(lost) = &mut source.lost {
                lost.at = moment::plus_millis(lost.at, step);
            }
        }
        for queue in self.picture.queues.values_mut() {
            if let Some(longest) = queue.readings.get_mut(Metric::LongestWait) {
                longest.since = longest.since.map(|at| moment::plus_millis(at, step));
            }
            queue.trail.shift(step);
        }
        for agent in self.picture.agents.values_mut() {
            agent.since = agent.since.map(|at| moment::plus_millis(at, step));
            if let Some(stated) = &mut agent.stated {
                stated.clock.shift(step);
            }
        }
    }

    fn turn_day(&mut self, now: Moment) -> bool {
        let closed = self.cases.days.turn(now.wall, &self.picture.site.zone);
        if closed {
            self.picture.day_starts = self.cases.days.today_starts();
            self.show_days();
        }
        closed
    }
}

fn connecting(setup: &SourceSetup, now: Moment) -> Source {
    Source {
        id: setup.id.clone(),
        kind: setup.kind,
        demo: setup.demo,
        line: LineState::Connecting,
        since: now.wall,
        lost: None,
        generation: 0,
        breaks: BTreeMap::new(),
        lag: Histogram::default(),
        last_message_at: None,
        heard: None,
        counts: super::picture::Counts::default(),
        by_event: BTreeMap::new(),
        by_reason: BTreeMap::new(),
        last_error: None,
        failures: 0,
        account: None,
        degraded: false,
        offset: 0,
        is_clock_known: false,
        interval: Feed::default().cadence.interval(),
    }
}
