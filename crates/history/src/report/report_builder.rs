//! Adds rows of the store to the buckets of a report.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use jiff::Timestamp;

use crate::intervals::{DAY, HOUR, ReportStep, TimeSpan, day_number};
use wallboard_domain::{
    AgentCounters, ContactFigures, Counters, Id, NaturalOrder, SourceId, TargetInForce,
    WaitDistribution,
};
use wallboard_store::{Granularity, NameClass, StoreError, StoreView};

use super::{
    ClosedTime, REPORT_INTERVALS_MAX, Report, ReportDimension, ReportQuery, ReportRow,
    ReportSeries, ReportSubject, ReportedExport, RowFigures,
    covered_times::BucketCoverage,
    open_times::{OpenSpans, OpenTimes},
    report_catalog::{ReportCatalog, SubjectEntry},
    row_reader::members_of_source,
};

/// Builds a report. Returns `None` if it would have too many intervals.
pub(super) fn build_report(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    (query, only_source): (ReportQuery, Option<&SourceId>),
    buckets: &[TimeSpan],
) -> Result<Option<Report>, StoreError> {
    let builder = ReportBuilder {
        view,
        catalog,
        only_source,
        query: &query,
        buckets,
        open_times: OpenTimes::load(view, catalog, &query, buckets)?,
    };
    let built = match (&query.subject, query.dimension) {
        (_, Some(by)) if by.is_count() => {
            builder.breakdown_series(by)?.map(|series| (series, false))
        }
        (_, Some(by)) if by.is_of_agents() => builder.agent_series()?,
        (ReportSubject::Agent(_), _) => builder.agent_series()?,
        _ => builder.contact_series()?,
    };
    Ok(built.map(|(series, has_shared_members)| Report {
        has_shared_members,
        step: query.step,
        formula: TargetInForce::merge_targets(series.iter().filter_map(|one| one.target))
            .and_then(|shared| shared.formula),
        zone: query.zone,
        count_by: query.count_by,
        series,
    }))
}

/// Figures that can be added up in a cell.
pub(super) trait Summable: Clone + Default {
    /// The figures without rows in a covered time.
    fn zero(export: &ReportedExport) -> Self;
    fn merge(&mut self, more: &Self);
    fn into_figures(self) -> RowFigures;
}

impl Summable for ContactFigures {
    fn zero(export: &ReportedExport) -> Self {
        Self {
            counters: export.zero_counters.contacts,
            waits: export.has_calls.then(WaitDistribution::default),
            staffing: None,
        }
    }

    fn merge(&mut self, more: &Self) {
        ContactFigures::merge(self, more);
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

/// Builds the series of a report.
pub(super) struct ReportBuilder<'a> {
    pub(super) view: &'a StoreView<'a>,
    pub(super) catalog: &'a ReportCatalog<'a>,
    pub(super) query: &'a ReportQuery,
    pub(super) buckets: &'a [TimeSpan],
    /// The source whose figures count; `None`: all.
    only_source: Option<&'a SourceId>,
    /// Of the queues whose closed times are left out.
    pub(super) open_times: OpenTimes,
}

/// A series while its rows are added up.
pub(super) struct SeriesDraft<T> {
    id: String,
    name: String,
    target: Option<TargetInForce>,
    is_disabled: bool,
    pub(super) cells: Vec<SeriesCell<T>>,
}

/// Drafts, and the index of a draft for each of its members.
type DraftsWithMembers<T> = (Vec<SeriesDraft<T>>, Vec<(Id, usize)>);

/// Series, and whether a member is in several; `None` if there are too many intervals.
type BuiltSeries = Option<(Vec<ReportSeries>, bool)>;

#[derive(Clone)]
pub(super) struct SeriesCell<T> {
    /// `None` if it isn't covered and has no rows.
    pub(super) sum: Option<T>,
    /// Some of its figures exist only for a longer time: their share here is unknown.
    is_spread_unknown: bool,
    pub(super) is_partial: bool,
    /// Sources whose files don't cover all of it.
    missing_sources: Vec<SourceId>,
    is_utc: bool,
    /// Of its queues together; `None` if it has none.
    closed_time: Option<ClosedTime>,
}

impl<T> SeriesCell<T> {
    fn closed_time(&self) -> ClosedTime {
        match self.closed_time.unwrap_or_default() {
            // A day in UTC also has hours of the dates around.
            ClosedTime::All if self.sum.is_some() || self.is_spread_unknown => ClosedTime::Part,
            closed_time => closed_time,
        }
    }
}

impl ReportBuilder<'_> {
    fn contact_series(&self) -> Result<BuiltSeries, StoreError> {
        let (mut drafts, mut members) = match self.query.dimension {
            None => self.single_draft(self.catalog.queue_ids(&self.query.subject)),
            Some(ReportDimension::QueueGroup) => self.draft_per_group(NameClass::QueueGroup)?,
            Some(_) => self.draft_per_subject(NameClass::Queue)?,
        };
        self.retain_source(&mut drafts, &mut members);
        if REPORT_INTERVALS_MAX < drafts.len() * self.buckets.len() {
            return Ok(None);
        }
        if let (None, [draft]) = (self.query.dimension, &mut *drafts) {
            draft.target = Some(self.shared_target(&members));
        }
        self.mark_covered(&mut drafts, &members)?;
        let by = self.query.count_by;
        self.fill_drafts(&mut drafts, &members, |figures, each| {
            if self.query.with_details {
                return self.view.for_each_queue_with_waits(figures, by, each);
            }
            let read = |queue: &str, at, counters: &Counters| each(queue, at, &(*counters).into());
            self.view.for_each_queue(figures, by, read)
        })?;
        // Agents are signed in to queues that are closed, too.
        if self.query.with_details && !self.query.without_closed_times {
            self.add_staffing(&mut drafts, &members)?;
        }
        Ok(Some((self.finish_series(drafts), has_repeated(&members))))
    }

    fn agent_series(&self) -> Result<BuiltSeries, StoreError> {
        let (mut drafts, mut members) = match &self.query.subject {
            ReportSubject::Agent(id) => self.single_draft(self.catalog.agent_ids(id)),
            _ if self.query.dimension == Some(ReportDimension::AgentGroup) => {
                self.draft_per_group(NameClass::AgentGroup)?
            }
            _ => self.draft_per_subject(NameClass::Agent)?,
        };
        self.retain_source(&mut drafts, &mut members);
        if REPORT_INTERVALS_MAX < drafts.len() * self.buckets.len() {
            return Ok(None);
        }
        self.mark_covered(&mut drafts, &members)?;
        self.fill_drafts(&mut drafts, &members, |figures, each| {
            self.view.for_each_agent(figures, each)
        })?;
        Ok(Some((self.finish_series(drafts), has_repeated(&members))))
    }

    /// Builds a series for each key that occurs.
    fn breakdown_series(
        &self,
        by: ReportDimension,
    ) -> Result<Option<Vec<ReportSeries>>, StoreError> {
        let class = by.name_class();
        let mut drafts: Vec<SeriesDraft<i64>> = Vec::new();
        let subjects = match &self.query.subject {
            ReportSubject::Agent(id) => self.catalog.agent_ids(id),
            _ if by == ReportDimension::LogoffReason => self.catalog.all_agent_ids(),
            queues => self.catalog.queue_ids(queues),
        };
        let members: Vec<_> = subjects.into_iter().map(|id| (id, 0)).collect();
        for source in &self.catalog.sources {
            // As with contacts: the report's other figures don't include other sources' queues.
            let (only, queues) = members_of_source(&members, source);
            if queues.is_empty() {
                continue;
            }
            let mut empty = [self.new_draft(String::new(), String::new())];
            let of_source = members
                .iter()
                .filter(|(id, _)| id.source == source.export.id);
            let of_source: Vec<_> = of_source.cloned().collect();
            self.mark_covered(&mut empty, &of_source)?;
            let mut indexes = HashMap::<String, usize>::new();
            let mut exceeds_limit = false;
            self.read_rows((source, true), only.as_deref(), |figures| {
                self.view
                    .for_each_breakdown(figures, class, |queue, key, at, contacts| {
                        if !queues.contains_key(queue) {
                            return;
                        }
                        let index = match indexes.get(key) {
                            Some(index) => *index,
                            None if REPORT_INTERVALS_MAX
                                < (drafts.len() + 1) * self.buckets.len() =>
                            {
                                exceeds_limit = true;
                                return;
                            }
                            None => {
                                let id = Id::new(&source.export.id, key);
                                drafts.push(SeriesDraft {
                                    id: id.to_string(),
                                    name: self.catalog.subject_entry(class, &id).name,
                                    target: None,
                                    is_disabled: false,
                                    cells: empty[0].cells.clone(),
                                });
                                indexes.insert(key.to_owned(), drafts.len() - 1);
                                drafts.len() - 1
                            }
                        };
                        let row = (figures.granularity, at);
                        let open = self.open_times.of_queue(&source.export.id, queue);
                        self.add_to_bucket(&mut drafts[index], row, open, &contacts);
                    })
            })?;
            if exceeds_limit {
                return Ok(None);
            }
        }
        drafts.sort_by(|a, b| (NaturalOrder(&a.name), &a.id).cmp(&(NaturalOrder(&b.name), &b.id)));
        Ok(Some(self.finish_series(drafts)))
    }

    /// One draft for all these ids, and its members.
    fn single_draft<T: Summable>(&self, ids: Vec<Id>) -> (Vec<SeriesDraft<T>>, Vec<(Id, usize)>) {
        let (id, name) = self.catalog.requested_subject(&self.query.subject);
        let members = ids.into_iter().map(|id| (id, 0)).collect();
        (vec![self.new_draft(id, name)], members)
    }

    /// A draft for each listed subject, and their members. Those disabled at the vendor, and agents that
    /// no export names, are listed if they have figures, so that what is listed adds up.
    fn draft_per_subject<T: Summable>(
        &self,
        class: NameClass,
    ) -> Result<DraftsWithMembers<T>, StoreError> {
        let mut listed = self.catalog.entries_of_class(class);
        if class == NameClass::Agent || listed.iter().any(|subject| subject.is_disabled) {
            let active = self.active_subjects(class)?;
            listed.retain(|subject| !subject.is_disabled || active.contains(&subject.stored_id));
            if class == NameClass::Agent {
                self.catalog.add_unnamed_agents(active, &mut listed);
            }
        }
        listed.retain(|subject| !subject.is_hidden_by_site);
        let each = listed.into_iter().enumerate().map(|(index, subject)| {
            let draft = SeriesDraft {
                target: self.target_of(&subject),
                is_disabled: subject.is_disabled,
                ..self.new_draft(subject.id.to_string(), subject.name)
            };
            (draft, (subject.stored_id, index))
        });
        Ok(each.unzip())
    }

    /// A draft for each of the export's groups, and the members of each. A member of several groups
    /// counts in each.
    fn draft_per_group<T: Summable>(
        &self,
        class: NameClass,
    ) -> Result<DraftsWithMembers<T>, StoreError> {
        let (mut drafts, mut members) = (Vec::new(), Vec::new());
        for group in self.catalog.groups(self.view, class)? {
            let targets = group.members.iter().filter_map(|id| {
                let queue = self.catalog.subject_entry(NameClass::Queue, id);
                self.target_of(&queue)
            });
            let is_of_queues = class == NameClass::QueueGroup;
            drafts.push(SeriesDraft {
                target: TargetInForce::merge_targets(targets.filter(|_| is_of_queues)),
                ..self.new_draft(group.id.to_string(), group.name)
            });
            let index = drafts.len() - 1;
            members.extend(group.members.into_iter().map(|id| (id, index)));
        }
        Ok((drafts, members))
    }

    /// Removes what isn't of the source that counts.
    fn retain_source<T>(&self, drafts: &mut Vec<SeriesDraft<T>>, members: &mut Vec<(Id, usize)>) {
        let Some(source) = self.only_source else {
            return;
        };
        members.retain(|(id, _)| id.source == *source);
        let used: BTreeSet<usize> = members.iter().map(|(_, index)| *index).collect();
        let mut index = 0;
        drafts.retain(|_| {
            index += 1;
            used.contains(&(index - 1))
        });
        let places: BTreeMap<_, _> = used.into_iter().zip(0..).collect();
        for (_, index) in members {
            *index = places[&*index];
        }
    }

    fn new_draft<T: Summable>(&self, id: String, name: String) -> SeriesDraft<T> {
        let cell = SeriesCell {
            sum: None,
            is_spread_unknown: false,
            is_partial: false,
            missing_sources: Vec::new(),
            is_utc: false,
            closed_time: None,
        };
        let cells = vec![cell; self.buckets.len()];
        SeriesDraft {
            id,
            name,
            target: None,
            is_disabled: false,
            cells,
        }
    }

    /// The target of a queue; `None` for other subjects.
    fn target_of(&self, subject: &SubjectEntry) -> Option<TargetInForce> {
        let site = &self.catalog.config.site;
        let id = subject.stored_id.to_string();
        let target = subject.target?;
        Some(TargetInForce::of_imported_queue(site, &id, &target))
    }

    /// The target that the queues of one series share. A group that the configuration names has
    /// the service level and formula given there, but keeps the threshold of its queues.
    fn shared_target(&self, members: &[(Id, usize)]) -> TargetInForce {
        let subject = |id: &Id| self.catalog.subject_entry(NameClass::Queue, id);
        let target = |(id, _): &(Id, usize)| self.target_of(&subject(id));
        let site = &self.catalog.config.site;
        let id = match &self.query.subject {
            ReportSubject::Queues(_) => "site".to_owned(),
            subject => self.catalog.requested_subject(subject).0,
        };
        let common = TargetInForce::merge_targets(members.iter().filter_map(target));
        let common = common
            .unwrap_or_else(|| TargetInForce::of_imported_queue(site, &id, &site.target_for(&id)));
        match (&self.query.subject, site.targets.get_named(&id).copied()) {
            (ReportSubject::Queue(_), Some(named)) if members.len() != 1 => TargetInForce {
                threshold_ms: common.threshold_ms,
                ..TargetInForce::of_imported_queue(site, &id, &named)
            },
            _ => TargetInForce {
                // Queues that differ use the formula for all.
                formula: common.formula.or(Some(site.target_for(&id).formula)),
                ..common
            },
        }
    }

    /// Marks the covered cells of each series.
    fn mark_covered<T: Summable>(
        &self,
        drafts: &mut [SeriesDraft<T>],
        members: &[(Id, usize)],
    ) -> Result<(), StoreError> {
        for source in &self.catalog.sources {
            let export = &source.export.id;
            let of_source = members.iter().filter(|(id, _)| id.source == *export);
            let mut drafts_with_hours: Vec<_> = of_source
                .map(|(id, index)| (*index, self.open_times.of_queue(export, &id.external)))
                .collect();
            drafts_with_hours.dedup();
            if drafts_with_hours.is_empty() {
                continue;
            }
            let covered = self.load_covered_times(source)?;
            let mut coverages: Vec<(Option<&Rc<OpenSpans>>, Vec<BucketCoverage>)> = Vec::new();
            let zero = T::zero(source.export);
            // A queue missing from an hourly file had nothing in the hour as a whole.
            let is_blurred = source.export.omits_zero_intervals && self.query.step.seconds() < HOUR;
            for (index, open) in drafts_with_hours {
                if !coverages.iter().any(|(one, _)| *one == open) {
                    let coverage = self.bucket_coverage(&covered, open.map(|open| &**open));
                    coverages.push((open, coverage));
                }
                let known = coverages.iter().find(|(one, _)| *one == open);
                let coverage = known.map_or(&[][..], |(_, coverage)| coverage);
                let cells = self.buckets.iter().zip(&mut drafts[index].cells);
                for ((bucket, cell), coverage) in cells.zip(coverage) {
                    let closed =
                        open.map_or(ClosedTime::Nothing, |open| open.closed_time_within(*bucket));
                    let others = cell.closed_time.unwrap_or(closed);
                    cell.closed_time = Some(others.merge(closed));
                    if *coverage == BucketCoverage::Closed {
                        continue;
                    }
                    if *coverage != BucketCoverage::Whole {
                        cell.is_partial = true;
                        if cell.missing_sources.last() != Some(export) {
                            cell.missing_sources.push(export.clone());
                        }
                    }
                    if *coverage != BucketCoverage::Nothing {
                        cell.sum.get_or_insert_default().merge(&zero);
                        cell.is_spread_unknown |= is_blurred;
                        cell.is_utc |= is_blurred;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds a row to its bucket; nothing of it while its queue is closed. If buckets are shorter
    /// than the row, its distribution over them is unknown, and so is the open part of a row that
    /// is longer than a quarter hour.
    pub(super) fn add_to_bucket<T: Summable>(
        &self,
        draft: &mut SeriesDraft<T>,
        (over, at): (Granularity, i64),
        open: Option<&Rc<OpenSpans>>,
        more: &T,
    ) {
        let length = match over {
            Granularity::Days => return self.add_day(draft, at, false, Some(more)),
            Granularity::Intervals(length) => length,
        };
        let row = TimeSpan {
            start: at,
            end: at + length,
        };
        let seconds_open =
            |span: TimeSpan| open.map_or(span.seconds(), |open| open.seconds_within(span));
        let more = match seconds_open(row) {
            0 => return,
            seconds => Some(more).filter(|_| seconds == length),
        };
        if length == DAY && self.query.step == ReportStep::Day {
            let is_utc = self.query.zone.iana_name() != Some("UTC");
            return self.add_day(draft, at.div_euclid(DAY), is_utc, more);
        }
        let first = self.buckets.partition_point(|bucket| bucket.end <= at);
        let is_blurred = self.query.step.seconds() < length;
        for (bucket, cell) in self.buckets.iter().zip(&mut draft.cells).skip(first) {
            if at + length <= bucket.start {
                break;
            }
            if is_blurred {
                let is_open = 0 < seconds_open(*bucket);
                cell.is_spread_unknown |= is_open;
                cell.is_utc |= is_open;
            } else if bucket.start <= at {
                cell.is_utc |= bucket.end < at + length;
                add_to_cell(cell, more);
            }
        }
    }

    /// Adds a row to the bucket of a date.
    fn add_day<T: Summable>(
        &self,
        draft: &mut SeriesDraft<T>,
        day: i64,
        is_utc: bool,
        more: Option<&T>,
    ) {
        let index = self
            .buckets
            .partition_point(|bucket| self.day_number(bucket) < day);
        let bucket = self
            .buckets
            .get(index)
            .filter(|bucket| self.day_number(bucket) == day);
        if let Some(cell) = bucket.and_then(|_| draft.cells.get_mut(index)) {
            cell.is_utc |= is_utc;
            add_to_cell(cell, more);
        }
    }

    /// The date of a bucket, as days since 1970.
    pub(super) fn day_number(&self, bucket: &TimeSpan) -> i64 {
        day_number(bucket.start, &self.query.zone).unwrap_or_default()
    }

    fn finish_series<T: Summable>(&self, drafts: Vec<SeriesDraft<T>>) -> Vec<ReportSeries> {
        let row = |(bucket, cell): (&TimeSpan, SeriesCell<T>)| {
            let closed_time = cell.closed_time();
            let sum = cell.sum.filter(|_| !cell.is_spread_unknown);
            ReportRow {
                start: timestamp_from(bucket.start),
                end: timestamp_from(bucket.end),
                is_partial: cell.is_partial && sum.is_some(),
                missing_sources: cell.missing_sources,
                figures: sum.map(T::into_figures),
                is_utc: cell.is_utc,
                closed_time,
            }
        };
        let series = |draft: SeriesDraft<T>| ReportSeries {
            id: draft.id,
            name: draft.name,
            target: draft.target,
            is_disabled: draft.is_disabled,
            rows: self.buckets.iter().zip(draft.cells).map(row).collect(),
        };
        drafts.into_iter().map(series).collect()
    }
}

/// Whether a queue or agent is a member of several drafts.
fn has_repeated(members: &[(Id, usize)]) -> bool {
    let ids: BTreeSet<_> = members.iter().map(|(id, _)| id).collect();
    ids.len() < members.len()
}

/// Adds a row, or one of which some unknown part counts, to a cell. Rows count in uncovered times
/// too: then the cell is partial.
fn add_to_cell<T: Summable>(cell: &mut SeriesCell<T>, more: Option<&T>) {
    if let Some(more) = more {
        cell.sum.get_or_insert_default().merge(more);
    } else {
        cell.is_spread_unknown = true;
        cell.is_utc = true;
    }
}

fn timestamp_from(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}
