//! One incident in words.

use jiff::Timestamp;

use crate::web::parts::{
    links::{self, PageLink},
    sentence::{Sentence, SentencePiece, slot},
};
use wallboard_boards::subject_path;
use wallboard_domain::{AgentStatus, Moment, QueueId, moment};
use wallboard_live::{Incident, IncidentCause, IncidentSubject, ObservedStatus, Snapshot};
use wallboard_texts::Texts;

use super::Shift;

/// Agents that are named.
const NAMES_MAX: usize = 5;

pub(super) struct IncidentRow {
    /// "10:40–10:52"
    pub(super) times: String,
    /// To the queue at that time.
    pub(super) link: PageLink,
    /// The groups that were critical because of it.
    pub(super) groups: Vec<PageLink>,
    /// "4:12 wait, 11 waiting"
    pub(super) why: String,
    /// The agents who were on break when it began, by name, and how many more.
    pub(super) on_break: Vec<PageLink>,
    pub(super) more_on_break: usize,
    /// "12 min"
    pub(super) lasted: String,
    /// Within the shift.
    pub(super) millis: i64,
    pub(super) is_open: bool,
    queue: Option<QueueId>,
    from: Timestamp,
}

impl IncidentRow {
    /// `None` if its subject is hidden.
    pub(super) fn new(
        texts: &Texts,
        snapshot: &Snapshot,
        incident: &Incident,
        shift: &Shift,
        now: Moment,
    ) -> Option<Self> {
        let end = incident.to.unwrap_or(now.wall).min(shift.to);
        let millis = moment::millis_between(incident.from.max(shift.from), end).max(0);
        let why: Vec<String> = (incident.causes.iter())
            .map(|cause| describe_cause(texts, cause))
            .collect();
        let (link, queue) = match &incident.subject {
            IncidentSubject::Queue(id) => (queue_link(snapshot, incident, id)?, Some(id.clone())),
            IncidentSubject::Source(_) => {
                let name = links::incident_name(snapshot, incident)?;
                (PageLink::new(name, ""), None)
            }
        };
        Some(Self {
            times: texts.time_range(incident.from, incident.to, &shift.zone),
            link,
            groups: Vec::new(),
            why: why.join(", "),
            on_break: Vec::new(),
            more_on_break: 0,
            lasted: texts.age(millis),
            millis,
            is_open: incident.to.is_none(),
            queue,
            from: incident.from,
        })
    }

    /// Adds a group's incident that repeats this one.
    pub(super) fn add_group(&mut self, snapshot: &Snapshot, incident: &Incident) {
        if let IncidentSubject::Queue(id) = &incident.subject {
            self.groups.extend(queue_link(snapshot, incident, id));
        }
    }

    /// "On break when it began: Anna K. and 2 more"
    pub(super) fn on_break_sentence(&self, texts: &Texts) -> Sentence {
        let names: Vec<_> = (0..).map(slot).take(self.on_break.len()).collect();
        let names = names.join(", ");
        let agents = match (self.on_break.len(), self.more_on_break) {
            (0, count) => texts.on_break_then(count),
            (_, 0) => texts.on_break_then(names),
            (_, more) => texts.on_break_then(texts.names_and_more(names, more)),
        };
        let links = self.on_break.iter().cloned().map(SentencePiece::Link);
        Sentence::new(&agents, links.collect())
    }

    /// Finds who was on break when it began, among those who serve the queue today.
    pub(super) fn find_on_break(&mut self, snapshot: &Snapshot, now: Moment) {
        let queue = self.queue.as_ref().and_then(|id| snapshot.queues.get(id));
        let Some(queue) = queue else {
            return;
        };
        let members = snapshot.group_members(queue).map(|member| &member.id);
        let members: Vec<_> = members.collect();
        let mut agents = snapshot.queue_presences(&members, now);
        let on_break = ObservedStatus::Reported(AgentStatus::NotReady);
        agents.retain(|agent| {
            snapshot.status_history.status_at(agent.id, self.from) == Some(on_break)
        });
        self.on_break = links::person_links(snapshot, &agents);
        self.on_break.truncate(NAMES_MAX);
        self.more_on_break = agents.len() - self.on_break.len();
    }
}

/// To the queue's page at that time.
fn queue_link(snapshot: &Snapshot, incident: &Incident, id: &QueueId) -> Option<PageLink> {
    let name = links::incident_name(snapshot, incident)?;
    let path = subject_path("queues", id);
    let query = links::incident_query(incident);
    Some(PageLink::new(name, format!("{path}?{query}")))
}

fn describe_cause(texts: &Texts, cause: &IncidentCause) -> String {
    texts.cause(cause.metric, &texts.value(Some(cause.worst)))
}
