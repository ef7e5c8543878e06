//! The parts of a configuration that belong to the simulated contact center.

use crate::{
    domain::{AgentId, Id, LinkedPerson, QueueGroup, QueueId, SiteConfig, SourceId, SourceSetup},
    sources::vngage,
};

use super::{
    Settings,
    chat::{self, agent_id, group_id},
    phone,
    roster::{AGENTS, AgentNo, ON_BOTH_CHANNELS, QUEUES, SUPPORT, SUPPORT_LINE},
};

/// The chat as a source, names of the phone's queues and agents, a group of a chat queue
/// with a phone queue, and people who serve both.
pub fn site(settings: &Settings) -> SiteConfig {
    let (chat, voice) = (&settings.chat, &settings.voice);
    let new_id = |key: &str, kind: &str| Id::new(&SourceId::from(kind), key);
    let support = QueueGroup {
        id: new_id("support", "group"),
        name: "All support".to_owned(),
        queues: vec![
            QueueId::new(chat, group_id(SUPPORT)),
            QueueId::new(voice, QUEUES[SUPPORT_LINE].object),
        ],
    };
    let find = |key: &str| AGENTS.iter().position(|agent| agent.key == key);
    let people = ON_BOTH_CHANNELS.iter().filter_map(|(mailbox, employee)| {
        let (on_chat, on_phone): (AgentNo, AgentNo) = (find(mailbox)?, find(employee)?);
        Some(LinkedPerson {
            id: new_id(mailbox, "person"),
            name: AGENTS[on_phone].name.to_owned(),
            agents: vec![
                AgentId::new(chat, agent_id(on_chat)),
                AgentId::new(voice, employee),
            ],
        })
    });
    SiteConfig {
        zone: settings.zone.clone(),
        names: phone::names(voice),
        groups: vec![support],
        people: people.collect(),
        sources: vec![SourceSetup {
            demo: true,
            // Each solution leads to one group, so that a waiting chat has a queue.
            entry_queues: chat::group_by_solution(),
            ..SourceSetup::new(chat.clone(), vngage::KIND)
        }],
        ..SiteConfig::default()
    }
}
