//! The demo's telephone side: a simulated Genesys Engage. Its values are Genesys' own
//! JSON and go through the desk and the decoder of the real source.

mod cast;
mod demand;
pub mod export;
mod floor;
mod runner;
mod service;
mod statistics;
mod switch;
mod telephone;
#[cfg(test)]
mod tests;
mod truth;

use std::collections::HashMap;

use crate::{
    domain::QueueId,
    sources::{
        Hidden,
        genesys::{self, Auth, Grant, Mode, Transport},
    },
};

use super::{Settings, floor::count};

use cast::{AGENTS, QUEUES};

pub use runner::Voice;
pub use telephone::Telephone;
pub use truth::{AgentTruth, QueueTruth, Truth};

/// What a configuration of this source would ask for.
pub fn configured(settings: &Settings) -> genesys::Settings {
    let asked = statistics::all().map(|kept| kept.asked(&settings.id));
    genesys::Settings {
        id: settings.id.clone(),
        base_url: String::new(),
        api_key: Hidden::default(),
        ca_file: None,
        mode: Mode::Subscribe,
        transport: Transport::Auto,
        chunk: 100,
        states: HashMap::new(),
        reasons: cast::reasons(),
        auth: Auth {
            token_url: String::new(),
            grant: Grant::ClientCredentials,
            client_id: String::new(),
            client_secret: Hidden::default(),
        },
        statistics: asked.collect(),
    }
}

/// Genesys says no names: these are `[names]` of a configuration.
pub fn names(settings: &Settings) -> HashMap<String, String> {
    let id = |object| QueueId::new(&settings.id, object).to_string();
    let queues = QUEUES.iter().map(|queue| (id(queue.object), queue.name));
    let agents = AGENTS.iter().map(|agent| (id(agent.object), agent.name));
    let all = queues.chain(agents);
    all.map(|(id, name)| (id, name.to_owned())).collect()
}

/// The queue that the chat has a group for too.
pub(super) const SUPPORT_LINE: &str = QUEUES[cast::SUPPORT].object;

/// The name of an employee.
pub(super) fn name_of(employee: &str) -> Option<&'static str> {
    let agent = AGENTS.iter().find(|agent| agent.object == employee)?;
    Some(agent.name)
}
