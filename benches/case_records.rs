//! Pages of case records: how long one takes among a million, and among a thousand, from the database and over HTTP,
//! where 99 of 100 take at most 50 ms.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use wallboard::app::{App, RuntimeConfig};
use wallboard_domain::{
    CaseEnd, CaseOutcome, FinishedCase, FinishedConversation, FinishedQueueLeg, FinishedTransfer,
    Id, LogOffset,
};
use wallboard_store::{CaseRecordCursor, CaseRecordEntry, CaseRecordPosition, Store};

const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;
/// Records in one transaction.
const BATCH: u64 = 5_000;
/// The API's pages, by default and at most.
const PAGES: [usize; 2] = [200, 1_000];
const READS: u32 = 1_000;
/// The longest that 99 of 100 pages may take over HTTP.
const PAGE_MAX: Duration = Duration::from_millis(50);
/// Keeps records of any age.
const CONFIGURATION: &str = "[server]\nlisten = \"127.0.0.1:0\"\n[access]\nmode = \"open\"\n\
     [store]\nurl = \"sqlite:many.db\"\n[case_records]\nkeep = \"3650d\"\n";

#[tokio::main]
async fn main() {
    // The server and the client use the same one.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let few = fill(&folder.path().join("few.db"), FEW).await;
    let many = fill(&folder.path().join("many.db"), MANY).await;
    for page in PAGES {
        let [baseline, _] = read_pages(&few, page).await;
        let [median, p99] = read_pages(&many, page).await;
        println!(
            "page of {page} among {MANY} case records: median {median:.1?}, p99 {p99:.1?}; median {:.2} times that among {FEW}",
            median.as_secs_f64() / baseline.as_secs_f64()
        );
    }
    let (store, cursors) = many;
    drop(store);
    request_pages(folder.path(), &cursors).await;
}

/// Requests pages after random records from a server.
async fn request_pages(folder: &Path, cursors: &[CaseRecordCursor]) {
    let file = folder.join("wallboard.toml");
    std::fs::write(&file, CONFIGURATION).expect("a disk with room");
    let plan = RuntimeConfig::load_file(&file).expect("a valid configuration");
    let app = App::start(plan).await.expect("a server that starts");
    let records = format!("http://{}/api/v1/case-records", app.address);
    let stop = CancellationToken::new();
    let running = tokio::spawn(app.run(stop.clone(), mpsc::channel(1).1));
    let client = reqwest::Client::new();
    let mut is_slow = false;
    for page in PAGES {
        let mut random = StdRng::seed_from_u64(2);
        let mut times = Vec::new();
        for _ in 0..READS {
            let after = cursors[random.random_range(0..cursors.len() - 1)];
            let began = Instant::now();
            let request = client.get(format!("{records}?limit={page}&after={after}"));
            let body = request.send().await.expect("an answer").bytes().await;
            times.push(began.elapsed());
            assert!(page * 500 < body.expect("a whole answer").len());
        }
        times.sort();
        let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        println!(
            "page of {page} among {MANY} case records over HTTP: median {median:.1?}, p99 {p99:.1?}, at most {PAGE_MAX:?}"
        );
        is_slow |= PAGE_MAX < p99;
    }
    stop.cancel();
    running.await.expect("no panic").expect("an orderly stop");
    assert!(!is_slow, "pages over HTTP are slower than {PAGE_MAX:?}");
}

async fn fill(database: &Path, count: u64) -> (Store, Vec<CaseRecordCursor>) {
    let store = Store::open(database).expect("a new database");
    let start: Timestamp = "2026-11-20T08:00:00Z".parse().expect("a time");
    let began = Instant::now();
    for first in (0..count).step_by(usize::try_from(BATCH).expect("a small number")) {
        let cases = first..count.min(first + BATCH);
        let entries = cases.map(|n| CaseRecordEntry::Case(Box::new(case(n, start))));
        let position = CaseRecordPosition {
            next: LogOffset(first),
            last: None,
        };
        let stored = store.append_case_records(entries.collect(), position).await;
        stored.expect("a disk with room");
    }
    println!("{count} case records stored in {:.1?}", began.elapsed());
    let mut cursors = vec![CaseRecordCursor::default()];
    while let Some(after) = cursors.last().copied() {
        let after = (0 < after.seq).then_some(after);
        let page = store.case_records_after(after, PAGES[1]).await;
        let page = page.expect("a page").expect("a cursor of this database");
        let Some((cursor, _)) = page.rows.last() else {
            break;
        };
        cursors.push(*cursor);
    }
    cursors.remove(0);
    (store, cursors)
}

/// Reads pages after random records. Returns the median and the 99th percentile.
async fn read_pages(
    (store, cursors): &(Store, Vec<CaseRecordCursor>),
    page: usize,
) -> [Duration; 2] {
    let mut random = StdRng::seed_from_u64(1);
    let mut times = Vec::new();
    for _ in 0..READS {
        let last = cursors.len().saturating_sub(1);
        let after = (0 < last).then(|| cursors[random.random_range(0..last)]);
        let began = Instant::now();
        let read = store.case_records_after(after, page).await;
        times.push(began.elapsed());
        let read = read.expect("a page").expect("a cursor of this database");
        assert_eq!(read.rows.len(), page);
    }
    times.sort();
    [times[times.len() / 2], times[times.len() * 99 / 100]]
}

/// A case with a transfer.
fn case(n: u64, start: Timestamp) -> FinishedCase {
    let source = "chat".into();
    let id = |external: String| Id::new(&source, &external);
    let queue = |m: u64| Some(id(format!("3f2b9c0d-1e4a-4b6f-9a77-{:012}", m % 40)));
    let agent = |m: u64| Some(id(format!("77aa01c2-5d3e-4f80-8b21-{:012}", m % 300)));
    let at = |second: u64| {
        let offset = i64::try_from(3 * n + second).expect("some months");
        start + SignedDuration::from_secs(offset)
    };
    let leg = |m: u64, entered: u64| FinishedQueueLeg {
        queue: queue(m),
        entered_at: Some(at(entered)),
        answered_at: Some(at(entered + 20)),
        left_at: None,
    };
    let conversation = |m: u64, opened: u64| FinishedConversation {
        agent: agent(m),
        queue: queue(m),
        opened_at: at(opened),
        ended_at: Some(at(opened + 180)),
    };
    FinishedCase {
        id: id(format!("c5de11f0-8a2b-4c3d-9e4f-{n:012}")),
        end: CaseEnd::Closed,
        ended_at: Some(at(500)),
        noticed_at: at(501),
        created_at: Some(at(0)),
        queue_legs: vec![leg(n, 0), leg(n + 1, 200)],
        conversations: vec![conversation(n, 20), conversation(n + 1, 220)],
        transfers: vec![FinishedTransfer {
            at: Some(at(200)),
            from_agent: agent(n),
            from_queue: queue(n),
            to_queue: queue(n + 1),
        }],
        outcome: Some(CaseOutcome::Positive),
        closure: Some("Order changed, confirmation sent by email".into()),
        reopened: 0,
        opportunity: Some("0f0e0d0c-0b0a-4908-8706-050403020100".into()),
        solution: Some("1f1e1d1c-1b1a-4918-9716-151413121110".into()),
        case_type: None,
        first_response_ms: Some(4_500),
    }
}
