//! Two nodes with sign-in on one NATS: what is made, changed or ended at one of them holds at the other.

use std::{fs, process::Command, time::Duration};

use async_nats::jetstream;
use futures_util::future::join_all;
use reqwest::{Response, StatusCode, header};
use serde_json::json;
use tokio::{task::block_in_place, time::sleep};

use crate::{
    sign_in::{PASSWORD, SignInSite, close_code},
    support::{
        NatsServer, OidcProvider, http,
        nodes::cluster_section,
        oidc::{SECRET, UserAgent},
        ports, wait_until,
        wallboard::base_configuration,
    },
};

/// Until NATS is found again.
const BACK_WITHIN: Duration = Duration::from_secs(12);
/// So that one of the account's first five attempts is late enough.
const ATTEMPT_INTERVAL: Duration = Duration::from_secs(4);

/// A cluster of two nodes, and its NATS.
pub struct Pair {
    pub nodes: [SignInSite; 2],
    nats: NatsServer,
}

impl Pair {
    pub async fn open() -> Self {
        let nats = NatsServer::start();
        Self {
            nodes: [Self::start(&nats, 0).await, Self::start(&nats, 1).await],
            nats,
        }
    }

    async fn start(nats: &NatsServer, number: usize) -> SignInSite {
        let port = ports::free();
        SignInSite::open_at(port, &cluster_section(number, &[&nats.url()]), &[]).await
    }

    async fn statuses(&self, path: &str, cookie: &str) -> Vec<StatusCode> {
        join_all(self.nodes.iter().map(|node| node.status(path, cookie))).await
    }
}

/// Returns a cookie that an answer sets.
pub fn find_cookie(answer: &Response, name: &str) -> Option<String> {
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.find(|cookie| cookie.starts_with(&format!("{name}=")))?;
    Some(cookie.split(';').next().unwrap().to_owned())
}

pub async fn get(node: &SignInSite, path: &str, cookie: &str) -> Response {
    let request = http::client_without_redirects().get(node.wallboard.url(path));
    let request = request.header(header::COOKIE, cookie);
    request.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_at_one_node_is_signed_in_at_the_other_until_the_end() {
    let pair = Pair::open().await;
    let [first, second] = &pair.nodes;
    first.add_user("Bo", "viewer");
    second.sign_in("bo", PASSWORD).await.unwrap();

    for (here, there) in [(first, second), (second, first), (first, second)] {
        let cookie = here.sign_in("Bo", PASSWORD).await.unwrap();
        // The next request, without any wait.
        assert_eq!(there.status("/", &cookie).await, StatusCode::OK);
        let api = there.status("/api/v1/queues", &cookie).await;
        assert_eq!(api, StatusCode::OK);

        let mut socket = there.follow_board("queues", &cookie).await;
        let token = there.form_token(&cookie).await;
        let form = [("form", token.as_str())];
        let signed_out = here.post("/logout", Some(&cookie), &form).await;
        assert_eq!(signed_out.headers()[header::LOCATION], "/login");
        assert_eq!(close_code(&mut socket).await, 4401);
        let ended = [StatusCode::UNAUTHORIZED; 2];
        assert_eq!(pair.statuses("/", &cookie).await, ended);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn full_records_take_no_new_session_and_keep_the_open_ones() {
    let pair = Pair::open().await;
    let [first, second] = &pair.nodes;
    first.add_user("Bo", "viewer");
    let cookie = second.sign_in("Bo", PASSWORD).await.unwrap();
    let context = jetstream::new(async_nats::connect(pair.nats.url()).await.unwrap());
    let stream = context.get_stream("KV_wallboard-test-records").await;
    let info = stream.unwrap().cached_info().clone();
    let full = jetstream::stream::Config {
        max_bytes: info.state.bytes.try_into().unwrap(),
        ..info.config
    };
    context.update_stream(&full).await.unwrap();

    for node in &pair.nodes {
        let form = [("name", "Bo"), ("password", PASSWORD)];
        let refused = node.post("/login", None, &form).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        let page = refused.text().await.unwrap();
        assert!(page.contains("records in NATS are full"), "{page}");
    }
    let open = [StatusCode::OK; 2];
    assert_eq!(pair.statuses("/", &cookie).await, open);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_at_one_machine_hold_at_all_nodes() {
    let pair = Pair::open().await;
    let [first, second] = &pair.nodes;
    first.add_user("Åsa", "admin");
    second.add_user("Cy", "viewer");
    let cookie = first.sign_in("Cy", PASSWORD).await.unwrap();
    let mut sockets = [
        first.follow_board("queues", &cookie).await,
        second.follow_board("queues", &cookie).await,
    ];
    let disabled = second.run_user(&["disable", "Cy"], "");
    assert_eq!(disabled.0, Some(0), "{disabled:?}");
    for socket in &mut sockets {
        assert_eq!(close_code(socket).await, 4401);
    }
    let ended = [StatusCode::UNAUTHORIZED; 2];
    assert_eq!(pair.statuses("/", &cookie).await, ended);
    for node in &pair.nodes {
        let refused = node.sign_in("Cy", PASSWORD).await;
        assert_eq!(refused, Err(StatusCode::UNPROCESSABLE_ENTITY));
    }

    let made = ["add", "Prometheus", "--role", "supervisor", "--days", "30"];
    let (status, output) = first.run_command("token", &made, "");
    assert_eq!(status, Some(0), "{output}");
    let token = output.lines().find(|line| line.starts_with("wbt_"));
    for node in [second, first] {
        let request = http::client().get(node.wallboard.url("/metrics"));
        let answer = request.bearer_auth(token.unwrap()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "the next request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn screen_that_waits_at_one_node_is_paired_at_the_other() {
    let pair = Pair::open().await;
    let [first, second] = &pair.nodes;
    second.add_user("Åsa", "supervisor");
    let waiting = get(first, "/tv", "").await;
    let pairing = find_cookie(&waiting, "__Host-wallboard-pairing").unwrap();
    let page = waiting.text().await.unwrap();
    let (_, code) = page.split_once("class=\"code\">").unwrap();
    let code = code.split('<').next().unwrap();

    let supervisor = second.sign_in("Åsa", PASSWORD).await.unwrap();
    let token = second.form_token(&supervisor).await;
    let choice = [
        ("form", token.as_str()),
        ("code", code),
        ("name", "Kitchen"),
        ("board", "queues"),
    ];
    let paired = second.post("/pair", Some(&supervisor), &choice).await;
    assert_eq!(paired.headers()[header::LOCATION], "/screens?done=paired");

    let board = get(first, "/tv", &pairing).await;
    assert_eq!(board.status(), StatusCode::OK);
    let screen = find_cookie(&board, "__Host-wallboard-screen").unwrap();
    for node in [second, first] {
        let page = get(node, "/tv", &screen).await.text().await.unwrap();
        assert!(page.contains("/boards/queues/live"), "{page}");
        node.follow_board("queues", &screen).await;
    }

    // A code works once, wherever it's typed.
    let supervisor = first.sign_in("Åsa", PASSWORD).await.unwrap();
    let token = first.form_token(&supervisor).await;
    let again = [&[("form", token.as_str())], &choice[1..]].concat();
    let refused = first.post("/pair", Some(&supervisor), &again).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nats_people_stay_signed_in_and_new_ones_learn_why_not() {
    let mut pair = Pair::open().await;
    pair.nodes[0].add_user("Bo", "viewer");
    let cookie = pair.nodes[1].sign_in("Bo", PASSWORD).await.unwrap();
    let present = [StatusCode::OK; 2];
    assert_eq!(pair.statuses("/", &cookie).await, present);

    pair.nats.stop();
    for path in ["/", "/boards/queues", "/api/v1/queues"] {
        assert_eq!(pair.statuses(path, &cookie).await, present, "{path}");
    }
    for node in &pair.nodes {
        let form = [("name", "Bo"), ("password", PASSWORD)];
        let refused = node.post("/login", None, &form).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        let page = refused.text().await.unwrap();
        assert!(page.contains("NATS can’t be reached"), "{page}");
        assert!(page.contains("name=\"password\""), "the form stays: {page}");
        let forged = format!("__Host-wallboard={}", "ab".repeat(32));
        let unknown = node.status("/", &forged).await;
        assert_eq!(unknown, StatusCode::UNAUTHORIZED);
    }

    pair.nats.start_again();
    wait_until("Bo can sign in", BACK_WITHIN, async || {
        let signed_in = pair.nodes[0].sign_in("Bo", PASSWORD).await;
        if signed_in.is_err() {
            sleep(ATTEMPT_INTERVAL).await;
        }
        signed_in
    })
    .await;
    for node in &mut pair.nodes {
        node.wallboard.stop("-TERM");
    }
    for node in &mut pair.nodes {
        node.wallboard.start_again().await;
    }
    assert_eq!(
        pair.statuses("/", &cookie).await,
        present,
        "after a restart"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_of_the_identity_provider_may_come_to_another_node() {
    let (nats, port) = (NatsServer::start(), ports::free());
    let people = json!({
        "bo": {"preferred_username": "bo@acme.example", "name": "Bo", "groups": ["staff"]},
    });
    let mut provider = OidcProvider::prepare(port, &people);
    provider.start();
    let more = |number| {
        let cluster = cluster_section(number, &[&nats.url()]);
        format!("{}{cluster}", provider.toml())
    };
    let secret = [("oidc-secret", SECRET)];
    let first = SignInSite::open_at(port, &more(0), &secret).await;
    let second = SignInSite::open_behind(port, &more(1), &secret).await;

    let agent = UserAgent::default();
    let start = first.wallboard.url("/login/oidc?next=%2Fboards%2Fqueues");
    let back = agent.sign_in_at_provider(&start, "bo").await;
    let (_, back) = back.split_once(&format!(":{port}")).unwrap();
    let browser = "__Host-wallboard-sign-in";
    let browser = format!("{browser}={}", agent.cookie(&start, browser).unwrap());
    let stranger = get(&second, back, "").await;
    assert_eq!(stranger.status(), StatusCode::FORBIDDEN);

    let answer = get(&second, back, &browser).await;
    assert_eq!(answer.headers()[header::LOCATION], "/boards/queues");
    let session = find_cookie(&answer, "__Host-wallboard").unwrap();
    for node in [&first, &second] {
        assert_eq!(
            node.status("/boards/queues", &session).await,
            StatusCode::OK
        );
    }
    // Neither the node that knows the answer nor the provider takes it again.
    for node in [&first, &second] {
        let refused = get(node, back, &browser).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn node_with_sign_in_that_starts_without_nats_names_it_and_ends() {
    let (port, nats) = (ports::free(), format!("nats://127.0.0.1:{}", ports::free()));
    let configuration = base_configuration(port, port) + &cluster_section(0, &[&nats]);
    let configuration = configuration.replace("mode = \"open\"", "mode = \"login\"");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("wallboard.toml");
    fs::write(&file, configuration).unwrap();

    let mut serve = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    serve
        .args(["serve", "--config"])
        .arg(&file)
        .current_dir(&dir);
    let output = block_in_place(|| serve.output().unwrap());

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let named = format!("check NATS: can't reach any NATS server ({nats}); check that they run");
    assert!(said.contains(&named), "{said}");
    assert!(!said.to_lowercase().contains("panic"), "{said}");
}
