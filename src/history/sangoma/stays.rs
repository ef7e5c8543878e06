//! Stays in queues, put together of the call, its wrap-up and how its talk ended. They are
//! handed on one by one: of a large center a day of them would need much memory.

use std::num::NonZeroI64;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::{
    history::intervals::{Contact, Span},
    store::{NameClass, StoreError, View},
};

use super::{
    fact_rows::{Details, FactRows, Hashed, Known, QueueCall, WrapUp},
    kept::Kept,
    meaning::Meaning,
    shelf::Shelf,
};

const DAY: i64 = 86_400;

/// One row of `Queue_Call` and what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    pub(super) id: i64,
    pub(super) queue: i64,
    pub(super) agent: Option<i64>,
    pub(super) contact: Contact,
    end_by: Known,
    reason: Known,
    kind: Known,
    uuid: Option<Hashed>,
}

/// What is told of the calls of a window and of the time around it, while its stays are
/// handed on one by one.
#[derive(Debug)]
pub(super) struct Stays {
    /// All wrap-ups, by their ids.
    wrap_ups: HashMap<i64, WrapUp>,
    /// Calls that were in a queue, also before and after the window.
    queued: HashSet<Hashed>,
    /// Those whose talk ended with their call.
    open: Vec<Stay>,
    /// When those calls ended, as far as that is told.
    ends: HashMap<Hashed, Option<i64>>,
}

impl Stays {
    /// Hands each stay that reaches into the window to `each`, but those whose end only the
    /// details of their calls tell: these wait for [`Stays::end`].
    pub(super) fn read(
        (view, shelf): (&View<'_>, &Shelf),
        rows: &mut FactRows,
        meaning: &Meaning,
        window: Span,
        mut each: impl FnMut(Stay),
    ) -> Result<Self, StoreError> {
        let files = around(window);
        let mut wrap_ups = HashMap::new();
        rows.wrap_ups.within((view, shelf), files, |id, wrap_up| {
            wrap_ups.insert(id, wrap_up);
        })?;
        let mut stays = Self {
            wrap_ups,
            queued: HashSet::new(),
            open: Vec::new(),
            ends: HashMap::new(),
        };
        rows.calls.within((view, shelf), files, |id, call| {
            stays.queued.extend(call.uuid);
            let stay = Stay::of(id, &call, &stays.wrap_ups, meaning);
            let Some(stay) = stay.filter(|stay| stay.reaches_into(window)) else {
                return;
            };
            match stay.uuid.filter(|_| stay.needs_end()) {
                Some(uuid) => {
                    stays.ends.insert(uuid, None);
                    stays.open.push(stay);
                }
                None => each(stay),
            }
        })?;
        Ok(stays)
    }

    pub(super) fn wrap_ups(&self) -> impl Iterator<Item = &WrapUp> {
        self.wrap_ups.values()
    }

    /// Whether a call was in a queue.
    pub(super) fn has(&self, details: &Details) -> bool {
        details.uuid.is_some_and(|uuid| self.queued.contains(&uuid))
    }

    /// Takes note of when a call ended.
    pub(super) fn hear(&mut self, details: &Details) {
        let known = details.uuid.and_then(|uuid| self.ends.get_mut(&uuid));
        if let Some(end) = known {
            *end = (*end).max(Some(details.end));
        }
    }

    /// Hands on the stays that waited, with the ends that were heard.
    pub(super) fn end(self, mut each: impl FnMut(Stay)) {
        for mut stay in self.open {
            let end = stay.uuid.and_then(|uuid| self.ends.get(&uuid));
            let span = stay.contact.answered.zip(end.copied().flatten());
            stay.contact.talk = span.and_then(|(since, end)| talk(since, end));
            each(stay);
        }
    }

    /// The same with the ends that the calls' details tell.
    pub(super) fn end_by_details(
        mut self,
        from: (&View<'_>, &Shelf),
        details: &mut Kept<Details>,
        window: Span,
        each: impl FnMut(Stay),
    ) -> Result<(), StoreError> {
        if !self.ends.is_empty() {
            details.within(from, around(window), |_, details| self.hear(&details))?;
        }
        self.end(each);
        Ok(())
    }
}

impl Stay {
    fn of(
        id: i64,
        call: &QueueCall,
        wrap_ups: &HashMap<i64, WrapUp>,
        meaning: &Meaning,
    ) -> Option<Self> {
        let (answered, left) = (value(call.answered), value(call.left));
        let until = left.filter(|left| Some(*left) != answered);
        let wrap_up = value(call.wrap_up).and_then(|id| wrap_ups.get(&id));
        let contact = Contact {
            joined: value(call.joined)?,
            answered,
            left,
            talk: answered
                .zip(until)
                .and_then(|(since, until)| talk(since, until)),
            wrap_up: wrap_up.map(|wrap_up| wrap_up.span),
            end: meaning.end(value(call.end_by)),
        };
        // Nobody waits for less than no time; such rows are set aside when they come.
        if contact.wait().is_some_and(|wait| wait < 0) {
            return None;
        }
        Some(Self {
            id,
            queue: value(call.queue)?,
            agent: value(call.agent),
            contact,
            end_by: call.end_by,
            reason: call.reason,
            kind: call.kind,
            uuid: call.uuid,
        })
    }

    /// What the export wrote beside it: why it came, and how it ended.
    pub(super) fn code(&self, class: NameClass) -> Option<i64> {
        value(match class {
            NameClass::Reason => self.reason,
            NameClass::Type => self.kind,
            NameClass::EndBy => self.end_by,
            _ => None,
        })
    }

    fn reaches_into(&self, window: Span) -> bool {
        let contact = &self.contact;
        let ended = [
            contact.answered,
            contact.left,
            contact.wrap_up.map(|span| span.end),
        ];
        let last = ended.into_iter().flatten().fold(contact.joined, i64::max);
        // How long the talk was of one that was answered may not be known yet.
        contact.joined < window.end && (window.start <= last || self.needs_end())
    }

    /// Whether only the call's own end can say when the talk ended.
    fn needs_end(&self) -> bool {
        let Contact { answered, left, .. } = self.contact;
        answered.is_some() && (left.is_none() || left == answered)
    }

    /// What of the agent's time it took.
    pub(super) fn talk(&self) -> Option<Span> {
        let (since, seconds) = self.contact.answered.zip(self.contact.talk)?;
        Span::new(since, since + seconds)
    }
}

/// Of which time files are read for a window: a call can reach over midnight, and its
/// wrap-up can come a file later.
pub(super) fn around(window: Span) -> (i64, i64) {
    (window.start - DAY, window.end + DAY)
}

fn value(known: Known) -> Option<i64> {
    known.map(NonZeroI64::get)
}

fn talk(since: i64, until: i64) -> Option<i64> {
    (since <= until).then_some(until - since)
}
