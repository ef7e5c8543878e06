//! Any text as the query of a history page.

use axum::{extract::Query, http::Uri};

use super::HistoryQuery;

/// An address can be at most 64 KiB long, also with each of its bytes encoded in three.
const ADDRESS_BYTES_MAX: usize = 20_000;

/// The address that is built from a query means the same query.
pub(crate) fn read_query(data: &[u8]) {
    let data = &data[..data.len().min(ADDRESS_BYTES_MAX)];
    let Some(query) = str::from_utf8(data)
        .ok()
        .and_then(|text| parse(&format!("/?{text}")))
    else {
        return;
    };
    assert_eq!(parse(&query.path_for("/")).as_ref(), Some(&query));
}

fn parse(address: &str) -> Option<HistoryQuery> {
    let address: Uri = address.parse().ok()?;
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&address).ok()?;
    HistoryQuery::parse(&pairs).ok()
}
