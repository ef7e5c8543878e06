//! Maps one record of a file to one row of its table, or rejects it with a reason. A reason
//! never repeats a cell's text: it may be somebody's number.

use std::{borrow::Cow, collections::HashSet};

use wallboard_store::RowBatch;

use super::{
    cells::{self, MalformedCell},
    container::{
        Container, ContainerField, EXTENSION_BYTES_MAX, FieldKind, FieldPrivacy, RecomputeRule,
    },
    header::SangomaHeader,
    record_reader::{CsvRecord, RecordFields},
};

/// The most seconds that may lie between two times of a row.
const ROW_SECONDS_MAX: i64 = 366 * 86_400;

/// The contact data that may be stored.
#[derive(Clone, Debug, Default)]
pub(super) struct ContactPolicy {
    /// Whether all of it may be stored.
    pub(super) stores_contacts: bool,
    /// The center's internal numbers that are as long as callers' ones.
    pub(super) extensions: HashSet<String>,
}

/// Maps the records of one file to rows.
#[derive(Debug)]
pub(super) struct RowMapper<'a> {
    container: &'static Container,
    header: &'a SangomaHeader,
    contacts: &'a ContactPolicy,
    /// Columns of the times that mark days for recomputation.
    time_columns: Vec<usize>,
    /// Column of the call that a row without a time refers to.
    call_column: Option<usize>,
    /// Columns of join, connect and leave, in a container of queue legs.
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
        let leg_columns = ["time_join", "time_connect", "time_leave"].map(column);
        Self {
            container,
            header,
            contacts,
            time_columns: times,
            call_column: column("queue_call_id")
                .filter(|_| container.recompute_rule == RecomputeRule::FileDate),
            leg_columns: match leg_columns {
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
        let fields = record.decode_fields().map_err(|index| {
            let name = self.column_name(index);
            Cow::from(format!("{name} isn't UTF-8"))
        })?;
        if record.field_count() != self.header.width {
            return Err(self.describe_width(record));
        }
        batch.begin_row(record.lines.0);
        let mapped = self
            .append_cells(&fields, batch)
            .and_then(|()| self.check_span(batch));
        if mapped.is_err() {
            batch.discard_row(&self.container.table);
        }
        mapped
    }

    /// The range of call ids of the row that was added last, if it has no time.
    pub(super) fn call_range(&self, batch: &RowBatch) -> Option<(i64, i64)> {
        let call = batch.last_integer(&self.container.table, self.call_column?)?;
        Some((call, call))
    }

    fn append_cells(
        &self,
        fields: &RecordFields<'_>,
        batch: &mut RowBatch,
    ) -> Result<(), Cow<'static, str>> {
        for (field, index) in self.container.fields.iter().zip(&self.header.field_columns) {
            let cell = index.map_or("", |index| fields.get(index));
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
        let may_be_stored = match field.privacy {
            FieldPrivacy::Free => true,
            FieldPrivacy::Contact => self.contacts.stores_contacts,
            FieldPrivacy::Number => {
                self.contacts.stores_contacts
                    || cell.len() <= EXTENSION_BYTES_MAX
                    || self.contacts.extensions.contains(cell)
            }
        };
        match cells::parse_text(cell) {
            Some(text) if may_be_stored => batch.push_text(text),
            _ => batch.push_null(),
        }
    }

    /// The cells of unknown columns as JSON, if they may be stored.
    fn extra_json(&self, fields: &RecordFields<'_>) -> Option<String> {
        if self.header.extra.is_empty() || !self.contacts.stores_contacts {
            return None;
        }
        let extra = self.header.extra.iter();
        let cells = extra.map(|(index, name)| (name.clone(), fields.get(*index).into()));
        Some(serde_json::Value::Object(cells.collect()).to_string())
    }

    /// Returns the first and the last of the row's times, or an error if they contradict each
    /// other.
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

    fn column_name(&self, index: usize) -> &str {
        let known = self.container.fields.iter().zip(&self.header.field_columns);
        let mut known = known.filter(|(_, at)| **at == Some(index));
        let mut extra = self.header.extra.iter().filter(|(at, _)| *at == index);
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
            // An extra quote swallows lines: say how many, so that it can be fixed.
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
