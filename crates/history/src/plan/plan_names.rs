//! Finds the queue or the agent that a plan means.

use std::collections::HashMap;

use wallboard_domain::Id;

/// Queues and groups, or agents and people, by the names that plans may have for them, in any letter
/// case.
#[derive(Debug, Default)]
pub struct PlanNames {
    /// `None`: several have the name.
    by_name: HashMap<String, Option<Id>>,
}

impl PlanNames {
    /// Adds an ID under a name and under itself.
    pub fn add(&mut self, id: &Id, name: &str) {
        for name in [name.to_owned(), id.to_string()] {
            let entry = self.by_name.entry(fold_name(&name));
            let known = entry.or_insert_with(|| Some(id.clone()));
            if known.as_ref() != Some(id) {
                *known = None;
            }
        }
    }

    /// Finds the ID that a name in a plan means: by the configuration, or the only one with this name.
    pub fn find(&self, name: &str, configured: &[(String, Id)]) -> Option<Id> {
        let wanted = fold_name(name);
        let mut configured = configured.iter();
        if let Some((_, id)) = configured.find(|(name, _)| fold_name(name) == wanted) {
            return Some(id.clone());
        }
        self.by_name.get(&wanted).cloned().flatten()
    }
}

fn fold_name(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        let (source, external) = text.split_once('/').unwrap();
        Id::new(&source.into(), external)
    }

    #[test]
    fn a_name_means_the_configured_queue_or_the_only_one_that_has_it() {
        let mut names = PlanNames::default();
        for (queue, name) in [
            ("voice/1", "Sales"),
            ("voice/2", "Help"),
            ("chat/9", "Help"),
            ("group/all", "Everybody"),
        ] {
            names.add(&id(queue), name);
        }
        names.add(&id("voice/1"), "sales ");
        let configured = [("Sales SE".to_owned(), id("voice/1"))];
        let find = |name: &str| names.find(name, &configured).map(|id| id.to_string());

        assert_eq!(find("SALES").as_deref(), Some("voice/1"));
        assert_eq!(find(" sales se").as_deref(), Some("voice/1"));
        assert_eq!(find("chat/9").as_deref(), Some("chat/9"));
        assert_eq!(find("Everybody").as_deref(), Some("group/all"));
        assert_eq!(find("Help"), None);
        assert_eq!(find("Returns"), None);
    }
}
