//! A node that alerts as the product does, with a live state of its own.

use std::{cell::Cell, sync::Arc};

use jiff::Timestamp;

use wallboard_alerts::{AlertAction, AlertId, AlertNotice, AlertSubject, NoticeKind};
use wallboard_domain::{LogEntry, MonotonicTime};
use wallboard_live::{
    LiveState,
    testing::{chat_id, chat_source},
};
use wallboard_notify::{Message, MessageSeverity, Outgoing};

use crate::{
    alerts::{
        AlertSurroundings, ExportFiles,
        alert_document::AlertDocument,
        alert_turn::{AlertTurns, Attempts, LookInputs, SendOutcome},
    },
    forecasts::Forecasts,
};

use super::surroundings::{Surroundings, Written};

/// A node that hears nothing for so long marks everything, in milliseconds.
const SILENCE_MAX: i64 = 3_000;
/// A leader that couldn't renew its lease for so long gives up, in milliseconds.
const VALID_FOR: i64 = 4_000;
/// How long after a failure a leader writes again, in milliseconds.
const RETRY_AFTER: i64 = 2_000;

pub(super) struct SimulatedNode {
    pub(super) number: usize,
    pub(super) state: LiveState,
    /// How many entries of the log it has.
    applied: usize,
    heard_at: MonotonicTime,
    pub(super) is_cut: bool,
    pub(super) absent_ticks: usize,
    /// The record as it knows it.
    revision: u64,
    document: Arc<AlertDocument>,
    leading: Option<LeaderRun>,
}

/// A term of this node.
struct LeaderRun {
    turns: AlertTurns,
    attempts: Attempts,
    /// Those that end at a time.
    sends: Vec<(MonotonicTime, SendOutcome)>,
    renewed_at: MonotonicTime,
    retry_at: Option<MonotonicTime>,
}

impl SimulatedNode {
    pub(super) fn new(number: usize, now: MonotonicTime) -> Self {
        Self {
            number,
            state: LiveState::default(),
            applied: 0,
            heard_at: now,
            is_cut: false,
            absent_ticks: 0,
            revision: 0,
            document: Arc::default(),
            leading: None,
        }
    }

    pub(super) fn is_reachable(&self) -> bool {
        !self.is_cut && self.absent_ticks == 0
    }

    /// Ends its process.
    pub(super) fn kill(&mut self, now: MonotonicTime) {
        *self = Self {
            is_cut: self.is_cut,
            ..Self::new(self.number, now)
        };
    }

    /// Does what is due. A node that is paused or gone does nothing.
    pub(super) fn look(&mut self, around: &mut Surroundings) {
        if 0 < self.absent_ticks {
            self.absent_ticks -= 1;
            return;
        }
        if !self.is_cut {
            self.follow(around);
        }
        let silence = around.now.monotonic.millis_since(self.heard_at);
        if SILENCE_MAX < silence && !self.state.has_lost_leader() {
            self.state.mark_leader_lost(around.now);
        }
        // One that was paused begins a turn before it notices that it no longer leads.
        self.take_turn(around);
        self.keep_lease(around);
    }

    fn follow(&mut self, around: &Surroundings) {
        if self.state.has_lost_leader() {
            (self.state, self.applied) = (LiveState::default(), 0);
        }
        let news: &[LogEntry] = &around.log[self.applied..];
        for entry in news {
            self.state.apply_entry(entry);
        }
        self.applied = around.log.len();
        if around.is_led {
            self.heard_at = around.now.monotonic;
        }
        if self.revision < around.record.revision {
            self.reload(around);
        }
    }

    fn reload(&mut self, around: &Surroundings) {
        self.revision = around.record.revision;
        self.document = Arc::new(AlertDocument::decode(&around.record.bytes).unwrap());
    }

    fn take_turn(&mut self, around: &mut Surroundings) {
        let Some(run) = &mut self.leading else {
            return;
        };
        let now = around.now;
        let (ended, others) = std::mem::take(&mut run.sends)
            .into_iter()
            .partition(|(at, _)| *at <= now.monotonic);
        run.sends = others;
        (run.attempts.settled).extend(ended.into_iter().map(|(_, outcome)| outcome));
        if run.retry_at.is_some_and(|at| now.monotonic < at) {
            return;
        }
        let mut document = AlertDocument::clone(&self.document);
        let changes = self.state.take_changes();
        let snapshot = self.state.snapshot();
        let surroundings = AlertSurroundings {
            files: ExportFiles::default(),
            forecasts: Forecasts::default(),
            is_cluster: true,
        };
        let inputs = LookInputs {
            snapshot,
            changes: &changes,
            now,
            surroundings: &surroundings,
            screens: None,
        };
        let look = (run.turns).look(&inputs, &around.plan, &mut document);
        let is_live = snapshot.sources.get(&chat_source());
        let is_live = is_live.is_some_and(wallboard_live::SourceSnapshot::is_live);
        let written = Cell::new(0);
        let write = |notice: &AlertNotice, _| {
            assert!(is_live, "told by what is out of date: {notice:?}");
            written.set(written.get() + 1);
            message(notice, now.wall)
        };
        let (plan, ids) = (Arc::clone(&around.plan), &mut around.ids);
        let new_id = || {
            *ids += 1;
            AlertId(uuid::Uuid::from_u128(*ids))
        };
        let (turns, attempts) = (&mut run.turns, &run.attempts);
        let turn = turns.advance(&mut document, &look, &plan, attempts, new_id, write);
        if turn.change == wallboard_alerts::BookChange::None {
            return;
        }
        let bytes = document.encode().unwrap();
        match around.write(self.is_cut, self.revision, bytes) {
            Written::Stored(revision) => {
                (self.revision, self.document) = (revision, Arc::new(document));
                run.attempts.forget_settled();
                around.written += written.get();
                for outgoing in turn.due {
                    run.send(outgoing, around);
                }
            }
            Written::Conflict => self.reload(around),
            Written::Failed => run.retry_at = Some(now.plus_millis(RETRY_AFTER).monotonic),
        }
    }

    fn keep_lease(&mut self, around: &mut Surroundings) {
        let now = around.now.monotonic;
        if let Some(run) = &mut self.leading {
            if !self.is_cut && around.renew_lease(self.number) {
                run.renewed_at = now;
            } else if !self.is_cut || VALID_FOR < now.millis_since(run.renewed_at) {
                self.leading = None;
            }
        } else if !self.is_cut && around.acquire_lease(self.number) {
            // Its earlier findings aren't known to hold.
            self.state.take_changes();
            self.leading = Some(LeaderRun {
                turns: AlertTurns::default(),
                attempts: Attempts::default(),
                sends: Vec::new(),
                renewed_at: now,
                retry_at: None,
            });
        }
    }

    /// Takes the alert of a queue, as somebody does on a page. An action whose write was answered is never lost.
    pub(super) fn take_alert(&mut self, queue: &str, around: &mut Surroundings) {
        if !self.is_reachable() {
            return;
        }
        self.reload(around);
        let mut document = AlertDocument::clone(&self.document);
        let subject = AlertSubject::Queue(chat_id(queue));
        let mut open = document.book.open().iter();
        let Some(id) = open.find(|one| one.subject == subject).map(|one| one.id) else {
            return;
        };
        let taken = (document.book).act(id, &AlertAction::Take, "Anna", around.now.wall);
        if taken != Ok(true) {
            return;
        }
        let bytes = document.encode().unwrap();
        if let Written::Stored(revision) = around.write(false, self.revision, bytes) {
            (self.revision, self.document) = (revision, Arc::new(document));
            around.taken.insert(id);
        }
    }
}

impl LeaderRun {
    /// Sends a message, which arrives at once or never, and whose outcome is known later.
    fn send(&mut self, outgoing: Outgoing, around: &mut Surroundings) {
        let outcome = around.receive(&outgoing);
        let ends_at = around.now.plus_millis(2_500).monotonic;
        self.attempts.sending.insert(outgoing.id.clone());
        let ended = SendOutcome {
            id: outgoing.id,
            outcome,
        };
        self.sends.push((ends_at, ended));
    }
}

/// A message whose headline has its queue and whether it's over.
fn message(notice: &AlertNotice, time: Timestamp) -> Message {
    let is_over = notice.kind == NoticeKind::Over;
    let word = if is_over { "over" } else { "on" };
    Message {
        headline: format!("{} {word}", notice.alert.subject),
        lines: Vec::new(),
        severity: if is_over {
            MessageSeverity::Over
        } else {
            MessageSeverity::Critical
        },
        link: None,
        thread: notice.alert.id.0.simple().to_string(),
        time,
    }
}
