//! The contacts planned for a queue today.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use tracing::warn;

use crate::web::{
    WebState,
    plan::{self, PlanSubject, SubjectPlan},
};
use wallboard_domain::QueueTarget;
use wallboard_texts::Texts;

/// "Plan: about 42 contacts by now, 120 today." Empty without a plan of all its queues. Failures go
/// to the log: the page still shows live data.
pub(super) async fn write_plan(
    web: &WebState,
    texts: &Texts,
    subject: &PlanSubject,
    (now, zone): (Timestamp, &TimeZone),
) -> String {
    let today = now.to_zoned(zone.clone()).start_of_day();
    let tomorrow = today.clone().and_then(|today| today.checked_add(1.day()));
    let (Ok(today), Ok(tomorrow)) = (today, tomorrow) else {
        return String::new();
    };
    let loaded = plan::load_plan(web, today.timestamp(), tomorrow.timestamp()).await;
    let site_plan = match loaded {
        Ok(site_plan) => site_plan,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            warn!(error, "Couldn't read plans");
            return String::new();
        }
    };
    let target = |_: &_| QueueTarget::default();
    let plan = SubjectPlan::find(&site_plan, std::slice::from_ref(subject), target);
    let Some((until, total)) = plan.contacts_until(now) else {
        return String::new();
    };
    texts.planned_contacts(
        texts.signed_count(round_count(until)),
        texts.signed_count(round_count(total)),
    )
}

#[expect(clippy::cast_possible_truncation, reason = "contacts of a day")]
fn round_count(count: f64) -> i64 {
    count.round() as i64
}
