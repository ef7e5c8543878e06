//! The nodes of a cluster on the sources page: a row each, and what is wrong in plain sentences.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use wallboard_domain::Moment;
use wallboard_log::cluster::{ClusterView, NodeCondition, NodeRole, NodeView};
use wallboard_texts::Texts;

use crate::web::parts::{clock::UNKNOWN, links::PageLink, source_status_text::as_sentence};

/// The section "Nodes".
pub(in crate::web) struct ClusterPanel {
    /// The problems with their fixes, the worst first.
    pub(in crate::web) problems: Vec<NodeProblem>,
    /// The section's state, like a source's.
    pub(in crate::web) state: &'static str,
    /// "3 nodes. wall1 leads."
    pub(in crate::web) summary: String,
    pub(in crate::web) nodes: Vec<NodeRow>,
}

/// A sentence or two about what is wrong.
pub(in crate::web) struct NodeProblem {
    pub(in crate::web) text: String,
    /// The reason as the cluster reports it, or empty.
    pub(in crate::web) reason: String,
}

/// One node as text.
pub(in crate::web) struct NodeRow {
    pub(in crate::web) link: PageLink,
    pub(in crate::web) is_this: bool,
    /// As it was when this node last had a connection.
    pub(in crate::web) is_old: bool,
    pub(in crate::web) glyph: &'static str,
    pub(in crate::web) word: &'static str,
    pub(in crate::web) since: String,
    pub(in crate::web) behind: String,
    pub(in crate::web) version: String,
    pub(in crate::web) role: &'static str,
    pub(in crate::web) imports: &'static str,
    pub(in crate::web) clock: String,
}

pub(in crate::web) fn cluster_panel(
    texts: &'static Texts,
    view: &ClusterView,
    zone: &TimeZone,
    now: Moment,
) -> ClusterPanel {
    let problems = list_problems(texts, view);
    let own = view.find_this();
    let is_lost = own.is_none_or(|own| own.condition == NodeCondition::Disconnected);
    ClusterPanel {
        state: match problems.is_empty() {
            true => "live",
            false if is_lost => "down",
            false => "degraded",
        },
        problems,
        summary: summarize_nodes(texts, view, zone, now),
        nodes: view
            .nodes
            .iter()
            .map(|node| node_row(texts, node, view, zone, now))
            .collect(),
    }
}

/// "3 nodes. wall1 leads.", or as of when.
fn summarize_nodes(texts: &Texts, view: &ClusterView, zone: &TimeZone, now: Moment) -> String {
    let count = view.nodes.len();
    if !view.is_connected {
        return match view.as_of {
            Some(at) => texts.nodes_as_of(count, texts.moment(at, now.wall, zone)),
            None => texts.nodes_counted(count),
        };
    }
    match view.find_leader() {
        Some(leader) => texts.nodes_led_by(count, leader.name.as_str()),
        None => texts.nodes_leaderless(count),
    }
}

/// The worst first.
fn list_problems(texts: &Texts, view: &ClusterView) -> Vec<NodeProblem> {
    let node = view.node.as_str();
    let own = view.find_this();
    let is_lost = own.is_none_or(|own| own.condition == NodeCondition::Disconnected);
    let plain = |text| NodeProblem {
        text,
        reason: String::new(),
    };
    let mut problems = Vec::new();
    if view.is_name_shared {
        problems.push(plain(texts.node_name_shared(node)));
    }
    if !view.is_connected {
        problems.push(plain(texts.nats_unreachable(node)));
        // The others' present state isn't known.
        return problems;
    }
    if view.find_leader().is_none() {
        problems.push(plain(texts.no_node_leads().to_owned()));
    }
    if is_lost {
        problems.push(match view.reason.as_deref() {
            None => plain(texts.node_just_started(node)),
            Some(reason) => NodeProblem {
                text: texts.node_not_following(node),
                reason: as_sentence(reason),
            },
        });
    }
    problems.extend(describe_versions(texts, view).map(plain));
    let alive = view.list_alive();
    let wrong_clocks = alive.filter_map(|node| describe_wrong_clock(texts, node));
    problems.extend(wrong_clocks.map(plain));
    problems
}

/// "Versions differ: 0.1.0 on wall1 and wall3, 0.2.0 on wall2."
fn describe_versions(texts: &Texts, view: &ClusterView) -> Option<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in view.list_alive() {
        let names = versions.entry(&node.version).or_default();
        names.push(&node.name);
    }
    let parts = versions.iter();
    let parts =
        parts.map(|(version, names)| texts.version_on_nodes(*version, list_names(texts, names)));
    let parts: Vec<_> = parts.collect();
    (1 < parts.len()).then(|| texts.versions_differ(parts.join(", ")))
}

/// "wall1, wall2 and wall3"
fn list_names(texts: &Texts, names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [most @ .., last] => texts.and_names(most.join(", "), *last),
    }
}

fn describe_wrong_clock(texts: &Texts, node: &NodeView) -> Option<String> {
    let behind = node.clock_difference_ms.filter(|_| node.is_clock_wrong())?;
    let time = format_seconds(texts, behind.abs());
    let name = node.name.as_str();
    Some(if 0 < behind {
        texts.clock_is_behind(name, time)
    } else {
        texts.clock_is_ahead(name, time)
    })
}

fn node_row(
    texts: &'static Texts,
    node: &NodeView,
    view: &ClusterView,
    zone: &TimeZone,
    now: Moment,
) -> NodeRow {
    let is_old = !view.is_connected && !node.is_this;
    let (glyph, word) = match node.condition {
        _ if node.is_silent => ("◆", texts.node_silent()),
        NodeCondition::Leading => ("●", texts.node_leads()),
        NodeCondition::Following => ("●", texts.node_follows()),
        NodeCondition::Disconnected => ("◆", texts.node_disconnected()),
    };
    let address = node.url.as_deref().filter(|_| !node.is_this);
    // One address for all of them leads to any of them.
    let own = view.find_this();
    let address = address.filter(|url| own.is_none_or(|own| own.url.as_deref() != Some(*url)));
    let behind = node.behind_ms.map(|millis| format_seconds(texts, millis));
    NodeRow {
        link: PageLink::new(node.name.clone(), address.unwrap_or_default()),
        is_this: node.is_this,
        is_old,
        glyph: if is_old { "○" } else { glyph },
        word,
        since: texts.moment(node.since, now.wall, zone),
        behind: behind.unwrap_or_else(|| UNKNOWN.to_owned()),
        version: node.version.clone(),
        role: match node.role {
            NodeRole::All => "all",
            NodeRole::Edge => "edge",
        },
        imports: if node.has_imports {
            texts.yes_word()
        } else {
            texts.no_word()
        },
        clock: describe_clock(texts, node),
    }
}

/// "in sync", "3.1 s ahead", "3.1 s behind".
fn describe_clock(texts: &Texts, node: &NodeView) -> String {
    match node.clock_difference_ms {
        None => UNKNOWN.to_owned(),
        Some(_) if !node.is_clock_wrong() => texts.node_clock_right().to_owned(),
        Some(behind) if 0 < behind => texts.node_clock_behind(format_seconds(texts, behind)),
        Some(ahead) => texts.node_clock_ahead(format_seconds(texts, -ahead)),
    }
}

/// `0 s`, `0.4 s`, `12.0 s`.
fn format_seconds(texts: &Texts, millis: i64) -> String {
    match (millis.max(0) + 50) / 100 {
        0 => "0 s".to_owned(),
        tenths => format!("{}{}{} s", tenths / 10, texts.decimal_point(), tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wallboard_runtime::ingest::ProcessClock;

    fn node(name: &str, condition: NodeCondition) -> NodeView {
        let at = "2026-11-20T07:49:00Z".parse().unwrap();
        NodeView {
            name: name.to_owned(),
            is_this: name == "wall1",
            condition,
            since: at,
            role: NodeRole::All,
            version: "0.1.0".to_owned(),
            behind_ms: None,
            log_offset: 1,
            url: None,
            has_imports: true,
            files: Vec::new(),
            clock_difference_ms: Some(40),
            seen_at: Some(at),
            is_silent: false,
        }
    }

    /// A leader, and this node.
    fn healthy_view() -> ClusterView {
        ClusterView {
            site: "support".to_owned(),
            node: "wall1".to_owned(),
            reason: None,
            nodes: vec![
                node("wall1", NodeCondition::Following),
                node("wall2", NodeCondition::Leading),
            ],
            as_of: Some("2026-11-20T07:50:00Z".parse().unwrap()),
            is_connected: true,
            is_name_shared: false,
        }
    }

    fn panel(view: &ClusterView) -> ClusterPanel {
        let now = Moment {
            wall: "2026-11-20T08:00:00Z".parse().unwrap(),
            ..ProcessClock::start_now().now()
        };
        cluster_panel(Texts::english(), view, &TimeZone::UTC, now)
    }

    fn verdict(change: impl FnOnce(&mut ClusterView)) -> String {
        let mut view = healthy_view();
        change(&mut view);
        write_problems(&panel(&view))
    }

    fn write_problems(panel: &ClusterPanel) -> String {
        let problems = panel.problems.iter();
        let texts = problems.map(|one| format!("{} {}", one.text, one.reason));
        let texts: Vec<_> = texts.map(|text| text.trim_end().to_owned()).collect();
        texts.join(" ")
    }

    #[test]
    fn cluster_that_works_has_no_verdict() {
        let panel = panel(&healthy_view());

        assert_eq!((panel.problems.len(), panel.state), (0, "live"));
        assert_eq!(panel.summary, "2 nodes. wall2 leads.");
        let row = &panel.nodes[0];
        assert_eq!((row.word, row.since.as_str()), ("Follower", "07:49:00"));
        assert_eq!((row.behind.as_str(), row.clock.as_str()), ("–", "in sync"));
    }

    #[test]
    fn verdict_says_what_is_wrong_and_what_to_do() {
        let no_leader = verdict(|view| view.nodes[1].condition = NodeCondition::Following);
        assert!(no_leader.starts_with("No node leads, so no source is read"));

        let lost = verdict(|view| {
            view.nodes[0].condition = NodeCondition::Disconnected;
            view.reason = Some("upgrade this node".to_owned());
        });
        assert_eq!(
            lost,
            "wall1 doesn’t follow the leader, so its values are out of date: upgrade this node."
        );

        let versions = verdict(|view| {
            view.nodes[1].version = "0.2.0".to_owned();
            view.nodes.push(node("wall3", NodeCondition::Following));
        });
        assert_eq!(
            versions,
            "Versions differ: 0.1.0 on wall1 and wall3, 0.2.0 on wall2. Finish the upgrade."
        );

        let clock = |millis| verdict(|view| view.nodes[1].clock_difference_ms = Some(millis));
        assert_eq!(clock(2_000), "");
        assert!(clock(2_100).starts_with("The clock of wall2 is 2.1 s behind, "));
        assert!(clock(-3_000).starts_with("The clock of wall2 is 3.0 s ahead, "));

        let shared = verdict(|view| view.is_name_shared = true);
        assert!(shared.starts_with("Another process uses the node name wall1."));
    }

    #[test]
    fn without_nats_nothing_is_said_about_the_others() {
        let mut view = healthy_view();
        view.is_connected = false;
        view.nodes[0].condition = NodeCondition::Disconnected;
        view.nodes[1].version = "0.2.0".to_owned();

        let panel = panel(&view);

        let verdict = write_problems(&panel);
        assert!(verdict.starts_with("wall1 can’t reach NATS"), "{verdict}");
        assert!(!verdict.contains("Versions") && !verdict.contains("leads"));
        assert_eq!(panel.summary, "2 nodes as of 07:50:00");
        assert_eq!([0, 1].map(|node| panel.nodes[node].glyph), ["◆", "○"]);
        assert_eq!(panel.state, "down");
    }

    #[test]
    fn only_an_address_of_its_own_leads_to_a_node() {
        let mut view = healthy_view();
        for node in &mut view.nodes {
            node.url = Some("https://wallboard.example.com".to_owned());
        }
        assert_eq!(panel(&view).nodes[1].link.href, "");

        view.nodes[1].url = Some("https://wall2.example.com".to_owned());
        assert_eq!(panel(&view).nodes[1].link.href, "https://wall2.example.com");
    }
}
