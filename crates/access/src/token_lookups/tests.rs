use std::{cell::Cell, collections::BTreeSet};

use jiff::SignedDuration;
use tokio::{runtime::Handle, task::block_in_place};

use crate::{
    AccessRules, ApiTokenChoice, Password, Role, Screen, Session, SignIn, SignInRequest,
    parse_api_token,
};
use wallboard_runtime::nats::{NatsConnection, NatsSettings, test_server::NatsServer};
use wallboard_store::{Store, encode_document};

use super::*;

const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const PASSWORD: &str = "a long password";

/// Two nodes that follow nothing: what one makes, the other must look up.
struct TwoNodes {
    nodes: [SignIn; 2],
    records: RecordStore,
    server: NatsServer,
    _folder: tempfile::TempDir,
}

impl TwoNodes {
    async fn open() -> Self {
        let server = NatsServer::start();
        let folder = tempfile::tempdir().unwrap();
        let open = async |name: &str| {
            let store = Store::open(&folder.path().join(name)).unwrap();
            let settings = NatsSettings::of_test(vec![server.url()], "lookups");
            let connection = NatsConnection::open(settings).await.unwrap();
            RecordStore::open(store, Some(connection)).await.unwrap()
        };
        let (first, second) = (open("a.db").await, open("b.db").await);
        let sign_in = async |records: &RecordStore| {
            let duration = SignedDuration::from_hours(12);
            let opened = SignIn::open(records.clone(), duration, AccessRules::default());
            opened.await.unwrap()
        };
        Self {
            nodes: [sign_in(&first).await, sign_in(&second).await],
            records: first,
            server,
            _folder: folder,
        }
    }
}

async fn sign_in(node: &SignIn) -> Token {
    let request = SignInRequest {
        name: "Bo".into(),
        password: Password::new(PASSWORD),
        address: ADDRESS,
        device: String::new(),
    };
    node.sign_in(request).await.unwrap()
}

async fn add_bo(node: &SignIn) {
    let added = node
        .accounts()
        .add_user("Bo", Role::Viewer, Password::new(PASSWORD));
    added.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn session_is_valid_at_another_node_at_once_with_a_new_user_too() {
    let site = TwoNodes::open().await;
    let [first, second] = &site.nodes;
    add_bo(first).await;
    let token = sign_in(first).await;
    assert!(
        second
            .directory()
            .identify(&token, Timestamp::now())
            .is_none()
    );

    let lookups = second.token_lookups();
    let found = lookups.find_session(&token, ADDRESS).await.unwrap();
    assert_eq!((&*found.name, found.permissions.role), ("Bo", Role::Viewer));

    // Without any message from the records, the session stays known until it's removed.
    first.sign_out(token.id()).await.unwrap();
    second.directory().remove_session(token.id());
    assert!(lookups.find_session(&token, ADDRESS).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn session_that_ends_while_it_is_looked_up_is_not_valid() {
    let site = TwoNodes::open().await;
    let [first, second] = &site.nodes;
    add_bo(first).await;
    let token = sign_in(first).await;
    let (is_put, is_removed) = (Cell::new(false), Cell::new(false));
    let put = |_, _: Session| {
        // The second node hears of it, and forgets what it doesn't have yet.
        let ending = first.sign_out(token.id());
        block_in_place(|| Handle::current().block_on(ending)).unwrap();
        is_put.set(true);
    };
    let key = (SESSIONS, token.id().record_id().unwrap());
    let lookups = second.token_lookups();
    let bringing = lookups.bring_record(key, ADDRESS, put, || is_removed.set(true));
    bringing.await;
    assert!(is_put.get() && is_removed.get());
}

#[tokio::test(flavor = "multi_thread")]
async fn screen_and_program_are_known_at_another_node_at_once() {
    let site = TwoNodes::open().await;
    let [first, second] = &site.nodes;
    let lookups = second.token_lookups();
    let choice = ApiTokenChoice {
        name: "Prometheus".into(),
        membership: Role::Viewer.into(),
        may_write: BTreeSet::new(),
        sends_values_of: None,
        reads_case_records: false,
        days: 30,
    };
    let text = first.api_tokens().add(choice).await.unwrap();
    let token = parse_api_token(&text).unwrap();
    let program = lookups.find_program(&token, ADDRESS).await.unwrap();
    assert_eq!(program.token.name, "Prometheus");

    let screen = Token::generate().unwrap();
    assert!(lookups.find_session(&screen, ADDRESS).await.is_none());
    let document: Screen = serde_json::from_value(serde_json::json!({
        "name": "Kitchen", "place": "", "board": "queues", "device": "Chromium",
        "paired_at": "2026-11-20T09:00:00Z", "paired_by": "Bo",
        "last_contact_at": "2026-11-20T09:00:00Z",
    }))
    .unwrap();
    let document = encode_document(&document).unwrap();
    let id = screen.id().record_id().unwrap();
    let stored = site.records.put(SCREENS, &id, None, document);
    stored.await.unwrap();
    let found = lookups.find_screen(&screen, ADDRESS).await.unwrap();
    assert_eq!(found.screen.name, "Kitchen");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_while_nats_is_away_and_what_is_known_stays() {
    let site = TwoNodes::open().await;
    let [first, second] = &site.nodes;
    add_bo(first).await;
    let (known, unknown) = (sign_in(first).await, sign_in(first).await);
    let lookups = second.token_lookups();
    assert!(lookups.find_session(&known, ADDRESS).await.is_some());

    site.server.stop();
    assert!(lookups.find_session(&unknown, ADDRESS).await.is_none());
    assert!(lookups.find_session(&known, ADDRESS).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn tokens_that_nobody_made_cause_few_reads() {
    let limits = LookupLimits::new();
    let key = |n: u32| (SESSIONS, RecordId::parse(&n.to_string()).unwrap());
    let address = |n: u32| IpAddr::from(n.to_be_bytes());
    let now = Instant::now();
    assert!(limits.allows(&key(0), ADDRESS, now));
    limits.record_missing(key(0), now);
    assert!(!limits.allows(&key(0), address(1), now));
    assert!(limits.allows(&key(0), address(1), now + MISSING_FOR));
    let of_one = (1..1_000).filter(|n| limits.allows(&key(*n), ADDRESS, now));
    assert_eq!(of_one.count(), 49);

    let flood = (1..5_000).filter(|n| {
        let is_allowed = limits.allows(&key(*n), address(*n), now);
        if is_allowed {
            limits.record_missing(key(*n), now);
        }
        is_allowed
    });
    assert_eq!(flood.count(), MISSING_MAX - 1);
    assert!(!limits.allows(&key(9_000), address(9_000), now));
    let later = now + MISSING_FOR;
    assert!(limits.allows(&key(9_000), address(9_001), later));
}
