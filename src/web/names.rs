//! Queues, agents and boards as links; what `[hide]` names is neither named nor linked.

use std::cmp::Ordering;

use crate::{
    boards::{address, card_token, segment},
    domain::{AgentId, ByName, Id, Moment, PersonName, QueueId, Site, SourceId},
    history::report::Who,
    live::{Agent, Picture, Presence, Queue},
};

use super::Web;

/// A name, and where it leads; nowhere with an empty address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) href: String,
}

impl Ord for Link {
    fn cmp(&self, other: &Self) -> Ordering {
        (ByName(&self.name), &self.href).cmp(&(ByName(&other.name), &other.href))
    }
}

impl PartialOrd for Link {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Link {
    fn nowhere(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            href: String::new(),
        }
    }
}

pub(super) fn queue(picture: &Picture, queue: &Queue) -> Link {
    Link {
        name: picture.queue_name(queue),
        href: address("queues", &queue.id),
    }
}

pub(super) fn agent(picture: &Picture, agent: &Agent) -> Link {
    Link {
        name: shown(&picture.site, &picture.agent_name(agent)),
        href: address("agents", &agent.id),
    }
}

pub(super) fn queue_by_id(picture: &Picture, id: &QueueId) -> Link {
    match picture.queues.get(id) {
        Some(queue) if picture.is_queue_hidden(queue) => Link::nowhere("Hidden queue"),
        Some(known) => queue(picture, known),
        None => Link::nowhere(&id.external),
    }
}

pub(super) fn agent_by_id(picture: &Picture, id: &AgentId) -> Link {
    match picture.agents.get(id) {
        Some(agent) if picture.is_agent_hidden(agent) => Link::nowhere("Hidden agent"),
        Some(known) => agent(picture, known),
        None => Link::nowhere(&shown(&picture.site, &PersonName::unknown())),
    }
}

pub(super) fn board(id: &str, title: &str) -> Link {
    Link {
        name: title.to_owned(),
        href: format!("/boards/{}", segment(id)),
    }
}

/// The queue at an address, unless it is hidden.
pub(super) fn find_queue<'a>(
    picture: &'a Picture,
    source: &str,
    external: &str,
) -> Option<&'a Queue> {
    let id = Id::new(&SourceId::from(source), external);
    let found = picture.queues.get(&id)?;
    (!picture.is_queue_hidden(found)).then_some(found)
}

/// The agent at an address, unless hidden.
pub(super) fn find_agent<'a>(
    picture: &'a Picture,
    source: &str,
    external: &str,
) -> Option<&'a Agent> {
    let id = Id::new(&SourceId::from(source), external);
    let found = picture.agents.get(&id)?;
    (!picture.is_agent_hidden(found)).then_some(found)
}

/// Whether a live source tells of this queue or agent, and neither is hidden.
pub(super) fn is_live(web: &Web, who: &Who) -> bool {
    web.live.read(|picture, _| match who {
        Who::Queue(id) => find_queue(picture, id.source.as_str(), &id.external).is_some(),
        Who::Agent(id) => find_agent(picture, id.source.as_str(), &id.external).is_some(),
        Who::Site | Who::Queues(_) => true,
    })
}

/// The person at an address, unless hidden.
pub(super) fn find_person<'a>(
    picture: &'a Picture,
    source: &str,
    external: &str,
    now: Moment,
) -> Option<Presence<'a>> {
    let id = Id::new(&SourceId::from(source), external);
    let person = picture.site.people.iter().find(|known| known.id == id)?;
    picture.person(person, now)
}

/// Whom a card on a board is of, unless hidden.
pub(super) fn find_card<'a>(picture: &'a Picture, token: &str, now: Moment) -> Option<&'a AgentId> {
    let mut people = picture.presences(now).into_iter();
    let of_token = |who: &Presence<'_>| card_token(&picture.site, who.id) == token;
    people.find(of_token).map(|who| who.id)
}

/// What readers of the desk pages see.
pub(super) fn shown(site: &Site, name: &PersonName) -> String {
    site.show_name(name)
}

pub(super) fn presence(picture: &Picture, who: &Presence<'_>) -> Link {
    Link {
        name: shown(&picture.site, &who.name),
        href: address("agents", who.id),
    }
}
