use std::convert::Infallible;

use tokio::sync::watch as watched;
use tracing::subscriber::{set_default, with_default};
use tracing_subscriber::{layer::SubscriberExt, registry};

use crate::{
    domain::{Input, Line, Site, SourceSetup},
    intake::{self, Clock, Outlet},
    live::{self, State},
    logbook::Logbook,
    retry::Orders,
    sources::{Failure, Source, supervise},
};

use super::*;

fn seen(line: LineState, degraded: bool, not_json: u64) -> Seen {
    Seen {
        line,
        failures: 0,
        why: Some("It broke".to_owned()),
        degraded,
        rejected: [("not_json", not_json)].into(),
        refused: Vec::new(),
    }
}

#[tokio::test(start_paused = true)]
async fn each_change_is_told_once_and_rejections_once_a_minute() {
    let book = Logbook::default();
    let days = [
        (0, seen(LineState::Connecting, false, 0)),
        (1, seen(LineState::CatchingUp, false, 0)),
        (1, seen(LineState::Connected, false, 0)),
        (1, seen(LineState::Connected, false, 2)),
        (1, seen(LineState::Connected, true, 5)),
        (60, seen(LineState::Connected, false, 9)),
        (1, seen(LineState::Away, false, 9)),
    ];
    let mut told = BTreeMap::new();

    for (pause, seen) in days {
        tokio::time::advance(Duration::from_secs(pause)).await;
        with_default(registry().with(book.clone()), || {
            look(&mut told, vec![("chat".into(), seen)]);
        });
    }

    let lines: Vec<String> = book.lines("chat").into_iter().map(|l| l.text).collect();
    assert_eq!(
        lines,
        [
            "Couldn't read messages: not_json (7)",
            "Messages can be read again",
            "Over 10% of messages in the last minute couldn't be read in full",
            "Couldn't read messages: not_json (2)",
            "Connected, live",
            "Connected, processing queued messages",
        ]
    );
}

/// Connects, stays for a while, and breaks for one reason after the other.
struct Flapping {
    id: SourceId,
    holds: Duration,
    whys: &'static [&'static str],
    runs: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Broke(&'static str);

impl Failure for Broke {
    fn is_refused(&self) -> bool {
        false
    }
}

impl Source for Flapping {
    type Error = Broke;

    fn id(&self) -> &SourceId {
        &self.id
    }

    async fn run(&mut self, outlet: &Outlet) -> Result<Infallible, Broke> {
        let why = self.whys[self.runs % self.whys.len()];
        self.runs += 1;
        for line in [Line::CatchingUp { broken: None }, Line::Connected] {
            outlet
                .send(vec![Input::Line(self.id.clone(), line)])
                .await
                .unwrap();
            sleep(self.holds / 2).await;
        }
        Err(Broke(why))
    }
}

/// The log of a day on which a line holds so long each time, in its order.
async fn day(holds: Duration, whys: &'static [&'static str]) -> Vec<String> {
    let book = Logbook::default();
    let _guard = set_default(registry().with(book.clone()));
    let clock = Clock::start();
    let (outlet, inlet) = intake::door(clock);
    let live = Live::new(clock, State::default());
    tokio::spawn(live::keep(live.clone(), inlet));
    let site = Site {
        sources: vec![SourceSetup::new(
            SourceId::from("chat"),
            crate::sources::vngage::KIND,
        )],
        ..Site::default()
    };
    outlet
        .send(vec![Input::Settings(Arc::new(site))])
        .await
        .unwrap();
    let stop = CancellationToken::new();
    tokio::spawn(watch(live, stop.clone()));
    let source = Flapping {
        id: "chat".into(),
        holds,
        whys,
        runs: 0,
    };
    let again = watched::Sender::new(());
    let orders = Orders {
        stop: stop.clone(),
        retry: again.subscribe(),
    };
    tokio::spawn(supervise(source, outlet, orders));

    sleep(Duration::from_hours(24)).await;

    let lines = book.lines("chat").into_iter().rev();
    lines.map(|line| line.text).collect()
}

#[tokio::test(start_paused = true)]
async fn a_line_that_comes_and_goes_all_day_does_not_flood_the_log() {
    let lines = day(Duration::from_secs(6), &["it broke", "it was cut"]).await;

    let said: Vec<_> = lines
        .iter()
        .map(|line| line.split(" retry_secs").next().unwrap())
        .collect();
    let connected = "Connected, processing queued messages";
    assert_eq!(
        said,
        [
            connected,
            "Connected, live",
            "Disconnected, reconnecting: It broke",
            connected,
            "Connected, live",
            "Disconnected, reconnecting: It was cut",
            connected,
            "Connected, live",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_just_about_a_tenth_is_judged_once_a_minute() {
    let book = Logbook::default();
    let mut told = BTreeMap::new();

    for second in 0..600 {
        let seen = seen(LineState::Connecting, second % 2 == 0, 0);
        with_default(registry().with(book.clone()), || {
            look(&mut told, vec![("chat".into(), seen)]);
        });
        tokio::time::advance(Duration::from_secs(1)).await;
    }

    assert!((2..=10).contains(&book.lines("chat").len()));
}

#[tokio::test(start_paused = true)]
async fn a_loss_that_was_not_told_and_lasts_is_told_after_all() {
    let book = Logbook::default();
    let mut told = BTreeMap::new();
    let mut look_after = async |pause: u64, line| {
        tokio::time::advance(Duration::from_secs(pause)).await;
        with_default(registry().with(book.clone()), || {
            look(&mut told, vec![("chat".into(), seen(line, false, 0))]);
        });
    };

    look_after(0, LineState::Connected).await;
    look_after(9, LineState::Away).await;
    look_after(9, LineState::Connected).await;
    look_after(9, LineState::Away).await;
    look_after(20, LineState::Away).await;
    look_after(20, LineState::Away).await;
    look_after(20, LineState::Away).await;
    look_after(9, LineState::Connected).await;

    let lines: Vec<String> = book.lines("chat").into_iter().map(|l| l.text).collect();
    assert_eq!(
        lines,
        [
            "Connected, live",
            "Disconnected again, retrying: It broke",
            "Connected, live",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn each_statistic_that_is_refused_is_named_once() {
    let book = Logbook::default();
    let refused = |names: &[&str]| Seen {
        refused: (names.iter())
            .map(|name| ((*name).into(), "not found".into()))
            .collect(),
        ..seen(LineState::Connecting, false, 0)
    };
    let mut told = BTreeMap::new();

    for now in [&["A"][..], &["A"], &["A", "B"], &[]] {
        with_default(registry().with(book.clone()), || {
            look(&mut told, vec![("voice".into(), refused(now))]);
        });
    }

    let lines: Vec<String> = book.lines("voice").into_iter().map(|l| l.text).collect();
    let line = |name| format!("{name} was rejected and stays unknown: not found");
    assert_eq!(lines, [line("B"), line("A")]);
}
