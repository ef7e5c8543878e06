//! A site where people sign in.

use std::{fs, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header, request::Builder},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    alerts::Alerts,
    editing::{ConfigurationBase, ConfigurationFiles, Editor},
    pictures::Pictures,
    reports::Reports,
    settings::SiteEntries,
    web::{AllowedOrigins, DataOrigin, build_router},
};
use wallboard_access::{
    AccessRules, AuditTrail, EditingPolicy, IdentityProvider, Membership, Password, Role,
    SetupCode, SignIn,
};
use wallboard_boards::BoardRegistry;
use wallboard_domain::Input;
use wallboard_history::report::{History, ReportConfig};
use wallboard_store::{RecordStore, Store};

use super::{PageResponse, read_page, sales_inputs, send_request, state_of_inputs, test_site};

pub(super) const PASSWORD: &str = "a long password";
pub(super) const ROLES: [Option<Role>; 4] = [
    None,
    Some(Role::Viewer),
    Some(Role::Supervisor),
    Some(Role::Admin),
];

pub(super) struct LoginSite {
    pub(super) router: Router,
    pub(super) sign_in: SignIn,
    pub(super) boards: BoardRegistry,
    pub(super) alerts: Alerts,
    pub(super) editor: Editor,
    pub(super) reports: Reports,
    pub(super) pictures: Pictures,
    pub(super) setup_code: String,
    _folder: Option<tempfile::TempDir>,
}

/// How people get in.
#[derive(Default)]
struct SiteAccess {
    rules: AccessRules,
    origins: AllowedOrigins,
    provider: Option<IdentityProvider>,
    editing_policy: EditingPolicy,
    /// The text of the configuration file; a demo has none.
    file: Option<&'static str>,
    base: Option<ConfigurationBase>,
}

impl LoginSite {
    /// A site with sign-in and nobody who could.
    pub(super) async fn unused() -> Self {
        Self::configured(SiteAccess::default()).await
    }

    pub(super) async fn with_rules(rules: AccessRules) -> Self {
        Self::configured(SiteAccess {
            rules,
            ..SiteAccess::default()
        })
        .await
    }

    pub(super) async fn with_provider(provider: Option<IdentityProvider>) -> Self {
        Self::configured(SiteAccess {
            provider,
            ..SiteAccess::default()
        })
        .await
    }

    async fn configured(mut access: SiteAccess) -> Self {
        let folder = tempfile::tempdir().unwrap();
        access.base = access.file.map(|text| {
            let file = folder.path().join("wallboard.toml");
            fs::write(&file, text).unwrap();
            let (files, ..) = ConfigurationFiles::load(&file).unwrap();
            ConfigurationBase::Files(Box::new(files))
        });
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let history = History::new(store.clone(), ReportConfig::default());
        let site = Self::open(sales_inputs(), (history, store), access);
        Self {
            _folder: Some(folder),
            ..site.await
        }
    }

    /// The same with this data and these rules.
    pub(super) async fn with_data(
        reported: Vec<Input>,
        data: (History, Store),
        rules: AccessRules,
    ) -> Self {
        let access = SiteAccess {
            rules,
            ..SiteAccess::default()
        };
        Self::open(reported, data, access).await
    }

    async fn open(
        reported: Vec<Input>,
        (history, store): (History, Store),
        access: SiteAccess,
    ) -> Self {
        let records = RecordStore::embedded(store.clone());
        let hours = SignedDuration::from_hours(12);
        let sign_in = SignIn::open(records.clone(), hours, access.rules)
            .await
            .unwrap();
        let sign_in = sign_in.with_provider(access.provider);
        let (offered, setup_code) = SetupCode::offer(records.clone(), Timestamp::now())
            .await
            .unwrap();
        let mut inputs = vec![Input::SiteConfig(Arc::new(test_site()))];
        inputs.extend(reported);
        let base = access.base.unwrap_or_else(|| ConfigurationBase::Demo {
            own: Box::new(SiteEntries {
                calendars: Vec::new(),
                site: test_site(),
                alerts: Vec::new(),
                playlists: Vec::new(),
            }),
            boards: Vec::new(),
        });
        let audit = AuditTrail::new(store.clone());
        // No app applies what is changed.
        let (editor, _) = Editor::open(base, records, audit).await.unwrap();
        let mut web = state_of_inputs(inputs, history, store, DataOrigin::Live);
        web.editor = Some(editor.clone());
        web.editing_policy = access.editing_policy;
        web.screens = Some(sign_in.screens().clone());
        web.sign_in = Some(sign_in.clone());
        web.setup_code = Some(offered);
        web.origins = access.origins;
        Self {
            boards: web.boards.clone(),
            alerts: web.alerts.clone().unwrap(),
            editor,
            reports: web.reports.clone().unwrap(),
            pictures: web.pictures.clone().unwrap(),
            router: build_router(web),
            sign_in,
            setup_code,
            _folder: None,
        }
    }

    /// With a user of each role, named after it.
    pub(super) async fn with_users() -> Self {
        Self::with_users_at(AllowedOrigins::default()).await
    }

    /// The same at an address.
    pub(super) async fn with_users_at(origins: AllowedOrigins) -> Self {
        Self::with_users_of(SiteAccess {
            origins,
            ..SiteAccess::default()
        })
        .await
    }

    /// The same, where only some may change settings.
    pub(super) async fn with_editing_policy(editing_policy: EditingPolicy) -> Self {
        Self::with_users_of(SiteAccess {
            editing_policy,
            ..SiteAccess::default()
        })
        .await
    }

    /// The same with a configuration file, where data sources and channels are changed too.
    pub(super) async fn with_file(text: &'static str) -> Self {
        Self::with_users_of(SiteAccess {
            file: Some(text),
            ..SiteAccess::default()
        })
        .await
    }

    async fn with_users_of(access: SiteAccess) -> Self {
        let site = Self::configured(access).await;
        for role in ROLES.into_iter().flatten() {
            site.add_user(role.into(), role).await;
        }
        site
    }

    pub(super) async fn add_user(&self, name: &str, membership: impl Into<Membership>) {
        let accounts = self.sign_in.accounts();
        let adding = accounts.add_user(name, membership, Password::new(PASSWORD));
        adding.await.unwrap();
    }

    /// Signs a role's user in. Returns the cookie.
    pub(super) async fn cookie_of(&self, role: Role) -> String {
        self.cookie_of_user(role.into()).await
    }

    /// Signs a user in. Returns the cookie.
    pub(super) async fn cookie_of_user(&self, name: &str) -> String {
        let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
        let response = self.post("/login", &form, None).await;
        assert_eq!(response.status, StatusCode::SEE_OTHER);
        let cookie = response.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    pub(super) async fn get(&self, path: &str, cookie: Option<&str>) -> PageResponse {
        let request = with_cookie(Request::get(path), cookie);
        read_page(send_request(&self.router, request).await).await
    }

    /// Sends a form as a page of ours does.
    pub(super) async fn post(&self, path: &str, form: &str, cookie: Option<&str>) -> PageResponse {
        let request = with_cookie(Request::post(path), cookie);
        let request = request.header("sec-fetch-site", "same-origin");
        self.send_form(request, form).await
    }

    pub(super) async fn send_form(&self, request: Builder, form: &str) -> PageResponse {
        use tower::ServiceExt;
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        let response = self.router.clone().oneshot(request.unwrap()).await;
        read_page(response.unwrap()).await
    }
}

pub(super) fn with_cookie(request: Builder, cookie: Option<&str>) -> Builder {
    match cookie {
        Some(cookie) => request.header(header::COOKIE, cookie),
        None => request,
    }
}

/// A path that the route answers.
pub(super) fn path_of(route: &str) -> String {
    let path = route.replace("{source}/{id}", "chat/9002%40SIP%2F1");
    let path = path.replace("{*path}", "icon.svg").replace("{token}", "x");
    let path = path
        .replace("{*secret}", "x")
        .replace("{metric}", "waiting")
        .replace("{section}", "thresholds");
    match route {
        "/sources/{id}/aside" | "/sources/{id}/aside.csv" => path.replace("{id}", "chat"),
        _ => path.replace("{id}", "queues"),
    }
}
