//! The site of the demo: both sides of the simulated contact center as sources, and its queues
//! and people linked to the exported history.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::tz::TimeZone;
use wallboard_simulator::{
    Channel, chat, export,
    roster::{AGENTS, BusinessHours, QUEUES, QueueNo, SUPPORT, SUPPORT_LINE},
};

use wallboard_domain::{
    AgentId, AgentStatus, Brand, Id, LinkedPerson, Logo, LogoFile, Metric, OpenPeriod,
    OpeningHours, Pattern, PatternThresholds, Patterns, QueueGroup, QueueId, QueueTarget,
    SeverityLimits, SiteConfig, SourceId, SourceSetup,
};
use wallboard_sources::{genesys, statserver, vngage};

use super::{
    CHAT, CHAT_EXPORT, FORECAST, SCHEDULES, VOICE, VOICE_EXPORT, voice_settings::voice_settings,
};

/// Returns the site, with names of the phone's queues and agents, a group of a chat queue with a
/// phone queue, and everyone linked to their history. Queues are open by their customers' time.
pub(super) fn demo_site(zone: TimeZone, customers: &TimeZone) -> SiteConfig {
    let [chat, voice] = [CHAT, VOICE].map(SourceId::from);
    let support = QueueGroup {
        id: Id::new(&SourceId::from("group"), "support"),
        name: "All support".to_owned(),
        queues: vec![
            QueueId::new(&chat, chat::group_id(SUPPORT)),
            QueueId::new(&voice, QUEUES[SUPPORT_LINE].object),
        ],
    };
    let chat_target = QueueTarget {
        threshold_ms: 60_000,
        ..QueueTarget::default()
    };
    let statistics = voice_settings(&voice).statistics;
    let provides = statserver::provided_metrics(statistics.iter().map(|one| &one.statistic));
    let source_names = [
        (CHAT_EXPORT, "Chat history"),
        (VOICE_EXPORT, "Call history"),
        (FORECAST, "Forecast"),
        (SCHEDULES, "Schedules"),
    ];
    SiteConfig {
        brand: brand(),
        hours: opening_hours(customers),
        zone,
        thresholds: demo_thresholds(),
        names: phone_names(&voice),
        targets: Patterns(vec![
            (Pattern("chat/*".to_owned()), chat_target),
            (Pattern(format!("{CHAT_EXPORT}/*")), chat_target),
        ]),
        groups: vec![support],
        people: linked_people(),
        linked_queues: (0..QUEUES.len()).map(linked_queue).collect(),
        source_names: source_names
            .map(|(id, name)| (id.into(), name.to_owned()))
            .into(),
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

/// The id of a queue at its live source.
pub(super) fn live_queue(no: QueueNo) -> QueueId {
    if Channel::Chat.queues().contains(&no) {
        QueueId::new(&CHAT.into(), chat::group_id(no))
    } else {
        QueueId::new(&VOICE.into(), QUEUES[no].object)
    }
}

/// A line of `[links]`: a queue and its history.
fn linked_queue(no: QueueNo) -> (QueueId, Vec<QueueId>) {
    let history = if Channel::Chat.queues().contains(&no) {
        QueueId::new(&CHAT_EXPORT.into(), QUEUES[no].name)
    } else {
        QueueId::new(&VOICE_EXPORT.into(), &export::queue_id(no).to_string())
    };
    (live_queue(no), vec![history])
}

/// `[people]`: everyone with their history; who serves both channels is one person.
fn linked_people() -> Vec<LinkedPerson> {
    let mut people: Vec<LinkedPerson> = Vec::new();
    for (no, agent) in AGENTS.iter().enumerate() {
        let (live, history) = if Channel::Chat.agents().contains(&no) {
            let history = AgentId::new(&CHAT_EXPORT.into(), agent.name);
            (AgentId::new(&CHAT.into(), chat::agent_id(no)), history)
        } else {
            let history = AgentId::new(&VOICE_EXPORT.into(), agent.key);
            (AgentId::new(&VOICE.into(), agent.key), history)
        };
        match people.iter_mut().find(|person| person.name == agent.name) {
            Some(person) => person.agents.extend([live, history]),
            None => people.push(LinkedPerson {
                id: Id::new(&SourceId::from("person"), agent.key),
                name: agent.name.to_owned(),
                agents: vec![live, history],
            }),
        }
    }
    people
}

/// Chats are answered sooner than calls, and nobody stays in wrap-up all day.
fn demo_thresholds() -> Patterns<PatternThresholds> {
    const MINUTE: i64 = 60_000;
    let limits = |warning, critical| SeverityLimits {
        warning: Some(warning),
        critical: Some(critical),
        ..SeverityLimits::default()
    };
    let everywhere = PatternThresholds {
        time_in_state: vec![
            (AgentStatus::WrapUp, 5 * MINUTE),
            (AgentStatus::NotReady, 45 * MINUTE),
        ],
        ..PatternThresholds::default()
    };
    let chats = PatternThresholds {
        metrics: vec![
            (Metric::Waiting, limits(5.0, 10.0)),
            (Metric::LongestWait, limits(45.0, 120.0)),
        ],
        ..PatternThresholds::default()
    };
    let calls = PatternThresholds {
        metrics: vec![(Metric::Waiting, limits(20.0, 50.0))],
        ..PatternThresholds::default()
    };
    let pattern = |text: &str| Pattern(text.to_owned());
    Patterns(vec![
        (pattern("*"), everywhere),
        (pattern(&format!("{VOICE}/*")), calls),
        (pattern(&format!("{CHAT}/*")), chats),
    ])
}

/// `[brand]`.
fn brand() -> Brand {
    Brand {
        name: Some("Fjordnet".to_owned()),
        logo: Some(Logo::File(Arc::new(LogoFile {
            media_type: "image/svg+xml; charset=utf-8",
            bytes: include_bytes!("logo.svg").to_vec(),
        }))),
        accent: Some("#2a9d8f".to_owned()),
        contact: Some("Service desk, 4400".to_owned()),
    }
}

/// `[hours]`: when the simulated queues are open.
fn opening_hours(zone: &TimeZone) -> Patterns<OpeningHours> {
    let hours = QUEUES.iter().enumerate().filter_map(|(no, queue)| {
        let (days, from_hour, to_hour) = match queue.opens {
            BusinessHours::Always => return None,
            BusinessHours::Office => (5, 8, 17),
            BusinessHours::Night => (7, 22, 30),
        };
        let period = OpenPeriod {
            from_minute: from_hour * 60,
            to_minute: to_hour * 60,
        };
        let mut week = <[Vec<OpenPeriod>; 7]>::default();
        week[..days].fill(vec![period]);
        let hours = OpeningHours {
            zone: zone.clone(),
            week,
            dates: BTreeMap::new(),
            holidays: wallboard_domain::ClosedDays::default(),
        };
        Some((Pattern(linked_queue(no).0.to_string()), hours))
    });
    Patterns(hours.collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_and_agent_is_linked_to_its_history() {
        let site = demo_site(TimeZone::UTC, &TimeZone::UTC);

        assert_eq!(site.linked_queues.len(), QUEUES.len());
        let agents: usize = site.people.iter().map(|person| person.agents.len()).sum();
        assert_eq!(agents, 2 * AGENTS.len());
        let people = site.people.iter();
        let on_both_channels = people.filter(|person| person.agents.len() == 4);
        let names: Vec<&str> = on_both_channels.map(|person| &*person.name).collect();
        assert_eq!(names, ["Astrid Lindqvist", "Paweł Żukowski"]);
    }
}
