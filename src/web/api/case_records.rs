//! `/api/v1/case-records`: the records of ended cases, in the order in which they were made.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use wallboard_domain::{DataScope, FinishedCase};
use wallboard_live::Snapshot;
use wallboard_store::{CaseRecordCursor, CaseRecordEntry, CaseRecordGap, CaseRecordPage};

use super::{
    case_record_json::{CaseRecord, RecordReader},
    json::Time,
    problem::{Failed, NotFound, Problem},
};
use crate::{
    case_records::{RecordFields, load_records_after},
    web::{
        WebState,
        access::{audited::ShowsPeople, visitor::Visitor},
    },
};

const PAGE_DEFAULT: usize = 200;
const PAGE_MAX: usize = 1000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseRecordsParams {
    /// `next` from the previous page. Without it, begins with the oldest record.
    #[param(nullable = false, pattern = "^[0-9]{1,18}-[0-9]{1,18}$")]
    after: Option<String>,
    /// Maximum number of records.
    #[param(nullable = false, minimum = 1, maximum = 1000, default = 200)]
    limit: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseRecords {
    /// In the order in which they were made.
    records: Vec<CaseRecord>,
    /// The `after` of the next request. Equal to this request's: there was nothing new. `null` before the first
    /// record.
    #[schema(required = true)]
    next: Option<String>,
    /// Times in which records may be missing.
    gaps: Vec<RecordGap>,
}

/// A time in which records may be missing
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordGap {
    /// The source whose messages were lost; `null`: any.
    #[schema(required = true)]
    pub(super) source: Option<String>,
    /// `null`: what followed `after`, because it is older than `[case_records] keep`.
    #[schema(required = true)]
    pub(super) from: Option<Time>,
    #[schema(required = true)]
    pub(super) to: Option<Time>,
}

impl RecordGap {
    /// Before the first record that is still kept.
    pub(super) const EXPIRED: Self = Self {
        source: None,
        from: None,
        to: None,
    };
}

impl From<CaseRecordGap> for RecordGap {
    fn from(CaseRecordGap { source, from, to }: CaseRecordGap) -> Self {
        Self {
            source: source.map(|source| source.to_string()),
            from: Some(Time(from)),
            to: Some(Time(to)),
        }
    }
}

/// Each contact when it has ended
///
/// With a token that reads case records. A case that is opened again ends again: its later record replaces the
/// earlier one.
#[utoipa::path(
    get,
    path = "/case-records",
    operation_id = "case_records",
    tag = "cases",
    params(CaseRecordsParams),
    responses(
        (status = OK, description = "A page of records", body = CaseRecords),
        Problem,
        NotFound,
        Failed
    )
)]
pub(super) async fn list(
    State(web): State<WebState>,
    visitor: Visitor,
    params: Result<Query<CaseRecordsParams>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(params) = params?;
    let after = params.after.as_deref().map(parse_cursor).transpose()?;
    let limit = params.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("limit must be from 1 to {PAGE_MAX}");
        return Err(Problem::bad_request(&detail));
    }
    if web.server_info.retention.case_records.is_none() {
        let detail = "no case records are kept; add [case_records] to the configuration";
        return Err(Problem::not_found(detail));
    }
    let is_shared = web.server_info.cluster.is_some();
    let page = load_records_after(&web.store, is_shared, after, limit).await;
    let page = page.map_err(|error| Problem::store_failure(&error))?;
    let page = page.ok_or_else(|| {
        let detail = "the database doesn't have the record of `after`, perhaps because a backup was restored; \
             begin again without `after`";
        Problem::not_found(detail)
    })?;
    let scope = match &visitor {
        Visitor::Program(program) => program.permissions.data_scope().cloned(),
        Visitor::Nobody | Visitor::Anyone | Visitor::Person(..) | Visitor::Screen(..) => None,
    };
    let fields = &web.server_info.record_fields;
    let records = web
        .live
        .read_snapshot(|snapshot, _| page_json(snapshot, page, after, scope.as_deref(), fields));
    let people = ShowsPeople::mark_if(records.records.iter().any(CaseRecord::names_agents));
    Ok((people, Json(records)).into_response())
}

/// Writes a page as this API does, for somebody who may see a scope, and fields.
pub(super) fn page_json(
    snapshot: &Snapshot,
    page: CaseRecordPage,
    after: Option<CaseRecordCursor>,
    scope: Option<&DataScope>,
    fields: &RecordFields,
) -> CaseRecords {
    let reader = RecordReader {
        snapshot,
        scope,
        fields,
    };
    let next = page.rows.last().map(|(cursor, _)| *cursor).or(after);
    let expired = page.is_expired.then_some(RecordGap::EXPIRED);
    let (mut records, mut gaps) = (Vec::new(), Vec::from_iter(expired));
    for (_, entry) in page.rows {
        match entry {
            CaseRecordEntry::Case(case) if reader.may_see(&case) => {
                let case: FinishedCase = *case;
                records.push(reader.record_json(case));
            }
            CaseRecordEntry::Case(_) => {}
            CaseRecordEntry::Gap(gap) => gaps.push(gap.into()),
        }
    }
    CaseRecords {
        records,
        next: next.map(|cursor| cursor.to_string()),
        gaps,
    }
}

fn parse_cursor(text: &str) -> Result<CaseRecordCursor, Problem> {
    let parse = || {
        let (seq, noticed) = text.split_once('-')?;
        Some(CaseRecordCursor {
            seq: seq.parse().ok()?,
            noticed: noticed.parse().ok()?,
        })
    };
    parse().ok_or_else(|| {
        Problem::bad_request("after must be the `next` value of an earlier response")
    })
}

#[cfg(test)]
mod tests {
    use super::{super::openapi_json, parse_cursor};

    #[test]
    fn every_cursor_of_the_document_is_understood() {
        let document = serde_json::from_str::<serde_json::Value>(openapi_json()).unwrap();
        let params = document["paths"]["/api/v1/case-records"]["get"]["parameters"].as_array();
        let mut params = params.unwrap().iter();
        let after = params.find(|param| param["name"] == "after").unwrap();
        let schema = jsonschema::validator_for(&after["schema"]).unwrap();
        for digits in 1..=30 {
            let cursor = format!("{0}-{0}", "9".repeat(digits));
            let is_allowed = schema.is_valid(&cursor.as_str().into());
            assert_eq!(is_allowed, digits <= 18, "{cursor}");
            assert!(!is_allowed || parse_cursor(&cursor).is_ok(), "{cursor}");
        }
    }
}
