//! Queues, agents and boards as links; what `[hide]` names is neither named nor linked.

use std::cmp::Ordering;

use crate::{
    boards::{card_token, encode_segment, subject_path},
    domain::{AgentId, Id, Moment, NaturalOrder, PersonName, QueueId, SiteConfig, SourceId},
    history::report::ReportSubject,
    live::{AgentPresence, AgentSnapshot, QueueSnapshot, Snapshot},
};

use super::WebState;

/// A name, and where it leads; nowhere with an empty address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PageLink {
    pub(super) name: String,
    pub(super) href: String,
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
    fn unlinked(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            href: String::new(),
        }
    }
}

pub(super) fn queue_link(picture: &Snapshot, queue: &QueueSnapshot) -> PageLink {
    PageLink {
        name: picture.queue_name(queue),
        href: subject_path("queues", &queue.id),
    }
}

pub(super) fn agent_link(picture: &Snapshot, agent: &AgentSnapshot) -> PageLink {
    PageLink {
        name: displayed_name(&picture.site, &picture.agent_name(agent)),
        href: subject_path("agents", &agent.id),
    }
}

pub(super) fn queue_link_by_id(picture: &Snapshot, id: &QueueId) -> PageLink {
    match picture.queues.get(id) {
        Some(queue) if picture.is_queue_hidden(queue) => PageLink::unlinked("Hidden queue"),
        Some(known) => queue_link(picture, known),
        None => PageLink::unlinked(&id.external),
    }
}

pub(super) fn agent_link_by_id(picture: &Snapshot, id: &AgentId) -> PageLink {
    match picture.agents.get(id) {
        Some(agent) if picture.is_agent_hidden(agent) => PageLink::unlinked("Hidden agent"),
        Some(known) => agent_link(picture, known),
        None => PageLink::unlinked(&displayed_name(&picture.site, &PersonName::unknown())),
    }
}

pub(super) fn board_link(id: &str, title: &str) -> PageLink {
    PageLink {
        name: title.to_owned(),
        href: format!("/boards/{}", encode_segment(id)),
    }
}

/// The queue at an address, unless it is hidden.
pub(super) fn find_queue<'a>(
    picture: &'a Snapshot,
    source: &str,
    external: &str,
) -> Option<&'a QueueSnapshot> {
    let id = Id::new(&SourceId::from(source), external);
    let found = picture.queues.get(&id)?;
    (!picture.is_queue_hidden(found)).then_some(found)
}

/// The agent at an address, unless hidden.
pub(super) fn find_agent<'a>(
    picture: &'a Snapshot,
    source: &str,
    external: &str,
) -> Option<&'a AgentSnapshot> {
    let id = Id::new(&SourceId::from(source), external);
    let found = picture.agents.get(&id)?;
    (!picture.is_agent_hidden(found)).then_some(found)
}

/// Whether a live source tells of this queue or agent, and neither is hidden.
pub(super) fn is_live(web: &WebState, who: &ReportSubject) -> bool {
    web.live.read_snapshot(|picture, _| match who {
        ReportSubject::Queue(id) => find_queue(picture, id.source.as_str(), &id.external).is_some(),
        ReportSubject::Agent(id) => find_agent(picture, id.source.as_str(), &id.external).is_some(),
        ReportSubject::Site | ReportSubject::Queues(_) => true,
    })
}

/// The person at an address, unless hidden.
pub(super) fn find_person<'a>(
    picture: &'a Snapshot,
    source: &str,
    external: &str,
    now: Moment,
) -> Option<AgentPresence<'a>> {
    let id = Id::new(&SourceId::from(source), external);
    let person = picture.site.people.iter().find(|known| known.id == id)?;
    picture.person_presence(person, now)
}

/// Whom a card on a board is of, unless hidden.
pub(super) fn find_card<'a>(
    picture: &'a Snapshot,
    token: &str,
    now: Moment,
) -> Option<&'a AgentId> {
    let mut people = picture.all_presences(now).into_iter();
    let of_token = |who: &AgentPresence<'_>| card_token(&picture.site, who.id) == token;
    people.find(of_token).map(|who| who.id)
}

/// What readers of the desk pages see.
pub(super) fn displayed_name(site: &SiteConfig, name: &PersonName) -> String {
    site.format_name(name)
}

pub(super) fn person_link(picture: &Snapshot, who: &AgentPresence<'_>) -> PageLink {
    PageLink {
        name: displayed_name(&picture.site, &who.name),
        href: subject_path("agents", who.id),
    }
}
