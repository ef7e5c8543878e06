//! Differences between the running configuration and another. Pure.

use std::fmt;

use crate::{app::RuntimeConfig, web::CertificateFiles};
use wallboard_boards::BoardDefinition;
use wallboard_domain::SiteConfig;

use super::source_changes::SourceChanges;

#[derive(Debug, Default, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the configuration"
)]
pub(super) struct PlanChanges {
    /// Configuration sections that the live state must know.
    pub(super) site_sections: Vec<&'static str>,
    pub(super) has_other_alerts: bool,
    pub(super) has_other_reports: bool,
    pub(super) has_other_channels: bool,
    pub(super) has_other_playlists: bool,
    /// A text per changed board.
    pub(super) boards: Vec<String>,
    pub(super) sources: SourceChanges,
    /// Viewer limits, and the certificate.
    pub(super) server_keys: Vec<&'static str>,
    /// Retention settings.
    pub(super) store_keys: Vec<&'static str>,
    /// Settings that need a restart.
    pub(super) restart_keys: Vec<&'static str>,
}

impl PlanChanges {
    pub(super) fn between(old: &RuntimeConfig, new: &RuntimeConfig) -> Self {
        Self {
            site_sections: site_changes(&old.site, &new.site),
            has_other_alerts: old.alerts != new.alerts,
            has_other_reports: old.reports != new.reports,
            has_other_channels: old.channels != new.channels,
            has_other_playlists: old.playlists != new.playlists,
            boards: board_changes(&old.boards, &new.boards),
            sources: SourceChanges::between(&old.running(), &new.running()),
            server_keys: differing_names(&[
                ("max_viewers", old.max_viewers != new.max_viewers),
                ("flush_interval", old.flush_interval != new.flush_interval),
                ("tls", has_moved(old.tls.as_ref(), new.tls.as_ref())),
            ]),
            store_keys: differing_names(&[
                ("[store] keep_calls", old.retain_calls != new.retain_calls),
                (
                    "[privacy] keep_contacts",
                    old.retain_contacts != new.retain_contacts,
                ),
            ]),
            restart_keys: differing_names(&[
                ("[server] listen", old.listen != new.listen),
                ("[server] public_url", old.public_url != new.public_url),
                (
                    "[server] trusted_proxies",
                    old.trusted_proxies != new.trusted_proxies,
                ),
                ("[server] tls", old.tls.is_some() != new.tls.is_some()),
                ("[store] url", old.store != new.store),
                ("[log]", old.log != new.log),
                ("[case_records]", old.case_records != new.case_records),
                ("[cluster]", old.cluster != new.cluster),
                (
                    "[access]",
                    old.access != new.access || old.editing_policy != new.editing_policy,
                ),
            ]),
        }
    }
}

impl fmt::Display for PlanChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changed = |name: &&str| format!("{name} changed");
        let mut all: Vec<String> = self.site_sections.iter().map(changed).collect();
        all.extend(self.has_other_alerts.then(|| "alerts changed".to_owned()));
        all.extend((self.has_other_reports).then(|| "reports changed".to_owned()));
        all.extend(
            self.has_other_channels
                .then(|| "channels changed".to_owned()),
        );
        all.extend(
            self.has_other_playlists
                .then(|| "playlists changed".to_owned()),
        );
        all.extend(self.server_keys.iter().map(changed));
        all.extend(self.store_keys.iter().map(changed));
        all.extend(self.boards.iter().cloned());
        all.extend(self.sources.describe());
        if all.is_empty() {
            return f.write_str("nothing changed");
        }
        f.write_str(&all.join(", "))
    }
}

/// Whether the certificate is in other files.
fn has_moved(old: Option<&CertificateFiles>, new: Option<&CertificateFiles>) -> bool {
    old.zip(new).is_some_and(|(old, new)| old != new)
}

pub(in crate::app) fn site_changes(old: &SiteConfig, new: &SiteConfig) -> Vec<&'static str> {
    let hidden = |site: &SiteConfig| (site.hidden_queues.clone(), site.hidden_agents.clone());
    differing_names(&[
        ("time_zone", old.zone != new.zone),
        ("language", old.language != new.language),
        ("targets", old.targets != new.targets),
        ("thresholds", old.thresholds != new.thresholds),
        ("hours", old.hours != new.hours),
        ("names", old.names != new.names),
        ("hide", hidden(old) != hidden(new)),
        (
            "privacy",
            (old.agent_names, old.smallest_team) != (new.agent_names, new.smallest_team),
        ),
        ("figures", old.custom_figures != new.custom_figures),
        ("groups", old.groups != new.groups),
        ("people", old.people != new.people),
        ("brand", old.brand != new.brand),
        ("links", old.linked_queues != new.linked_queues),
        ("sources", old.sources != new.sources),
        ("names of sources", old.source_names != new.source_names),
        ("paused sources", old.paused_sources != new.paused_sources),
    ])
}

pub(in crate::app) fn board_changes(
    old: &[BoardDefinition],
    new: &[BoardDefinition],
) -> Vec<String> {
    let find =
        |boards: &[BoardDefinition], id: &str| boards.iter().position(|board| board.id == id);
    let mut changes = Vec::new();
    for board in old {
        match find(new, &board.id) {
            None => changes.push(format!("board {} removed", board.id)),
            Some(index) if new[index] != *board => {
                changes.push(format!("board {} changed", board.id));
            }
            Some(_) => {}
        }
    }
    let added = new.iter().filter(|board| find(old, &board.id).is_none());
    changes.extend(added.map(|board| format!("board {} added", board.id)));
    changes
}

fn differing_names(parts: &[(&'static str, bool)]) -> Vec<&'static str> {
    let differing = parts.iter().filter(|(_, differs)| *differs);
    differing.map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use crate::settings::ClusterSettings;
    use wallboard_boards::BoardLayout;
    use wallboard_log::cluster::NodeRole;
    use wallboard_runtime::nats::{NatsCredentials, NatsSettings};
    use wallboard_sources::{SourceConfig, vngage};

    use super::*;

    fn test_plan() -> RuntimeConfig {
        let mut plan = RuntimeConfig::demo_config(SocketAddr::from(([127, 0, 0, 1], 0)), 1, 1.0);
        plan.boards = vec![
            BoardDefinition::new("north", "North", BoardLayout::Queues),
            BoardDefinition::new("south", "South", BoardLayout::Queues),
        ];
        plan.sources = vec![chat_upstream("wallboard"), other_upstream()];
        plan
    }

    fn chat_upstream(queue: &str) -> SourceConfig {
        SourceConfig::Vngage(Box::new(vngage::VngageSettings {
            id: "chat".into(),
            url: "amqps://h/v".to_owned(),
            exchange: "integration".to_owned(),
            events_exchange: "integration".to_owned(),
            queue: queue.to_owned(),
            prefetch: 300,
            ca_file: None,
            client: None,
            allow_plaintext: false,
            transcripts: None,
        }))
    }

    fn other_upstream() -> SourceConfig {
        let SourceConfig::Vngage(mut settings) = chat_upstream("other") else {
            unreachable!("made above")
        };
        settings.id = "other".into();
        SourceConfig::Vngage(settings)
    }

    fn test_cluster() -> ClusterSettings {
        ClusterSettings {
            nats: NatsSettings {
                servers: vec!["nats://127.0.0.1:4222".to_owned()],
                site: "support".to_owned(),
                node: "wall1".to_owned(),
                credentials: NatsCredentials::None,
                ca_file: None,
                replicas: 1,
            },
            role: NodeRole::All,
            imports: true,
        }
    }

    #[test]
    fn same_configuration_changes_nothing() {
        let changes = PlanChanges::between(&test_plan(), &test_plan());

        assert_eq!(changes, PlanChanges::default());
        assert_eq!(changes.to_string(), "nothing changed");
    }

    #[test]
    fn all_differences_and_nothing_else_are_reported() {
        let mut new = test_plan();
        new.site.names.insert("chat/1".into(), "Support".into());
        new.boards[0].title = "Nord".to_owned();
        new.boards[1].id = "east".to_owned();
        new.max_viewers = 1;
        new.sources = vec![chat_upstream("another"), other_upstream()];
        new.listen.set_port(1);
        new.cluster = Some(test_cluster());

        let changes = PlanChanges::between(&test_plan(), &new);

        assert_eq!(changes.sources.stopped_sources, ["chat".into()]);
        assert_eq!(changes.sources.started_sources, [chat_upstream("another")]);
        assert_eq!(changes.restart_keys, ["[server] listen", "[cluster]"]);
        assert_eq!(
            changes.to_string(),
            "names changed, max_viewers changed, board north changed, board south removed, \
             board east added, source chat changed"
        );
    }

    #[test]
    fn sources_are_added_and_removed() {
        let (mut old, mut new) = (test_plan(), test_plan());
        old.sources = vec![chat_upstream("wallboard")];
        new.sources = vec![other_upstream()];

        let changes = PlanChanges::between(&old, &new);

        assert_eq!(changes.sources.stopped_sources, ["chat".into()]);
        assert_eq!(changes.sources.started_sources, [other_upstream()]);
        assert_eq!(
            changes.to_string(),
            "source chat stopped, source other started"
        );
    }
}
