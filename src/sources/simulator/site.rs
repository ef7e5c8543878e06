//! What a configuration of the demo would say of chat and telephone together.

use crate::domain::{AgentId, Group, Id, Person, QueueId, Site, SourceId};

use super::{
    Settings,
    cast::{self, AGENTS, AgentNo, SUPPORT},
    voice,
};

/// Who is known to the chat and to the telephone, by their place there and here.
const BOTH: [(&str, &str); 2] = [("astrid.lindqvist", "5101"), ("pawel.zukowski", "5102")];

/// Names, a group of a chat queue with a telephone queue, and people who serve both.
pub fn site(chat: &Settings, telephone: &Settings) -> Site {
    let own = |key: &str, kind: &str| Id::new(&SourceId::from(kind), key);
    let support = Group {
        id: own("support", "group"),
        name: "All support".to_owned(),
        queues: vec![
            QueueId::new(&chat.id, cast::group_id(SUPPORT)),
            QueueId::new(&telephone.id, voice::SUPPORT_LINE),
        ],
    };
    let people = BOTH.iter().filter_map(|(mailbox, employee)| {
        let is_it = |no: &AgentNo| AGENTS[*no].mailbox == *mailbox;
        let no = (0..AGENTS.len()).find(is_it)?;
        Some(Person {
            id: own(mailbox, "person"),
            name: voice::name_of(employee)?.to_owned(),
            agents: vec![
                AgentId::new(&chat.id, cast::agent_id(no)),
                AgentId::new(&telephone.id, employee),
            ],
        })
    });
    Site {
        zone: chat.zone.clone(),
        names: voice::names(telephone),
        groups: vec![support],
        people: people.collect(),
        ..Site::default()
    }
}
