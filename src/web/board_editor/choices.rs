//! The queues, groups and agents that a board can have, by their names.

use std::collections::BTreeMap;

use wallboard_domain::{CustomFigure, CustomFigureId, Pattern};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

/// Something to choose for a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct Choice {
    /// An ID or a pattern.
    pub(in crate::web) id: String,
    pub(in crate::web) name: String,
    /// The source's name, or what it is.
    pub(in crate::web) kind: String,
}

/// Everything to choose from, by name.
#[derive(Clone, Debug)]
pub(in crate::web) struct BoardChoices {
    /// The language of its texts.
    pub(in crate::web) texts: &'static Texts,
    pub(in crate::web) queues: Vec<Choice>,
    /// Empty for visitors who may not see agents.
    pub(in crate::web) agents: Vec<Choice>,
    /// The custom figures that a widget can show.
    pub(super) figures: Vec<CustomFigure>,
    /// The queues of each group, by the group's ID.
    pub(super) members: BTreeMap<String, Vec<String>>,
}

impl Choice {
    /// The text that people enter and choose. Unique in its list.
    pub(in crate::web) fn label(&self) -> String {
        format!("{} · {}", self.name, self.kind)
    }

    fn is_pattern(&self) -> bool {
        self.id.contains('*')
    }
}

impl BoardChoices {
    pub(in crate::web) fn read(
        texts: &'static Texts,
        snapshot: &Snapshot,
        shows_agents: bool,
    ) -> Self {
        Self::read_all(texts, snapshot, shows_agents, false)
    }

    /// Reads also what is hidden, so that it can be shown again.
    pub(in crate::web) fn with_hidden(
        texts: &'static Texts,
        snapshot: &Snapshot,
        shows_agents: bool,
    ) -> Self {
        Self::read_all(texts, snapshot, shows_agents, true)
    }

    /// Only these queues, which aren't live.
    pub(in crate::web) fn of_queues(texts: &'static Texts, queues: Vec<Choice>) -> Self {
        Self {
            texts,
            queues: sorted(queues.into_iter()),
            agents: Vec::new(),
            figures: Vec::new(),
            members: BTreeMap::new(),
        }
    }

    fn read_all(
        texts: &'static Texts,
        snapshot: &Snapshot,
        shows_agents: bool,
        shows_hidden: bool,
    ) -> Self {
        let mut sources: Vec<_> = (snapshot.sources.keys())
            .map(|source| (source.to_string(), snapshot.site.source_name(source)))
            .collect();
        sources.sort();
        let everything = |what: &str| {
            let patterns = sources.iter().map(|(id, name)| Choice {
                id: format!("{id}/*"),
                name: texts.all_of_source(name.as_str()),
                kind: what.to_owned(),
            });
            patterns.collect::<Vec<_>>()
        };
        let queues = (snapshot.queues.values())
            .filter(|queue| shows_hidden || !snapshot.is_queue_hidden(queue));
        let queues = queues.map(|queue| Choice {
            id: queue.id.to_string(),
            name: snapshot.queue_name(queue),
            kind: match queue.members {
                Some(_) => texts.kind_group().to_owned(),
                None => snapshot.site.source_name(&queue.id.source),
            },
        });
        let agents = (snapshot.agents.values())
            .filter(|agent| shows_agents && (shows_hidden || !snapshot.is_agent_hidden(agent)))
            .map(|agent| Choice {
                id: agent.id.to_string(),
                name: snapshot
                    .agent_name(agent)
                    .shorten_for(snapshot.site.agent_names),
                kind: snapshot.site.source_name(&agent.id.source),
            });
        Self {
            texts,
            queues: sorted(everything(texts.kind_queues()).into_iter().chain(queues)),
            agents: sorted(everything(texts.kind_agents()).into_iter().chain(agents)),
            figures: snapshot.site.custom_figures.clone(),
            members: members_of_groups(snapshot),
        }
    }

    pub(in crate::web) fn of_list(&self, list: &str) -> Vec<&Choice> {
        match list {
            "agents" => self.agents.iter().collect(),
            "hide" => self.queues.iter().chain(&self.agents).collect(),
            _ => self.queues.iter().collect(),
        }
    }

    /// Finds what somebody entered: a label, a name that only one has, an ID, or a pattern.
    pub(in crate::web) fn find(&self, list: &str, entered: &str) -> Option<String> {
        let entered = entered.trim();
        let is_entered = |text: &str| text.to_lowercase() == entered.to_lowercase();
        let choices = self.of_list(list);
        if let Some(choice) = choices.iter().find(|choice| is_entered(&choice.label())) {
            return Some(choice.id.clone());
        }
        let mut named = choices.iter().filter(|choice| is_entered(&choice.name));
        if let (Some(choice), None) = (named.next(), named.next()) {
            return Some(choice.id.clone());
        }
        let is_pattern = entered.contains(['/', '*']);
        is_pattern.then(|| entered.to_owned())
    }

    /// Returns the text by which people choose a queue or a group.
    pub(in crate::web) fn label_of(&self, id: &str) -> String {
        let choice = self.queues.iter().find(|choice| choice.id == id);
        choice.map_or_else(|| id.to_owned(), Choice::label)
    }

    /// Returns the label of a custom figure, or the key of one that isn't declared.
    pub(super) fn figure_label<'s>(&'s self, id: &'s CustomFigureId) -> &'s str {
        let figure = self.figures.iter().find(|figure| figure.id == *id);
        figure.map_or(id.as_str(), |figure| {
            figure.label.get(self.texts.language())
        })
    }

    /// Returns the name of an ID or a pattern, and what it is.
    pub(in crate::web) fn describe(&self, list: &str, id: &str) -> (String, String) {
        let choices = self.of_list(list);
        if let Some(choice) = choices.iter().find(|choice| choice.id == id) {
            return (choice.name.clone(), choice.kind.clone());
        }
        if !id.contains('*') {
            return (id.to_owned(), self.texts.not_reported_now().to_owned());
        }
        let pattern = Pattern(id.to_owned());
        let matches = |choice: &&&Choice| !choice.is_pattern() && pattern.matches(&choice.id);
        let count = choices.iter().filter(matches).count();
        (id.to_owned(), self.texts.pattern_count(count))
    }
}

/// Lists the queues of each group that report, in its order.
fn members_of_groups(snapshot: &Snapshot) -> BTreeMap<String, Vec<String>> {
    let groups = snapshot.queues.values();
    let groups = groups.filter(|queue| queue.members.is_some());
    let members = groups.map(|group| {
        let queues = snapshot.group_members(group);
        let ids = queues.map(|queue| queue.id.to_string());
        (group.id.to_string(), ids.collect::<Vec<_>>())
    });
    members.filter(|(_, ids)| !ids.is_empty()).collect()
}

/// Sorts by name, patterns first, and tells those apart that have the same label.
fn sorted(choices: impl Iterator<Item = Choice>) -> Vec<Choice> {
    let mut choices: Vec<_> = choices.collect();
    choices.sort_by_cached_key(|choice| {
        let name = choice.name.to_lowercase();
        (
            !choice.is_pattern(),
            name,
            choice.kind.clone(),
            choice.id.clone(),
        )
    });
    let labels: Vec<_> = choices.iter().map(Choice::label).collect();
    for (at, choice) in choices.iter_mut().enumerate() {
        let is_same = |other: Option<&String>| other == Some(&labels[at]);
        if is_same(labels.get(at + 1)) || (0 < at && is_same(labels.get(at - 1))) {
            choice.kind = format!("{} ({})", choice.kind, choice.id);
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices() -> BoardChoices {
        let choice = |id: &str, name: &str, kind: &str| Choice {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
        };
        BoardChoices {
            texts: Texts::english(),
            queues: sorted(
                [
                    choice("chat/1", "Sales", "Chat"),
                    choice("phone/1", "Sales", "Phone"),
                    choice("chat/2", "Billing", "Chat"),
                    choice("chat/3", "Billing", "Chat"),
                    choice("chat/*", "All of Chat, also new ones", "queues"),
                    choice("chat/4", "Returns", "Chat"),
                ]
                .into_iter(),
            ),
            agents: Vec::new(),
            figures: Vec::new(),
            members: BTreeMap::new(),
        }
    }

    #[test]
    fn queues_are_found_by_label_name_id_and_pattern() {
        let choices = choices();
        let found = |entered| choices.find("queues", entered);

        assert_eq!(found("sales · phone").as_deref(), Some("phone/1"));
        assert_eq!(found(" Returns ").as_deref(), Some("chat/4"));
        assert_eq!(found("Billing · Chat (chat/3)").as_deref(), Some("chat/3"));
        assert_eq!(
            found("All of Chat, also new ones · queues").as_deref(),
            Some("chat/*")
        );
        assert_eq!(found("ch*/9").as_deref(), Some("ch*/9"));
        assert_eq!(found("Sales"), None, "two have the name");
        assert_eq!(found("Sale"), None);
    }

    #[test]
    fn patterns_say_how_many_they_match() {
        let choices = choices();
        let (name, note) = choices.describe("queues", "chat/*");
        assert_eq!((&*name, &*note), ("All of Chat, also new ones", "queues"));
        let (name, note) = choices.describe("queues", "*/1");
        assert_eq!((&*name, &*note), ("*/1", "pattern: 2 now, also new ones"));
        let (_, note) = choices.describe("queues", "gone/1");
        assert_eq!(note, "not reported now");
    }
}
