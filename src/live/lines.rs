//! A source's line, generation and counters.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use crate::domain::{Break, Fact, Line, Moment, Note, SourceId, Update};

use super::{
    feed::{Feed, Round},
    ledger::Surplus,
    picture::{Counts, Gap, LineState, Lost},
    state::State,
    stated::learn,
};

/// Kinds of messages that are counted by name; the rest goes under `other`.
const MOST_EVENTS: usize = 50;
/// Why a message of a subject beyond all bounds is rejected.
const TOO_MANY: &str = "too_many_ids";
/// Gaps of a day that are told apart; more are joined to the last.
const MOST_GAPS: usize = 20;

impl State {
    /// Counts a message that could be read, and learns the source's clock from
    /// it. `false`: the source is not configured.
    pub(super) fn hear(&mut self, update: &Update, now: Moment) -> bool {
        let (Some(source), Some(feed)) = (
            self.picture.sources.get_mut(&update.source),
            self.feeds.get_mut(&update.source),
        ) else {
            return false;
        };
        let mistyped = u64::from(update.mistyped);
        for counts in [
            &mut source.counts,
            counts_of(&mut source.by_event, update.event),
        ] {
            counts.received += 1;
            counts.applied += 1;
            counts.mistyped += mistyped;
        }
        source.last_message_at = Some(now.wall);
        source.heard = Some(now.mono);

        feed.quality.count(0 < mistyped, now.mono);
        // What had gathered is late by our absence and says nothing of clocks; nor does
        // what a vendor states, if it states it again.
        let is_stated = matches!(update.fact, Fact::Stated(..));
        if let (Some(at), false) = (update.at, is_stated) {
            if !matches!(update.fact, Fact::Profile(_)) {
                feed.open_day(at, now);
            }
            if source.line == LineState::Connected {
                let was_known = source.is_clock_known;
                learn(source, feed, at, self.waited, now);
                if !was_known {
                    self.place_anew(&update.source, now);
                }
            }
        }
        true
    }

    /// Takes back that a message was applied: it speaks of one subject too many.
    pub(super) fn refuse(&mut self, update: &Update) {
        let (Some(source), Some(feed)) = (
            self.picture.sources.get_mut(&update.source),
            self.feeds.get_mut(&update.source),
        ) else {
            return;
        };
        for counts in [
            &mut source.counts,
            counts_of(&mut source.by_event, update.event),
        ] {
            counts.applied -= 1;
            counts.rejected += 1;
        }
        *source.by_reason.entry(TOO_MANY).or_default() += 1;
        feed.quality.blame();
    }

    pub(super) fn on_note(&mut self, id: &SourceId, note: &Note, now: Moment) {
        let Some(source) = self.picture.sources.get_mut(id) else {
            return;
        };
        let feed = self.feeds.entry(id.clone()).or_default();
        match note {
            Note::Ignored { event } => {
                for counts in [&mut source.counts, counts_of(&mut source.by_event, event)] {
                    counts.received += 1;
                    counts.ignored += 1;
                }
                source.last_message_at = Some(now.wall);
                source.heard = Some(now.mono);
                feed.quality.count(false, now.mono);
            }
            Note::Rejected { event, why, .. } => {
                for counts in [&mut source.counts, counts_of(&mut source.by_event, event)] {
                    counts.received += 1;
                    counts.rejected += 1;
                }
                *source.by_reason.entry(why).or_default() += 1;
                source.last_message_at = Some(now.wall);
                source.heard = Some(now.mono);
                feed.quality.count(true, now.mono);
            }
            Note::Failed { why } => {
                source.last_error = Some((now.wall, why.clone()));
                source.failures += 1;
            }
            Note::Account(account) => source.account = Some(account.clone()),
            Note::Asked => {
                feed.round = Some(Round::default());
                feed.bound = Some(now.mono);
            }
        }
        source.degraded = feed.quality.is_degraded(now.mono);
        if let Note::Rejected {
            case: Some(case), ..
        } = note
        {
            self.doubt_case(case);
        }
    }

    pub(super) fn on_line(&mut self, id: &SourceId, line: &Line, now: Moment) {
        let Some(source) = self.picture.sources.get_mut(id) else {
            return;
        };
        let (state, broken) = match line {
            Line::CatchingUp { broken } => (LineState::CatchingUp, *broken),
            Line::Connected => (LineState::Connected, None),
            Line::Away { .. } => (LineState::Away, None),
            Line::Silent => (LineState::Silent, None),
        };
        let was_connected = source.line == LineState::Connected;
        if source.line != state {
            source.line = state;
            source.since = now.wall;
        }
        match state {
            LineState::Connected => source.lost = None,
            _ if was_connected => {
                source.lost = Some(Lost {
                    at: now.wall,
                    mono: now.mono,
                });
            }
            _ => {}
        }
        if let Line::Away { why } = line {
            source.last_error = Some((now.wall, why.clone()));
        }

        // A silence began with the last word, not when we noticed it.
        let lost = source.lost.filter(|_| broken != Some(Break::Silence));
        let lost_at = lost.map(|lost| lost.at).or(source.last_message_at);
        if let Some(broken) = broken {
            self.on_break(id, broken, lost_at, now);
        }
        if state == LineState::Connected {
            let feed = self.feeds.entry(id.clone()).or_default();
            let since = feed.opening.iter().flatten().max();
            feed.counting_since
                .get_or_insert(since.copied().unwrap_or(now.wall));
        }
        self.note_trails(id, now);
        self.show_days();
    }

    /// Something may have been missed: nothing said before is fresh any more.
    fn on_break(&mut self, id: &SourceId, broken: Break, lost_at: Option<Timestamp>, now: Moment) {
        if let Some(source) = self.picture.sources.get_mut(id) {
            source.generation += 1;
            *source.breaks.entry(broken).or_default() += 1;
        }
        let today = self.cases.days.today_starts();
        let feed = self.feeds.entry(id.clone()).or_default();
        feed.bound = Some(now.mono);
        feed.gaps.retain(|gap| gap.reaches(today));
        feed.proved_until = None;
        for queue in feed.queues.values_mut() {
            queue.accounted = false;
            queue.agrees_since = None;
            queue.agrees = 0;
            queue.agreed_at = None;
            queue.witness = None;
            queue.excess = Surplus::default();
            queue.short_since = None;
            queue.contradicted = None;
            queue.timers = None;
        }
        if feed.counting_since.is_some() {
            add_gap(feed, lost_at.unwrap_or(now.wall), now.wall);
        }
        self.doubt_cases(id);
        let generation = self.generation(id);
        // What is stated keeps the generation that it was said in.
        for agent in self.picture.agents.values_mut() {
            if agent.id.source == *id && agent.stated.is_none() {
                agent.accounted = false;
                agent.generation = generation;
            }
        }
    }
}

fn add_gap(feed: &mut Feed, from: Timestamp, to: Timestamp) {
    let full = feed.gaps.len() >= MOST_GAPS;
    match feed.gaps.last_mut() {
        Some(last) if full || last.to.is_none_or(|end| from <= end) => last.to = Some(to),
        _ => feed.gaps.push(Gap { from, to: Some(to) }),
    }
}

/// The counters of one kind of message.
fn counts_of<'a>(by_event: &'a mut BTreeMap<Arc<str>, Counts>, event: &str) -> &'a mut Counts {
    let known = by_event.contains_key(event);
    let name = if known || by_event.len() < MOST_EVENTS {
        event
    } else {
        "other"
    };
    // Made only where it is new: the common case allocates nothing.
    if !known {
        by_event.entry(name.into()).or_default();
    }
    by_event
        .get_mut(name)
        .expect("the entry was just found or made")
}
