//! What the rows of a source's files amount to, day by day: read with the mapping of now,
//! so that another mapping needs no file again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::tz::TimeZone;

use crate::{
    domain::{AgentCounter, AgentCounters, Column, CountBy, Counters, SourceId},
    history::{frozen::Frozen, intervals},
    store::{
        AgentRow, Basis, FileId, LocalDay, Part, QueueRow, Reckoned, Store, StoreError, TakenFile,
        View, line_of,
    },
};

use super::{
    cells,
    columns::{Mapping, Places, Said, Values},
    fold::{self, Figures, Sheet, Told, Whose},
    layout::{DAY, Export, HOUR},
    notes::Notes,
    taking::ROWS,
};

/// With what a source is reckoned.
#[derive(Clone, Debug)]
pub struct Reckoning {
    pub source: SourceId,
    /// The folder at the top of its files.
    pub root: String,
    pub mapping: Arc<Mapping>,
    /// Of the site's days.
    pub zone: TimeZone,
}

/// A file whose columns are known.
#[derive(Clone, Debug)]
struct Sorted {
    id: FileId,
    export: Export,
    places: Arc<Places>,
}

impl Reckoning {
    /// Marks every day to be reckoned anew if the mapping or the zone has changed.
    async fn renew(&self, store: &Store) -> Result<(), StoreError> {
        let zone = self.zone.iana_name().unwrap_or("UTC").to_owned();
        let fingerprint = self.mapping.fingerprint();
        let (source, root) = (self.source.clone(), self.root.clone());
        let look = move |view: &View<'_>| {
            let basis = view.basis(&source)?;
            let is_same = |basis: &Basis| basis.zone == zone && basis.fingerprint == fingerprint;
            if basis.as_ref().is_some_and(is_same) {
                return Ok(None);
            }
            let days: BTreeSet<i64> = view
                .files(&source)?
                .iter()
                .filter_map(|file| Some(Export::read(&file.key, &root)?.period.day()))
                .collect();
            let basis = Basis {
                zone,
                fingerprint,
                ..basis.unwrap_or_default()
            };
            Ok(Some((basis, days.into_iter().collect())))
        };
        if let Some((basis, days)) = store.look(look).await? {
            store.keep_basis(self.source.clone(), basis, days).await?;
        }
        Ok(())
    }

    /// Reckons all days that are marked, and those that a change of the configuration
    /// marks. `told` hears how many of how many are done. Returns how many there were.
    pub async fn run(&self, store: &Store, told: impl FnMut(u64, u64)) -> Result<u64, StoreError> {
        self.renew(store).await?;
        let days = store.dirty(&self.source).await?;
        if days.is_empty() {
            return Ok(0);
        }
        let source = self.source.clone();
        let frozen = move |view: &View<'_>| {
            let facts_from = view.basis(&source)?.and_then(|basis| basis.facts_from);
            Frozen::read(view, &source, facts_from.map(|from| from.div_euclid(DAY)))
        };
        let frozen = store.look(frozen).await?;
        // What is left of these, or came again, is not all that they were reckoned from.
        let (kept, days): (Vec<_>, Vec<_>) = days.into_iter().partition(|day| frozen.has(*day));
        store.settle_days(self.source.clone(), kept).await?;
        let all = self.reckon(store, days, told).await?;
        store
            .extend_cover(self.source.clone(), frozen.end())
            .await?;
        Ok(all)
    }

    async fn reckon(
        &self,
        store: &Store,
        days: Vec<i64>,
        mut told: impl FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        let reader = store.background_reader()?;
        let files = store.files(&self.source).await?;
        let (by_day, columns) = self.sort(&files);
        let by_day = Arc::new(by_day);
        let columns = Arc::new(columns);
        let all = days.len() as u64;
        for (day, done) in days.into_iter().zip(1..) {
            let (own, by_day, columns) = (self.clone(), by_day.clone(), columns.clone());
            let look = move |view: &View<'_>| {
                let files = by_day.get(&day).map_or(&[][..], Vec::as_slice);
                own.day(view, day, files, &columns)
            };
            let (reckoned, told_anew) = reader.look(look).await?;
            store.tell_refused(&ROWS, told_anew).await?;
            store.replace_intervals(reckoned).await?;
            told(done, all);
        }
        Ok(all)
    }

    /// Files by UTC day, and which columns the source tells at all.
    fn sort(&self, files: &[TakenFile]) -> (HashMap<i64, Vec<Sorted>>, Told) {
        let mut by_day: HashMap<i64, Vec<Sorted>> = HashMap::new();
        let mut told = Told::default();
        // A dataset's header seldom changes.
        let mut known: HashMap<(String, &str), Option<Arc<Places>>> = HashMap::new();
        for file in files {
            let Some(export) = Export::read(&file.key, &self.root) else {
                continue;
            };
            let key = (export.dataset.to_lowercase(), file.notes.as_str());
            let places = known.entry(key).or_insert_with(|| {
                let columns = self.mapping.of(&export.dataset)?;
                let headers = Notes::read(&file.notes)?.headers;
                let places = Places::find(columns, &headers);
                places.kind.is_some().then(|| Arc::new(places))
            });
            let Some(places) = places else {
                continue;
            };
            if let Some(kind) = places.kind.filter(|_| places.is_whole()) {
                told.add(kind, export.period.length, places.counted());
            }
            by_day.entry(export.period.day()).or_default().push(Sorted {
                id: file.id,
                places: places.clone(),
                export,
            });
        }
        (by_day, told)
    }

    fn day(
        &self,
        view: &View<'_>,
        day: i64,
        files: &[Sorted],
        told: &Told,
    ) -> Result<(Reckoned, Vec<Refusals>), StoreError> {
        let mut read = Vec::with_capacity(files.len());
        for file in files {
            read.extend(self.sheet(view, file)?);
        }
        let (sheets, told_anew) = unzip(read);
        let window = (day * DAY, (day + 1) * DAY);
        let local = intervals::days(window.0, window.1, &self.zone).into_iter();
        let mut reckoned = Reckoned {
            source: self.source.clone(),
            window,
            part: Part::Whole,
            queues: Vec::new(),
            agents: Vec::new(),
            breakdowns: Vec::new(),
            days: local
                .map(|(day, bucket)| LocalDay {
                    day,
                    start: bucket.start,
                    end: bucket.end,
                })
                .collect(),
            settled: vec![day],
        };
        let counts_handled =
            [Whose::Queue, Whose::Agent].map(|whose| counts_handled(&self.mapping, whose));
        for figures in fold::day(sheets, told, &mapped(&self.mapping)) {
            add(
                &mut reckoned,
                &figures,
                counts_handled[figures.whose as usize],
            );
        }
        Ok((reckoned, told_anew))
    }

    fn sheet(&self, view: &View<'_>, file: &Sorted) -> Result<Option<Read>, StoreError> {
        let Some(kind) = file.places.kind else {
            return Ok(None);
        };
        let period = file.export.period;
        let is_whole = file.places.is_whole();
        let (mut rows, mut unread) = (Vec::new(), Vec::new());
        let (mut kept, mut refused) = (HashSet::new(), BTreeMap::new());
        view.rows(&ROWS, &["id", "cells"], file.id, |row| {
            let line = row.integer(0).map(line_of).unwrap_or_default();
            let row = row.text(1).map(cells::from_json).unwrap_or_default();
            kept.insert(line);
            match file.places.read(&row, period) {
                _ if !is_whole => {}
                Ok(said) => rows.push(said),
                Err(reason) => {
                    refused.insert(line, reason);
                    unread.extend(file.places.refused(&row, period));
                }
            }
        })?;
        for row in unread {
            let is_said =
                |said: &Said| (&said.queue, &said.agent) == (&row.said.queue, &row.said.agent);
            if !row.is_of_other_time || !rows.iter().any(is_said) {
                rows.push(row.said);
            }
        }
        let (told, lost): (BTreeMap<_, _>, BTreeMap<_, _>) = view
            .set_aside(file.id)?
            .into_iter()
            .partition(|(line, _)| kept.contains(line));
        let mut sheet = Sheet {
            rank: self.mapping.rank(&file.export.dataset),
            dataset: file.export.dataset.clone(),
            period,
            file: file.id.0,
            kind,
            columns: file.places.expected().collect(),
            here: file.places.counted().filter(|_| is_whole).collect(),
            has_lost: !lost.is_empty() || (!is_whole && !kept.is_empty()),
            rows,
        };
        if sheet.has_lost {
            sheet.doubt();
        }
        Ok(Some(Read {
            sheet,
            told_anew: (is_whole && told != refused).then_some((file.id, refused)),
        }))
    }
}

/// What was read of a file.
#[derive(Debug)]
struct Read {
    sheet: Sheet,
    /// Where this mapping refuses other rows than the one before.
    told_anew: Option<Refusals>,
}

/// The rows of a file that a mapping cannot read, by line, and why.
type Refusals = (FileId, BTreeMap<u32, String>);

fn unzip(read: Vec<Read>) -> (Vec<Sheet>, Vec<Refusals>) {
    let both = read.into_iter().map(|read| (read.sheet, read.told_anew));
    let (sheets, told): (Vec<_>, Vec<_>) = both.unzip();
    (sheets, told.into_iter().flatten().collect())
}

fn counts_handled(mapping: &Mapping, whose: Whose) -> bool {
    let mut kinds = mapping.kinds_with(Column::Handled);
    kinds.any(|kind| kind.whose().any(|own| own == whose))
}

fn add(reckoned: &mut Reckoned, figures: &Figures, counts_handled: bool) {
    let (start, length) = (figures.period.start, figures.period.length);
    match figures.whose {
        // The export does not say to which interval it counts what, so it is the same by both.
        Whose::Queue => {
            let counters = fold::counters(&figures.values, counts_handled);
            reckoned.queues.extend(CountBy::ALL.map(|by| QueueRow {
                queue: figures.name.clone(),
                by,
                start,
                length,
                counters,
            }));
        }
        Whose::Agent => reckoned.agents.push(AgentRow {
            agent: figures.name.clone(),
            start,
            length,
            counters: agent(&figures.values, counts_handled),
        }),
    }
}

/// What a queue and an agent have in a time in which only others are told of: 0 of what
/// the columns of the configuration tell, all else is not known. Where files tell less, the
/// figures of [`OTHERS`] say so.
///
/// [`OTHERS`]: crate::store::OTHERS
pub fn nothing(mapping: &Mapping) -> (Counters, AgentCounters) {
    let told = mapped(mapping);
    (
        fold::counters(
            &told.nothing(Whose::Queue, None),
            counts_handled(mapping, Whose::Queue),
        ),
        agent(
            &told.nothing(Whose::Agent, None),
            counts_handled(mapping, Whose::Agent),
        ),
    )
}

/// What files would tell that have all columns of the configuration.
fn mapped(mapping: &Mapping) -> Told {
    let mut told = Told::default();
    for (_, columns) in mapping.entries() {
        let headers: Vec<_> = columns.iter().map(|(_, header)| header.clone()).collect();
        let places = Places::find(columns, &headers);
        if let Some(kind) = places.kind {
            told.add(kind, HOUR, places.counted());
        }
    }
    told
}

/// What the export does not tell of an agent's time is not known.
fn agent(values: &Values, counts_handled: bool) -> AgentCounters {
    let mut counters = AgentCounters::unknown();
    let whole = |column| values.get(column).map(fold::rounded);
    let handled = fold::handled(values, counts_handled);
    let transferred = whole(Column::Transferred);
    let (talk, wrap_up) = (whole(Column::TalkTime), whole(Column::WrapUpTime));
    let parts = talk.zip(wrap_up).map(|(talk, wrap_up)| talk + wrap_up);
    for (counter, value) in [
        (AgentCounter::Handled, handled),
        (AgentCounter::HandledByEvent, handled),
        (AgentCounter::Transferred, transferred),
        (AgentCounter::TransferredByEvent, transferred),
        (AgentCounter::Talk, talk),
        (AgentCounter::WrapUp, wrap_up),
        (AgentCounter::Busy, whole(Column::HandleTime).or(parts)),
    ] {
        counters.set(counter, value);
    }
    counters
}
