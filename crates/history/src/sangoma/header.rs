//! Maps the columns of a file to fields by name, in any order and spelling.

use super::{
    container::{Container, ContainerField, normalize_name},
    record_reader::CsvRecord,
};

/// How many extra columns are listed by name.
const LISTED_COLUMNS_MAX: usize = 50;
/// How much of such a name is listed, in characters.
const LISTED_NAME_LENGTH_MAX: usize = 80;

/// The reason why a file's first line isn't a usable header.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("it's empty, without a header; the upload may have been interrupted")]
    Empty,
    #[error("its first line isn't UTF-8; the export must be uncompressed UTF-8")]
    NotUtf8,
    #[error(
        "its first line has no field of {0}: it isn't a header, or is one of another container"
    )]
    UnknownFields(&'static str),
    #[error("its fields aren't separated by commas: deliver the file as exported")]
    WrongSeparator,
    #[error("its header has {0} twice")]
    DuplicateField(&'static str),
    #[error("its header lacks {field}, which {container} requires")]
    MissingField {
        container: &'static str,
        field: &'static str,
    },
}

/// The columns of one file.
#[derive(Debug)]
pub(super) struct SangomaHeader {
    pub(super) width: usize,
    /// The column of each field of the container.
    pub(super) field_columns: Vec<Option<usize>>,
    /// Columns without a field, with their names.
    pub(super) extra: Vec<(usize, String)>,
    /// Fields without a column.
    pub(super) missing: Vec<&'static str>,
}

impl SangomaHeader {
    pub(super) fn from_record(
        container: &Container,
        record: &CsvRecord<'_>,
    ) -> Result<Self, HeaderError> {
        let fields = record.decode_fields().map_err(|_| HeaderError::NotUtf8)?;
        let mut columns = vec![None; container.fields.len()];
        let mut extra = Vec::new();
        for (column, name) in fields.iter().enumerate() {
            let bare_name = normalize_name(name);
            let mut known = container.fields.iter();
            match known.position(|field| field.has_name(&bare_name)) {
                Some(field) if columns[field].is_some() => {
                    return Err(HeaderError::DuplicateField(container.fields[field].name));
                }
                Some(field) => columns[field] = Some(column),
                None => extra.push((column, name.to_owned())),
            }
        }
        let found = || container.fields.iter().zip(&columns);
        if found().all(|(_, column)| column.is_none()) {
            let first = fields.get(0);
            let is_single = fields.iter().count() == 1 && first.contains([';', '\t', '|']);
            return Err(if is_single {
                HeaderError::WrongSeparator
            } else {
                HeaderError::UnknownFields(container.name)
            });
        }
        let missing = |(field, column): (&'static ContainerField, &Option<usize>)| {
            column.is_none().then_some(field)
        };
        let missing: Vec<_> = found().filter_map(missing).collect();
        if let Some(field) = missing.iter().find(|field| field.is_required) {
            return Err(HeaderError::MissingField {
                container: container.name,
                field: field.name,
            });
        }
        Ok(Self {
            width: record.field_count(),
            missing: missing.iter().map(|field| field.name).collect(),
            field_columns: columns,
            extra,
        })
    }

    /// The extra and missing columns, as JSON for the sources page.
    pub(super) fn to_notes(&self) -> serde_json::Map<String, serde_json::Value> {
        let extra = self.extra.iter().take(LISTED_COLUMNS_MAX);
        let extra: Vec<String> = extra
            .map(|(_, name)| name.trim().chars().take(LISTED_NAME_LENGTH_MAX).collect())
            .collect();
        let mut notes = serde_json::Map::new();
        if !extra.is_empty() {
            notes.insert("extra".to_owned(), extra.into());
        }
        if !self.missing.is_empty() {
            notes.insert("missing".to_owned(), self.missing.clone().into());
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{container::Container, record_reader::RecordReader},
        *,
    };

    fn read_header(container: &str, header: &[u8]) -> Result<SangomaHeader, HeaderError> {
        let container = Container::find_by_name(container).unwrap();
        let mut records = RecordReader::new(header);
        let record = records.next_record().unwrap().unwrap();
        SangomaHeader::from_record(container, &record)
    }

    #[test]
    fn columns_are_found_in_any_order_and_spelling() {
        let line = "TIME_END,Agent Pause Id,\"reason_id (Pause_Code_ID)\",agentId, time_start ";

        let header = read_header("Agent_Pause", line.as_bytes()).unwrap();

        let places = [Some(1), Some(3), None, Some(4), Some(0), Some(2)];
        assert_eq!(header.field_columns, places);
        assert_eq!(header.missing, ["agent_login_id"]);
        assert_eq!(header.extra, []);
        let recording = b"recording_id,Sample Rate,bit_rate";
        let header = read_header("Recording", recording).unwrap();
        assert_eq!(header.field_columns[7..9], [Some(1), Some(2)]);
    }

    #[test]
    fn extra_and_missing_columns_are_listed_by_name() {
        let line = "queue_id,x_region,call_reason_id,\"a,b\"";

        let header = read_header("Queue_Call_Reason", line.as_bytes()).unwrap();

        assert_eq!(
            header.extra,
            [(1, "x_region".to_owned()), (3, "a,b".to_owned())]
        );
        let notes = serde_json::to_string(&header.to_notes()).unwrap();
        assert_eq!(notes, r#"{"extra":["x_region","a,b"]}"#);
    }

    #[test]
    fn a_line_that_is_no_header_is_refused_with_its_reason() {
        for (line, expected) in [
            (
                &b"1,2,3"[..],
                HeaderError::UnknownFields("Queue_Call_Reason"),
            ),
            (b"queue_id;call_reason_id", HeaderError::WrongSeparator),
            (b"queue_id,M\xfcller", HeaderError::NotUtf8),
            (
                b"queue_id,call_reason_id,QUEUE ID",
                HeaderError::DuplicateField("queue_id"),
            ),
            (
                b"queue_id,x",
                HeaderError::MissingField {
                    container: "Queue_Call_Reason",
                    field: "call_reason_id",
                },
            ),
        ] {
            let refused = read_header("Queue_Call_Reason", line).unwrap_err();
            assert_eq!(refused, expected);
        }
    }
}
