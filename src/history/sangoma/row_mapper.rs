//! One record of a file becomes one row of its table, or a reason why not. A reason never
//! repeats what stands in a cell: it may be somebody's number.

use std::{borrow::Cow, collections::HashSet};

use crate::store::RowBatch;

use super::{
    cells::{self, MalformedCell},
    container::{Container, ContainerField, FieldKind, FieldPrivacy, RecomputeRule},
    header::SangomaHeader,
    record_reader::{CsvRecord, RecordFields},
};

/// The longest that anything between two times of a row may last, in seconds.
const ROW_SECONDS_MAX: i64 = 366 * 86_400;
/// Numbers of up to so many bytes are extensions: callers' are longer.
pub(super) const EXTENSION_BYTES_MAX: usize = 6;

/// What of callers and called may be stored.
#[derive(Clone, Debug, Default)]
pub struct ContactPolicy {
    /// All of it.
    pub stores_contacts: bool,
    /// The centre's own numbers that are as long as anybody's.
    pub extensions: HashSet<String>,
}

/// How the records of one file become rows.
#[derive(Debug)]
pub(super) struct RowMapper<'a> {
    container: &'static Container,
    header: &'a SangomaHeader,
    contacts: &'a ContactPolicy,
    /// Columns of the times that mark days.
    time_columns: Vec<usize>,
    /// Column of the call that a row without a time is about.
    call_column: Option<usize>,
    /// Columns of join, connect and leave, of a container of stays.
    leg_columns: Option<[usize; 3]>,
}

impl<'a> RowMapper<'a> {
    pub(super) fn new(
        container: &'static Container,
        header: &'a SangomaHeader,
        contacts: &'a ContactPolicy,
    ) -> Self {
        let column = |name: &str| {
            let mut fields = container.fields.iter();
            fields.position(|field| field.column == name)
        };
        let times = match container.recompute_rule {
            RecomputeRule::Times { of, .. } => of.iter().filter_map(|name| column(name)).collect(),
            RecomputeRule::FileDate | RecomputeRule::Nothing => Vec::new(),
        };
        let stay = ["time_join", "time_connect", "time_leave"].map(column);
        Self {
            container,
            header,
            contacts,
            time_columns: times,
            call_column: column("queue_call_id")
                .filter(|_| container.recompute_rule == RecomputeRule::FileDate),
            leg_columns: match stay {
                [Some(join), Some(connect), Some(leave)] => Some([join, connect, leave]),
                _ => None,
            },
        }
    }

    /// Adds a row to the batch, and returns the first and the last of its times.
    pub(super) fn append_row(
        &self,
        record: &CsvRecord<'_>,
        batch: &mut RowBatch,
    ) -> Result<Option<(i64, i64)>, Cow<'static, str>> {
        let fields = record.decode_fields().map_err(|place| {
            let name = self.column_name(place);
            Cow::from(format!("{name} isn't UTF-8"))
        })?;
        if record.field_count() != self.header.width {
            return Err(self.describe_width(record));
        }
        batch.begin_row(record.lines.0);
        let taken = self
            .append_cells(&fields, batch)
            .and_then(|()| self.check_span(batch));
        if taken.is_err() {
            batch.discard_row(&self.container.table);
        }
        taken
    }

    /// From and to which call's id the row that was added last reaches, where it has no time.
    pub(super) fn call_range(&self, batch: &RowBatch) -> Option<(i64, i64)> {
        let call = batch.last_integer(&self.container.table, self.call_column?)?;
        Some((call, call))
    }

    fn append_cells(
        &self,
        fields: &RecordFields<'_>,
        batch: &mut RowBatch,
    ) -> Result<(), Cow<'static, str>> {
        for (field, place) in self.container.fields.iter().zip(&self.header.field_columns) {
            let cell = place.map_or("", |place| fields.get(place));
            let number = match field.kind {
                FieldKind::Text => {
                    self.append_text(field, cell, batch);
                    continue;
                }
                FieldKind::Id => cells::parse_id(cell),
                FieldKind::Integer => cells::parse_integer(cell),
                FieldKind::Time => cells::parse_time(cell),
                FieldKind::Boolean => cells::parse_boolean(cell),
            };
            match number {
                Ok(Some(value)) => batch.push_integer(value),
                Ok(None) if field.is_required => {
                    return Err(format!("{} is empty", field.name).into());
                }
                Ok(None) => batch.push_null(),
                Err(MalformedCell) => return Err(describe_malformed(field).into()),
            }
        }
        match self.extra_json(fields) {
            Some(extra) => batch.push_text(&extra),
            None => batch.push_null(),
        }
        Ok(())
    }

    fn append_text(&self, field: &ContainerField, cell: &str, batch: &mut RowBatch) {
        let may_be_kept = match field.privacy {
            FieldPrivacy::Free => true,
            FieldPrivacy::Contact => self.contacts.stores_contacts,
            FieldPrivacy::Number => {
                self.contacts.stores_contacts
                    || cell.len() <= EXTENSION_BYTES_MAX
                    || self.contacts.extensions.contains(cell)
            }
        };
        match cells::parse_text(cell) {
            Some(text) if may_be_kept => batch.push_text(text),
            _ => batch.push_null(),
        }
    }

    /// What stands in columns that nobody knows, where that may be kept.
    fn extra_json(&self, fields: &RecordFields<'_>) -> Option<String> {
        if self.header.extra.is_empty() || !self.contacts.stores_contacts {
            return None;
        }
        let extra = self.header.extra.iter();
        let cells = extra.map(|(place, name)| (name.clone(), fields.get(*place).into()));
        Some(serde_json::Value::Object(cells.collect()).to_string())
    }

    /// The first and the last of the row's times, where they make sense together.
    fn check_span(&self, batch: &RowBatch) -> Result<Option<(i64, i64)>, Cow<'static, str>> {
        if let Some([join, connect, leave]) = self.leg_columns {
            let end = batch
                .last_integer(&self.container.table, connect)
                .or(batch.last_integer(&self.container.table, leave));
            let joined = batch.last_integer(&self.container.table, join);
            if end.zip(joined).is_some_and(|(end, joined)| end < joined) {
                return Err("the call left the queue before it joined".into());
            }
        }
        let times = || {
            self.time_columns
                .iter()
                .filter_map(|column| batch.last_integer(&self.container.table, *column))
        };
        let span = times().min().zip(times().max());
        if span.is_some_and(|(first, last)| ROW_SECONDS_MAX < last - first) {
            return Err("its times are more than a year apart".into());
        }
        Ok(span)
    }

    fn column_name(&self, place: usize) -> &str {
        let known = self.container.fields.iter().zip(&self.header.field_columns);
        let mut known = known.filter(|(_, at)| **at == Some(place));
        let mut extra = self.header.extra.iter().filter(|(at, _)| *at == place);
        match (known.next(), extra.next()) {
            (Some((field, _)), _) => field.name,
            (None, Some((_, name))) => name,
            (None, None) => "one field too many",
        }
    }

    fn describe_width(&self, record: &CsvRecord<'_>) -> Cow<'static, str> {
        let (has, needs) = (record.field_count(), self.header.width);
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

fn describe_malformed(field: &ContainerField) -> String {
    let expected = match field.kind {
        FieldKind::Time => "a time: whole seconds since 1970, from 1990 to 2100",
        FieldKind::Boolean => "yes or no",
        FieldKind::Id | FieldKind::Integer | FieldKind::Text => "a whole number",
    };
    format!("{} isn't {expected}", field.name)
}
