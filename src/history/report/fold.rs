//! Rows of the store into the buckets of a report.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{
    domain::{AgentCounters, ByName, Counters, Formula, Id},
    history::{
        intervals::{Bucket, Step, day_number},
        targets,
    },
    store::{NameClass, Over, StoreError, View},
};

use super::{
    Ask, By, Export, Figures, MOST_IN_ALL, Report, Row, Series, SharedTarget, Who,
    catalogue::Catalogue, cover::Known, rows::of_source,
};

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 86_400;

/// `None` where that would be too many intervals.
pub(super) fn report(
    view: &View<'_>,
    catalogue: &Catalogue<'_>,
    ask: Ask,
    buckets: &[Bucket],
) -> Result<Option<Report>, StoreError> {
    let frame = Frame {
        view,
        catalogue,
        ask: &ask,
        buckets,
    };
    let series = match (&ask.who, ask.by) {
        (Who::Agent(_), _) | (_, Some(By::Agent)) => frame.agents()?,
        (_, None | Some(By::Queue)) => frame.contacts()?,
        (_, Some(by)) => frame.breakdown(by.class())?,
    };
    Ok(series.map(|series| Report {
        step: ask.step,
        formula: common(series.iter().filter_map(|one| one.target)),
        zone: ask.zone,
        count_by: ask.count_by,
        series,
    }))
}

/// What is added up in one cell.
pub(super) trait Sum: Clone + Default {
    /// Of whom a source tells nothing where it was taken in.
    fn nothing(export: &Export) -> Self;
    fn merge(&mut self, more: &Self);
    fn figures(self) -> Figures;
}

impl Sum for Counters {
    fn nothing(export: &Export) -> Self {
        export.nothing.contacts
    }

    fn merge(&mut self, more: &Self) {
        Counters::merge(self, more);
    }

    fn figures(self) -> Figures {
        Figures::Contacts(self)
    }
}

impl Sum for AgentCounters {
    fn nothing(export: &Export) -> Self {
        export.nothing.agent.clone()
    }

    fn merge(&mut self, more: &Self) {
        AgentCounters::merge(self, more);
    }

    fn figures(self) -> Figures {
        Figures::Agent(self)
    }
}

impl Sum for i64 {
    fn nothing(_: &Export) -> Self {
        0
    }

    fn merge(&mut self, more: &Self) {
        *self += more;
    }

    fn figures(self) -> Figures {
        Figures::Count(self)
    }
}

/// What all series of a report share.
pub(super) struct Frame<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) catalogue: &'a Catalogue<'a>,
    pub(super) ask: &'a Ask,
    pub(super) buckets: &'a [Bucket],
}

/// One series while it is added up.
pub(super) struct Draft<T> {
    id: String,
    name: String,
    target: Option<SharedTarget>,
    cells: Vec<Cell<T>>,
}

#[derive(Clone)]
struct Cell<T> {
    /// `None`: nothing of it was taken in.
    sum: Option<T>,
    /// Some of it is told only over a longer time: nobody knows how much falls here.
    is_blurred: bool,
    is_partial: bool,
    is_utc: bool,
}

impl Frame<'_> {
    fn contacts(&self) -> Result<Option<Vec<Series>>, StoreError> {
        let (mut drafts, members) = match self.ask.by {
            None => self.one(self.catalogue.queues(&self.ask.who)),
            Some(_) => self.each(NameClass::Queue),
        };
        if MOST_IN_ALL < drafts.len() * self.buckets.len() {
            return Ok(None);
        }
        if let (None, [draft]) = (self.ask.by, &mut *drafts) {
            draft.target = Some(self.target(&members));
        }
        self.cover(&mut drafts, &members)?;
        let by = self.ask.count_by;
        self.fill(&mut drafts, &members, |wanted, each| {
            self.view.queues(wanted, by, each)
        })?;
        Ok(Some(self.finish(drafts)))
    }

    fn agents(&self) -> Result<Option<Vec<Series>>, StoreError> {
        let (mut drafts, members) = match &self.ask.who {
            Who::Agent(id) => self.one(self.catalogue.agents(id)),
            _ => self.each(NameClass::Agent),
        };
        if MOST_IN_ALL < drafts.len() * self.buckets.len() {
            return Ok(None);
        }
        self.cover(&mut drafts, &members)?;
        self.fill(&mut drafts, &members, |wanted, each| {
            self.view.agents(wanted, each)
        })?;
        Ok(Some(self.finish(drafts)))
    }

    /// A series for each key that occurs.
    fn breakdown(&self, class: NameClass) -> Result<Option<Vec<Series>>, StoreError> {
        let mut drafts: Vec<Draft<i64>> = Vec::new();
        let queues = self.catalogue.queues(&self.ask.who).into_iter();
        let members: Vec<_> = queues.map(|id| (id, 0)).collect();
        for source in &self.catalogue.sources {
            // As with contacts: what is told of others is in no figure beside it.
            let (only, queues) = of_source(&members, source);
            if queues.is_empty() {
                continue;
            }
            let mut empty = [self.draft(String::new(), String::new())];
            self.cover(&mut empty, &[(Id::new(&source.export.id, ""), 0)])?;
            let mut places = HashMap::<String, usize>::new();
            let mut is_too_much = false;
            self.rows((source, true), only.as_deref(), |over, wanted| {
                self.view
                    .breakdowns(wanted, class, |queue, key, at, contacts| {
                        if !queues.contains_key(queue) {
                            return;
                        }
                        let place = match places.get(key) {
                            Some(place) => *place,
                            None if MOST_IN_ALL < (drafts.len() + 1) * self.buckets.len() => {
                                is_too_much = true;
                                return;
                            }
                            None => {
                                let id = Id::new(&source.export.id, key);
                                drafts.push(Draft {
                                    id: id.to_string(),
                                    name: self.catalogue.subject(class, &id).name,
                                    target: None,
                                    cells: empty[0].cells.clone(),
                                });
                                places.insert(key.to_owned(), drafts.len() - 1);
                                drafts.len() - 1
                            }
                        };
                        self.put(&mut drafts[place], over, at, &contacts);
                    })
            })?;
            if is_too_much {
                return Ok(None);
            }
        }
        drafts.sort_by(|a, b| (ByName(&a.name), &a.id).cmp(&(ByName(&b.name), &b.id)));
        Ok(Some(self.finish(drafts)))
    }

    /// One series of all these, and which of them belongs to it.
    fn one<T: Sum>(&self, ids: Vec<Id>) -> (Vec<Draft<T>>, Vec<(Id, usize)>) {
        let (id, name) = self.catalogue.asked(&self.ask.who);
        let members = ids.into_iter().map(|id| (id, 0)).collect();
        (vec![self.draft(id, name)], members)
    }

    /// A series of each that is listed.
    fn each<T: Sum>(&self, class: NameClass) -> (Vec<Draft<T>>, Vec<(Id, usize)>) {
        let listed = self.catalogue.listed(class).into_iter().enumerate();
        let each = listed.map(|(place, (id, subject))| {
            let draft = Draft {
                target: subject.target.map(SharedTarget::from),
                ..self.draft(subject.id.to_string(), subject.name)
            };
            (draft, (id, place))
        });
        each.unzip()
    }

    fn draft<T: Sum>(&self, id: String, name: String) -> Draft<T> {
        let cell = Cell {
            sum: None,
            is_blurred: false,
            is_partial: false,
            is_utc: false,
        };
        let cells = vec![cell; self.buckets.len()];
        Draft {
            id,
            name,
            target: None,
            cells,
        }
    }

    /// What the queues of one series share. A group that the configuration names has the
    /// service level and formula given there; in time is what each of its queues calls so.
    fn target(&self, members: &[(Id, usize)]) -> SharedTarget {
        let subject = |id: &Id| self.catalogue.subject(NameClass::Queue, id);
        let target = |(id, _): &(Id, usize)| subject(id).target.map(SharedTarget::from);
        let site = &self.catalogue.shape.site;
        let id = self.catalogue.asked(&self.ask.who).0;
        let common = SharedTarget::common(members.iter().filter_map(target));
        let common = common.unwrap_or_else(|| site.target(&id).into());
        match (&self.ask.who, targets::named(site, &id)) {
            (Who::Queue(_), Some(named)) if members.len() != 1 => SharedTarget {
                answer_within: common.answer_within,
                ..named.into()
            },
            _ => SharedTarget {
                // Of queues that differ the figure is by the formula for all.
                formula: common.formula.or(Some(site.target(&id).formula)),
                ..common
            },
        }
    }

    /// Marks what of each series was taken in.
    fn cover<T: Sum>(
        &self,
        drafts: &mut [Draft<T>],
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
            let known = self.known(source)?;
            let nothing = T::nothing(source.export);
            // Of whom a file of an hour says nothing, it says so of the hour as a whole.
            let is_blurred = source.export.leaves_out_calm && self.ask.step.seconds() < HOUR;
            for place in places {
                for (cell, known) in drafts[place].cells.iter_mut().zip(&known) {
                    cell.is_partial |= *known != Known::Whole;
                    if *known != Known::Nothing {
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
    pub(super) fn put<T: Sum>(&self, draft: &mut Draft<T>, over: Over, at: i64, more: &T) {
        let length = match over {
            Over::Days => return self.put_day(draft, at, false, more),
            Over::Intervals(DAY) if self.ask.step == Step::Day => {
                let is_utc = self.ask.zone.iana_name() != Some("UTC");
                return self.put_day(draft, at.div_euclid(DAY), is_utc, more);
            }
            Over::Intervals(length) => length,
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
                add(cell, more);
            }
        }
    }

    /// Adds a row to the bucket of a date.
    fn put_day<T: Sum>(&self, draft: &mut Draft<T>, day: i64, is_utc: bool, more: &T) {
        let place = self
            .buckets
            .partition_point(|bucket| self.day(bucket) < day);
        let bucket = self
            .buckets
            .get(place)
            .filter(|bucket| self.day(bucket) == day);
        if let Some(cell) = bucket.and_then(|_| draft.cells.get_mut(place)) {
            cell.is_utc |= is_utc;
            add(cell, more);
        }
    }

    /// The date of a bucket, as days since 1970.
    pub(super) fn day(&self, bucket: &Bucket) -> i64 {
        day_number(bucket.start, &self.ask.zone).unwrap_or_default()
    }

    fn finish<T: Sum>(&self, drafts: Vec<Draft<T>>) -> Vec<Series> {
        let row = |(bucket, cell): (&Bucket, Cell<T>)| {
            let sum = cell.sum.filter(|_| !cell.is_blurred);
            Row {
                start: instant(bucket.start),
                end: instant(bucket.end),
                is_partial: cell.is_partial && sum.is_some(),
                figures: sum.map(T::figures),
                is_utc: cell.is_utc,
            }
        };
        let series = |draft: Draft<T>| Series {
            id: draft.id,
            name: draft.name,
            target: draft.target,
            rows: self.buckets.iter().zip(draft.cells).map(row).collect(),
        };
        drafts.into_iter().map(series).collect()
    }
}

/// What came counts, also of a time of which not all did: then the cell is partial.
fn add<T: Sum>(cell: &mut Cell<T>, more: &T) {
    cell.sum.get_or_insert_default().merge(more);
}

fn common(targets: impl Iterator<Item = SharedTarget>) -> Option<Formula> {
    SharedTarget::common(targets)?.formula
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}
