//! Whom sources are configured to give: they are known before the first word is said
//! of them, and gone with the configuration.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::domain::{
    AgentState, Class, Given, Id, Metric, Moment, Site, SourceId, Subject, Value, moment,
};

use crate::live::{
    picture::{Agent, Queue},
    state::State,
};

/// What is given of one subject, and whether its state is.
type Gifts<'a> = HashMap<&'a Id, (BTreeSet<Metric>, bool)>;

impl State {
    /// Makes the queues and agents that are given, and removes those that are no more.
    pub(in crate::live) fn meet_given(&mut self, site: &Site) {
        let (mut queues, mut agents) = (Gifts::new(), Gifts::new());
        for given in site.sources.iter().flat_map(|setup| &setup.gives) {
            let (known, id) = match &given.subject {
                Subject::Queue(id) => (&mut queues, id),
                Subject::Agent(id) => (&mut agents, id),
            };
            add(known.entry(id).or_default(), given);
        }
        let is_given = |queue: &Queue| queue.gives.is_none() || queues.contains_key(&queue.id);
        self.picture.queues.retain(|_, queue| is_given(queue));
        let is_given = |agent: &Agent| agent.stated.is_none() || agents.contains_key(&agent.id);
        self.picture.agents.retain(|_, agent| is_given(agent));

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
            self.give_queue(id, list(metrics));
        }
        for (id, (metrics, gives_state)) in agents {
            self.give_agent(id, list(metrics), gives_state);
        }
    }

    fn give_queue(&mut self, id: &Id, gives: Arc<[Metric]>) {
        if !self.has_room(Class::Queue, id) {
            return;
        }
        if !self.picture.queues.contains_key(id) {
            self.add_queue(id);
        }
        if let Some(queue) = self.picture.queues.get_mut(id) {
            queue.readings.keep(&gives);
            queue.gives = Some(gives);
        }
    }

    fn give_agent(&mut self, id: &Id, gives: Arc<[Metric]>, gives_state: bool) {
        if !self.has_room(Class::Agent, id) {
            return;
        }
        let agent = self.agent(id);
        let stated = agent.stated.get_or_insert_default();
        stated.readings.keep(&gives);
        stated.gives = gives;
        if stated.gives_state != gives_state {
            stated.said = None;
            agent.state = AgentState::Unknown;
            agent.since = None;
        }
        stated.gives_state = gives_state;
    }

    /// A source's clock has become known: clocks that were placed without it are put right.
    pub(in crate::live) fn place_anew(&mut self, source: &SourceId, now: Moment) {
        let Some(feed) = self.feeds.get(source) else {
            return;
        };
        let offset = feed.offset.millis();
        if offset == 0 {
            return;
        }
        for agent in self.picture.agents.values_mut() {
            if let Some(stated) = &mut agent.stated
                && agent.id.source == *source
            {
                stated.clock.place(offset, now.wall);
                agent.since = stated.clock.since(stated.said);
            }
        }
        for queue in self.picture.queues.values_mut() {
            let longest = queue.readings.get_mut(Metric::LongestWait);
            if let Some(longest) = longest.filter(|_| queue.id.source == *source)
                && let (Some(at), Some(Value::Seconds(waited))) = (longest.at, longest.value)
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

fn add((metrics, state): &mut (BTreeSet<Metric>, bool), given: &Given) {
    metrics.extend(&given.metrics);
    *state |= given.stance;
}
