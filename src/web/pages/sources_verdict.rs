//! All data sources in one sentence: whether everything is connected, and what isn't.

use wallboard_boards::format;
use wallboard_domain::{Moment, SiteConfig, SourceHealth, SourceId};
use wallboard_history::import::ImportStatus;
use wallboard_live::SourceSnapshot;

/// The answer to "Is everything connected?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct SourcesVerdict {
    pub(in crate::web) is_good: bool,
    pub(in crate::web) text: String,
}

/// A source and its health.
#[derive(Clone, Debug)]
pub(in crate::web) struct SourceState {
    name: String,
    health: SourceHealth,
    is_file_source: bool,
    /// The name of the person who paused it.
    paused_by: Option<String>,
    /// "07:49", when the health began.
    since: String,
}

impl SourceState {
    pub(super) fn of_live(source: &SourceSnapshot, site: &SiteConfig, now: Moment) -> Self {
        let since = source.outage.map_or(source.since, |outage| outage.at);
        Self {
            name: site.source_name(&source.id),
            health: source.health(),
            is_file_source: false,
            paused_by: site.paused_by(&source.id).map(str::to_owned),
            since: format::time_or_day(since, now.wall, &site.zone),
        }
    }

    pub(super) fn of_files(
        id: &SourceId,
        status: &ImportStatus,
        site: &SiteConfig,
        now: Moment,
    ) -> Self {
        let since = status.last_contact.unwrap_or(status.since);
        Self {
            name: site.source_name(id),
            health: status.state(now.wall),
            is_file_source: true,
            paused_by: site.paused_by(id).map(str::to_owned),
            since: format::time_or_day(since, now.wall, &site.zone),
        }
    }

    /// "Chat is connected", without a full stop.
    pub(super) fn describe(&self) -> String {
        let Self { name, since, .. } = self;
        if let Some(by) = &self.paused_by {
            return format!("{name} is paused by {by}");
        }
        match self.health {
            SourceHealth::Live => format!("{name} is connected"),
            SourceHealth::Connecting if self.is_file_source => {
                format!("{name} is being read for the first time")
            }
            SourceHealth::Connecting => format!("{name} is connecting"),
            SourceHealth::Degraded if self.is_file_source => {
                format!("{name} has files that need attention")
            }
            SourceHealth::Degraded => format!("{name} is connected, but needs attention"),
            SourceHealth::Down if self.is_file_source => {
                format!("{name} hasn’t been readable since {since}")
            }
            SourceHealth::Down => format!("{name} has been disconnected since {since}"),
        }
    }
}

/// `None` without a source.
pub(in crate::web) fn sources_verdict(sources: &[SourceState]) -> Option<SourcesVerdict> {
    let is_live = |source: &&SourceState| source.health == SourceHealth::Live;
    let (live, others): (Vec<_>, Vec<_>) = sources.iter().partition(is_live);
    let text = match (&live[..], &others[..]) {
        ([], []) => return None,
        ([only], []) => format!("{}.", only.describe()),
        ([_, _], []) => "Both data sources are connected.".to_owned(),
        (all, []) => format!("All {} data sources are connected.", all.len()),
        (live, others) => {
            let mut others = others.to_vec();
            others.sort_by_key(|source| match source.health {
                SourceHealth::Down => 0,
                SourceHealth::Degraded => 1,
                SourceHealth::Connecting | SourceHealth::Live => 2,
            });
            let faults = others.iter().map(|source| source.describe());
            let faults = faults.collect::<Vec<_>>().join(". ");
            match live.len() {
                0 => format!("{faults}."),
                1 => format!("{faults}. The other one is connected."),
                n => format!("{faults}. The other {n} are connected."),
            }
        }
    };
    Some(SourcesVerdict {
        is_good: others.is_empty(),
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(sources: &[(&str, SourceHealth)]) -> Option<(bool, String)> {
        let states = sources.iter().map(|(name, health)| SourceState {
            name: (*name).to_owned(),
            health: *health,
            is_file_source: *name == "Export",
            paused_by: None,
            since: "07:49".to_owned(),
        });
        let verdict = sources_verdict(&states.collect::<Vec<_>>())?;
        Some((verdict.is_good, verdict.text))
    }

    type Sources<'a> = &'a [(&'a str, SourceHealth)];

    #[test]
    fn one_sentence_says_whether_everything_is_connected() {
        use SourceHealth::{Connecting, Degraded, Down, Live};
        let (chat, voice, export) = ("Chat", "Voice", "Export");
        let table: [(Sources<'_>, bool, &str); 6] = [
            (&[(chat, Live)], true, "Chat is connected."),
            (
                &[(chat, Live), (voice, Live), (export, Live)],
                true,
                "All 3 data sources are connected.",
            ),
            (
                &[(chat, Live), (voice, Down), (export, Live)],
                false,
                "Voice has been disconnected since 07:49. The other 2 are connected.",
            ),
            (
                &[(export, Degraded), (voice, Down), (chat, Live)],
                false,
                "Voice has been disconnected since 07:49. Export has files that need attention. The other one is connected.",
            ),
            (&[(chat, Connecting)], false, "Chat is connecting."),
            (
                &[(export, Down)],
                false,
                "Export hasn’t been readable since 07:49.",
            ),
        ];
        for (sources, is_good, text) in table {
            assert_eq!(verdict(sources), Some((is_good, text.to_owned())));
        }
        assert_eq!(verdict(&[]), None);
    }
}
