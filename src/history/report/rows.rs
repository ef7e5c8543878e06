//! Which rows of the store a report asks for, and what those have who have none.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    domain::Id,
    history::intervals::{Bucket, QUARTER, Step},
    store::{Basis, OTHERS, Over, StoreError, Wanted},
};

use super::{
    catalogue::Source,
    fold::{DAY, Draft, Frame, HOUR, Sum},
};

impl Frame<'_> {
    /// Adds up what `read` finds of each series' members, also of those who have no row
    /// where an interval says what all others have.
    pub(super) fn fill<T: Sum>(
        &self,
        drafts: &mut [Draft<T>],
        members: &[(Id, usize)],
        read: impl Fn(&Wanted<'_>, &mut dyn FnMut(&str, i64, &T)) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for source in &self.catalogue.sources {
            let (only, places) = of_source(members, source);
            if places.is_empty() {
                continue;
            }
            let others = |wanted: &Wanted<'_>| {
                if !source.export.leaves_out_calm {
                    return Ok(BTreeMap::new());
                }
                others(wanted, &read)
            };
            // The sum of a day knows only the hours of which there is a row.
            let has_days = self.ask.step == Step::Day && others(&self.days(source))?.is_empty();
            self.rows((source, has_days), only.as_deref(), |over, wanted| {
                let others = others(wanted)?;
                let mut told: HashSet<(i64, &str)> = HashSet::new();
                read(wanted, &mut |who, at, counters| {
                    if let Some((who, place)) = places.get_key_value(who) {
                        if others.contains_key(&at) {
                            told.insert((at, *who));
                        }
                        self.put(&mut drafts[*place], over, at, counters);
                    }
                })?;
                for (at, counters) in &others {
                    let untold = places
                        .iter()
                        .filter(|(who, _)| !told.contains(&(*at, **who)));
                    for (_, place) in untold {
                        self.put(&mut drafts[*place], over, *at, counters);
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// All days of the report, summed in the site's zone.
    fn days<'s>(&self, source: &'s Source<'_>) -> Wanted<'s> {
        let of = |bucket: Option<&Bucket>| bucket.map_or(0, |bucket| self.day(bucket));
        Wanted {
            source: &source.export.id,
            over: Over::Days,
            range: of(self.buckets.first())..of(self.buckets.last()) + 1,
            only: None,
        }
    }

    /// Asks for all rows of a source that lie in the report: by day where it `has_days`
    /// of the report's zone, and is asked for them.
    pub(super) fn rows(
        &self,
        (source, has_days): (&Source<'_>, bool),
        only: Option<&str>,
        mut ask: impl FnMut(Over, &Wanted<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (self.buckets.first(), self.buckets.last()) else {
            return Ok(());
        };
        let days = (
            self.day(first)..self.day(last) + 1,
            self.ask.step == Step::Day,
        );
        let wanted = |over, range| Wanted {
            source: &source.export.id,
            over,
            range,
            only,
        };
        let zone = self.ask.zone.iana_name();
        let is_zone = |basis: &Basis| zone == Some(&*basis.zone);
        let has_days = has_days && source.basis.as_ref().is_some_and(is_zone);
        if days.1 && has_days {
            let wanted = Wanted {
                only,
                ..self.days(source)
            };
            ask(Over::Days, &wanted)?;
        } else {
            for length in [QUARTER, HOUR] {
                let over = Over::Intervals(length);
                let back = if self.ask.step.seconds() < length {
                    length - 1
                } else {
                    0
                };
                ask(over, &wanted(over, first.start - back..last.end))?;
            }
        }
        let over = Over::Intervals(DAY);
        let range = match days {
            (days, true) => days.start * DAY..days.end * DAY,
            _ => first.start - DAY + 1..last.end,
        };
        ask(over, &wanted(over, range))
    }
}

/// What all those have who have no row, by the start of the intervals that say so.
fn others<T: Sum>(
    wanted: &Wanted<'_>,
    read: impl Fn(&Wanted<'_>, &mut dyn FnMut(&str, i64, &T)) -> Result<(), StoreError>,
) -> Result<BTreeMap<i64, T>, StoreError> {
    let mut others = BTreeMap::new();
    let wanted = Wanted {
        only: Some(OTHERS),
        ..wanted.clone()
    };
    read(&wanted, &mut |_, at, counters| {
        others.insert(at, counters.clone());
    })?;
    Ok(others)
}

/// The places of a source's members, and the only one where there is but one.
pub(super) fn of_source<'m>(
    members: &'m [(Id, usize)],
    source: &Source<'_>,
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
