//! Adds who was signed in: to a series of one queue its agents, to that of the site all agents.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::intervals::{DAY, QUARTER, ReportStep, TimeSpan, day_number};
use wallboard_domain::{AgentCounter, AgentCounters, ContactFigures, Id, Staffing};
use wallboard_store::{FigureQuery, Granularity, StoreError};

use super::{
    ReportSubject, report_builder::ReportBuilder, report_catalog::ReportSource,
    row_reader::members_of_source, series_draft::SeriesDraft,
};

impl ReportBuilder<'_> {
    /// Adds staffing to each series that has one queue, or to the site's if all of it comes from
    /// one export. Agents of several queues or exports can't be told apart, and the site's aren't all
    /// in a scope.
    pub(super) fn add_staffing(
        &self,
        drafts: &mut [SeriesDraft<ContactFigures>],
        members: &[(Id, usize)],
    ) -> Result<(), StoreError> {
        let is_site = self.query.subject == ReportSubject::Site && self.query.dimension.is_none();
        if is_site {
            if !self.catalog.is_whole_site() {
                return Ok(());
            }
            let mut sources = (self.catalog.sources.iter())
                .filter(|source| members.iter().any(|(id, _)| id.source == source.export.id));
            return match (sources.next(), sources.next(), drafts) {
                // Only exports with single calls have sign-ins by the quarter.
                (Some(only), None, [draft]) if only.export.has_calls => {
                    self.add_site_staffing(draft, only)
                }
                _ => Ok(()),
            };
        }
        // The series of single queues.
        let mut counts = vec![0; drafts.len()];
        for (_, index) in members {
            counts[*index] += 1;
        }
        let alone = members.iter().filter(|(_, index)| counts[*index] == 1);
        let alone: Vec<_> = alone.cloned().collect();
        for source in &self.catalog.sources {
            let (only, indexes) = members_of_source(&alone, source);
            if indexes.is_empty() {
                continue;
            }
            let days = self
                .view
                .staffed_days(&source.export.id, self.local_days())?;
            for index in indexes.values().flatten() {
                self.mark_measured(&mut drafts[*index], source, &days);
            }
            let query = self.staffing_query(source, only.as_deref());
            self.view.for_each_staffing(&query, |queue, at, staffing| {
                for index in indexes.get(queue).into_iter().flatten() {
                    self.add_staffing_at(&mut drafts[*index], query.granularity, at, staffing);
                }
            })?;
        }
        Ok(())
    }

    fn add_site_staffing(
        &self,
        draft: &mut SeriesDraft<ContactFigures>,
        source: &ReportSource<'_>,
    ) -> Result<(), StoreError> {
        let days = self
            .view
            .signed_in_days(&source.export.id, self.local_days())?;
        self.mark_measured(draft, source, &days);
        let query = self.staffing_query(source, None);
        self.view.for_each_agent(&query, |_, at, agent| {
            if let Some(staffing) = staffing_of(agent) {
                self.add_staffing_at(draft, query.granularity, at, &staffing);
            }
        })
    }

    /// The local dates of the report, as days since 1970, with one around: stored days are of the
    /// site's zone.
    fn local_days(&self) -> std::ops::Range<i64> {
        let day = |at: i64| at.div_euclid(DAY);
        let (first, last) = (self.buckets.first(), self.buckets.last());
        let first = first.map_or(0, |bucket| day(bucket.start) - 1);
        first..last.map_or(first, |bucket| day(bucket.end) + 2)
    }

    fn staffing_query<'s>(
        &self,
        source: &'s ReportSource<'_>,
        subject: Option<&'s str>,
    ) -> FigureQuery<'s> {
        let (first, last) = (self.buckets.first(), self.buckets.last());
        let (start, end) = (
            first.map_or(0, |bucket| bucket.start),
            last.map_or(0, |bucket| bucket.end),
        );
        let zone = self.query.zone.iana_name();
        let is_zone = (source.basis.as_ref()).is_some_and(|basis| zone == Some(&*basis.zone));
        let by_day = self.query.step == ReportStep::Day && is_zone;
        let (granularity, range) = if by_day {
            (Granularity::Days, self.local_days())
        } else {
            (Granularity::Intervals(QUARTER), start..end)
        };
        FigureQuery {
            source: &source.export.id,
            granularity,
            range,
            subject,
        }
    }

    /// Marks the wholly covered intervals of days on which anybody was signed in as measured: who isn't
    /// signed in then counts as 0.
    fn mark_measured(
        &self,
        draft: &mut SeriesDraft<ContactFigures>,
        source: &ReportSource<'_>,
        days: &BTreeSet<i64>,
    ) {
        let basis = source.basis.as_ref();
        let Some(zone) = basis.and_then(|basis| TimeZone::get(&basis.zone).ok()) else {
            return;
        };
        let is_staffed = |bucket: &TimeSpan| {
            let day = day_number(bucket.start, &zone);
            day.is_some_and(|day| days.contains(&day))
        };
        let cells = self.buckets.iter().zip(&mut draft.cells);
        for (bucket, cell) in cells.filter(|(bucket, _)| is_staffed(bucket)) {
            // Times that weren't delivered would lower the mean.
            if let Some(figures) = cell.sum.as_mut().filter(|_| !cell.is_partial) {
                figures.staffing = Some(Staffing {
                    measured: bucket.seconds(),
                    ..Staffing::default()
                });
            }
        }
    }

    /// Adds to an interval that is measured.
    fn add_staffing_at(
        &self,
        draft: &mut SeriesDraft<ContactFigures>,
        granularity: Granularity,
        at: i64,
        more: &Staffing,
    ) {
        let index = self.buckets.partition_point(|bucket| match granularity {
            Granularity::Days => self.day_number(bucket) < at,
            Granularity::Intervals(_) => bucket.end <= at,
        });
        let Some(bucket) = self.buckets.get(index) else {
            return;
        };
        let is_inside = match granularity {
            Granularity::Days => self.day_number(bucket) == at,
            Granularity::Intervals(_) => bucket.start <= at,
        };
        let cell = draft.cells.get_mut(index).filter(|_| is_inside);
        let figures = cell.and_then(|cell| cell.sum.as_mut());
        if let Some(staffing) = figures.and_then(|figures| figures.staffing.as_mut()) {
            staffing.merge(more);
        }
    }
}

/// An agent's time; `None` if the export doesn't report all of it.
fn staffing_of(agent: &AgentCounters) -> Option<Staffing> {
    Some(Staffing {
        logged_in: agent.known(AgentCounter::LoggedIn)?,
        ready: agent.known(AgentCounter::Ready)?,
        busy: agent.known(AgentCounter::Busy)?,
        engaged: agent.known(AgentCounter::Engaged)?,
        measured: 0,
    })
}
