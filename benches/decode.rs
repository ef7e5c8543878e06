//! `group.loadChanged` through decoder and fold on one core. The baseline, in turn: `serde_json`
//! parsing the same bytes into a bare struct.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use wallboard_domain::{
    ConnectionEvent, Input, Moment, MonotonicTime, SiteConfig, SourceId, SourceSetup,
};
use wallboard_live::LiveState;
use wallboard_sources::vngage::decode;

const KEY: &str = "group.loadChanged";
const GROUPS: u64 = 50;
const MESSAGES: u64 = 200_000;
const ROUNDS: usize = 5;

/// The struct of a program that needs only the fields.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed for the sake of parsing")]
struct Bare {
    event_time: String,
    group_id: String,
    number_of_available_agents: u64,
    number_of_visitors_in_queue: u64,
    number_of_visitors_in_conversation: u64,
}

/// The same, with texts borrowed from the message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed for the sake of parsing")]
struct Borrowed<'a> {
    event_time: &'a str,
    group_id: &'a str,
    number_of_available_agents: u64,
    number_of_visitors_in_queue: u64,
    number_of_visitors_in_conversation: u64,
}

fn main() {
    let start: Timestamp = "2026-11-20T09:00:00Z".parse().expect("it is a time");
    let bodies: Vec<Vec<u8>> = (0..MESSAGES).map(|n| body(n, start)).collect();
    let bytes: usize = bodies.iter().map(Vec::len).sum();
    println!(
        "{MESSAGES} messages of {KEY} for {GROUPS} groups, {} bytes each; best of {ROUNDS} rounds",
        bytes / bodies.len()
    );

    let mut best = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        let rounds = [
            timed(|| bodies.iter().for_each(|body| parse::<Bare>(body))),
            timed(|| bodies.iter().for_each(|body| parse::<Borrowed<'_>>(body))),
            timed(|| decode_all(&bodies)),
            fold_all(&bodies, start),
        ];
        for (best, round) in best.iter_mut().zip(rounds) {
            *best = round.min(*best);
        }
    }

    let [bare, borrowed, decoded, folded] = best.map(per_second);
    println!("serde_json into a bare struct     {bare:>10.0} messages/s");
    println!("serde_json, texts borrowed        {borrowed:>10.0} messages/s");
    println!("decode                            {decoded:>10.0} messages/s");
    println!("decode and fold                   {folded:>10.0} messages/s (target 400000)");
    println!(
        "decode and fold / bare struct     {:>10.2} (target 0.50)",
        folded / bare
    );
    println!(
        "decode and fold / texts borrowed  {:>10.2}",
        folded / borrowed
    );
}

fn body(n: u64, start: Timestamp) -> Vec<u8> {
    let at = start + SignedDuration::from_millis(n.cast_signed());
    format!(
        concat!(
            r#"{{"eventTime":"{:.3}","groupId":"3f2b8c1e-9d4a-4c77-8f10-6a5b3c2d{:04x}","#,
            r#""numberOfAvailableAgents":{},"numberOfVisitorsInQueue":{},"#,
            r#""numberOfVisitorsInConversation":{}}}"#
        ),
        at,
        n % GROUPS,
        n % 9,
        n % 31,
        n % 17
    )
    .into_bytes()
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) {
    let parsed: T = serde_json::from_slice(black_box(body)).expect("the body is whole");
    black_box(parsed);
}

fn decode_all(bodies: &[Vec<u8>]) {
    let source = SourceId::from("chat");
    for body in bodies {
        black_box(decode::decode_input(&source, KEY, black_box(body)));
    }
}

fn fold_all(bodies: &[Vec<u8>], start: Timestamp) -> Duration {
    let source = SourceId::from("chat");
    let at = |n: u64| Moment {
        wall: start + SignedDuration::from_millis(n.cast_signed()),
        monotonic: MonotonicTime(n.cast_signed()),
    };
    let mut state = connected(&source, at(0));
    let elapsed = timed(|| {
        for (n, body) in (0..).zip(bodies) {
            let input = decode::decode_input(&source, KEY, black_box(body));
            black_box(state.apply_input(&input, at(n)));
        }
    });
    let known = state.snapshot().queues.len() as u64;
    assert_eq!(known, GROUPS, "every group must have arrived");
    elapsed
}

fn connected(source: &SourceId, now: Moment) -> LiveState {
    let site = SiteConfig {
        sources: vec![SourceSetup::new(
            source.clone(),
            wallboard_sources::vngage::KIND,
        )],
        ..SiteConfig::default()
    };
    let mut state = LiveState::default();
    state.apply_input(&Input::SiteConfig(Arc::new(site)), now);
    for event in [
        ConnectionEvent::CatchingUp {
            discontinuity: None,
        },
        ConnectionEvent::Connected,
    ] {
        state.apply_input(&Input::Connection(source.clone(), event), now);
    }
    state
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn per_second(elapsed: Duration) -> f64 {
    MESSAGES as f64 / elapsed.as_secs_f64()
}
