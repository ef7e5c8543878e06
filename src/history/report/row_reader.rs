//! Which rows of the store a report asks for, and what those have who have none.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    domain::Id,
    history::intervals::{QUARTER, ReportStep, TimeBucket},
    store::{ComputationBasis, FigureQuery, Granularity, OTHERS, StoreError},
};

use super::{
    report_builder::{DAY, HOUR, ReportBuilder, SeriesDraft, Summable},
    report_catalog::ReportSource,
};

impl ReportBuilder<'_> {
    /// Adds up what `read` finds of each series' members, also of those who have no row
    /// where an interval says what all others have.
    pub(super) fn fill_drafts<T: Summable>(
        &self,
        drafts: &mut [SeriesDraft<T>],
        members: &[(Id, usize)],
        read: impl Fn(&FigureQuery<'_>, &mut dyn FnMut(&str, i64, &T)) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for source in &self.catalogue.sources {
            let (only, places) = members_of_source(members, source);
            if places.is_empty() {
                continue;
            }
            let others = |wanted: &FigureQuery<'_>| {
                if !source.export.omits_zero_intervals {
                    return Ok(BTreeMap::new());
                }
                spread_others(wanted, &read)
            };
            // The sum of a day knows only the hours of which there is a row.
            let has_days =
                self.ask.step == ReportStep::Day && others(&self.day_query(source))?.is_empty();
            self.read_rows((source, has_days), only.as_deref(), |over, wanted| {
                let others = others(wanted)?;
                let mut told: HashSet<(i64, &str)> = HashSet::new();
                read(wanted, &mut |who, at, counters| {
                    if let Some((who, place)) = places.get_key_value(who) {
                        if others.contains_key(&at) {
                            told.insert((at, *who));
                        }
                        self.add_to_bucket(&mut drafts[*place], over, at, counters);
                    }
                })?;
                for (at, counters) in &others {
                    let untold = places
                        .iter()
                        .filter(|(who, _)| !told.contains(&(*at, **who)));
                    for (_, place) in untold {
                        self.add_to_bucket(&mut drafts[*place], over, *at, counters);
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// All days of the report, summed in the site's zone.
    fn day_query<'s>(&self, source: &'s ReportSource<'_>) -> FigureQuery<'s> {
        let of = |bucket: Option<&TimeBucket>| bucket.map_or(0, |bucket| self.day_number(bucket));
        FigureQuery {
            source: &source.export.id,
            granularity: Granularity::Days,
            range: of(self.buckets.first())..of(self.buckets.last()) + 1,
            subject: None,
        }
    }

    /// Asks for all rows of a source that lie in the report: by day where it `has_days`
    /// of the report's zone, and is asked for them.
    pub(super) fn read_rows(
        &self,
        (source, has_days): (&ReportSource<'_>, bool),
        only: Option<&str>,
        mut ask: impl FnMut(Granularity, &FigureQuery<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (self.buckets.first(), self.buckets.last()) else {
            return Ok(());
        };
        let days = (
            self.day_number(first)..self.day_number(last) + 1,
            self.ask.step == ReportStep::Day,
        );
        let wanted = |over, range| FigureQuery {
            source: &source.export.id,
            granularity: over,
            range,
            subject: only,
        };
        let zone = self.ask.zone.iana_name();
        let is_zone = |basis: &ComputationBasis| zone == Some(&*basis.zone);
        let has_days = has_days && source.basis.as_ref().is_some_and(is_zone);
        if days.1 && has_days {
            let wanted = FigureQuery {
                subject: only,
                ..self.day_query(source)
            };
            ask(Granularity::Days, &wanted)?;
        } else {
            for length in [QUARTER, HOUR] {
                let over = Granularity::Intervals(length);
                let back = if self.ask.step.seconds() < length {
                    length - 1
                } else {
                    0
                };
                ask(over, &wanted(over, first.start - back..last.end))?;
            }
        }
        let over = Granularity::Intervals(DAY);
        let range = match days {
            (days, true) => days.start * DAY..days.end * DAY,
            _ => first.start - DAY + 1..last.end,
        };
        ask(over, &wanted(over, range))
    }
}

/// What all those have who have no row, by the start of the intervals that say so.
fn spread_others<T: Summable>(
    wanted: &FigureQuery<'_>,
    read: impl Fn(&FigureQuery<'_>, &mut dyn FnMut(&str, i64, &T)) -> Result<(), StoreError>,
) -> Result<BTreeMap<i64, T>, StoreError> {
    let mut others = BTreeMap::new();
    let wanted = FigureQuery {
        subject: Some(OTHERS),
        ..wanted.clone()
    };
    read(&wanted, &mut |_, at, counters| {
        others.insert(at, counters.clone());
    })?;
    Ok(others)
}

/// The places of a source's members, and the only one where there is but one.
pub(super) fn members_of_source<'m>(
    members: &'m [(Id, usize)],
    source: &ReportSource<'_>,
) -> (Option<String>, HashMap<&'m str, usize>) {
    let here = members
        .iter()
        .filter(|(id, _)| id.source == source.export.id);
    let places: HashMap<_, _> = here.map(|(id, place)| (&*id.external, *place)).collect();
    let only = match places.len() {
        1 => places.keys().next().map(|only| (*only).to_owned()),
        _ => None,
    };
    (only, places)
}
