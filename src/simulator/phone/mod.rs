//! The phone side: a simulated Genesys Engage. Its values are in Genesys' JSON and go
//! through the subscriptions and the decoder of the real source.

mod feed;
mod service;
mod statistics;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::{
    domain::{Id, SourceId},
    sources::{
        RedactedText,
        genesys::{self, GenesysMode, NotificationTransport, OAuthGrant, OAuthSettings},
    },
};

use super::roster::{AGENTS, Channel, PAUSES, QUEUES};

pub(crate) use feed::PhoneFeed;

/// The configuration of the phone's source, with all of its statistics.
pub fn configuration(id: &SourceId) -> genesys::GenesysSettings {
    let reason = |pause: &super::roster::PauseReason| {
        let description = pause.description.to_owned();
        (pause.code.to_owned(), description)
    };
    genesys::GenesysSettings {
        id: id.clone(),
        base_url: String::new(),
        api_key: RedactedText::default(),
        ca_file: None,
        mode: GenesysMode::Subscribe,
        transport: NotificationTransport::Auto,
        chunk: 100,
        states: HashMap::new(),
        reasons: PAUSES.iter().map(reason).collect(),
        auth: OAuthSettings {
            token_url: String::new(),
            grant: OAuthGrant::ClientCredentials,
            client_id: String::new(),
            client_secret: RedactedText::default(),
        },
        statistics: statistics::all().map(|one| one.configured(id)).collect(),
    }
}

/// `[names]` of a configuration, because Genesys reports none.
pub(crate) fn names(id: &SourceId) -> HashMap<String, String> {
    let name = |key: &str, name: &str| (Id::new(id, key).to_string(), name.to_owned());
    let queues = QUEUES[Channel::Phone.queues()].iter();
    let queues = queues.map(|queue| name(queue.object, queue.name));
    let agents = AGENTS[Channel::Phone.agents()].iter();
    let agents = agents.map(|agent| name(agent.key, agent.name));
    queues.chain(agents).collect()
}
