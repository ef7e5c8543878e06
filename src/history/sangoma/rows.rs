//! One record of a file becomes one row of its table, or a reason why not. A reason never
//! repeats what stands in a cell: it may be somebody's number.

use std::{borrow::Cow, collections::HashSet};

use crate::store::Batch;

use super::{
    cells::{self, Malformed},
    container::{Container, Field, FieldKind, Privacy, Touches},
    header::Header,
    records::{Fields, Record},
};

/// The longest that anything between two times of a row may last, in seconds.
const LONGEST: i64 = 366 * 86_400;
/// Numbers of up to so many bytes are extensions: callers' are longer.
pub(super) const EXTENSION: usize = 6;

/// What of callers and called may be stored.
#[derive(Clone, Debug, Default)]
pub struct Contacts {
    /// All of it.
    pub keep: bool,
    /// The centre's own numbers that are as long as anybody's.
    pub extensions: HashSet<String>,
}

/// How the records of one file become rows.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    container: &'static Container,
    header: &'a Header,
    contacts: &'a Contacts,
    /// Columns of the times that mark days.
    times: Vec<usize>,
    /// Column of the call that a row without a time is about.
    call: Option<usize>,
    /// Columns of join, connect and leave, of a container of stays.
    stay: Option<[usize; 3]>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        container: &'static Container,
        header: &'a Header,
        contacts: &'a Contacts,
    ) -> Self {
        let column = |name: &str| {
            let mut fields = container.fields.iter();
            fields.position(|field| field.column == name)
        };
        let times = match container.touches {
            Touches::Times { of, .. } => of.iter().filter_map(|name| column(name)).collect(),
            Touches::FileDate | Touches::Nothing => Vec::new(),
        };
        let stay = ["time_join", "time_connect", "time_leave"].map(column);
        Self {
            container,
            header,
            contacts,
            times,
            call: column("queue_call_id").filter(|_| container.touches == Touches::FileDate),
            stay: match stay {
                [Some(join), Some(connect), Some(leave)] => Some([join, connect, leave]),
                _ => None,
            },
        }
    }

    /// Adds a row to the batch, and returns the first and the last of its times.
    pub(super) fn take(
        &self,
        record: &Record<'_>,
        batch: &mut Batch,
    ) -> Result<Option<(i64, i64)>, Cow<'static, str>> {
        let fields = record.fields().map_err(|place| {
            let name = self.name_of(place);
            Cow::from(format!("{name} isn't UTF-8"))
        })?;
        if record.width() != self.header.width {
            return Err(self.wrong_width(record));
        }
        batch.begin(record.lines.0);
        let taken = self.cells(&fields, batch).and_then(|()| self.span(batch));
        if taken.is_err() {
            batch.abandon(&self.container.table);
        }
        taken
    }

    /// From and to which call's id the row that was added last reaches, where it has no time.
    pub(super) fn call(&self, batch: &Batch) -> Option<(i64, i64)> {
        let call = batch.last_integer(&self.container.table, self.call?)?;
        Some((call, call))
    }

    fn cells(&self, fields: &Fields<'_>, batch: &mut Batch) -> Result<(), Cow<'static, str>> {
        for (field, place) in self.container.fields.iter().zip(&self.header.places) {
            let cell = place.map_or("", |place| fields.get(place));
            let number = match field.kind {
                FieldKind::Text => {
                    self.text(field, cell, batch);
                    continue;
                }
                FieldKind::Id => cells::id(cell),
                FieldKind::Integer => cells::integer(cell),
                FieldKind::Time => cells::time(cell),
                FieldKind::Boolean => cells::boolean(cell),
            };
            match number {
                Ok(Some(value)) => batch.integer(value),
                Ok(None) if field.is_needed => {
                    return Err(format!("{} is empty", field.name).into());
                }
                Ok(None) => batch.null(),
                Err(Malformed) => return Err(malformed(field).into()),
            }
        }
        match self.extra(fields) {
            Some(extra) => batch.text(&extra),
            None => batch.null(),
        }
        Ok(())
    }

    fn text(&self, field: &Field, cell: &str, batch: &mut Batch) {
        let may_be_kept = match field.privacy {
            Privacy::Free => true,
            Privacy::Contact => self.contacts.keep,
            Privacy::Number => {
                self.contacts.keep
                    || cell.len() <= EXTENSION
                    || self.contacts.extensions.contains(cell)
            }
        };
        match cells::text(cell) {
            Some(text) if may_be_kept => batch.text(text),
            _ => batch.null(),
        }
    }

    /// What stands in columns that nobody knows, where that may be kept.
    fn extra(&self, fields: &Fields<'_>) -> Option<String> {
        if self.header.extra.is_empty() || !self.contacts.keep {
            return None;
        }
        let extra = self.header.extra.iter();
        let cells = extra.map(|(place, name)| (name.clone(), fields.get(*place).into()));
        Some(serde_json::Value::Object(cells.collect()).to_string())
    }

    /// The first and the last of the row's times, where they make sense together.
    fn span(&self, batch: &Batch) -> Result<Option<(i64, i64)>, Cow<'static, str>> {
        if let Some([join, connect, leave]) = self.stay {
            let end = batch
                .last_integer(&self.container.table, connect)
                .or(batch.last_integer(&self.container.table, leave));
            let joined = batch.last_integer(&self.container.table, join);
            if end.zip(joined).is_some_and(|(end, joined)| end < joined) {
                return Err("the call left the queue before it joined".into());
            }
        }
        let times = || {
            self.times
                .iter()
                .filter_map(|column| batch.last_integer(&self.container.table, *column))
        };
        let span = times().min().zip(times().max());
        if span.is_some_and(|(first, last)| LONGEST < last - first) {
            return Err("its times are more than a year apart".into());
        }
        Ok(span)
    }

    fn name_of(&self, place: usize) -> &str {
        let known = self.container.fields.iter().zip(&self.header.places);
        let mut known = known.filter(|(_, at)| **at == Some(place));
        let mut extra = self.header.extra.iter().filter(|(at, _)| *at == place);
        match (known.next(), extra.next()) {
            (Some((field, _)), _) => field.name,
            (None, Some((_, name))) => name,
            (None, None) => "one field too many",
        }
    }

    fn wrong_width(&self, record: &Record<'_>) -> Cow<'static, str> {
        let (has, needs) = (record.width(), self.header.width);
        let fields = if has == 1 { "field" } else { "fields" };
        let (first, last) = record.lines;
        let reach = match last - first {
            0 => String::new(),
            // A quote too many swallows lines: whoever mends it must know how many.
            _ => format!("; it extends to line {last}, perhaps because of an extra quote"),
        };
        format!("{has} {fields}, but the header has {needs}{reach}").into()
    }
}

fn malformed(field: &Field) -> String {
    let expected = match field.kind {
        FieldKind::Time => "a time: whole seconds since 1970, from 1990 to 2100",
        FieldKind::Boolean => "yes or no",
        FieldKind::Id | FieldKind::Integer | FieldKind::Text => "a whole number",
    };
    format!("{} isn't {expected}", field.name)
}
