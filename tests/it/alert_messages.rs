//! Messages of alerts to a real receiver: at once, at least once over kills, and again only with the same ID.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use lapin::ExchangeKind;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    alerts::{alerts, post, save},
    support::{
        Broker, Disorder, Vep, VngageSource, Wallboard, assert_throughout, http, tier, wait_until,
    },
};

const SOON: Duration = Duration::from_secs(20);
/// Until a message about a queue in need is sent.
const SENT_WITHIN: Duration = Duration::from_secs(2);
pub const SECRET: &str = "a-secret-of-the-test";

/// A webhook that accepts everything, unless it is set to refuse, and has the bodies of all requests.
#[derive(Clone)]
pub struct Receiver {
    port: u16,
    bodies: Arc<Mutex<Vec<Value>>>,
    refuses: Arc<AtomicBool>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            port: listener.local_addr().unwrap().port(),
            bodies: Arc::default(),
            refuses: Arc::default(),
        };
        let (bodies, refuses) = (Arc::clone(&receiver.bodies), Arc::clone(&receiver.refuses));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let status = if refuses.load(Ordering::Relaxed) {
                    "400 Bad Request"
                } else {
                    "202 Accepted"
                };
                // A sender that was killed sends half a request.
                if let Some(body) = read_body(stream, status) {
                    bodies.lock().push(body);
                }
            }
        });
        receiver
    }

    /// Refuses everything from now on, or accepts it again.
    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::Relaxed);
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn channel(&self) -> String {
        format!(
            "[channels.hook]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{}/\"\n\
             secret = \"{SECRET}\"\nallow_private = true\nhourly_max = 1000\n",
            self.port
        )
    }

    /// The bodies of all requests, in their order.
    pub fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().clone()
    }

    /// How many requests came.
    pub fn count(&self) -> usize {
        self.bodies.lock().len()
    }

    /// Waits for so many alerts with messages that have this in their headline.
    pub async fn wait_for(&self, words: &str, count: usize, within: Duration) {
        let what = format!("{count} alerts are sent that have “{words}”");
        wait_until(&what, within, async || {
            let sent = self.ids(words);
            if sent.len() == count {
                Ok(())
            } else {
                Err(sent)
            }
        })
        .await;
    }

    /// Panics if it receives anything in this time.
    pub async fn assert_quiet(&self, what: &str, time: Duration) {
        let received = self.count();
        assert_throughout(what, time, async || {
            if self.count() == received {
                Ok(())
            } else {
                Err(self.bodies())
            }
        })
        .await;
    }

    /// The IDs of the messages with this in their headline, by thread; each thread is an alert.
    pub fn ids(&self, words: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut ids: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for body in self.bodies.lock().iter() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            if text(&body["data"]["headline"]).contains(words) {
                let thread = text(&body["data"]["thread"]);
                ids.entry(thread).or_default().insert(text(&body["id"]));
            }
        }
        ids
    }
}

/// Answers a request once it is whole.
fn read_body(mut stream: TcpStream, status: &str) -> Option<Value> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let (mut request, mut bytes) = (Vec::new(), [0; 4096]);
    let body = loop {
        let read = stream.read(&mut bytes).ok().filter(|read| 0 < *read)?;
        request.extend(&bytes[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(
            head.to_lowercase().contains("webhook-signature: v1,"),
            "{head}"
        );
        if let Ok(body) = serde_json::from_str(body) {
            break body;
        }
    };
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).ok();
    Some(body)
}

/// A server on which every queue is critical, and the receiver. No rule watches yet.
pub async fn critical_floor(name: &str) -> (Vep, Wallboard, Receiver) {
    critical_floor_beside(name, "").await
}

/// The same with other sources.
async fn critical_floor_beside(name: &str, sources: &str) -> (Vep, Wallboard, Receiver) {
    let receiver = Receiver::start();
    let broker = Broker::shared();
    let vep = Vep::open(broker, name, ExchangeKind::Topic, 77).await;
    let vngage = VngageSource {
        extra_toml: format!("{sources}{}", receiver.channel()),
        ..VngageSource::plain(broker, name)
    };
    let wallboard = Wallboard::serve(vngage).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    let threshold = "[thresholds.\"*\"]\nwaiting = { crit = 0 }\n";
    save(&wallboard, "thresholds", "*", threshold).await;
    (vep, wallboard, receiver)
}

/// A source whose values are out of date after two seconds.
pub const DIALER: &str = "[sources.dialer]\nkind = \"values\"\nvalid_for = \"2s\"\n";

/// Watches a queue of [`DIALER`] that is critical by data that is out of date.
pub async fn watch_outdated_queue(wallboard: &Wallboard) {
    let queue = json!({ "id": "dialer/1", "name": "Dialer", "metrics": { "waiting": 50 } });
    let sending = http::client().post(wallboard.url("/api/v1/values"));
    let sent = sending.json(&json!({ "queues": [queue] })).send().await;
    assert_eq!(sent.unwrap().status(), 204);
    wait_until("it is out of date", SOON, async || {
        let queue = wallboard.get("/api/v1/queues/dialer/1").await.unwrap();
        if queue["metrics"]["waiting"]["stale"] == true {
            Ok(())
        } else {
            Err(queue)
        }
    })
    .await;
    watch(wallboard, 99, "dialer/1").await;
}

/// Watches one queue.
pub async fn watch(wallboard: &Wallboard, n: usize, queue: &str) {
    let name = format!("Rule {n}");
    let rule =
        format!("[alerts.{name:?}]\nqueues = [{queue:?}]\nfor = \"0s\"\nnotify = [\"hook\"]\n");
    save(wallboard, "alerts", &name, &rule).await;
}

pub async fn queues(wallboard: &Wallboard) -> Vec<String> {
    let answer = wallboard.get("/api/v1/queues").await.unwrap();
    let queues = answer["queues"].as_array().unwrap().iter();
    queues
        .map(|queue| queue["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_in_need_is_notified_at_once_and_only_once() {
    let (_vep, wallboard, receiver) = critical_floor("alert-sent").await;
    let queue = &queues(&wallboard).await[0];
    let began = Instant::now();
    watch(&wallboard, 0, queue).await;
    receiver.wait_for("is critical", 1, SOON).await;
    println!(
        "measured: accepted {:?} after the rule began",
        began.elapsed()
    );

    // Long enough for another turn, and another attempt.
    receiver.assert_quiet("it is sent once", SENT_WITHIN).await;
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let data = &bodies[0]["data"];
    assert_eq!(data["severity"], "critical");
    let link = data["link"]["url"].as_str().unwrap();
    let thread = data["thread"].as_str().unwrap();
    assert_eq!(link, wallboard.url(&format!("/alerts/{thread}")));
    let lines = data["lines"].to_string();
    assert!(
        lines.contains("waiting") && lines.contains("Rule 0"),
        "{lines}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_no_message_and_repeat_only_by_the_same_id() {
    let (vep, mut wallboard, receiver) = critical_floor_beside("alert-kills", DIALER).await;
    let queues = queues(&wallboard).await;
    // For each queue.
    let least = usize::try_from(tier(3, 20).as_secs()).unwrap();
    let kills = least.div_ceil(queues.len());
    watch_outdated_queue(&wallboard).await;
    let watched: Vec<_> = queues.iter().collect();
    for (n, queue) in watched.iter().enumerate() {
        watch(&wallboard, n, queue).await;
        for kill in 0..kills {
            // Somewhere between the turn that finds it and the record of its acceptance.
            let pause = 67 * (n * kills + kill) as u64 % 400;
            sleep(Duration::from_millis(pause)).await;
            wallboard.restart("-KILL").await;
        }
        vep.run(50, Duration::from_millis(500), Disorder::NONE)
            .await;
    }
    let open = wait_until("all alerts are open", SOON, async || {
        let open = alerts(&wallboard, "open").await;
        if open.len() == watched.len() {
            Ok(open)
        } else {
            Err(open)
        }
    })
    .await;
    let expected: BTreeSet<_> = open
        .values()
        .filter_map(|alert| alert["id"].as_str())
        .collect();
    receiver.wait_for("is critical", expected.len(), SOON).await;

    let sent = receiver.ids("is critical");
    for (thread, ids) in &sent {
        assert!(expected.contains(thread.as_str()), "{thread}");
        assert_eq!(ids.len(), 1, "{thread}: {ids:?}");
    }
    assert!(receiver.ids("Dialer").is_empty());
    let requests = receiver.count();
    println!(
        "measured: {} kills, {} alerts sent in {requests} requests, none lost, none of data that was out of date",
        watched.len() * kills,
        sent.len()
    );
    assert!(receiver.ids("Over:").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_message_is_sent_again_by_its_id_and_dropped_for_good() {
    let (_vep, wallboard, receiver) = critical_floor("alert-undelivered").await;
    receiver.refuse(true);
    let queues = queues(&wallboard).await;
    for (n, queue) in queues.iter().take(2).enumerate() {
        watch(&wallboard, n, queue).await;
    }
    let undelivered = async || {
        let page = wallboard.text("/alerts").await;
        let rows = page.split("data-key=\"undelivered-").skip(1);
        rows.map(|row| row.split('"').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let ids = wait_until("both are given up", SOON, async || {
        let ids = undelivered().await;
        if ids.len() == 2 { Ok(ids) } else { Err(ids) }
    })
    .await;
    let refused = receiver.count();

    receiver.refuse(false);
    let act = async |act: &str, id: &str| {
        post(
            &wallboard,
            "/alerts/undelivered",
            &[("id", id), ("act", act)],
        )
        .await
    };
    assert_eq!(act("send", &ids[0]).await, "/alerts?done=resent");
    assert_eq!(act("drop", &ids[1]).await, "/alerts?done=dropped");
    wait_until("it is accepted", SOON, async || {
        let count = receiver.count();
        if refused < count { Ok(()) } else { Err(count) }
    })
    .await;

    assert!(undelivered().await.is_empty());
    let last = receiver.bodies().pop().unwrap();
    assert_eq!(last["id"], *ids[0]);
    assert_eq!(receiver.count(), refused + 1);
}
