//! The stored data of a queue's page: its last days, what boards showed today, and its plan.

use std::sync::Arc;

use jiff::civil::Date;
use tracing::warn;

use crate::web::{
    WebState,
    history::{recent_days, recent_days_cache::TodaySnapshots, subject_days::SubjectDays},
    parts::links,
    plan::PlanSubject,
};
use wallboard_domain::{Metric, Moment, QueueId};
use wallboard_live::{Evaluator, QueueSnapshot, Snapshot};
use wallboard_texts::Texts;

#[derive(Default)]
pub(super) struct LoadedDays {
    pub(super) recent: Arc<SubjectDays>,
    pub(super) today: Vec<TodaySnapshots>,
}

impl LoadedDays {
    /// Loads them for a queue by its source and its ID there. The last days and the plan need the
    /// right to see the history.
    pub(super) async fn load(
        web: &WebState,
        texts: &'static Texts,
        source: &str,
        external: &str,
        has_history: bool,
    ) -> Self {
        let found = web.live.read_snapshot(|snapshot, now| {
            let queue = links::find_queue(snapshot, source, external)?;
            let members = snapshot.group_members(queue);
            let subject = PlanSubject {
                id: queue.id.clone(),
                members: members.map(|member| member.id.clone()).collect(),
            };
            Some((subject, snapshot.site.zone.clone(), now.wall))
        });
        let Some((subject, zone, now)) = found else {
            return Self::default();
        };
        let today = now.to_zoned(zone.clone()).date();
        let mut loaded = Self {
            today: load_today(web, subject.members.clone(), today).await,
            ..Self::default()
        };
        if has_history {
            let recent = recent_days::cached_queue_days(web, texts, &subject, &zone, now);
            loaded.recent = recent.await;
        }
        loaded
    }

    /// "Plan: about 42 contacts by now, 120 today. So far: 51." Empty without a plan of all its queues.
    pub(super) fn write_plan_note(
        &self,
        texts: &Texts,
        snapshot: &Snapshot,
        queue: &QueueSnapshot,
        now: Moment,
    ) -> String {
        let Some((until, total)) = self.recent.plan.contacts_until(now.wall) else {
            return String::new();
        };
        let came = Evaluator::new(snapshot, now).evaluate_metric(queue, Metric::Offered);
        let planned = |count: f64| texts.value(Some(Metric::Offered.value(count.round())));
        texts.planned_contacts(
            planned(until),
            planned(total),
            texts.value(came.whole_day_value()),
        )
    }
}

/// Today's board snapshots of each queue. Failures go to the log: the page still shows live data.
async fn load_today(web: &WebState, queues: Vec<QueueId>, today: Date) -> Vec<TodaySnapshots> {
    let loaded = (web.recent_days.load_today(&web.store, queues, today)).await;
    loaded.unwrap_or_else(|error| {
        let error = &error as &dyn std::error::Error;
        warn!(error, "Couldn't read board snapshots");
        Vec::new()
    })
}
