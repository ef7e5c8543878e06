//! Queues and agents that sources are configured to provide. They exist before their first
//! report, and are removed with the configuration.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use wallboard_domain::{
    AgentStatus, EntityKind, Id, Metric, MetricSubject, MetricValue, Moment, ProvidedMetrics,
    SiteConfig, SourceId, moment,
};

use crate::{
    live_state::LiveState,
    metric_reading::MetricReading,
    snapshot::{AgentSnapshot, QueueSnapshot},
};

/// The metrics of one subject, and whether its status is included.
type ProvidedBySubject<'a> = HashMap<&'a Id, (BTreeSet<Metric>, bool)>;

impl LiveState {
    /// Adds the queues and agents that sources provide, and removes those that they no longer
    /// provide.
    pub(crate) fn register_provided(&mut self, site: &SiteConfig) {
        let (mut queues, mut agents) = (ProvidedBySubject::new(), ProvidedBySubject::new());
        for provided in site.sources.iter().flat_map(|setup| &setup.provides) {
            let (subjects, id) = match &provided.subject {
                MetricSubject::Queue(id) => (&mut queues, id),
                MetricSubject::Agent(id) => (&mut agents, id),
            };
            add_provided(subjects.entry(id).or_default(), provided);
        }
        let is_pushed = |id: &Id| {
            let setup = site.find_source(&id.source);
            setup.is_some_and(|setup| setup.vendor.is_pushed)
        };
        let is_provided = |queue: &QueueSnapshot| {
            queue.provided_metrics.is_none()
                || is_pushed(&queue.id)
                || queues.contains_key(&queue.id)
        };
        self.snapshot.queues.retain(|_, queue| is_provided(queue));
        let is_provided = |agent: &AgentSnapshot| {
            agent.report.is_none() || is_pushed(&agent.id) || agents.contains_key(&agent.id)
        };
        self.snapshot.agents.retain(|_, agent| is_provided(agent));

        // Very many subjects provide the same few metrics.
        let mut lists = BTreeMap::<Vec<Metric>, Arc<[Metric]>>::new();
        let mut list = |metrics: BTreeSet<Metric>| {
            let metrics = Vec::from_iter(metrics);
            let list = lists
                .entry(metrics)
                .or_insert_with_key(|metrics| metrics[..].into());
            list.clone()
        };
        for (id, (metrics, _)) in queues {
            self.register_queue(id, list(metrics));
        }
        for (id, (metrics, provides_status)) in agents {
            self.register_agent(id, list(metrics), provides_status);
        }
    }

    fn register_queue(&mut self, id: &Id, metrics: Arc<[Metric]>) {
        if !self.has_capacity(EntityKind::Queue, id) {
            return;
        }
        if !self.snapshot.queues.contains_key(id) {
            self.add_queue(id, None);
        }
        if let Some(queue) = self.snapshot.queues.get_mut(id) {
            queue.readings.retain_provided(&metrics);
            queue.provided_metrics = Some(metrics);
        }
    }

    fn register_agent(&mut self, id: &Id, metrics: Arc<[Metric]>, provides_status: bool) {
        if !self.has_capacity(EntityKind::Agent, id) {
            return;
        }
        let agent = self.agent_mut(id);
        let report = agent.report.get_or_insert_default();
        report.readings.retain_provided(&metrics);
        report.provided_metrics = metrics;
        if report.provides_status != provides_status {
            report.last_status = None;
            agent.status = AgentStatus::Unknown;
            agent.since = None;
        }
        report.provides_status = provides_status;
    }

    /// Corrects running clocks once their source's clock offset is known.
    pub(crate) fn reapply_clock_offset(&mut self, source: &SourceId, now: Moment) {
        let Some(source_state) = self.source_states.get_mut(source) else {
            return;
        };
        let offset = source_state.clock_offset.as_millis();
        if offset == 0 {
            return;
        }
        for agent in self.snapshot.agents.values_mut() {
            if let Some(report) = &mut agent.report
                && agent.id.source == *source
            {
                report.clock.apply_offset(offset, now.wall);
                agent.since = report.clock.started_at(report.last_status);
            }
        }
        // The next load computes the readings from these again.
        let trackers = source_state.queues.values_mut();
        let tracked = trackers.flat_map(|queue| queue.wait_tracker.longest_readings());
        let queues = self.snapshot.queues.values_mut();
        let displayed = queues
            .filter(|queue| queue.id.source == *source)
            .filter_map(|queue| queue.readings.get_mut(Metric::LongestWait));
        for longest in tracked.chain(displayed) {
            correct_start(longest, offset, now);
        }
    }
}

/// Corrects a running clock by a source's clock offset.
fn correct_start(longest: &mut MetricReading, offset: i64, now: Moment) {
    if longest.value.is_none() {
        longest.since = None;
    }
    let (Some(at), Some(MetricValue::Seconds(waited)), Some(since)) =
        (longest.at, longest.value, &mut longest.since)
    else {
        return;
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of a float saturates"
    )]
    let waited = (waited * 1000.0) as i64;
    let reported_at = moment::plus_millis(at, offset).min(now.wall);
    *since = moment::plus_millis(reported_at, -waited);
}

fn add_provided(
    (metrics, includes_status): &mut (BTreeSet<Metric>, bool),
    provided: &ProvidedMetrics,
) {
    metrics.extend(&provided.metrics);
    *includes_status |= provided.includes_status;
}
