//! Logs how sources fare, so that the log tells their day: connected, silent, hard
//! to read. That a line was lost the supervisor tells, who knows why.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    domain::SourceId,
    live::{LineState, Live, Picture},
};

/// What comes and goes within it is not told.
const SETTLE: Duration = Duration::from_millis(500);
/// Rejected messages are told at most this often.
const REPORT: Duration = Duration::from_mins(1);

/// How a source was when we looked.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    line: LineState,
    degraded: bool,
    rejected: BTreeMap<&'static str, u64>,
    /// Statistics that the vendor refuses, and why.
    refused: Vec<(Arc<str>, Arc<str>)>,
}

/// A source as it was last told of.
#[derive(Debug)]
struct Told {
    seen: Seen,
    reported: Option<Instant>,
}

/// Runs until `stop`.
pub(super) async fn watch(live: Live, stop: CancellationToken) {
    let mut bell = live.bell();
    let mut told = BTreeMap::new();
    loop {
        look(&mut told, live.read(|picture, _| seen(picture)));
        let rung = async {
            // Ends only with the live state, which ends with the process.
            if bell.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            sleep(SETTLE).await;
        };
        tokio::select! {
            () = rung => {}
            () = stop.cancelled() => return,
        }
    }
}

fn seen(picture: &Picture) -> Vec<(SourceId, Seen)> {
    let sources = picture.sources.values().map(|source| {
        let seen = Seen {
            line: source.line,
            degraded: source.degraded,
            rejected: source.by_reason.clone(),
            refused: (source.account.as_ref()).map_or_else(Vec::new, |all| all.refused.clone()),
        };
        (source.id.clone(), seen)
    });
    sources.collect()
}

fn look(told: &mut BTreeMap<SourceId, Told>, sources: Vec<(SourceId, Seen)>) {
    told.retain(|id, _| sources.iter().any(|(seen, _)| seen == id));
    for (id, seen) in sources {
        let before = told.entry(id.clone()).or_insert_with(|| Told {
            seen: Seen {
                line: LineState::Connecting,
                degraded: false,
                rejected: BTreeMap::new(),
                refused: Vec::new(),
            },
            reported: None,
        });
        before.tell(&id, seen);
    }
}

impl Told {
    fn tell(&mut self, id: &SourceId, seen: Seen) {
        if self.seen.line != seen.line {
            self.seen.line = seen.line;
            match seen.line {
                LineState::CatchingUp => {
                    info!(source.name = %id, "Connected, and taking in what had gathered");
                }
                LineState::Connected => info!(source.name = %id, "Live: all is well"),
                LineState::Silent => warn!(
                    source.name = %id,
                    "The connection stands, and the source says nothing, not even when asked"
                ),
                LineState::Connecting | LineState::Away => {}
            }
        }
        if self.seen.degraded != seen.degraded {
            self.seen.degraded = seen.degraded;
            if seen.degraded {
                warn!(
                    source.name = %id,
                    "More than a tenth of the last minute's messages could not be read in full"
                );
            } else {
                info!(source.name = %id, "Messages can be read again");
            }
        }
        let known = std::mem::replace(&mut self.seen.refused, seen.refused);
        for (statistic, why) in self.seen.refused.iter().filter(|one| !known.contains(one)) {
            warn!(source.name = %id, "{statistic} is refused and stays unknown: {why}");
        }
        let is_time = self.reported.is_none_or(|at| REPORT <= at.elapsed());
        let more = more(&self.seen.rejected, &seen.rejected);
        if is_time && !more.is_empty() {
            self.reported = Some(Instant::now());
            warn!(source.name = %id, "Messages could not be read: {more}");
            self.seen.rejected = seen.rejected;
        }
    }
}

/// What was rejected since, by reason.
fn more(before: &BTreeMap<&'static str, u64>, now: &BTreeMap<&'static str, u64>) -> String {
    let more = now.iter().filter_map(|(why, count)| {
        let more = count - before.get(why).copied().unwrap_or(0).min(*count);
        (0 < more).then(|| format!("{why} ({more})"))
    });
    more.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use tracing::subscriber::with_default;
    use tracing_subscriber::{layer::SubscriberExt, registry};

    use crate::logbook::Logbook;

    use super::*;

    fn seen(line: LineState, degraded: bool, not_json: u64) -> Seen {
        Seen {
            line,
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
                "Messages could not be read: not_json (7)",
                "Messages can be read again",
                "More than a tenth of the last minute's messages could not be read in full",
                "Messages could not be read: not_json (2)",
                "Live: all is well",
                "Connected, and taking in what had gathered",
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
        let line = |name| format!("{name} is refused and stays unknown: not found");
        assert_eq!(lines, [line("B"), line("A")]);
    }
}
