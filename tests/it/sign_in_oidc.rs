//! Sign-in through the company's identity provider, which is a real one: who gets in, as what, and what
//! happens when it's down.

use std::time::Duration;

use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    sign_in::{PASSWORD, SignInSite},
    support::{
        OidcProvider,
        oidc::{SECRET, UserAgent},
        ports, wait_until,
    },
};

/// Once the provider runs, at somebody's next attempt.
const FOUND_WITHIN: Duration = Duration::from_secs(10);

/// A server with sign-in at a provider too.
pub struct OidcSite {
    pub site: SignInSite,
    pub provider: OidcProvider,
}

fn people() -> Value {
    let person = |name: &str, groups: &[&str]| {
        json!({
            "preferred_username": format!("{name}@acme.example"),
            "name": name,
            "groups": groups,
        })
    };
    json!({
        "anna": person("anna", &["staff", "leads"]),
        "bo": person("bo", &["staff"]),
        "cy": person("cy", &["others"]),
        "di": person("di", &["wall-admins"]),
        "boss": {"preferred_username": "Åsa", "groups": ["staff"]},
    })
}

impl OidcSite {
    pub async fn open() -> Self {
        let mut prepared = Self::prepare();
        prepared.1.start();
        Self::with_provider(prepared).await
    }

    /// One whose provider doesn't run.
    pub async fn open_without_provider() -> Self {
        Self::with_provider(Self::prepare()).await
    }

    /// A provider that doesn't run yet.
    fn prepare() -> (u16, OidcProvider) {
        let port = ports::free();
        (port, OidcProvider::prepare(port, &people()))
    }

    async fn with_provider((port, provider): (u16, OidcProvider)) -> Self {
        Self {
            site: SignInSite::open_at(port, &provider.toml(), &[("oidc-secret", SECRET)]).await,
            provider,
        }
    }

    pub fn url(&self, path: &str) -> String {
        self.site.wallboard.url(path)
    }

    pub async fn sign_in(&self, person: &str) -> (UserAgent, Response) {
        let agent = UserAgent::default();
        let start = self.url("/login/oidc?next=%2Fboards%2Fqueues");
        let back = agent.sign_in_at_provider(&start, person).await;
        let answer = agent.get(&back).await;
        (agent, answer)
    }

    async fn status(&self, agent: &UserAgent, path: &str) -> StatusCode {
        agent.get(&self.url(path)).await.status()
    }
}

fn location(answer: &Response) -> &str {
    answer.headers()[header::LOCATION].to_str().unwrap()
}

async fn refusal(answer: Response) -> (StatusCode, String) {
    let (status, page) = (answer.status(), answer.text().await.unwrap());
    let (_, error) = page.split_once("role=\"alert\">").unwrap();
    assert!(page.contains("name=\"password\""), "the form stays: {page}");
    (status, error.split("</p>").next().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn person_gets_to_the_page_with_the_role_of_the_groups() {
    let site = OidcSite::open().await;
    let (anna, answer) = site.sign_in("anna").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(location(&answer), "/boards/queues");
    for path in ["/boards/queues", "/boards/agents", "/sources"] {
        assert_eq!(site.status(&anna, path).await, StatusCode::OK, "{path}");
    }
    assert_eq!(site.status(&anna, "/people").await, StatusCode::FORBIDDEN);
    let account = anna.get(&site.url("/account")).await.text().await.unwrap();
    assert!(account.contains("anna@acme.example"), "{account}");
    assert!(
        !account.contains("name=\"old\""),
        "there's no password to change"
    );
    let again = anna.get(&site.url("/login/oidc?next=/sources")).await;
    assert_eq!(location(&again), "/sources", "signed-in people pass");

    let (bo, _) = site.sign_in("bo").await;
    assert_eq!(site.status(&bo, "/boards/queues").await, StatusCode::OK);
    assert_eq!(site.status(&bo, "/sources").await, StatusCode::FORBIDDEN);

    let (cy, refused) = site.sign_in("cy").await;
    let expected = "You’re signed in to Acme as cy@acme.example, but none of your groups has access to Wallboard. \
                    Ask your administrator.";
    assert_eq!(
        refusal(refused).await,
        (StatusCode::FORBIDDEN, expected.to_owned())
    );
    assert_eq!(site.status(&cy, "/").await, StatusCode::UNAUTHORIZED);
    let (_, list) = site.site.run_user(&["list"], "");
    assert!(!list.contains("cy@"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrator_disables_a_person_of_the_provider() {
    let site = OidcSite::open().await;
    let (bo, _) = site.sign_in("bo").await;
    let (di, _) = site.sign_in("di").await;
    let page = di.get(&site.url("/people")).await.text().await.unwrap();
    assert!(page.contains("signs in with Acme"), "{page}");
    let (_, row) = page.split_once("bo@acme.example").unwrap();
    let (_, rest) = row.split_once("href=\"/people?edit=").unwrap();
    let (id, _) = rest.split_once('#').unwrap();
    let open = format!("/people?edit={id}");
    let page = di.get(&site.url(&open)).await.text().await.unwrap();
    assert!(!page.contains("/people/password"), "{page}");

    let value = |name: &str| {
        let (_, form) = page.split_once("action=\"/people/access\"").unwrap();
        let (_, rest) = form
            .split_once(&format!("name=\"{name}\" value=\""))
            .unwrap();
        rest.split('"').next().unwrap()
    };
    let cookie = di.cookie(&site.url("/"), "__Host-wallboard").unwrap();
    let cookie = format!("__Host-wallboard={cookie}");
    let form = [
        ("form", value("form")),
        ("user", value("user")),
        ("access", "disable"),
    ];
    let changed = site.site.post("/people/access", Some(&cookie), &form).await;
    assert_eq!(location(&changed), "/people?done=disabled");
    assert_eq!(site.status(&bo, "/").await, StatusCode::UNAUTHORIZED);
    let (_, refused) = site.sign_in("bo").await;
    let expected = "Your access was disabled. An administrator can enable it on the page Users.";
    assert_eq!(
        refusal(refused).await,
        (StatusCode::FORBIDDEN, expected.to_owned())
    );

    let enabled = site.site.run_user(&["enable", "bo@acme.example"], "");
    assert_eq!(enabled.0, Some(0), "{enabled:?}");
    let (bo, _) = site.sign_in("bo").await;
    assert_eq!(site.status(&bo, "/").await, StatusCode::OK);

    let audit = di.get(&site.url("/audit.csv")).await.text().await.unwrap();
    let row = |who: &str, what: &str| {
        audit.lines().any(|line| {
            let mut cells = line.split(',').skip(2);
            cells.next() == Some(who) && line.ends_with(what)
        })
    };
    for (who, what) in [
        ("bo@acme.example", ",127.0.0.1,signed_in,"),
        (
            "di@acme.example",
            ",127.0.0.1,disabled_user,bo@acme.example",
        ),
        ("bo@acme.example", ",127.0.0.1,sign_in_failed,"),
        ("command line", ",,enabled_user,bo@acme.example"),
    ] {
        assert!(row(who, what), "{who}{what} in {audit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_name_at_the_provider_takes_no_account_over() {
    let site = OidcSite::open().await;
    site.site.add_user("Åsa", "admin");
    let (boss, _) = site.sign_in("boss").await;
    assert_eq!(site.status(&boss, "/people").await, StatusCode::FORBIDDEN);
    let cookie = site.site.sign_in("Åsa", PASSWORD).await;
    assert!(cookie.is_ok(), "the password still works");
    let (_, list) = site.site.run_user(&["list"], "");
    let mut rows: Vec<_> = list
        .lines()
        .map(|row| row.split_whitespace().nth(1))
        .collect();
    rows.sort_unstable();
    assert_eq!(rows, [Some("admin"), Some("viewer")], "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_counts_once_in_the_browser_where_it_began_and_leaves_no_trace() {
    let site = OidcSite::open().await;
    let agent = UserAgent::default();
    let start = site.url("/login/oidc");
    let back = agent.sign_in_at_provider(&start, "anna").await;

    let stranger = UserAgent::default();
    let (status, text) = refusal(stranger.get(&back).await).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let expected = "That sign-in took too long, or began in another browser. Try again.";
    assert_eq!(text, expected);
    stranger.get(&start).await;
    assert_eq!(refusal(stranger.get(&back).await).await.1, expected);
    let forged = back.replace("state=", "state=A");
    assert_eq!(refusal(agent.get(&forged).await).await.1, expected);

    let answer = agent.get(&back).await;
    assert_eq!(location(&answer), "/");
    let session = agent.cookie(&start, "__Host-wallboard").unwrap();
    let replayed = agent.get(&back).await;
    assert_eq!(location(&replayed), "/", "signed-in people pass");
    assert_eq!(agent.cookie(&start, "__Host-wallboard").unwrap(), session);

    // The code of another sign-in.
    let (_, code) = back.split_once("code=").unwrap();
    let code = code.split('&').next().unwrap();
    let other = UserAgent::default();
    let fresh = other.sign_in_at_provider(&start, "bo").await;
    let (_, fresh_code) = fresh.split_once("code=").unwrap();
    let mixed = fresh.replace(fresh_code.split('&').next().unwrap(), code);
    let (_, text) = refusal(other.get(&mixed).await).await;
    assert!(
        text.starts_with("The answer of Acme isn’t valid."),
        "{text}"
    );

    let canceled = UserAgent::default();
    let fresh = canceled.sign_in_at_provider(&start, "bo").await;
    let canceling = fresh.replace("code=", "error=access_denied&x=");
    let (_, text) = refusal(canceled.get(&canceling).await).await;
    assert_eq!(text, "Sign-in was canceled or denied by Acme. Try again.");

    let log = site.site.wallboard.log();
    assert!(
        log.contains("Signed in through the identity provider"),
        "{log}"
    );
    let (_, state) = back.split_once("state=").unwrap();
    let browser = agent.cookie(&start, "__Host-wallboard-sign-in").unwrap();
    let state = state.split('&').next().unwrap();
    for secret in [SECRET, code, state, &session, &browser, "eyJ"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_with_passwords_get_in_while_the_provider_is_down() {
    let mut site = OidcSite::open_without_provider().await;
    site.site.add_user("Åsa", "admin");
    let agent = UserAgent::default();
    let sentence =
        "Can’t reach Acme. Sign in with a name and a password, or try again in a minute.";
    let refused = agent.get(&site.url("/login/oidc?next=/sources")).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let page = refused.text().await.unwrap();
    assert_eq!(page.matches(sentence).count(), 1, "{page}");
    assert!(page.contains("value=\"/sources\""), "{page}");
    let form = agent.get(&site.url("/login")).await.text().await.unwrap();
    assert!(
        form.contains(sentence) && form.contains("Sign in with Acme"),
        "{form}"
    );
    assert!(site.site.sign_in("Åsa", PASSWORD).await.is_ok());
    let log = site.site.wallboard.log();
    assert_eq!(
        log.matches("identity provider doesn't work").count(),
        1,
        "{log}"
    );
    let checked = site.site.run_command("check", &[], "");
    assert!(
        checked.1.contains("oidc") && checked.1.contains("connection refused"),
        "{checked:?}"
    );

    site.provider.start();
    wait_until("the provider is found", FOUND_WITHIN, async || {
        let answer = agent.get(&site.url("/login/oidc")).await.status();
        if answer == StatusCode::SEE_OTHER {
            Ok(())
        } else {
            Err(answer)
        }
    })
    .await;
    let (anna, _) = site.sign_in("anna").await;
    assert_eq!(site.status(&anna, "/sources").await, StatusCode::OK);
    let form = agent.get(&site.url("/login")).await.text().await.unwrap();
    assert!(!form.contains(sentence), "{form}");

    // With new keys.
    site.provider.start();
    let (bo, _) = site.sign_in("bo").await;
    assert_eq!(site.status(&bo, "/boards/queues").await, StatusCode::OK);
    site.provider.stop();
    assert_eq!(site.status(&bo, "/boards/queues").await, StatusCode::OK);
}
