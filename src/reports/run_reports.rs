//! Sends reports that are due. Only where the sources are: on one machine, or at the leader.

use std::{collections::HashMap, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::error_chain;
use wallboard_notify::{MailDocument, SendError};

use super::{ReportError, ReportPlan, Reports, report_document::DueReport, reports::sent_report};

/// How soon a report that is due is noticed.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// Minutes until the next attempt, by the number of those before.
const PAUSES: [i64; 5] = [1, 5, 15, 30, 60];
/// A report that can't be written for so long is sent with the reason in place of its figures.
const FAULT_AFTER: SignedDuration = SignedDuration::from_mins(50);

/// Sends what is due until `stop`. `compose` writes a report that was due at a time; its error says why that can't be
/// done now, and `explain` writes that.
pub async fn run_reports<C: Future<Output = Result<MailDocument, String>>>(
    reports: Reports,
    zone: impl Fn() -> TimeZone,
    compose: impl Fn(ReportPlan, Timestamp) -> C,
    explain: impl Fn(&ReportPlan, &str) -> Result<MailDocument, String>,
    stop: CancellationToken,
) {
    let mut failed = HashMap::new();
    let sending = async {
        let mut looks = interval(LOOK_INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            if let Err(error) = send_due(&reports, &zone(), &compose, &explain, &mut failed).await {
                warn!("Reports aren't sent: {}", error_chain(&error));
            }
        }
    };
    stop.run_until_cancelled(sending).await;
}

/// When and how often a report failed.
#[derive(Clone, Copy)]
struct Failures {
    due: Timestamp,
    count: usize,
    last: Timestamp,
}

async fn send_due<C: Future<Output = Result<MailDocument, String>>>(
    reports: &Reports,
    zone: &TimeZone,
    compose: &impl Fn(ReportPlan, Timestamp) -> C,
    explain: &impl Fn(&ReportPlan, &str) -> Result<MailDocument, String>,
    failed: &mut HashMap<String, Failures>,
) -> Result<(), ReportError> {
    let plans = reports.plans();
    if plans.reports.is_empty() {
        return Ok(());
    }
    let now = Timestamp::now();
    reports
        .change(|document| document.follow(&plans.reports, now))
        .await?;
    for due in reports.kept().document.find_due(&plans.reports, now, zone) {
        let earlier = failed
            .get(&due.plan.name)
            .filter(|before| before.due == due.due);
        if earlier.is_some_and(|before| now < before.next_attempt()) {
            continue;
        }
        let count = earlier.map_or(0, |before| before.count);
        match send_one(reports, compose, explain, due.clone()).await? {
            Ok(()) => drop(failed.remove(&due.plan.name)),
            Err(error) => {
                warn!(report = due.plan.name, "A report wasn't accepted: {error}");
                let failures = Failures {
                    due: due.due,
                    count: count + 1,
                    last: now,
                };
                failed.insert(due.plan.name, failures);
            }
        }
    }
    Ok(())
}

/// Sends a report, and notes what became of it.
async fn send_one<C: Future<Output = Result<MailDocument, String>>>(
    reports: &Reports,
    compose: &impl Fn(ReportPlan, Timestamp) -> C,
    explain: &impl Fn(&ReportPlan, &str) -> Result<MailDocument, String>,
    DueReport { plan, due }: DueReport,
) -> Result<Result<(), SendError>, ReportError> {
    let composed = compose(plan.clone(), due).await;
    let late = Timestamp::now().duration_since(due);
    let outcome = match composed {
        Ok(document) => reports.send(&plan, &document, Some(due)).await,
        Err(why) => match fault_mail(&plan, &why, late, explain) {
            Some(document) => {
                let sent = reports.send(&plan, &document, Some(due)).await;
                sent.map(|answer| format!("{answer} Sent without figures: {why}"))
            }
            None => Err(SendError::temporary(why)),
        },
    };
    let sent = sent_report(&plan, Some(due), Timestamp::now(), "", &outcome);
    if sent.is_accepted {
        info!(report = plan.name, channel = plan.channel, "Sent a report");
    }
    reports.note(sent).await?;
    Ok(outcome.map(drop))
}

/// Returns what is sent in place of a report that can't be written; `None`: it's still attempted.
pub(super) fn fault_mail<D>(
    plan: &ReportPlan,
    why: &str,
    late: SignedDuration,
    explain: impl Fn(&ReportPlan, &str) -> Result<D, String>,
) -> Option<D> {
    (FAULT_AFTER <= late).then(|| explain(plan, why).ok())?
}

impl Failures {
    fn next_attempt(&self) -> Timestamp {
        let pause = PAUSES[(self.count - 1).min(PAUSES.len() - 1)];
        self.last
            .saturating_add(SignedDuration::from_mins(pause))
            .unwrap_or(Timestamp::MAX)
    }
}
