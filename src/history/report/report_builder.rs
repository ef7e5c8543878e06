//! Rows of the store into the buckets of a report.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{
    domain::{AgentCounters, Counters, Id, NaturalOrder, ServiceLevelFormula},
    history::{
        intervals::{ReportStep, TimeBucket, day_number},
        targets,
    },
    store::{Granularity, NameClass, StoreError, StoreView},
};

use super::{
    REPORT_INTERVALS_MAX, Report, ReportDimension, ReportQuery, ReportRow, ReportSeries,
    ReportSubject, ReportedExport, RowFigures, SharedTarget, covered_times::CoveredTimes,
    report_catalog::ReportCatalog, row_reader::members_of_source,
};

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 86_400;

/// `None` where that would be too many intervals.
pub(super) fn build_report(
    view: &StoreView<'_>,
    catalogue: &ReportCatalog<'_>,
    ask: ReportQuery,
    buckets: &[TimeBucket],
) -> Result<Option<Report>, StoreError> {
    let frame = ReportBuilder {
        view,
        catalogue,
        ask: &ask,
        buckets,
    };
    let series = match (&ask.subject, ask.dimension) {
        (ReportSubject::Agent(_), _) | (_, Some(ReportDimension::Agent)) => frame.agent_series()?,
        (_, None | Some(ReportDimension::Queue)) => frame.contact_series()?,
        (_, Some(by)) => frame.breakdown_series(by.name_class())?,
    };
    Ok(series.map(|series| Report {
        step: ask.step,
        formula: common_formula(series.iter().filter_map(|one| one.target)),
        zone: ask.zone,
        count_by: ask.count_by,
        series,
    }))
}

/// What is added up in one cell.
pub(super) trait Summable: Clone + Default {
    /// Of whom a source tells nothing where it was taken in.
    fn zero(export: &ReportedExport) -> Self;
    fn merge(&mut self, more: &Self);
    fn into_figures(self) -> RowFigures;
}

impl Summable for Counters {
    fn zero(export: &ReportedExport) -> Self {
        export.zero_counters.contacts
    }

    fn merge(&mut self, more: &Self) {
        Counters::merge(self, more);
    }

    fn into_figures(self) -> RowFigures {
        RowFigures::Contacts(self)
    }
}

impl Summable for AgentCounters {
    fn zero(export: &ReportedExport) -> Self {
        export.zero_counters.agent.clone()
    }

    fn merge(&mut self, more: &Self) {
        AgentCounters::merge(self, more);
    }

    fn into_figures(self) -> RowFigures {
        RowFigures::Agent(self)
    }
}

impl Summable for i64 {
    fn zero(_: &ReportedExport) -> Self {
        0
    }

    fn merge(&mut self, more: &Self) {
        *self += more;
    }

    fn into_figures(self) -> RowFigures {
        RowFigures::Count(self)
    }
}

/// What all series of a report share.
pub(super) struct ReportBuilder<'a> {
    pub(super) view: &'a StoreView<'a>,
    pub(super) catalogue: &'a ReportCatalog<'a>,
    pub(super) ask: &'a ReportQuery,
    pub(super) buckets: &'a [TimeBucket],
}

/// One series while it is added up.
pub(super) struct SeriesDraft<T> {
    id: String,
    name: String,
    target: Option<SharedTarget>,
    cells: Vec<SeriesCell<T>>,
}

#[derive(Clone)]
struct SeriesCell<T> {
    /// `None`: nothing of it was taken in.
    sum: Option<T>,
    /// Some of it is told only over a longer time: nobody knows how much falls here.
    is_blurred: bool,
    is_partial: bool,
    is_utc: bool,
}

impl ReportBuilder<'_> {
    fn contact_series(&self) -> Result<Option<Vec<ReportSeries>>, StoreError> {
        let (mut drafts, members) = match self.ask.dimension {
            None => self.single_draft(self.catalogue.queue_ids(&self.ask.subject)),
            Some(_) => self.draft_per_subject(NameClass::Queue),
        };
        if REPORT_INTERVALS_MAX < drafts.len() * self.buckets.len() {
            return Ok(None);
        }
        if let (None, [draft]) = (self.ask.dimension, &mut *drafts) {
            draft.target = Some(self.shared_target(&members));
        }
        self.mark_covered(&mut drafts, &members)?;
        let by = self.ask.count_by;
        self.fill_drafts(&mut drafts, &members, |wanted, each| {
            self.view.for_each_queue(wanted, by, each)
        })?;
        Ok(Some(self.finish_series(drafts)))
    }

    fn agent_series(&self) -> Result<Option<Vec<ReportSeries>>, StoreError> {
        let (mut drafts, members) = match &self.ask.subject {
            ReportSubject::Agent(id) => self.single_draft(self.catalogue.agent_ids(id)),
            _ => self.draft_per_subject(NameClass::Agent),
        };
        if REPORT_INTERVALS_MAX < drafts.len() * self.buckets.len() {
            return Ok(None);
        }
        self.mark_covered(&mut drafts, &members)?;
        self.fill_drafts(&mut drafts, &members, |wanted, each| {
            self.view.for_each_agent(wanted, each)
        })?;
        Ok(Some(self.finish_series(drafts)))
    }

    /// A series for each key that occurs.
    fn breakdown_series(&self, class: NameClass) -> Result<Option<Vec<ReportSeries>>, StoreError> {
        let mut drafts: Vec<SeriesDraft<i64>> = Vec::new();
        let queues = self.catalogue.queue_ids(&self.ask.subject).into_iter();
        let members: Vec<_> = queues.map(|id| (id, 0)).collect();
        for source in &self.catalogue.sources {
            // As with contacts: what is told of others is in no figure beside it.
            let (only, queues) = members_of_source(&members, source);
            if queues.is_empty() {
                continue;
            }
            let mut empty = [self.new_draft(String::new(), String::new())];
            self.mark_covered(&mut empty, &[(Id::new(&source.export.id, ""), 0)])?;
            let mut places = HashMap::<String, usize>::new();
            let mut is_too_much = false;
            self.read_rows((source, true), only.as_deref(), |over, wanted| {
                self.view
                    .for_each_breakdown(wanted, class, |queue, key, at, contacts| {
                        if !queues.contains_key(queue) {
                            return;
                        }
                        let place = match places.get(key) {
                            Some(place) => *place,
                            None if REPORT_INTERVALS_MAX
                                < (drafts.len() + 1) * self.buckets.len() =>
                            {
                                is_too_much = true;
                                return;
                            }
                            None => {
                                let id = Id::new(&source.export.id, key);
                                drafts.push(SeriesDraft {
                                    id: id.to_string(),
                                    name: self.catalogue.subject_entry(class, &id).name,
                                    target: None,
                                    cells: empty[0].cells.clone(),
                                });
                                places.insert(key.to_owned(), drafts.len() - 1);
                                drafts.len() - 1
                            }
                        };
                        self.add_to_bucket(&mut drafts[place], over, at, &contacts);
                    })
            })?;
            if is_too_much {
                return Ok(None);
            }
        }
        drafts.sort_by(|a, b| (NaturalOrder(&a.name), &a.id).cmp(&(NaturalOrder(&b.name), &b.id)));
        Ok(Some(self.finish_series(drafts)))
    }

    /// One series of all these, and which of them belongs to it.
    fn single_draft<T: Summable>(&self, ids: Vec<Id>) -> (Vec<SeriesDraft<T>>, Vec<(Id, usize)>) {
        let (id, name) = self.catalogue.requested_subject(&self.ask.subject);
        let members = ids.into_iter().map(|id| (id, 0)).collect();
        (vec![self.new_draft(id, name)], members)
    }

    /// A series of each that is listed.
    fn draft_per_subject<T: Summable>(
        &self,
        class: NameClass,
    ) -> (Vec<SeriesDraft<T>>, Vec<(Id, usize)>) {
        let listed = self
            .catalogue
            .entries_of_class(class)
            .into_iter()
            .enumerate();
        let each = listed.map(|(place, (id, subject))| {
            let draft = SeriesDraft {
                target: subject.target.map(SharedTarget::from),
                ..self.new_draft(subject.id.to_string(), subject.name)
            };
            (draft, (id, place))
        });
        each.unzip()
    }

    fn new_draft<T: Summable>(&self, id: String, name: String) -> SeriesDraft<T> {
        let cell = SeriesCell {
            sum: None,
            is_blurred: false,
            is_partial: false,
            is_utc: false,
        };
        let cells = vec![cell; self.buckets.len()];
        SeriesDraft {
            id,
            name,
            target: None,
            cells,
        }
    }

    /// What the queues of one series share. A group that the configuration names has the
    /// service level and formula given there; in time is what each of its queues calls so.
    fn shared_target(&self, members: &[(Id, usize)]) -> SharedTarget {
        let subject = |id: &Id| self.catalogue.subject_entry(NameClass::Queue, id);
        let target = |(id, _): &(Id, usize)| subject(id).target.map(SharedTarget::from);
        let site = &self.catalogue.shape.site;
        let id = self.catalogue.requested_subject(&self.ask.subject).0;
        let common = SharedTarget::merge_targets(members.iter().filter_map(target));
        let common = common.unwrap_or_else(|| site.target_for(&id).into());
        match (&self.ask.subject, targets::configured_target(site, &id)) {
            (ReportSubject::Queue(_), Some(named)) if members.len() != 1 => SharedTarget {
                threshold_seconds: common.threshold_seconds,
                ..named.into()
            },
            _ => SharedTarget {
                // Of queues that differ the figure is by the formula for all.
                formula: common.formula.or(Some(site.target_for(&id).formula)),
                ..common
            },
        }
    }

    /// Marks what of each series was taken in.
    fn mark_covered<T: Summable>(
        &self,
        drafts: &mut [SeriesDraft<T>],
        members: &[(Id, usize)],
    ) -> Result<(), StoreError> {
        for source in &self.catalogue.sources {
            let mut places: Vec<_> = members
                .iter()
                .filter(|(id, _)| id.source == source.export.id)
                .map(|(_, place)| *place)
                .collect();
            places.dedup();
            if places.is_empty() {
                continue;
            }
            let known = self.covered_times(source)?;
            let nothing = T::zero(source.export);
            // Of whom a file of an hour says nothing, it says so of the hour as a whole.
            let is_blurred = source.export.omits_zero_intervals && self.ask.step.seconds() < HOUR;
            for place in places {
                for (cell, known) in drafts[place].cells.iter_mut().zip(&known) {
                    cell.is_partial |= *known != CoveredTimes::Whole;
                    if *known != CoveredTimes::Nothing {
                        cell.sum.get_or_insert_default().merge(&nothing);
                        cell.is_blurred |= is_blurred;
                        cell.is_utc |= is_blurred;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds a row to the bucket that it belongs to. Where the buckets are shorter than
    /// it, nobody knows how it is spread over them.
    pub(super) fn add_to_bucket<T: Summable>(
        &self,
        draft: &mut SeriesDraft<T>,
        over: Granularity,
        at: i64,
        more: &T,
    ) {
        let length = match over {
            Granularity::Days => return self.add_day(draft, at, false, more),
            Granularity::Intervals(DAY) if self.ask.step == ReportStep::Day => {
                let is_utc = self.ask.zone.iana_name() != Some("UTC");
                return self.add_day(draft, at.div_euclid(DAY), is_utc, more);
            }
            Granularity::Intervals(length) => length,
        };
        let first = self.buckets.partition_point(|bucket| bucket.end <= at);
        let is_blurred = self.ask.step.seconds() < length;
        for (bucket, cell) in self.buckets.iter().zip(&mut draft.cells).skip(first) {
            if at + length <= bucket.start {
                break;
            }
            if is_blurred {
                cell.is_blurred = true;
                cell.is_utc = true;
            } else if bucket.start <= at {
                cell.is_utc |= bucket.end < at + length;
                add_to_cell(cell, more);
            }
        }
    }

    /// Adds a row to the bucket of a date.
    fn add_day<T: Summable>(&self, draft: &mut SeriesDraft<T>, day: i64, is_utc: bool, more: &T) {
        let place = self
            .buckets
            .partition_point(|bucket| self.day_number(bucket) < day);
        let bucket = self
            .buckets
            .get(place)
            .filter(|bucket| self.day_number(bucket) == day);
        if let Some(cell) = bucket.and_then(|_| draft.cells.get_mut(place)) {
            cell.is_utc |= is_utc;
            add_to_cell(cell, more);
        }
    }

    /// The date of a bucket, as days since 1970.
    pub(super) fn day_number(&self, bucket: &TimeBucket) -> i64 {
        day_number(bucket.start, &self.ask.zone).unwrap_or_default()
    }

    fn finish_series<T: Summable>(&self, drafts: Vec<SeriesDraft<T>>) -> Vec<ReportSeries> {
        let row = |(bucket, cell): (&TimeBucket, SeriesCell<T>)| {
            let sum = cell.sum.filter(|_| !cell.is_blurred);
            ReportRow {
                start: timestamp_from(bucket.start),
                end: timestamp_from(bucket.end),
                is_partial: cell.is_partial && sum.is_some(),
                figures: sum.map(T::into_figures),
                is_utc: cell.is_utc,
            }
        };
        let series = |draft: SeriesDraft<T>| ReportSeries {
            id: draft.id,
            name: draft.name,
            target: draft.target,
            rows: self.buckets.iter().zip(draft.cells).map(row).collect(),
        };
        drafts.into_iter().map(series).collect()
    }
}

/// What came counts, also of a time of which not all did: then the cell is partial.
fn add_to_cell<T: Summable>(cell: &mut SeriesCell<T>, more: &T) {
    cell.sum.get_or_insert_default().merge(more);
}

fn common_formula(targets: impl Iterator<Item = SharedTarget>) -> Option<ServiceLevelFormula> {
    SharedTarget::merge_targets(targets)?.formula
}

fn timestamp_from(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}
