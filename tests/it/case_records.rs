//! A CRM that reads the records of cases from a wallboard which is killed again and again. The truth is what the
//! contact center's broker published.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use lapin::ExchangeKind;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::{sync::Mutex, time::sleep};

use crate::support::{
    Broker, Disorder, Vep, VngageSource, Wallboard, print_measured,
    record_receiver::RecordReceiver, tier, wait_until,
};

const SOON: Duration = Duration::from_secs(20);
/// Until the last case has ended long enough, and the log was read.
const RECORDED: Duration = Duration::from_mins(1);
/// Until a case counts as abandoned too: three learned intervals, at least 30 s.
const ESTIMATED: Duration = Duration::from_mins(2);
/// The cases that leave without a message.
const LEAVING: usize = 4;

/// A program that asks for new records, and keeps all that it got.
#[derive(Default)]
pub struct Reader {
    after: Option<String>,
    records: Vec<Value>,
    pub gaps: Vec<Value>,
}

impl Reader {
    /// Reads everything that is new. Fails while the wallboard doesn't answer.
    pub async fn read(&mut self, wallboard: &Wallboard) -> Result<(), String> {
        loop {
            let after = self.after.as_ref();
            let after = after.map_or_else(String::new, |cursor| format!("&after={cursor}"));
            let path = format!("/api/v1/case-records?limit=50{after}");
            let page = wallboard.get(&path).await?;
            let list = |name: &str| page[name].as_array().cloned().ok_or(page.to_string());
            self.records.extend(list("records")?);
            self.gaps.extend(list("gaps")?);
            let next = page["next"].as_str().map(str::to_owned);
            if next == self.after {
                return Ok(());
            }
            self.after = next;
        }
    }

    /// Returns the IDs of all records, in their order.
    pub fn ids(&self) -> Vec<String> {
        let ids = self.records.iter().map(|record| record["id"].as_str());
        ids.map(|id| id.unwrap().to_owned()).collect()
    }

    /// Returns the cases whose end the source didn't report, once for each record.
    pub fn unreported(&self) -> Vec<&str> {
        let unreported = (self.records.iter()).filter(|record| record["end"] != "closed");
        let cases = unreported.map(|record| record["case"].as_str().unwrap());
        cases.map(|case| case.trim_start_matches("chat/")).collect()
    }

    /// Returns the ends that the source reported.
    pub fn closes(&self) -> Vec<Close> {
        let closed = (self.records.iter()).filter(|record| record["end"] == "closed");
        closed
            .map(|record| {
                let text = |name: &str| record[name].as_str().unwrap_or_default();
                let at: jiff::Timestamp = text("ended_at").parse().unwrap();
                let case = text("case").trim_start_matches("chat/").to_owned();
                (case, at.as_millisecond(), text("outcome").to_owned())
            })
            .collect()
    }
}

/// Case, time in milliseconds, outcome.
pub type Close = (String, i64, String);

/// All ends that the broker published, and of each case that stayed closed the last.
pub async fn published_closes(vep: &Vep) -> (BTreeSet<Close>, BTreeMap<String, Close>) {
    let state = vep.state().await;
    let closes = state.center.closes.iter();
    let published: Vec<Close> = closes
        .map(|(case, at, outcome)| (case.clone(), at / 1_000, (*outcome).to_owned()))
        .collect();
    let ended = &state.center.ended;
    let last = (published.iter())
        .filter(|(case, ..)| ended.contains_key(case))
        .map(|close| (close.0.clone(), close.clone()))
        .collect();
    (BTreeSet::from_iter(published), last)
}

/// Lets the customers who have waited longest leave, which only the loads of queues tell.
async fn abandon_cases(vep: &Vep) -> Vec<String> {
    let mut state = vep.state().await;
    let (left, messages) = state.center.abandon_oldest(LEAVING);
    for messages in messages {
        state.publish(messages).await;
    }
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn each_case_is_recorded_once_over_kills_at_any_moment() {
    let broker = Broker::shared();
    let receiver = RecordReceiver::start();
    let vep = Vep::open(broker, "recorded", ExchangeKind::Topic, 36).await;
    let source = VngageSource {
        extra_toml: format!("{}[case_records]\nwebhook = \"crm\"\n", receiver.channel()),
        ..VngageSource::plain(broker, "recorded")
    };
    let mut wallboard = Wallboard::serve(source).await;
    wallboard.wait_for_state("live", SOON).await;
    let kills = tier(6, 40).as_secs();
    let seed = rand::random();
    println!("seed {seed}, {kills} kills");

    let mut reader = Reader::default();
    let mut left = Vec::new();
    let killing = async {
        let mut random = StdRng::seed_from_u64(seed);
        // At any moment, also of a start.
        for kill in 0..kills {
            if kill == kills / 2 {
                left = abandon_cases(&vep).await;
            }
            sleep(Duration::from_millis(random.random_range(0..6_000))).await;
            reader.read(&wallboard).await.unwrap();
            sleep(Duration::from_millis(random.random_range(0..2_000))).await;
            wallboard.stop("-KILL");
            sleep(Duration::from_millis(random.random_range(0..700))).await;
            wallboard.start_again().await;
        }
    };
    vep.run_during(40, Disorder::HIGH, killing).await;

    let (published, last) = published_closes(&vep).await;
    let reader = Mutex::new(reader);
    wait_until("every closed case is recorded", RECORDED, async || {
        let mut reader = reader.lock().await;
        reader.read(&wallboard).await?;
        let recorded = BTreeSet::from_iter(reader.closes());
        let missing: Vec<_> = (last.values())
            .filter(|close| !recorded.contains(close))
            .collect();
        let sample = missing.iter().take(3).collect::<Vec<_>>();
        match missing.len() {
            0 => Ok(()),
            count => Err(format!("{count} missing, such as {sample:?}")),
        }
    })
    .await;

    assert!(!left.is_empty(), "nobody left");
    wait_until(
        "each abandoned case is recorded once",
        ESTIMATED,
        async || {
            let mut reader = reader.lock().await;
            reader.read(&wallboard).await?;
            let unreported = reader.unreported();
            let counts = left
                .iter()
                .map(|case| unreported.iter().filter(|one| *one == case).count());
            let counts: Vec<_> = counts.collect();
            if counts.iter().all(|count| *count == 1) {
                Ok(())
            } else {
                Err(format!("{counts:?}"))
            }
        },
    )
    .await;

    let reader = reader.into_inner();
    let recorded = reader.closes();
    let once = BTreeSet::from_iter(recorded.clone());
    assert_eq!(once.len(), recorded.len(), "no end is recorded twice");
    let invented: Vec<_> = once.difference(&published).take(3).collect();
    assert!(invented.is_empty(), "nobody published {invented:?}");
    let gaps = &reader.gaps;
    assert!(gaps.is_empty(), "no message was lost: {gaps:?}");
    let ids = reader.ids();
    assert_eq!(BTreeSet::from_iter(&ids).len(), ids.len());
    wait_until("the webhook has all in the same order", SOON, async || {
        let accepted = receiver.accepted_ids();
        if accepted == ids {
            Ok(())
        } else {
            Err(accepted.len())
        }
    })
    .await;
    let count = last.len();
    assert!(20 < count, "only {count} cases were closed");
    println!(
        "{kills} kills: {count} closed cases, {} ends recorded",
        recorded.len()
    );
    let wrong = recorded.len() - once.len() + invented.len();
    print_measured("ends recorded twice or invented", wrong, 0);
    print_measured("abandoned cases recorded once each", left.len(), LEAVING);
}
