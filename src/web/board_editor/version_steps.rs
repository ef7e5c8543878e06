//! Steps back through a board's versions, and forward again. Each saves a version's text as a new version; so the page
//! says which one it has, and where the steps began.

use jiff::Timestamp;
use serde::Deserialize;

use crate::editing::{Entry, EntryVersion};

/// The times of two versions, as the page's address and its form have them; empty: the newest.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub(super) struct VersionSteps {
    /// Of the version whose text the board has.
    #[serde(default)]
    pub(super) shown: String,
    /// Of the version where the steps began.
    #[serde(default)]
    pub(super) begun: String,
}

/// A version to return to, and the place that the page has then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VersionStep {
    pub(super) toml: String,
    pub(super) steps: VersionSteps,
}

impl VersionSteps {
    /// One further back. A deletion is passed over.
    pub(super) fn back(&self, entry: &Entry) -> Option<VersionStep> {
        let (shown, begun) = self.find(entry)?;
        let before = entry.versions.get(..shown)?.iter();
        step(before.rev(), entry.versions.get(begun)?.at)
    }

    /// The way forward again, up to where the steps began.
    pub(super) fn forward(&self, entry: &Entry) -> Option<VersionStep> {
        let (shown, begun) = self.find(entry)?;
        let after = entry.versions.get(shown + 1..=begun)?.iter();
        step(after, entry.versions.get(begun)?.at)
    }

    /// Returns the places of both. A version that is no longer kept is the newest.
    fn find(&self, entry: &Entry) -> Option<(usize, usize)> {
        let newest = entry.versions.len().checked_sub(1)?;
        let place = |time: &str| {
            let time: Timestamp = time.parse().ok()?;
            entry.versions.iter().position(|version| version.at == time)
        };
        match (place(&self.shown), place(&self.begun)) {
            (Some(shown), Some(begun)) if shown <= begun => Some((shown, begun)),
            _ => Some((newest, newest)),
        }
    }
}

fn step<'v>(
    mut versions: impl Iterator<Item = &'v EntryVersion>,
    begun: Timestamp,
) -> Option<VersionStep> {
    versions.find_map(|version| {
        Some(VersionStep {
            toml: version.toml.clone()?,
            steps: VersionSteps {
                shown: version.at.to_string(),
                begun: begun.to_string(),
            },
        })
    })
}

#[cfg(test)]
mod tests {
    use wallboard_store::Revision;

    use super::*;
    use crate::editing::{EntryId, Section};

    fn entry(texts: &[Option<&str>]) -> Entry {
        let versions = (1..).zip(texts).map(|(second, text)| EntryVersion {
            toml: text.map(str::to_owned),
            at: Timestamp::from_second(second).unwrap(),
            by: "Anna".to_owned(),
        });
        Entry {
            id: EntryId::new(Section::Boards, "hall"),
            revision: Revision(1),
            versions: versions.collect(),
        }
    }

    #[test]
    fn each_step_goes_one_further_back_and_forward_to_where_they_began() {
        let mut entry = entry(&[Some("a"), None, Some("b"), Some("c")]);
        let mut steps = VersionSteps::default();
        assert_eq!(steps.forward(&entry), None);
        for expected in ["b", "a"] {
            let step = steps.back(&entry).unwrap();
            assert_eq!(step.toml, expected);
            steps = step.steps;
            // As it is saved.
            let at = entry.versions.last().unwrap().at + jiff::SignedDuration::from_secs(1);
            let (toml, by) = (Some(step.toml), "Anna".to_owned());
            entry.versions.push(EntryVersion { toml, at, by });
        }
        assert_eq!(steps.back(&entry), None);
        for expected in ["b", "c"] {
            let step = steps.forward(&entry).unwrap();
            assert_eq!(step.toml, expected);
            steps = step.steps;
        }
        assert_eq!(steps.forward(&entry), None);
        assert_eq!(steps.back(&entry).unwrap().toml, "b");
    }

    #[test]
    fn an_unknown_place_is_the_newest() {
        let entry = entry(&[Some("a"), Some("b")]);
        let steps = VersionSteps {
            shown: "no time".to_owned(),
            begun: Timestamp::from_second(99).unwrap().to_string(),
        };
        assert_eq!(steps.back(&entry).unwrap().toml, "a");
        assert_eq!(steps.forward(&entry), None);
    }
}
