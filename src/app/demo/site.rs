//! The site of the demo: both sides of the simulated contact center as sources, and its queues
//! and people linked to the exported history.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use wallboard_simulator::{
    Channel, chat, export,
    roster::{AGENTS, AgentNo, ON_BOTH_CHANNELS, QUEUES, QueueNo, SUPPORT, SUPPORT_LINE},
};

use crate::{
    domain::{AgentId, Id, LinkedPerson, QueueGroup, QueueId, SiteConfig, SourceId, SourceSetup},
    sources::{genesys, statserver, vngage},
};

use super::{CHAT, EXPORT, VOICE, voice_settings::voice_settings};

/// Returns the site, with names of the phone's queues and agents, a group of a chat queue with a
/// phone queue, and people who serve both.
pub(super) fn demo_site(zone: TimeZone) -> SiteConfig {
    let [chat, voice, export] = [CHAT, VOICE, EXPORT].map(SourceId::from);
    let new_id = |key: &str, kind: &str| Id::new(&SourceId::from(kind), key);
    let support = QueueGroup {
        id: new_id("support", "group"),
        name: "All support".to_owned(),
        queues: vec![
            QueueId::new(&chat, chat::group_id(SUPPORT)),
            QueueId::new(&voice, QUEUES[SUPPORT_LINE].object),
        ],
    };
    let find = |key: &str| AGENTS.iter().position(|agent| agent.key == key);
    let people = ON_BOTH_CHANNELS.iter().filter_map(|(mailbox, employee)| {
        let (on_chat, on_phone): (AgentNo, AgentNo) = (find(mailbox)?, find(employee)?);
        Some(LinkedPerson {
            id: new_id(mailbox, "person"),
            name: AGENTS[on_phone].name.to_owned(),
            agents: vec![
                AgentId::new(&chat, chat::agent_id(on_chat)),
                AgentId::new(&voice, employee),
                AgentId::new(&export, employee),
            ],
        })
    });
    let link = |queue: QueueNo| {
        let exported = QueueId::new(&export, &export::queue_id(queue).to_string());
        (QueueId::new(&voice, QUEUES[queue].object), vec![exported])
    };
    let statistics = voice_settings(&voice).statistics;
    let provides = statserver::provided_metrics(statistics.iter().map(|one| &one.statistic));
    SiteConfig {
        zone,
        names: phone_names(&voice),
        groups: vec![support],
        people: people.collect(),
        linked_queues: Channel::Phone.queues().map(link).collect(),
        sources: vec![
            SourceSetup {
                demo: true,
                // Each solution leads to one group, so that a waiting chat has a queue.
                entry_queues: chat::group_by_solution(),
                ..SourceSetup::new(chat, vngage::KIND)
            },
            SourceSetup {
                demo: true,
                provides,
                ..SourceSetup::new(voice, genesys::KIND)
            },
        ],
        ..SiteConfig::default()
    }
}

/// `[names]` of a configuration, because Genesys reports none.
fn phone_names(voice: &SourceId) -> HashMap<String, String> {
    let name = |key: &str, name: &str| (Id::new(voice, key).to_string(), name.to_owned());
    let queues = QUEUES[Channel::Phone.queues()].iter();
    let queues = queues.map(|queue| name(queue.object, queue.name));
    let agents = AGENTS[Channel::Phone.agents()].iter();
    let agents = agents.map(|agent| name(agent.key, agent.name));
    queues.chain(agents).collect()
}
