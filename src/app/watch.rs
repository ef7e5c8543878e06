//! Logs how sources fare, so that the log tells their day: connected, silent, hard
//! to read. That a line was lost the supervisor tells, who knows why, and only where that
//! is news: so it is here with what follows, lest a line that flaps all day fill the log.

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
/// A loss that was no news is told all the same once it has lasted so long.
const LASTS: Duration = Duration::from_secs(30);
/// Rejected messages, and whether they are many, are told at most this often.
const REPORT: Duration = Duration::from_mins(1);

/// How a source was when we looked.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    line: LineState,
    /// How many failures were told, and the last of all.
    failures: u64,
    why: Option<String>,
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
    /// When it was told last whether too many messages cannot be read.
    judged: Option<Instant>,
    /// What was said of the line since the last failure that was told.
    said: Vec<LineState>,
    /// Since when the line is lost and nobody said so.
    lost: Option<Instant>,
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
            failures: source.failures,
            why: source.last_error.as_ref().map(|(_, why)| why.clone()),
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
                failures: 0,
                why: None,
                degraded: false,
                rejected: BTreeMap::new(),
                refused: Vec::new(),
            },
            reported: None,
            judged: None,
            said: Vec::new(),
            lost: None,
        });
        before.tell(&id, seen);
    }
}

impl Told {
    fn tell(&mut self, id: &SourceId, seen: Seen) {
        self.tell_line(id, &seen);
        let is_settled = self.judged.is_none_or(|at| REPORT <= at.elapsed());
        if self.seen.degraded != seen.degraded && is_settled {
            self.judged = Some(Instant::now());
            self.seen.degraded = seen.degraded;
            if seen.degraded {
                warn!(
                    source.name = %id,
                    "Over 10% of messages in the last minute couldn't be read in full"
                );
            } else {
                info!(source.name = %id, "Messages can be read again");
            }
        }
        let known = std::mem::replace(&mut self.seen.refused, seen.refused);
        for (statistic, why) in self.seen.refused.iter().filter(|one| !known.contains(one)) {
            warn!(source.name = %id, "{statistic} was rejected and stays unknown: {why}");
        }
        let is_time = self.reported.is_none_or(|at| REPORT <= at.elapsed());
        let more = more(&self.seen.rejected, &seen.rejected);
        if is_time && !more.is_empty() {
            self.reported = Some(Instant::now());
            warn!(source.name = %id, "Couldn't read messages: {more}");
            self.seen.rejected = seen.rejected;
        }
    }
}

impl Told {
    fn tell_line(&mut self, id: &SourceId, seen: &Seen) {
        if self.seen.failures != seen.failures {
            self.seen.failures = seen.failures;
            self.said.clear();
            self.lost = None;
        }
        if matches!(seen.line, LineState::Connecting | LineState::Away) {
            self.tell_loss(id, seen);
        } else if self.seen.line != seen.line {
            self.lost = None;
            // Whatever follows a silence is news.
            if seen.line == LineState::Silent {
                self.said.clear();
            }
            if !self.said.contains(&seen.line) {
                self.said.push(seen.line);
                match seen.line {
                    LineState::CatchingUp => {
                        info!(source.name = %id, "Connected, processing queued messages");
                    }
                    LineState::Silent => warn!(
                        source.name = %id,
                        "Connected, but not responding, even to requests"
                    ),
                    _ => info!(source.name = %id, "Connected, live"),
                }
            }
        }
        self.seen.line = seen.line;
    }

    /// Each attempt to connect again brings us here, so that no clock is needed.
    fn tell_loss(&mut self, id: &SourceId, seen: &Seen) {
        if self.said.is_empty() {
            return;
        }
        let lost = *self.lost.get_or_insert_with(Instant::now);
        if LASTS <= lost.elapsed() {
            self.said.clear();
            self.lost = None;
            let why = seen.why.as_deref().unwrap_or("no reason given");
            warn!(source.name = %id, "Disconnected again, retrying: {why}");
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
mod tests;
