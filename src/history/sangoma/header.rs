//! Which column of a file holds which field: by name, in any order and spelling.

use super::{
    container::{Container, Field, bare},
    records::Record,
};

/// How many columns too many are told by name.
const TOLD: usize = 50;
/// How much of such a name is told, in characters.
const TOLD_LETTERS: usize = 80;

/// Why a file's first line tells nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHeader {
    #[error("it's empty, without a header; the upload may have been interrupted")]
    Empty,
    #[error("its first line isn't UTF-8; the export must be uncompressed UTF-8")]
    NotUtf8,
    #[error(
        "its first line has no field of {0}: it isn't a header, or is one of another container"
    )]
    Strange(&'static str),
    #[error("its fields aren't separated by commas: deliver the file as exported")]
    Separator,
    #[error("its header has {0} twice")]
    Twice(&'static str),
    #[error("its header lacks {field}, which {container} requires")]
    Lacks {
        container: &'static str,
        field: &'static str,
    },
}

/// The columns of one file.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) width: usize,
    /// Where each field of the container stands.
    pub(super) places: Vec<Option<usize>>,
    /// Columns that no field stands in, with their names.
    pub(super) extra: Vec<(usize, String)>,
    /// Fields that have no column.
    pub(super) missing: Vec<&'static str>,
}

impl Header {
    pub(super) fn read(container: &Container, record: &Record<'_>) -> Result<Self, BadHeader> {
        let fields = record.fields().map_err(|_| BadHeader::NotUtf8)?;
        let mut places = vec![None; container.fields.len()];
        let mut extra = Vec::new();
        for (place, name) in fields.iter().enumerate() {
            let bare_name = bare(name);
            let mut known = container.fields.iter();
            match known.position(|field| field.is_called(&bare_name)) {
                Some(field) if places[field].is_some() => {
                    return Err(BadHeader::Twice(container.fields[field].name));
                }
                Some(field) => places[field] = Some(place),
                None => extra.push((place, name.to_owned())),
            }
        }
        let found = || container.fields.iter().zip(&places);
        if found().all(|(_, place)| place.is_none()) {
            let first = fields.get(0);
            let is_one = fields.iter().count() == 1 && first.contains([';', '\t', '|']);
            return Err(if is_one {
                BadHeader::Separator
            } else {
                BadHeader::Strange(container.name)
            });
        }
        let missing =
            |(field, place): (&'static Field, &Option<usize>)| place.is_none().then_some(field);
        let missing: Vec<_> = found().filter_map(missing).collect();
        if let Some(field) = missing.iter().find(|field| field.is_needed) {
            return Err(BadHeader::Lacks {
                container: container.name,
                field: field.name,
            });
        }
        Ok(Self {
            width: record.width(),
            missing: missing.iter().map(|field| field.name).collect(),
            places,
            extra,
        })
    }

    /// What is unusual about it, as JSON for the sources page.
    pub(super) fn notes(&self) -> serde_json::Map<String, serde_json::Value> {
        let extra = self.extra.iter().take(TOLD);
        let extra: Vec<String> = extra
            .map(|(_, name)| name.trim().chars().take(TOLD_LETTERS).collect())
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
        super::{container::Container, records::Records},
        *,
    };

    fn read(container: &str, header: &[u8]) -> Result<Header, BadHeader> {
        let container = Container::find(container).unwrap();
        let mut records = Records::new(header);
        let record = records.next().unwrap().unwrap();
        Header::read(container, &record)
    }

    #[test]
    fn columns_are_found_in_any_order_and_spelling() {
        let line = "TIME_END,Agent Pause Id,\"reason_id (Pause_Code_ID)\",agentId, time_start ";

        let header = read("Agent_Pause", line.as_bytes()).unwrap();

        let places = [Some(1), Some(3), None, Some(4), Some(0), Some(2)];
        assert_eq!(header.places, places);
        assert_eq!(header.missing, ["agent_login_id"]);
        assert_eq!(header.extra, []);
        let recording = b"recording_id,Sample Rate,bit_rate";
        let header = read("Recording", recording).unwrap();
        assert_eq!(header.places[7..9], [Some(1), Some(2)]);
    }

    #[test]
    fn columns_too_many_and_missing_are_told_by_name() {
        let line = "queue_id,x_region,call_reason_id,\"a,b\"";

        let header = read("Queue_Call_Reason", line.as_bytes()).unwrap();

        assert_eq!(
            header.extra,
            [(1, "x_region".to_owned()), (3, "a,b".to_owned())]
        );
        let notes = serde_json::to_string(&header.notes()).unwrap();
        assert_eq!(notes, r#"{"extra":["x_region","a,b"]}"#);
    }

    #[test]
    fn what_is_no_header_is_refused_in_words() {
        for (line, expected) in [
            (&b"1,2,3"[..], BadHeader::Strange("Queue_Call_Reason")),
            (b"queue_id;call_reason_id", BadHeader::Separator),
            (b"queue_id,M\xfcller", BadHeader::NotUtf8),
            (
                b"queue_id,call_reason_id,QUEUE ID",
                BadHeader::Twice("queue_id"),
            ),
            (
                b"queue_id,x",
                BadHeader::Lacks {
                    container: "Queue_Call_Reason",
                    field: "call_reason_id",
                },
            ),
        ] {
            let refused = read("Queue_Call_Reason", line).unwrap_err();
            assert_eq!(refused, expected);
        }
    }
}
