//! Ended cases until their record is made. Pure: entries in, records out, the same for the same entries.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;

use wallboard_domain::{CaseId, FinishedCase, Input, LogEntry, Moment, SourceId, moment};
use wallboard_live::{CountingGap, LiveState};
use wallboard_store::{CaseRecordEntry, CaseRecordGap};

/// How long a case has ended before its record is made, in milliseconds: its transcript and attributes that
/// the end lacked come shortly after it.
pub(super) const SETTLED_AFTER: i64 = 10_000;

/// The cases that ended within the last seconds.
#[derive(Debug, Default)]
pub(super) struct SettlingCases {
    /// In the order of the log.
    ended: VecDeque<(CaseId, Moment)>,
    /// The last gap of each source.
    gaps: BTreeMap<SourceId, CountingGap>,
}

impl SettlingCases {
    /// Begins with a state.
    pub(super) fn of_state(state: &mut LiveState) -> Self {
        state.follow_ended_cases();
        Self {
            ended: VecDeque::new(),
            gaps: find_gaps(state),
        }
    }

    /// Adds the cases that ended up to so many milliseconds before the state, by the vendor's time: a log that
    /// begins with it doesn't say which of them have settled. A record that is stored isn't stored again.
    pub(super) fn add_recent(&mut self, state: &LiveState, millis: i64) {
        let Some(last) = state.last_input_at() else {
            return;
        };
        let mut recent = find_recent(state, last, millis);
        recent.sort_unstable();
        self.ended.extend(recent.into_iter().map(|id| (id, last)));
    }

    /// Forgets gaps that lasted beyond a moment: the next start or connection returns them.
    pub(super) fn forget_gaps_after(&mut self, moment: Moment) {
        let is_earlier = |gap: &CountingGap| gap.to.is_some_and(|to| to <= moment.wall);
        self.gaps.retain(|_, gap| is_earlier(gap));
    }

    /// Applies an entry to the state. Returns what it completes.
    pub(super) fn apply_entry(
        &mut self,
        state: &mut LiveState,
        entry: &LogEntry,
    ) -> Vec<CaseRecordEntry> {
        let mut records = Vec::new();
        let inputs = entry.inputs.iter();
        if inputs
            .clone()
            .any(|input| matches!(input, Input::SiteConfig(_)))
        {
            // It may remove a source, and its cases with it.
            while let Some((id, noticed)) = self.ended.pop_front() {
                records.extend(build_record(state, &id, noticed));
            }
        }
        state.apply_entry(entry);
        let now = entry.received_at;
        let mut ended = state.take_ended_cases();
        // Of one entry, a state lists them in any order.
        ended.sort_unstable();
        self.ended.extend(ended.into_iter().map(|id| (id, now)));
        let is_settled = |(_, noticed): &mut (CaseId, Moment)| {
            SETTLED_AFTER <= now.monotonic.millis_since(noticed.monotonic)
        };
        while let Some((id, noticed)) = self.ended.pop_front_if(is_settled) {
            records.extend(build_record(state, &id, noticed));
        }
        if inputs.clone().any(may_begin_gap) {
            records.extend(self.follow_gaps(state));
        }
        records
    }

    /// Continues with a later state, because entries before it are missing. Returns the gap, and the cases that
    /// ended in it or shortly before it.
    pub(super) fn skip_to(
        &mut self,
        earlier: &LiveState,
        later: &mut LiveState,
    ) -> Vec<CaseRecordEntry> {
        later.follow_ended_cases();
        let mut records: Vec<_> = self.follow_gaps(later).collect();
        let (Some(from), Some(to)) = (earlier.last_input_at(), later.last_input_at()) else {
            return records;
        };
        records.push(CaseRecordEntry::Gap(CaseRecordGap {
            source: None,
            from: from.wall.min(to.wall),
            to: to.wall,
        }));
        let settling = std::mem::take(&mut self.ended).into_iter();
        let mut missed = later.ended_cases_since(earlier);
        missed.sort_unstable();
        let ended = settling.chain(missed.into_iter().map(|id| (id, to)));
        records.extend(ended.filter_map(|(id, noticed)| build_record(later, &id, noticed)));
        records
    }

    fn follow_gaps<'s>(
        &mut self,
        state: &'s LiveState,
    ) -> impl Iterator<Item = CaseRecordEntry> + use<'s> {
        let before = std::mem::replace(&mut self.gaps, find_gaps(state));
        let now = state.last_input_at();
        let gaps = state.last_gaps();
        gaps.filter_map(move |(source, gap)| {
            let is_new = before.get(source) != Some(&gap);
            let to = gap.to.or(now.map(|now| now.wall))?;
            is_new.then(|| {
                CaseRecordEntry::Gap(CaseRecordGap {
                    source: Some(source.clone()),
                    from: gap.from,
                    to,
                })
            })
        })
    }
}

/// Builds the records of the cases that ended earlier than those which [`SettlingCases::add_recent`] adds.
pub(super) fn build_earlier_records(state: &LiveState, millis: i64) -> Vec<CaseRecordEntry> {
    let Some(last) = state.last_input_at() else {
        return Vec::new();
    };
    let recent = BTreeSet::from_iter(find_recent(state, last, millis));
    let ended = state.cases_ended_from(Timestamp::MIN).into_iter();
    let earlier = ended.filter(|id| !recent.contains(id));
    earlier
        .filter_map(|id| build_record(state, &id, last))
        .collect()
}

fn find_recent(state: &LiveState, last: Moment, millis: i64) -> Vec<CaseId> {
    state.cases_ended_from(moment::plus_millis(last.wall, -millis))
}

/// A case that was opened again has no record; it gets one at its next end.
fn build_record(state: &LiveState, id: &CaseId, noticed: Moment) -> Option<CaseRecordEntry> {
    let case: FinishedCase = state.build_finished_case(id, noticed.wall)?;
    Some(CaseRecordEntry::Case(Box::new(case)))
}

fn find_gaps(state: &LiveState) -> BTreeMap<SourceId, CountingGap> {
    let gaps = state.last_gaps();
    gaps.map(|(source, gap)| (source.clone(), gap)).collect()
}

fn may_begin_gap(input: &Input) -> bool {
    match input {
        Input::Connection(..) | Input::Diagnostic(..) | Input::Started { .. } => true,
        Input::Update(_)
        | Input::StoredProfile(_)
        | Input::SiteConfig(_)
        | Input::Forgotten { .. }
        | Input::Tick => false,
    }
}
