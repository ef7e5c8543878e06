//! Builds queue legs from the call, its wrap-up and the end of its talk. They are emitted
//! one by one: a large center's day of them would need much memory.

use std::num::NonZeroI64;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::intervals::{DAY, QueueContact, TimeSpan};
use wallboard_store::{NameClass, StoreError};

use super::{
    fact_rows::{
        CallDetailsRow, FactRowCaches, OptionalInteger, QueueCallRow, ShortText, TextHash,
        WrapUpRow,
    },
    file_catalog::StoredFiles,
    reference_data::SangomaReferenceData,
    row_cache::RowCache,
    window::SangomaFacts,
};

/// One row of `Queue_Call` with its related rows.
#[derive(Clone, Debug)]
pub(super) struct QueueLeg {
    pub(super) id: i64,
    pub(super) queue: i64,
    pub(super) agent: Option<i64>,
    pub(super) contact: QueueContact,
    end_by: OptionalInteger,
    reason: OptionalInteger,
    kind: OptionalInteger,
    pub(super) exit_key: Option<ShortText>,
    pub(super) uuid: Option<TextHash>,
}

/// The facts about calls in and around a window, while its legs are emitted one by one.
#[derive(Debug)]
pub(super) struct QueueLegs {
    /// All wrap-ups, by id.
    wrap_ups: HashMap<i64, WrapUpRow>,
    /// Calls that were in a queue, including before and after the window.
    queued: HashSet<TextHash>,
    /// Legs whose talk ended with their call.
    open: Vec<QueueLeg>,
    /// The ends of those calls, as far as they are reported.
    ends: HashMap<TextHash, Option<i64>>,
}

impl QueueLegs {
    /// Passes each leg that overlaps the window to `each`. Legs whose end only the details of
    /// their calls report wait for [`Self::emit_open`].
    pub(super) fn read_window(
        facts: &SangomaFacts<'_>,
        rows: &mut FactRowCaches,
        window: TimeSpan,
        mut each: impl FnMut(QueueLeg),
    ) -> Result<Self, StoreError> {
        let around = file_range(window);
        let mut wrap_ups = HashMap::new();
        rows.wrap_ups
            .for_each_within(facts.files, around, |id, wrap_up| {
                wrap_ups.insert(id, wrap_up);
            })?;
        let mut legs = Self {
            wrap_ups,
            queued: HashSet::new(),
            open: Vec::new(),
            ends: HashMap::new(),
        };
        rows.calls
            .for_each_within(facts.files, around, |id, call| {
                legs.queued.extend(call.uuid);
                let leg = QueueLeg::from_call(id, &call, &legs.wrap_ups, facts.reference);
                let Some(leg) = leg.filter(|leg| leg.reaches_into(window)) else {
                    return;
                };
                match leg.uuid.filter(|_| leg.needs_end()) {
                    Some(uuid) => {
                        legs.ends.insert(uuid, None);
                        legs.open.push(leg);
                    }
                    None => each(leg),
                }
            })?;
        Ok(legs)
    }

    pub(super) fn wrap_ups(&self) -> impl Iterator<Item = &WrapUpRow> {
        self.wrap_ups.values()
    }

    /// Returns whether a call was in a queue.
    pub(super) fn was_queued(&self, details: &CallDetailsRow) -> bool {
        details.uuid.is_some_and(|uuid| self.queued.contains(&uuid))
    }

    /// Records when a call ended.
    pub(super) fn record_end(&mut self, details: &CallDetailsRow) {
        let known = details.uuid.and_then(|uuid| self.ends.get_mut(&uuid));
        if let Some(end) = known {
            *end = (*end).max(Some(details.end));
        }
    }

    /// Emits the waiting legs, with the recorded ends.
    pub(super) fn emit_open(self, mut each: impl FnMut(QueueLeg)) {
        for mut leg in self.open {
            let end = leg.uuid.and_then(|uuid| self.ends.get(&uuid));
            let span = leg.contact.answered.zip(end.copied().flatten());
            leg.contact.talk = span.and_then(|(since, end)| talk_seconds(since, end));
            each(leg);
        }
    }

    /// Emits the waiting legs, with ends from the calls' details.
    pub(super) fn emit_open_from_details(
        mut self,
        files: StoredFiles<'_>,
        details: &mut RowCache<CallDetailsRow>,
        window: TimeSpan,
        each: impl FnMut(QueueLeg),
    ) -> Result<(), StoreError> {
        if !self.ends.is_empty() {
            details.for_each_within(files, file_range(window), |_, details| {
                self.record_end(&details);
            })?;
        }
        self.emit_open(each);
        Ok(())
    }
}

impl QueueLeg {
    fn from_call(
        id: i64,
        call: &QueueCallRow,
        wrap_ups: &HashMap<i64, WrapUpRow>,
        reference: &SangomaReferenceData,
    ) -> Option<Self> {
        let (answered, left) = (unpack_integer(call.answered), unpack_integer(call.left));
        let until = left.filter(|left| Some(*left) != answered);
        let wrap_up = unpack_integer(call.wrap_up).and_then(|id| wrap_ups.get(&id));
        let contact = QueueContact {
            joined: unpack_integer(call.joined)?,
            answered,
            left,
            talk: answered
                .zip(until)
                .and_then(|(since, until)| talk_seconds(since, until)),
            wrap_up: wrap_up.map(|wrap_up| wrap_up.span),
            end: reference.call_end(unpack_integer(call.end_by)),
        };
        // Negative waits are impossible; the import rejects such rows.
        if contact.wait_seconds().is_some_and(|wait| wait < 0) {
            return None;
        }
        Some(Self {
            id,
            queue: unpack_integer(call.queue)?,
            agent: unpack_integer(call.agent),
            contact,
            end_by: call.end_by,
            reason: call.reason,
            kind: call.kind,
            exit_key: call.exit_key,
            uuid: call.uuid,
        })
    }

    /// The code of this class: the reason, the type or the end of the call.
    pub(super) fn code_of_class(&self, class: NameClass) -> Option<i64> {
        unpack_integer(match class {
            NameClass::Reason => self.reason,
            NameClass::Type => self.kind,
            NameClass::EndBy => self.end_by,
            _ => None,
        })
    }

    fn reaches_into(&self, window: TimeSpan) -> bool {
        let contact = &self.contact;
        let ended = [
            contact.answered,
            contact.left,
            contact.wrap_up.map(|span| span.end),
        ];
        let last = ended.into_iter().flatten().fold(contact.joined, i64::max);
        // The talk time of an answered call may not be known yet.
        contact.joined < window.end && (window.start <= last || self.needs_end())
    }

    /// Returns whether only the end of the call determines the end of the talk.
    fn needs_end(&self) -> bool {
        let QueueContact { answered, left, .. } = self.contact;
        answered.is_some() && (left.is_none() || left == answered)
    }

    /// The span of the agent's time that the talk took.
    pub(super) fn talk_span(&self) -> Option<TimeSpan> {
        let (since, seconds) = self.contact.answered.zip(self.contact.talk)?;
        TimeSpan::new(since, since + seconds)
    }
}

/// The time range of the files to read for a window: a call can reach over midnight, and
/// its wrap-up can come a file later.
pub(super) fn file_range(window: TimeSpan) -> TimeSpan {
    window.widen(DAY)
}

fn unpack_integer(known: OptionalInteger) -> Option<i64> {
    known.map(NonZeroI64::get)
}

fn talk_seconds(since: i64, until: i64) -> Option<i64> {
    (since <= until).then_some(until - since)
}
