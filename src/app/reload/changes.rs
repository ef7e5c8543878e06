//! What differs between the plan that runs and another. Pure.

use std::fmt;

use crate::{
    app::{Plan, SourceConfig},
    boards::Board,
    domain::{Site, SourceId},
    history::import::Source,
    web::Pair,
};

#[derive(Debug, Default, PartialEq)]
pub(super) struct Changes {
    /// Sections of the file that the live state must know of.
    pub(super) site: Vec<&'static str>,
    /// What happened to which board.
    pub(super) boards: Vec<String>,
    /// Sources that are no more, or are others now.
    pub(super) stop: Vec<SourceId>,
    /// Sources that are new, or others now.
    pub(super) start: Vec<SourceConfig>,
    /// The same of sources of files.
    pub(super) end: Vec<SourceId>,
    pub(super) begin: Vec<Source>,
    /// Limits on viewers, and the certificate.
    pub(super) server: Vec<&'static str>,
    /// How long what is kept.
    pub(super) store: Vec<&'static str>,
    /// What cannot change while the product runs.
    pub(super) later: Vec<&'static str>,
}

impl Changes {
    pub(super) fn between(old: &Plan, new: &Plan) -> Self {
        let gone = |was: &&SourceConfig| !new.upstreams.contains(was);
        let come = |is: &&SourceConfig| !old.upstreams.contains(is);
        Self {
            site: site(&old.site, &new.site),
            boards: boards(&old.boards, &new.boards),
            stop: (old.upstreams.iter().filter(gone))
                .map(|was| was.id().clone())
                .collect(),
            start: new.upstreams.iter().filter(come).cloned().collect(),
            end: (old.exports.iter().filter(|was| !new.exports.contains(was)))
                .map(|was| was.id.clone())
                .collect(),
            begin: (new.exports.iter().filter(|is| !old.exports.contains(is)))
                .cloned()
                .collect(),
            server: differing(&[
                ("max_viewers", old.max_viewers != new.max_viewers),
                ("flush_interval", old.flush_interval != new.flush_interval),
                ("tls", is_moved(old.tls.as_ref(), new.tls.as_ref())),
            ]),
            store: differing(&[
                ("[store] keep_calls", old.keep_calls != new.keep_calls),
                (
                    "[privacy] keep_contacts",
                    old.keep_contacts != new.keep_contacts,
                ),
            ]),
            later: differing(&[
                ("[server] listen", old.listen != new.listen),
                ("[server] public_url", old.public_url != new.public_url),
                ("[server] tls", old.tls.is_some() != new.tls.is_some()),
                ("[store] url", old.store != new.store),
            ]),
        }
    }

    /// Whether a source of this id is started.
    pub(super) fn starts(&self, id: &SourceId) -> bool {
        self.start.iter().any(|upstream| upstream.id() == id)
    }

    fn sources(&self) -> Vec<String> {
        let live = self.start.iter().map(SourceConfig::id);
        let come: Vec<_> = live.chain(self.begin.iter().map(|new| &new.id)).collect();
        let gone: Vec<_> = self.stop.iter().chain(&self.end).collect();
        let told = gone.iter().map(|id| {
            let what = if come.contains(id) {
                "changed"
            } else {
                "removed"
            };
            format!("source {id} {what}")
        });
        let new = come.iter().filter(|id| !gone.contains(id));
        told.chain(new.map(|id| format!("source {id} added")))
            .collect()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changed = |name: &&str| format!("{name} changed");
        let mut all: Vec<String> = self.site.iter().map(changed).collect();
        all.extend(self.server.iter().map(changed));
        all.extend(self.store.iter().map(changed));
        all.extend(self.boards.iter().cloned());
        all.extend(self.sources());
        if all.is_empty() {
            return f.write_str("nothing changed");
        }
        f.write_str(&all.join(", "))
    }
}

/// Whether the certificate is in other files.
fn is_moved(old: Option<&Pair>, new: Option<&Pair>) -> bool {
    old.zip(new).is_some_and(|(old, new)| old != new)
}

fn site(old: &Site, new: &Site) -> Vec<&'static str> {
    let hidden = |site: &Site| (site.hidden_queues.clone(), site.hidden_agents.clone());
    differing(&[
        ("time_zone", old.zone != new.zone),
        ("targets", old.targets != new.targets),
        ("names", old.names != new.names),
        ("hide", hidden(old) != hidden(new)),
        ("privacy", old.agent_names != new.agent_names),
        ("groups", old.groups != new.groups),
        ("people", old.people != new.people),
        ("links", old.links != new.links),
        ("sources", old.sources != new.sources),
        ("names of sources", old.source_names != new.source_names),
    ])
}

fn boards(old: &[Board], new: &[Board]) -> Vec<String> {
    let find = |boards: &[Board], id: &str| boards.iter().position(|board| board.id == id);
    let mut told = Vec::new();
    for board in old {
        match find(new, &board.id) {
            None => told.push(format!("board {} removed", board.id)),
            Some(at) if new[at] != *board => told.push(format!("board {} changed", board.id)),
            Some(_) => {}
        }
    }
    let added = new.iter().filter(|board| find(old, &board.id).is_none());
    told.extend(added.map(|board| format!("board {} added", board.id)));
    told
}

fn differing(parts: &[(&'static str, bool)]) -> Vec<&'static str> {
    let differing = parts.iter().filter(|(_, differs)| *differs);
    differing.map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use crate::{
        boards::Layout,
        sources::{SourceConfig, vngage},
    };

    use super::*;

    fn plan() -> Plan {
        let mut plan = Plan::demo(SocketAddr::from(([127, 0, 0, 1], 0)), 1, 1.0);
        plan.boards = vec![
            Board::new("north", "North", Layout::Queues),
            Board::new("south", "South", Layout::Queues),
        ];
        plan.upstreams = vec![chat("wallboard"), other()];
        plan
    }

    fn chat(queue: &str) -> SourceConfig {
        SourceConfig::Vngage(Box::new(vngage::Settings {
            id: "chat".into(),
            url: "amqps://h/v".to_owned(),
            exchange: "integration".to_owned(),
            events_exchange: "integration".to_owned(),
            queue: queue.to_owned(),
            prefetch: 300,
            ca_file: None,
            client: None,
            allow_plaintext: false,
        }))
    }

    fn other() -> SourceConfig {
        let SourceConfig::Vngage(mut settings) = chat("other") else {
            unreachable!("made above")
        };
        settings.id = "other".into();
        SourceConfig::Vngage(settings)
    }

    #[test]
    fn the_same_plan_changes_nothing() {
        let changes = Changes::between(&plan(), &plan());

        assert_eq!(changes, Changes::default());
        assert_eq!(changes.to_string(), "nothing changed");
    }

    #[test]
    fn only_what_differs_is_changed_and_all_of_it_is_told() {
        let mut new = plan();
        new.site.names.insert("chat/1".into(), "Support".into());
        new.boards[0].title = "Nord".to_owned();
        new.boards[1].id = "east".to_owned();
        new.max_viewers = 1;
        new.upstreams = vec![chat("another"), other()];
        new.listen.set_port(1);

        let changes = Changes::between(&plan(), &new);

        assert_eq!(changes.stop, ["chat".into()]);
        assert_eq!(changes.start, [chat("another")]);
        assert_eq!(changes.later, ["[server] listen"]);
        assert_eq!(
            changes.to_string(),
            "names changed, max_viewers changed, board north changed, board south removed, \
             board east added, source chat changed"
        );
    }

    #[test]
    fn sources_come_and_go() {
        let (mut old, mut new) = (plan(), plan());
        old.upstreams = vec![chat("wallboard")];
        new.upstreams = vec![other()];

        let changes = Changes::between(&old, &new);

        assert_eq!(changes.stop, ["chat".into()]);
        assert_eq!(changes.start, [other()]);
        assert_eq!(
            changes.to_string(),
            "source chat removed, source other added"
        );
    }
}
