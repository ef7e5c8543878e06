//! The values of a custom figure as CSV: each change with its times. Times that aren't known have no row.

use axum::{
    extract::{Path, Query},
    http::{HeaderName, header},
};

use wallboard_domain::CustomValue;

use crate::web::{
    WebError,
    access::visible_state::VisibleState,
    parts::csv::{csv_writer, escape_formula},
};

use super::{
    FigureQuery,
    figure_past::{FigureDays, FigurePast},
    require_figure,
};

type Attachment = ([(HeaderName, String); 2], Vec<u8>);

pub(super) async fn download(
    VisibleState(web): VisibleState,
    Path(id): Path<String>,
    Query(query): Query<FigureQuery>,
) -> Result<Attachment, WebError> {
    let seen = require_figure(&web, &id, &query.queue)?;
    let days = FigureDays::parse(&query.days);
    let past = FigurePast::load(&web, &seen, days).await?;
    let past = past.ok_or(WebError::NoSuchPage)?;
    let mut file = csv_writer();
    let mut write = |cells: [&str; 5]| file.write_record(cells);
    let failed = |error: csv::Error| WebError::File(error.to_string());
    write(["figure", "queue", "from", "to", "value"]).map_err(failed)?;
    let queue = seen.queue.as_ref().map(ToString::to_string);
    let queue = escape_formula(queue.as_deref().unwrap_or_default());
    for span in &past.spans {
        let time = |at: jiff::Timestamp| {
            at.to_zoned(past.zone.clone())
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
                .to_string()
        };
        let value = match &span.value {
            CustomValue::Number(number) => number.to_string(),
            CustomValue::State(word) => escape_formula(word),
        };
        write([&id, &queue, &time(span.from), &time(span.to), &value]).map_err(failed)?;
    }
    let bytes = file.into_inner();
    let bytes = bytes.map_err(|error| WebError::File(error.to_string()))?;
    let name = format!("attachment; filename=\"{}.csv\"", seen.figure.id);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes))
}
