//! `/sources/columns`: columns of files that the configuration doesn't map, with their
//! last values and the line that maps each.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{Html, Redirect},
    routing::get,
};
use jiff::{Timestamp, tz::TimeZone};

use wallboard_history::UnmappedColumn;
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    parts::{
        page_header::{PageHeader, TranslatedHeader},
        sentence::{Sentence, SentencePiece, slot},
    },
    server::assets,
};

pub(in crate::web) const PATH: &str = "/sources/columns";

#[derive(Template)]
#[template(path = "columns.html")]
struct UnmappedColumnsPage {
    build: &'static str,
    header: PageHeader,
    about: Sentence,
    sources: Vec<(String, Vec<UnmappedColumnRow>)>,
}

struct UnmappedColumnRow {
    dataset: String,
    header: String,
    last: Option<(String, String)>,
    toml_line: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route(PATH, get(show_unmapped_columns))
        // The columns' charts used to be here; old links still lead here.
        .route("/history/columns", get(async || Redirect::permanent(PATH)))
}

async fn show_unmapped_columns(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let about = texts.unassigned_about(slot(0));
    let sources = web.history.unmapped_columns().await?.into_iter();
    let page = UnmappedColumnsPage {
        build: assets::build_id(),
        header,
        about: Sentence::new(&about, vec![SentencePiece::Code("metric")]),
        sources: sources
            .map(|(source, columns)| {
                let rows = columns
                    .iter()
                    .map(|column| unmapped_column_row(texts, column));
                (source.to_string(), rows.collect())
            })
            .collect(),
    };
    Ok(Html(page.render()?))
}

fn unmapped_column_row(texts: &Texts, column: &UnmappedColumn) -> UnmappedColumnRow {
    let last = column.last.map(|(value, start)| {
        let start = Timestamp::from_second(start).unwrap_or_default();
        let zone = TimeZone::UTC;
        let start = texts.date_and_time_utc(texts.date_of(start, &zone), texts.time(start, &zone));
        (value.to_string(), start)
    });
    UnmappedColumnRow {
        dataset: column.dataset.clone(),
        header: column.header.clone(),
        last,
        toml_line: toml_line(column),
    }
}

/// `"queues" = { metric = "Passed on", queue = "Group" }`: the dataset's mapped columns, and this
/// one under a placeholder that the configuration rejects until it is replaced.
fn toml_line(column: &UnmappedColumn) -> String {
    let mut headers: BTreeMap<&str, Vec<toml::Value>> = BTreeMap::new();
    let mapped = column.mapped.iter();
    let mapped = mapped.map(|(metric, header)| (metric.into_str(), header));
    for (metric, header) in mapped.chain([("metric", &column.header)]) {
        let header = toml::Value::String(header.clone());
        headers.entry(metric).or_default().push(header);
    }
    let entries = headers.into_iter().map(|(metric, mut headers)| {
        let headers = match headers.len() {
            1 => headers.remove(0),
            _ => toml::Value::Array(headers),
        };
        format!("{metric} = {headers}")
    });
    let entries: Vec<_> = entries.collect();
    let dataset = toml::Value::String(column.dataset.clone());
    format!("{dataset} = {{ {} }}", entries.join(", "))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use wallboard_domain::ImportColumn;

    use super::*;

    #[test]
    fn pages_say_unassigned_and_never_unmapped() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["templates", "crates/texts/i18n/en"] {
            for file in fs::read_dir(root.join(folder)).unwrap() {
                let path = file.unwrap().path();
                let text = fs::read_to_string(&path).unwrap().to_lowercase();
                // A field in braces is no text.
                let parts = text.split(['{', '}']);
                for part in parts.filter(|part| !part.contains("source.unmapped")) {
                    assert!(!part.contains("unmapped"), "{}: {part}", path.display());
                }
            }
        }
        assert_eq!(Texts::english().unassigned_columns(), "Unassigned columns");
    }

    #[test]
    fn the_suggested_line_keeps_mapped_columns() {
        let mapped = [
            (ImportColumn::Queue, "Group"),
            (ImportColumn::Offered, "Chats"),
            (ImportColumn::Offered, "Chat \"in\""),
        ];
        let column = UnmappedColumn {
            dataset: "queues".to_owned(),
            header: "Smiles".to_owned(),
            last: None,
            mapped: mapped
                .map(|(ours, header)| (ours, header.to_owned()))
                .into(),
        };

        let line = toml_line(&column);

        let expected = "\"queues\" = { metric = \"Smiles\", \
            offered = [\"Chats\", 'Chat \"in\"'], queue = \"Group\" }";
        assert_eq!(line, expected);
        let parsed: toml::Table = line.parse().unwrap();
        assert_eq!(parsed["queues"]["offered"][1].as_str(), Some("Chat \"in\""));
    }
}
