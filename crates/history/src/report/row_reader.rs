//! Reads the rows of a report from the store, and the figures of members without rows.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::intervals::{DAY, HOUR, QUARTER, ReportStep, TimeSpan};
use wallboard_domain::Id;
use wallboard_store::{ComputationBasis, FigureQuery, Granularity, NameClass, OTHERS, StoreError};

use super::{
    report_builder::ReportBuilder, report_catalog::ReportSource, series_draft::SeriesDraft,
    summable::Summable,
};

impl ReportBuilder<'_> {
    /// Adds up the rows that `read` finds for each series' members. A member without a row gets
    /// the figures of `OTHERS`, if the interval has them.
    pub(super) fn fill_drafts<T: Summable>(
        &self,
        drafts: &mut [SeriesDraft<T>],
        members: &[(Id, usize)],
        read: impl Fn(&FigureQuery<'_>, &mut dyn FnMut(&str, i64, &T)) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for source in &self.catalog.sources {
            let (only, indexes) = members_of_source(members, source);
            if indexes.is_empty() {
                continue;
            }
            let others = |figures: &FigureQuery<'_>| {
                if !source.export.omits_zero_intervals {
                    return Ok(BTreeMap::new());
                }
                load_others(figures, &read)
            };
            // A day's sums include only the hours with rows.
            let has_days =
                self.query.step == ReportStep::Day && others(&self.day_query(source))?.is_empty();
            self.read_rows(source, has_days, only.as_deref(), |figures| {
                let (others, over) = (others(figures)?, figures.granularity);
                let open = |id: &str| self.open_times.of_queue(&source.export.id, id);
                let mut with_rows: HashSet<(i64, &str)> = HashSet::new();
                read(figures, &mut |id, at, counters| {
                    if let Some((id, indexes)) = indexes.get_key_value(id) {
                        if others.contains_key(&at) {
                            with_rows.insert((at, *id));
                        }
                        for index in indexes {
                            let draft = &mut drafts[*index];
                            self.add_to_bucket(draft, over, at, open(id), counters);
                        }
                    }
                })?;
                for (at, counters) in &others {
                    let without_rows = indexes
                        .iter()
                        .filter(|(id, _)| !with_rows.contains(&(*at, **id)));
                    for (id, indexes) in without_rows {
                        for index in indexes {
                            let draft = &mut drafts[*index];
                            self.add_to_bucket(draft, over, *at, open(id), counters);
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Finds the queues or agents that have any figures in the report's time.
    pub(super) fn active_subjects(&self, class: NameClass) -> Result<HashSet<Id>, StoreError> {
        let mut active = HashSet::new();
        for source in &self.catalog.sources {
            self.read_rows(source, true, None, |figures| {
                self.view.for_each_subject(figures, class, |subject| {
                    active.insert(Id::new(&source.export.id, subject));
                })
            })?;
        }
        Ok(active)
    }

    /// The query for all days of the report, summed in the site's zone.
    fn day_query<'s>(&self, source: &'s ReportSource<'_>) -> FigureQuery<'s> {
        let day_of = |bucket: Option<&TimeSpan>| bucket.map_or(0, |bucket| self.day_number(bucket));
        FigureQuery {
            source: &source.export.id,
            granularity: Granularity::Days,
            range: day_of(self.buckets.first())..day_of(self.buckets.last()) + 1,
            subject: None,
        }
    }

    /// Reads all rows of a source that overlap the report: sums of days if it `has_days` in the
    /// report's zone and the report is by day.
    pub(super) fn read_rows(
        &self,
        source: &ReportSource<'_>,
        has_days: bool,
        only: Option<&str>,
        mut read: impl FnMut(&FigureQuery<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (self.buckets.first(), self.buckets.last()) else {
            return Ok(());
        };
        let days = FigureQuery {
            subject: only,
            ..self.day_query(source)
        };
        let intervals = |length, range| FigureQuery {
            granularity: Granularity::Intervals(length),
            range,
            ..days.clone()
        };
        let is_by_day = self.query.step == ReportStep::Day;
        let zone = self.query.zone.iana_name();
        let is_zone = |basis: &ComputationBasis| zone == Some(&*basis.zone);
        // Sums of days have closed times.
        let has_days = has_days
            && !self.query.without_closed_times
            && source.basis.as_ref().is_some_and(is_zone);
        if is_by_day && has_days {
            read(&days)?;
        } else {
            for length in [QUARTER, HOUR] {
                let back = if self.query.step.seconds() < length {
                    length - 1
                } else {
                    0
                };
                read(&intervals(length, first.start - back..last.end))?;
            }
        }
        let range = if is_by_day {
            days.range.start * DAY..days.range.end * DAY
        } else {
            first.start - DAY + 1..last.end
        };
        read(&intervals(DAY, range))
    }
}

/// Loads the figures of all members without their own row, by the start of the interval.
fn load_others<T: Summable>(
    figures: &FigureQuery<'_>,
    read: impl Fn(&FigureQuery<'_>, &mut dyn FnMut(&str, i64, &T)) -> Result<(), StoreError>,
) -> Result<BTreeMap<i64, T>, StoreError> {
    let mut others = BTreeMap::new();
    let figures = FigureQuery {
        subject: Some(OTHERS),
        ..figures.clone()
    };
    read(&figures, &mut |_, at, counters| {
        others.insert(at, counters.clone());
    })?;
    Ok(others)
}

/// The draft indexes of each of a source's members, and the member's id if there is only one.
pub(super) fn members_of_source<'m>(
    members: &'m [(Id, usize)],
    source: &ReportSource<'_>,
) -> (Option<String>, HashMap<&'m str, Vec<usize>>) {
    let members = members
        .iter()
        .filter(|(id, _)| id.source == source.export.id);
    let mut indexes: HashMap<&str, Vec<usize>> = HashMap::new();
    for (id, index) in members {
        indexes.entry(&id.external).or_default().push(*index);
    }
    let only = match indexes.len() {
        1 => indexes.keys().next().map(|only| (*only).to_owned()),
        _ => None,
    };
    (only, indexes)
}
