//! Requirements of every route of the product, in one table.

use std::{collections::HashMap, sync::LazyLock};

use axum::extract::{MatchedPath, Request};

use wallboard_access::{Requirement, Right, Role};

const ANYONE: Requirement = Requirement::Public;
const BOARD: Requirement = Requirement::Board;
const VIEWER: Requirement = Requirement::Role(Role::Viewer);
const SUPERVISOR: Requirement = Requirement::Role(Role::Supervisor);
const ADMIN: Requirement = Requirement::Role(Role::Admin);
const PERSONAL: Requirement = Requirement::Rights(&[Right::PersonalData]);
const WHOLE_SITE: Requirement = Requirement::Rights(&[Right::WholeSite]);
const HISTORY: Requirement = Requirement::Rights(&[Right::History]);
const EXPORT: Requirement = Requirement::Rights(&[Right::History, Right::Export]);
const CALLS: Requirement = Requirement::Rights(&[Right::History, Right::PersonalData]);
const CALL_EXPORT: Requirement =
    Requirement::Rights(&[Right::History, Right::PersonalData, Right::Export]);

/// Rows of exports as they are, with agents and callers.
const RAW_ROWS: Requirement = Requirement::Rights(&[Right::WholeSite, Right::PersonalData]);
const RAW_ROW_EXPORT: Requirement =
    Requirement::Rights(&[Right::WholeSite, Right::PersonalData, Right::Export]);

/// They can send everything that the history has, to any channel of email.
const REPORTS: Requirement = Requirement::Rights(&REPORT_RIGHTS);
/// For making reports, too.
pub(super) const REPORT_RIGHTS: [Right; 4] = [
    Right::WholeSite,
    Right::History,
    Right::PersonalData,
    Right::Export,
];

/// Every route and who may request it.
pub(in crate::web) const ROUTES: [(&str, Requirement); 122] = [
    ("/healthz", ANYONE),
    ("/readyz", ANYONE),
    ("/static/{*path}", ANYONE),
    ("/favicon.ico", ANYONE),
    ("/login", ANYONE),
    ("/login/oidc", ANYONE),
    ("/login/oidc/callback", ANYONE),
    ("/setup", ANYONE),
    ("/tv", ANYONE),
    ("/tv/state", ANYONE),
    ("/tv/turn", ANYONE),
    ("/tv/sound", ANYONE),
    ("/k/{*secret}", ANYONE),
    ("/", VIEWER),
    ("/logout", VIEWER),
    ("/account", VIEWER),
    ("/account/language", VIEWER),
    ("/account/password", VIEWER),
    ("/account/sessions", VIEWER),
    ("/boards/{id}", BOARD),
    ("/boards/{id}/live", BOARD),
    ("/brand/logo", BOARD),
    ("/brand/style.css", BOARD),
    ("/pictures/{id}", BOARD),
    ("/api/v1/", VIEWER),
    ("/api/v1/openapi.json", VIEWER),
    ("/api/v1/queues", VIEWER),
    ("/api/v1/queues/{source}/{id}", VIEWER),
    ("/api/v1/queues/{source}/{id}/forecast", VIEWER),
    ("/api/v1/site", VIEWER),
    ("/api/v1/boards", VIEWER),
    ("/queues/{source}/{id}", SUPERVISOR),
    ("/queues/{source}/{id}/changes/{metric}", SUPERVISOR),
    ("/queues/{source}/{id}/edit", SUPERVISOR),
    ("/agents/{source}/{id}", PERSONAL),
    ("/agents/{source}/{id}/data", PERSONAL),
    ("/cards/{token}", PERSONAL),
    ("/cases", PERSONAL),
    ("/shift", WHOLE_SITE),
    ("/figures", HISTORY),
    ("/figures/{id}", HISTORY),
    ("/figures/{id}/values.csv", EXPORT),
    ("/history", HISTORY),
    ("/history.csv", EXPORT),
    ("/history.xlsx", EXPORT),
    ("/history/calls", CALLS),
    ("/history/calls.csv", CALL_EXPORT),
    ("/history/calls.xlsx", CALL_EXPORT),
    ("/history/columns", WHOLE_SITE),
    ("/history/views", HISTORY),
    ("/history/views/change", HISTORY),
    ("/sources", WHOLE_SITE),
    ("/sources/columns", WHOLE_SITE),
    ("/sources/{id}/aside", RAW_ROWS),
    ("/sources/{id}/aside.csv", RAW_ROW_EXPORT),
    ("/metrics", WHOLE_SITE),
    ("/pair", SUPERVISOR),
    ("/alerts", SUPERVISOR),
    ("/alerts/{id}", SUPERVISOR),
    ("/alerts/act", SUPERVISOR),
    ("/alerts/rule", WHOLE_SITE),
    ("/alerts/rule/switch", WHOLE_SITE),
    ("/alerts/silence", SUPERVISOR),
    ("/alerts/silence/end", SUPERVISOR),
    ("/alerts/test", WHOLE_SITE),
    ("/alerts/undelivered", WHOLE_SITE),
    ("/reports", REPORTS),
    ("/reports/edit", REPORTS),
    ("/reports/send", REPORTS),
    ("/announcements", SUPERVISOR),
    ("/announcements/end", SUPERVISOR),
    ("/screens", SUPERVISOR),
    ("/screens/playlist", WHOLE_SITE),
    ("/screens/remove", SUPERVISOR),
    ("/screens/identify", SUPERVISOR),
    ("/screens/reload", SUPERVISOR),
    ("/screens/sound", SUPERVISOR),
    ("/screens/address", SUPERVISOR),
    ("/api/v1/agents", PERSONAL),
    ("/api/v1/agents/{source}/{id}", PERSONAL),
    ("/api/v1/cases", PERSONAL),
    ("/api/v1/alerts", SUPERVISOR),
    ("/api/v1/alerts/{id}/{action}", SUPERVISOR),
    ("/api/v1/silences", SUPERVISOR),
    ("/api/v1/silences/{id}", SUPERVISOR),
    ("/api/v1/announcements", SUPERVISOR),
    ("/api/v1/announcements/{id}", SUPERVISOR),
    ("/api/v1/sources", WHOLE_SITE),
    ("/api/v1/values", Requirement::SendValues),
    ("/api/v1/case-records", Requirement::CaseRecords),
    ("/api/v1/cluster", WHOLE_SITE),
    ("/api/v1/figures/{id}/values", HISTORY),
    ("/api/v1/history/intervals", HISTORY),
    ("/api/v1/history/calls", CALLS),
    ("/api/v1/history/adherence", CALLS),
    ("/api/v1/history/catalog", HISTORY),
    ("/boards/new", SUPERVISOR),
    ("/boards/preview", SUPERVISOR),
    ("/boards/{id}/edit", SUPERVISOR),
    ("/settings", SUPERVISOR),
    ("/settings/changes", SUPERVISOR),
    ("/settings/demo", ADMIN),
    ("/settings/found", SUPERVISOR),
    ("/settings/queues", SUPERVISOR),
    ("/settings/set-up", SUPERVISOR),
    ("/settings/site", ADMIN),
    ("/settings/transfer", ADMIN),
    ("/settings/transfer.zip", ADMIN),
    ("/settings/{section}", SUPERVISOR),
    ("/agents/{source}/{id}/forget", ADMIN),
    ("/sources/new", ADMIN),
    ("/sources/{id}/edit", ADMIN),
    ("/channels/new", ADMIN),
    ("/channels/{id}/edit", ADMIN),
    ("/people", ADMIN),
    ("/people/role", ADMIN),
    ("/people/access", ADMIN),
    ("/people/password", ADMIN),
    ("/audit", ADMIN),
    ("/audit.csv", ADMIN),
    ("/tokens", ADMIN),
    ("/tokens/revoke", ADMIN),
];

/// Returns who may make a request. What no route answers says "not found" to those who are signed in,
/// and nothing to others. A route that the table lacks is for administrators.
pub(super) fn find_requirement(request: &Request) -> Requirement {
    let route = request.extensions().get::<MatchedPath>();
    route.map_or(VIEWER, |route| requirement_of(route.as_str()))
}

/// Returns who may open a route of the table.
pub(in crate::web) fn requirement_of(route: &str) -> Requirement {
    static BY_ROUTE: LazyLock<HashMap<&str, Requirement>> =
        LazyLock::new(|| ROUTES.into_iter().collect());
    BY_ROUTE.get(route).copied().unwrap_or(ADMIN)
}
