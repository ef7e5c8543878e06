//! Queues, agents and boards as links; subjects that `[hide]` names are neither named nor linked.

use std::cmp::Ordering;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use wallboard_boards::{self as boards, card_token, encode_segment, subject_path};
use wallboard_domain::{
    AgentId, CustomFigureId, Id, Moment, NameVisibility, NaturalOrder, PersonName, QueueId,
    SiteConfig, SourceId, moment,
};
use wallboard_history::report::ReportSubject;
use wallboard_live::{
    AgentPresence, AgentSnapshot, Incident, IncidentSubject, LiveHandle, QueueSnapshot, Snapshot,
};
use wallboard_texts::Texts;

use crate::web::rewind::past_query;

/// How long after an incident's start pages surely show it, in milliseconds.
const SHOWN_AFTER: i64 = 1_000;

/// Encodes a value of an address's query.
pub(in crate::web) fn form_urlencode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The page that edits the thresholds, targets and hours of queues by pattern.
pub(in crate::web) const PATTERN_ROUTE: &str = "/settings/queues";

/// The page that edits a pattern; without one, the page where somebody chooses it.
pub(in crate::web) fn pattern_address(pattern: &str) -> String {
    match pattern {
        "" => PATTERN_ROUTE.to_owned(),
        _ => format!("{PATTERN_ROUTE}?pattern={}", form_urlencode(pattern)),
    }
}

/// A name with a link; no link if the address is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct PageLink {
    pub(in crate::web) name: String,
    pub(in crate::web) href: String,
}

impl Ord for PageLink {
    fn cmp(&self, other: &Self) -> Ordering {
        (NaturalOrder(&self.name), &self.href).cmp(&(NaturalOrder(&other.name), &other.href))
    }
}

impl PartialOrd for PageLink {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PageLink {
    pub(in crate::web) fn new(name: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            href: href.into(),
        }
    }
}

pub(in crate::web) fn queue_link(snapshot: &Snapshot, queue: &QueueSnapshot) -> PageLink {
    PageLink::new(
        snapshot.queue_name(queue),
        subject_path("queues", &queue.id),
    )
}

pub(in crate::web) fn agent_link(snapshot: &Snapshot, agent: &AgentSnapshot) -> PageLink {
    PageLink::new(
        displayed_name(&snapshot.site, &snapshot.agent_name(agent)),
        subject_path("agents", &agent.id),
    )
}

pub(in crate::web) fn queue_link_by_id(
    texts: &Texts,
    snapshot: &Snapshot,
    id: &QueueId,
) -> PageLink {
    match snapshot.queues.get(id) {
        Some(queue) if snapshot.is_queue_hidden(queue) => PageLink::new(texts.hidden_queue(), ""),
        Some(known) => queue_link(snapshot, known),
        None => PageLink::new(&*id.external, ""),
    }
}

/// The address of the page with a custom figure's past.
pub(in crate::web) fn figure_path(id: &CustomFigureId, queue: Option<&QueueId>) -> String {
    let path = boards::figure_path(id);
    match queue {
        Some(queue) => format!("{path}?queue={}", form_urlencode(&queue.to_string())),
        None => path,
    }
}

pub(in crate::web) fn agent_link_by_id(
    texts: &Texts,
    snapshot: &Snapshot,
    id: &AgentId,
) -> PageLink {
    match snapshot.agents.get(id) {
        Some(agent) if snapshot.is_agent_hidden(agent) => PageLink::new(texts.hidden_agent(), ""),
        Some(known) => agent_link(snapshot, known),
        None => PageLink::new(displayed_name(&snapshot.site, &PersonName::unknown()), ""),
    }
}

/// The name of what an incident is about, unless it is hidden or gone.
pub(in crate::web) fn incident_name(snapshot: &Snapshot, incident: &Incident) -> Option<String> {
    match &incident.subject {
        IncidentSubject::Queue(id) => {
            let queue = snapshot.queues.get(id)?;
            (!snapshot.is_queue_hidden(queue)).then(|| snapshot.queue_name(queue))
        }
        IncidentSubject::Source(id) => {
            (snapshot.sources.contains_key(id)).then(|| snapshot.site.source_name(id))
        }
    }
}

/// The query that shows a page as of an incident's start.
pub(in crate::web) fn incident_query(incident: &Incident) -> String {
    past_query(moment::plus_millis(incident.from, SHOWN_AFTER), 0)
}

pub(in crate::web) fn board_link(id: &str, title: &str) -> PageLink {
    PageLink::new(title, format!("/boards/{}", encode_segment(id)))
}

/// The queue at an address, unless hidden.
pub(in crate::web) fn find_queue<'a>(
    snapshot: &'a Snapshot,
    source: &str,
    external: &str,
) -> Option<&'a QueueSnapshot> {
    let id = Id::new(&SourceId::from(source), external);
    let found = snapshot.queues.get(&id)?;
    (!snapshot.is_queue_hidden(found)).then_some(found)
}

/// The agent at an address, unless hidden.
pub(in crate::web) fn find_agent<'a>(
    snapshot: &'a Snapshot,
    source: &str,
    external: &str,
) -> Option<&'a AgentSnapshot> {
    let id = Id::new(&SourceId::from(source), external);
    let found = snapshot.agents.get(&id)?;
    (!snapshot.is_agent_hidden(found)).then_some(found)
}

/// Whether a live source has this queue or agent and it isn't hidden.
pub(in crate::web) fn is_live(live: &LiveHandle, subject: &ReportSubject) -> bool {
    live.read_snapshot(|snapshot, _| match subject {
        ReportSubject::Queue(id) => {
            find_queue(snapshot, id.source.as_str(), &id.external).is_some()
        }
        ReportSubject::Agent(id) => {
            find_agent(snapshot, id.source.as_str(), &id.external).is_some()
        }
        ReportSubject::Site | ReportSubject::Queues(_) => true,
    })
}

/// The person at an address, unless hidden.
pub(in crate::web) fn find_person<'a>(
    snapshot: &'a Snapshot,
    source: &str,
    external: &str,
    now: Moment,
) -> Option<AgentPresence<'a>> {
    let id = Id::new(&SourceId::from(source), external);
    let person = snapshot.site.people.iter().find(|known| known.id == id)?;
    snapshot.person_presence(person, now)
}

/// The agent of a board's card, unless hidden.
pub(in crate::web) fn find_card<'a>(
    snapshot: &'a Snapshot,
    token: &str,
    now: Moment,
) -> Option<&'a AgentId> {
    let mut people = snapshot.all_presences(now).into_iter();
    let of_token = |presence: &AgentPresence<'_>| card_token(&snapshot.site, presence.id) == token;
    people.find(of_token).map(|presence| presence.id)
}

/// The name for readers of desk pages.
pub(in crate::web) fn displayed_name(site: &SiteConfig, name: &PersonName) -> String {
    site.format_name(name)
}

pub(in crate::web) fn person_link(snapshot: &Snapshot, presence: &AgentPresence<'_>) -> PageLink {
    PageLink::new(
        displayed_name(&snapshot.site, &presence.name),
        subject_path("agents", presence.id),
    )
}

/// Links to people, by name; none where names aren't shown, and their number says it all.
pub(in crate::web) fn person_links(
    snapshot: &Snapshot,
    presences: &[AgentPresence<'_>],
) -> Vec<PageLink> {
    if snapshot.site.agent_names == NameVisibility::None {
        return Vec::new();
    }
    let links = presences.iter();
    let mut links: Vec<_> = links.map(|one| person_link(snapshot, one)).collect();
    links.sort();
    links
}
