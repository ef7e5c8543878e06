//! A node with a real state, which decides as the product does.

use crate::cluster::{
    continuity::{self, NodeHistory, TermStart},
    private_state::continue_with,
};
use wallboard_domain::{
    ConnectionEvent, Discontinuity, Input, LogEntry, LogPosition, MonotonicTime, TermId,
};
use wallboard_live::{
    LiveState,
    codec::{self, LOG_FORMAT},
};
use wallboard_store::{BatchHeader, SnapshotLabel, StreamBatch};

use super::site::{KnownEntry, SentBatch, Surroundings, chat_source, site_config};

/// A follower that hears nothing for so long marks everything, in milliseconds.
const SILENCE_MAX: i64 = 3_000;
/// A leader that couldn't renew its lease for so long gives up, in milliseconds.
const VALID_FOR: i64 = 4_000;

/// The phase of a node.
#[derive(Debug)]
enum NodePhase {
    Marked,
    Restored { next: u64, is_complete: bool },
    Following { next: u64, heard_at: MonotonicTime },
    Leading(Box<LeaderRun>),
}

/// A term of this node.
#[derive(Debug)]
struct LeaderRun {
    term: TermId,
    valid_until: MonotonicTime,
    /// Where the stream ends, as far as it knows.
    position: LogPosition,
    last: u64,
    pending: Vec<LogEntry>,
    sent: Option<SentBatch>,
    is_shown: bool,
    /// The reports that it has applied, and the offsets after them.
    applied: Vec<(u64, LogPosition)>,
}

#[derive(Debug)]
pub(super) struct SimulatedNode {
    pub(super) number: usize,
    pub(super) state: LiveState,
    phase: NodePhase,
    /// A snapshot and the batches after it.
    snapshot: Vec<u8>,
    batches: Vec<StreamBatch>,
    is_copy_complete: bool,
    has_lost: bool,
    /// The position up to which this process knows the log to be acknowledged.
    witnessed: LogPosition,
    pub(super) is_cut: bool,
    pub(super) absent_ticks: usize,
}

impl SimulatedNode {
    pub(super) fn new(number: usize) -> Self {
        let state = LiveState::default();
        Self {
            number,
            snapshot: codec::encode_state(&state).unwrap(),
            state,
            phase: NodePhase::Marked,
            batches: Vec::new(),
            is_copy_complete: false,
            has_lost: false,
            witnessed: LogPosition::default(),
            is_cut: false,
            absent_ticks: 0,
        }
    }

    pub(super) fn is_leading(&self) -> bool {
        matches!(&self.phase, NodePhase::Leading(run) if run.is_shown)
    }

    pub(super) fn is_shown(&self) -> bool {
        matches!(self.phase, NodePhase::Following { .. }) || self.is_leading()
    }

    pub(super) fn describe(&self) -> String {
        let position = self.state.position();
        format!("node {}: {:?} at {position:?}", self.number, self.phase)
    }

    /// Whether all that it has applied is in the stream.
    pub(super) fn is_settled(&self) -> bool {
        match &self.phase {
            NodePhase::Leading(run) => run.position == self.state.position(),
            _ => true,
        }
    }

    /// Checks that what it shows as up to date is what the log gives.
    pub(super) fn check_shown(&self, around: &Surroundings) {
        if self.is_shown() {
            let replayed = around.replay(self.state.position());
            assert!(self.state == replayed, "node {} is wrong", self.number);
        }
    }

    pub(super) fn kill(&mut self, unwritten: usize) {
        self.phase = NodePhase::Marked;
        self.batches
            .truncate(self.batches.len().saturating_sub(unwritten));
        self.has_lost = false;
        self.state = self.load_copy();
        self.witnessed = self.state.position();
    }

    /// The servers restart: a term that hasn't begun ends.
    pub(super) fn lose_server(&mut self, around: &mut Surroundings) {
        if matches!(&self.phase, NodePhase::Leading(run) if !run.is_shown) {
            self.mark(around);
        }
    }

    fn load_copy(&self) -> LiveState {
        let mut state = codec::decode_state(&self.snapshot).unwrap();
        for batch in &self.batches {
            for entry in codec::decode_entries(&batch.bytes).unwrap() {
                state.apply_entry(&entry);
            }
        }
        state
    }

    /// Does what is due. A node that is paused or gone does nothing.
    pub(super) fn look(&mut self, around: &mut Surroundings) {
        if 0 < self.absent_ticks {
            self.absent_ticks -= 1;
            return;
        }
        match &self.phase {
            NodePhase::Marked if self.is_cut => {}
            NodePhase::Marked => self.restore(around),
            NodePhase::Restored { .. } if self.is_cut => self.mark(around),
            NodePhase::Restored { .. } => self.catch_up(around),
            NodePhase::Following { .. } => self.follow(around),
            NodePhase::Leading(_) => self.lead(around),
        }
    }

    fn mark(&mut self, around: &mut Surroundings) {
        self.check_shown(around);
        if let NodePhase::Leading(run) = &self.phase
            && !self.is_cut
        {
            around.release_lease(run.term);
        }
        self.phase = NodePhase::Marked;
        self.state.mark_leader_lost(around.now);
    }

    fn restore(&mut self, around: &mut Surroundings) {
        self.state = self.load_copy();
        let (position, end) = (self.state.position(), around.stream.end().position);
        let may_continue = self.is_copy_complete && continuity::may_continue(position, end);
        let mut next = around.stream.find_next(position).filter(|_| may_continue);
        if next.is_none() {
            self.has_lost |= self.is_copy_complete && continuity::may_have_lost(position);
            if let Some((position, bytes)) = &around.stream.snapshot {
                next = around.stream.find_next(*position);
                if next.is_some() {
                    self.state = codec::decode_state(bytes).unwrap();
                    self.restart_copy(bytes.clone());
                }
            }
        }
        let Some(next) = next else {
            return self.lead_stranded(around);
        };
        let is_complete = !self.has_lost;
        self.phase = NodePhase::Restored { next, is_complete };
        if !self.read(around) {
            self.lead_stranded(around);
        }
    }

    fn restart_copy(&mut self, snapshot: Vec<u8>) {
        self.snapshot = snapshot;
        self.batches.clear();
        self.is_copy_complete = true;
    }

    /// Reads what the stream has. Returns whether it continues this node's state.
    fn read(&mut self, around: &Surroundings) -> bool {
        let (NodePhase::Restored { next, .. } | NodePhase::Following { next, .. }) =
            &mut self.phase
        else {
            return true;
        };
        *next = (*next).max(around.stream.first());
        while let Some(batch) = around.stream.batch_at(*next) {
            let Ok(entries) = continue_with(batch, &self.state) else {
                return false;
            };
            for entry in &entries {
                self.state.apply_entry(entry);
            }
            if !entries.is_empty() {
                self.batches.push(batch.clone());
            }
            *next += 1;
        }
        if around
            .trace(self.state.position())
            .contains(&self.witnessed)
        {
            self.witnessed = self.state.position();
        }
        true
    }

    fn catch_up(&mut self, around: &mut Surroundings) {
        let NodePhase::Restored { next, is_complete } = self.phase else {
            return;
        };
        if !self.read(around) {
            return self.lead_stranded(around);
        }
        let NodePhase::Restored { next: read, .. } = self.phase else {
            return;
        };
        let end = around.stream.end().position;
        if next < read {
            let heard_at = around.now.monotonic;
            self.phase = NodePhase::Following {
                next: read,
                heard_at,
            };
            self.settle(around);
        } else if end.is_none_or(|end| end == self.state.position()) {
            if let Some(term) = around.acquire_lease(self.number) {
                self.begin(around, term, is_complete, false);
            }
        } else {
            self.phase = NodePhase::Marked;
        }
    }

    /// Shows what it has.
    fn settle(&mut self, around: &Surroundings) {
        self.state.take_changes();
        self.has_lost = false;
        self.witnessed = self.state.position();
        self.check_shown(around);
    }

    fn follow(&mut self, around: &mut Surroundings) {
        let NodePhase::Following { next, heard_at } = self.phase else {
            return;
        };
        if !self.is_cut {
            if !self.read(around) {
                return self.mark(around);
            }
            if let NodePhase::Following {
                next: read,
                heard_at,
            } = &mut self.phase
                && next < *read
            {
                *heard_at = around.now.monotonic;
                return;
            }
        }
        if SILENCE_MAX < around.now.monotonic.millis_since(heard_at) {
            self.mark(around);
        }
    }

    fn lead_stranded(&mut self, around: &mut Surroundings) {
        self.phase = NodePhase::Marked;
        if let Some(term) = around.acquire_lease(self.number) {
            self.begin(around, term, false, true);
        }
    }

    fn begin(
        &mut self,
        around: &mut Surroundings,
        term: TermId,
        is_complete: bool,
        is_stranded: bool,
    ) {
        let before = self.state.position();
        let history = NodeHistory {
            position: before,
            is_complete,
            is_stranded,
        };
        let Some(start) = continuity::plan_term(history, around.stream.end(), term) else {
            return self.mark(around);
        };
        let TermStart {
            after,
            is_log_complete,
        } = start;
        if after != before {
            let skipped = KnownEntry {
                after: before,
                entry: None,
            };
            around.entries.insert(after, skipped);
            self.state.skip_to_position(after);
        }
        if is_stranded {
            self.restart_copy(codec::encode_state(&self.state).unwrap());
        }
        let is_known =
            self.witnessed.term.is_none() || around.trace(after).contains(&self.witnessed);
        assert!(!is_log_complete || is_known, "a loss isn't told");
        self.phase = NodePhase::Leading(Box::new(LeaderRun {
            term,
            valid_until: around.now.monotonic.plus_millis(VALID_FOR),
            position: after,
            last: around.stream.last(),
            pending: Vec::new(),
            sent: None,
            is_shown: false,
            applied: Vec::new(),
        }));
        let term = Some(term);
        self.apply(
            around,
            Input::Started {
                is_log_complete,
                term,
            },
        );
        self.send(around);
    }

    /// Applies an input as a leader does. Returns the position after it.
    fn apply(&mut self, around: &mut Surroundings, input: Input) -> LogPosition {
        let after = self.state.position();
        let entry = LogEntry {
            received_at: around.now,
            delay_ms: 0,
            inputs: vec![input],
            proof: None,
        };
        self.state.apply_entry(&entry);
        if let NodePhase::Leading(run) = &mut self.phase {
            run.pending.push(entry.clone());
        }
        let position = self.state.position();
        let known = KnownEntry {
            after,
            entry: Some(entry),
        };
        assert!(
            around.entries.insert(position, known).is_none(),
            "{position:?} twice"
        );
        position
    }

    fn lead(&mut self, around: &mut Surroundings) {
        let NodePhase::Leading(run) = &mut self.phase else {
            return;
        };
        if run.valid_until <= around.now.monotonic {
            return self.mark(around);
        }
        if !self.is_cut && around.now.monotonic.0 % 1_500 == 0 {
            if !around.renew_lease(run.term) {
                return self.mark(around);
            }
            run.valid_until = around.now.monotonic.plus_millis(VALID_FOR);
        }
        if run.is_shown && around.owner == Some(run.term) {
            self.take_reports(around);
        }
        self.send(around);
        self.upload(around);
    }

    fn take_reports(&mut self, around: &mut Surroundings) {
        for (report, input) in around.waiting.clone() {
            let is_applied = match &self.phase {
                NodePhase::Leading(run) => run.applied.iter().any(|(known, _)| *known == report),
                _ => true,
            };
            if !is_applied {
                let position = self.apply(around, input);
                if let NodePhase::Leading(run) = &mut self.phase {
                    run.applied.push((report, position));
                }
            }
        }
    }

    /// Sends what is pending, or a heartbeat, or once more what wasn't answered.
    fn send(&mut self, around: &mut Surroundings) {
        let NodePhase::Leading(run) = &mut self.phase else {
            return;
        };
        let sent = run.sent.take().unwrap_or_else(|| {
            let entries = std::mem::take(&mut run.pending);
            let header = BatchHeader {
                after: run.position,
                term: run.term,
                count: entries.len() as u64,
                inputs: entries.len() as u64,
                format: LOG_FORMAT,
                received_at: around.now.wall,
                sent_at: around.now.monotonic,
                is_last: false,
            };
            let bytes = codec::encode_entries(&entries).unwrap().into();
            let batch = StreamBatch { header, bytes };
            SentBatch {
                batch,
                last: run.last,
            }
        });
        if self.is_cut {
            run.sent = Some(sent);
            return;
        }
        if std::mem::take(&mut around.delays_append) {
            around.late.push(sent);
            return self.mark(around);
        }
        let Some(sequence) = around.stream.append(&sent) else {
            return self.mark(around);
        };
        if std::mem::take(&mut around.loses_answer) {
            let is_shown = run.is_shown;
            run.sent = Some(sent);
            if !is_shown {
                self.mark(around);
            }
            return;
        }
        (run.last, run.position) = (sequence, sent.batch.header.leads_to());
        let is_first = !std::mem::replace(&mut run.is_shown, true);
        let term = run.term;
        let (end, applied) = (run.position, std::mem::take(&mut run.applied));
        let (done, later) = applied
            .into_iter()
            .partition::<Vec<_>, _>(|(_, position)| position.next <= end.next);
        run.applied = later;
        for (report, position) in done {
            around.waiting.retain(|(waiting, _)| *waiting != report);
            around.acknowledged.push(position);
        }
        if 0 < sent.batch.header.count {
            self.batches.push(sent.batch);
        }
        self.witnessed = end;
        if is_first {
            self.settle(around);
            self.connect_source(around, term);
        }
    }

    /// Connects the source again, with a discontinuity if it can have missed anything.
    fn connect_source(&mut self, around: &mut Surroundings, term: TermId) {
        around.owner = Some(term);
        let is_known = self.state.resume_points().contains_key(&chat_source());
        let discontinuity = (!is_known).then_some(Discontinuity::Start);
        let connection = |event| Input::Connection(chat_source(), event);
        self.apply(around, site_config());
        self.apply(
            around,
            connection(ConnectionEvent::CatchingUp { discontinuity }),
        );
        self.apply(around, connection(ConnectionEvent::Connected));
    }

    fn upload(&mut self, around: &mut Surroundings) {
        let NodePhase::Leading(run) = &self.phase else {
            return;
        };
        let stream = &around.stream;
        let label = stream.snapshot.as_ref().map(|(position, _)| SnapshotLabel {
            position: *position,
            taken_at: around.now.wall,
            format: LOG_FORMAT,
        });
        let bounds = stream.start().zip(stream.end().position);
        let is_usable = label.zip(bounds).is_some_and(|(label, (start, end))| {
            continuity::is_usable(label, run.term, start, end)
        });
        if run.is_shown && !self.is_cut && !is_usable {
            let copy = self.load_copy();
            let bytes = codec::encode_state(&copy).unwrap();
            around.stream.snapshot = Some((copy.position(), bytes));
        }
    }
}
