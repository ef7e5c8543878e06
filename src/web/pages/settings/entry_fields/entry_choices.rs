//! The queues and agents that fields offer, by their names.

use wallboard_access::Right;

use crate::web::{
    WebError, WebState,
    board_editor::{BoardChoices, Choice},
    parts::page_header::PageHeader,
};

use super::section_fields::{SectionFields, Subjects};

/// The queues and agents that the fields of a form offer.
pub(in crate::web::pages::settings) struct EntryChoices {
    live: BoardChoices,
    exports: BoardChoices,
    /// The IDs and names of data sources that send values.
    pub(super) senders: Vec<(String, String)>,
}

impl EntryChoices {
    /// Reads what a form needs: hidden queues and agents only for a field that shows them again.
    pub(in crate::web::pages::settings) async fn read(
        web: &WebState,
        header: &PageHeader,
        form: &SectionFields,
    ) -> Result<Self, WebError> {
        let texts = header.texts;
        let shows_agents =
            form.shows(Subjects::are_agents) && header.visitor().has(Right::PersonalData);
        let live = web.live.read_snapshot(|snapshot, _| {
            if form.shows(Subjects::has_patterns) {
                BoardChoices::with_hidden(texts, snapshot, shows_agents)
            } else {
                BoardChoices::read(texts, snapshot, shows_agents)
            }
        });
        let mut exports = Vec::new();
        if form.shows(|subjects| subjects == Subjects::ExportQueues) {
            let site = web.live.read_snapshot(|snapshot, _| snapshot.site.clone());
            let stored = web.history.load_subjects().await?.queues.into_iter();
            exports.extend(stored.map(|queue| Choice {
                id: queue.stored_id.to_string(),
                name: queue.name,
                kind: site.source_name(&queue.stored_id.source),
            }));
        }
        let senders = web.live.read_snapshot(|snapshot, _| {
            let site = &snapshot.site;
            let senders = site.sources.iter().filter(|setup| setup.vendor.is_pushed);
            senders
                .map(|setup| (setup.id.to_string(), site.source_name(&setup.id)))
                .collect()
        });
        Ok(Self {
            live,
            exports: BoardChoices::of_queues(texts, exports),
            senders,
        })
    }

    /// Without anything to choose: only IDs and patterns are found.
    #[cfg(test)]
    pub(super) fn of_tests() -> Self {
        let nothing = BoardChoices::of_queues(wallboard_texts::Texts::english(), Vec::new());
        Self {
            live: nothing.clone(),
            exports: nothing,
            senders: Vec::new(),
        }
    }

    pub(in crate::web::pages::settings) fn shows_agents(&self) -> bool {
        !self.live.agents.is_empty()
    }

    /// Lists those to choose from.
    pub(super) fn list(&self, subjects: Subjects) -> Vec<&Choice> {
        let (choices, list) = self.of(subjects);
        let mut all = choices.of_list(list);
        all.retain(|choice| is_possible(subjects, &choice.id));
        all
    }

    /// Finds what somebody entered.
    pub(super) fn find(&self, subjects: Subjects, entered: &str) -> Option<String> {
        let (choices, list) = self.of(subjects);
        let found = choices.find(list, entered)?;
        is_possible(subjects, &found).then_some(found)
    }

    /// Returns the name of an ID or a pattern, and what it is.
    pub(super) fn describe(&self, subjects: Subjects, id: &str) -> (String, String) {
        let (choices, list) = self.of(subjects);
        let (name, kind) = choices.describe(list, id);
        // Exports report nothing now.
        let is_unknown = subjects == Subjects::ExportQueues && name == id;
        (name, if is_unknown { String::new() } else { kind })
    }

    fn of(&self, subjects: Subjects) -> (&BoardChoices, &'static str) {
        match subjects {
            Subjects::ExportQueues => (&self.exports, "queues"),
            Subjects::Queues | Subjects::QueuePatterns => (&self.live, "queues"),
            Subjects::Agents | Subjects::AgentPatterns => (&self.live, "agents"),
            Subjects::QueuesAndAgents => (&self.live, "hide"),
        }
    }
}

/// Groups and patterns can only be hidden.
fn is_possible(subjects: Subjects, id: &str) -> bool {
    subjects.has_patterns() || !(id.contains('*') || id.starts_with("group/"))
}
