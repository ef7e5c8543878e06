//! Adds rows of the store to the buckets of a report.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::intervals::TimeSpan;
use wallboard_domain::{Counter, Counters, Id, NaturalOrder, SourceId, TargetInForce};
use wallboard_store::{NameClass, StoreError, StoreView};

use super::{
    REPORT_INTERVALS_MAX, Report, ReportDimension, ReportQuery, ReportSeries, ReportSubject,
    open_times::OpenTimes, report_catalog::ReportCatalog, row_reader::members_of_source,
    series_draft::SeriesDraft, subject_entry::SubjectEntry, summable::Summable,
};

/// Builds a report. Returns `None` if it would have too many intervals.
pub(super) fn build_report(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    query: ReportQuery,
    only_source: Option<&SourceId>,
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

/// Drafts, and the index of a draft for each of its members.
type DraftsWithMembers<T> = (Vec<SeriesDraft<T>>, Vec<(Id, usize)>);

/// Series, and whether a member is in several; `None` if there are too many intervals.
type BuiltSeries = Option<(Vec<ReportSeries>, bool)>;

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
        let mut drafts: Vec<SeriesDraft<Counters>> = Vec::new();
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
            let mut empty: [SeriesDraft<Counters>; 1] =
                [SeriesDraft::new(String::new(), String::new(), self.buckets)];
            let of_source = members
                .iter()
                .filter(|(id, _)| id.source == source.export.id);
            let of_source: Vec<_> = of_source.cloned().collect();
            self.mark_covered(&mut empty, &of_source)?;
            if !by.has_handle_time() {
                for sum in empty[0]
                    .cells
                    .iter_mut()
                    .filter_map(|cell| cell.sum.as_mut())
                {
                    *sum = sum.only(&[Counter::Offered]);
                }
            }
            let mut indexes = HashMap::<String, usize>::new();
            let mut exceeds_limit = false;
            self.read_rows(source, true, only.as_deref(), |figures| {
                self.view
                    .for_each_breakdown(figures, class, |queue, key, at, counters| {
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
                        let over = figures.granularity;
                        let open = self.open_times.of_queue(&source.export.id, queue);
                        self.add_to_bucket(&mut drafts[index], over, at, open, counters);
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
        (vec![SeriesDraft::new(id, name, self.buckets)], members)
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
                ..SeriesDraft::new(subject.id.to_string(), subject.name, self.buckets)
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
                ..SeriesDraft::new(group.id.to_string(), group.name, self.buckets)
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

    fn finish_series<T: Summable>(&self, drafts: Vec<SeriesDraft<T>>) -> Vec<ReportSeries> {
        let drafts = drafts.into_iter();
        drafts.map(|draft| draft.finish(self.buckets)).collect()
    }
}

/// Whether a queue or agent is a member of several drafts.
fn has_repeated(members: &[(Id, usize)]) -> bool {
    let ids: BTreeSet<_> = members.iter().map(|(id, _)| id).collect();
    ids.len() < members.len()
}
