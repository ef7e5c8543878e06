//! Whom sources are configured to give: they are known before the first word is said
//! of them, and gone with the configuration.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::domain::{
    AgentStatus, EntityKind, Id, Metric, MetricSubject, MetricValue, Moment, ProvidedMetrics,
    SiteConfig, SourceId, moment,
};

use crate::live::{
    live_state::LiveState,
    snapshot::{AgentSnapshot, QueueSnapshot},
};

/// What is given of one subject, and whether its state is.
type ProvidedBySubject<'a> = HashMap<&'a Id, (BTreeSet<Metric>, bool)>;

impl LiveState {
    /// Makes the queues and agents that are given, and removes those that are no more.
    pub(in crate::live) fn register_provided(&mut self, site: &SiteConfig) {
        let (mut queues, mut agents) = (ProvidedBySubject::new(), ProvidedBySubject::new());
        for given in site.sources.iter().flat_map(|setup| &setup.provides) {
            let (known, id) = match &given.subject {
                MetricSubject::Queue(id) => (&mut queues, id),
                MetricSubject::Agent(id) => (&mut agents, id),
            };
            add_provided(known.entry(id).or_default(), given);
        }
        let is_given = |queue: &QueueSnapshot| {
            queue.provided_metrics.is_none() || queues.contains_key(&queue.id)
        };
        self.snapshot.queues.retain(|_, queue| is_given(queue));
        let is_given =
            |agent: &AgentSnapshot| agent.report.is_none() || agents.contains_key(&agent.id);
        self.snapshot.agents.retain(|_, agent| is_given(agent));

        // Very many subjects give the same few metrics.
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
        for (id, (metrics, gives_state)) in agents {
            self.register_agent(id, list(metrics), gives_state);
        }
    }

    fn register_queue(&mut self, id: &Id, gives: Arc<[Metric]>) {
        if !self.has_capacity(EntityKind::Queue, id) {
            return;
        }
        if !self.snapshot.queues.contains_key(id) {
            self.add_queue(id);
        }
        if let Some(queue) = self.snapshot.queues.get_mut(id) {
            queue.readings.retain_provided(&gives);
            queue.provided_metrics = Some(gives);
        }
    }

    fn register_agent(&mut self, id: &Id, gives: Arc<[Metric]>, gives_state: bool) {
        if !self.has_capacity(EntityKind::Agent, id) {
            return;
        }
        let agent = self.agent_mut(id);
        let stated = agent.report.get_or_insert_default();
        stated.readings.retain_provided(&gives);
        stated.provided_metrics = gives;
        if stated.provides_status != gives_state {
            stated.last_status = None;
            agent.status = AgentStatus::Unknown;
            agent.since = None;
        }
        stated.provides_status = gives_state;
    }

    /// A source's clock has become known: clocks that were placed without it are put right.
    pub(in crate::live) fn reapply_clock_offset(&mut self, source: &SourceId, now: Moment) {
        let Some(feed) = self.source_states.get(source) else {
            return;
        };
        let offset = feed.clock_offset.as_millis();
        if offset == 0 {
            return;
        }
        for agent in self.snapshot.agents.values_mut() {
            if let Some(stated) = &mut agent.report
                && agent.id.source == *source
            {
                stated.clock.apply_offset(offset, now.wall);
                agent.since = stated.clock.started_at(stated.last_status);
            }
        }
        for queue in self.snapshot.queues.values_mut() {
            let longest = queue.readings.get_mut(Metric::LongestWait);
            if let Some(longest) = longest.filter(|_| queue.id.source == *source)
                && let (Some(at), Some(MetricValue::Seconds(waited))) = (longest.at, longest.value)
                && longest.since.is_some()
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a cast of a float saturates"
                )]
                let waited = (waited * 1000.0) as i64;
                let said = moment::plus_millis(at, offset).min(now.wall);
                longest.since = Some(moment::plus_millis(said, -waited));
            }
        }
    }
}

fn add_provided((metrics, state): &mut (BTreeSet<Metric>, bool), given: &ProvidedMetrics) {
    metrics.extend(&given.metrics);
    *state |= given.includes_status;
}
