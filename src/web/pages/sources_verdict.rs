//! All data sources in one sentence: whether everything is connected, and what isn't.

use wallboard_domain::{Moment, SiteConfig, SourceHealth, SourceId};
use wallboard_history::import::ImportStatus;
use wallboard_live::SourceSnapshot;
use wallboard_texts::Texts;

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
    pub(super) fn of_live(
        texts: &Texts,
        source: &SourceSnapshot,
        site: &SiteConfig,
        now: Moment,
    ) -> Self {
        let since = source.outage.map_or(source.since, |outage| outage.at);
        Self {
            name: site.source_name(&source.id),
            health: source.health(),
            is_file_source: false,
            paused_by: site.paused_by(&source.id).map(str::to_owned),
            since: texts.time_or_day(since, now.wall, &site.zone),
        }
    }

    pub(super) fn of_files(
        texts: &Texts,
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
            since: texts.time_or_day(since, now.wall, &site.zone),
        }
    }

    /// "Chat is connected."
    pub(super) fn describe(&self, texts: &Texts) -> String {
        let (name, since) = (self.name.as_str(), self.since.as_str());
        if let Some(by) = &self.paused_by {
            return texts.sentence_of(texts.is_paused_by(name, by.as_str()));
        }
        match (self.health, self.is_file_source) {
            (SourceHealth::Live, _) => texts.source_is_connected(name),
            (SourceHealth::Connecting, true) => texts.source_first_read(name),
            (SourceHealth::Connecting, false) => texts.source_is_connecting(name),
            (SourceHealth::Degraded, true) => texts.files_need_attention(name),
            (SourceHealth::Degraded, false) => texts.source_needs_attention(name),
            (SourceHealth::Down, true) => texts.source_unread_since(name, since),
            (SourceHealth::Down, false) => texts.source_lost_since(name, since),
        }
    }
}

/// `None` without a source.
pub(in crate::web) fn sources_verdict(
    texts: &Texts,
    sources: &[SourceState],
) -> Option<SourcesVerdict> {
    let is_live = |source: &&SourceState| source.health == SourceHealth::Live;
    let (live, mut others): (Vec<_>, Vec<_>) = sources.iter().partition(is_live);
    others.sort_by_key(|source| match source.health {
        SourceHealth::Down => 0,
        SourceHealth::Degraded => 1,
        SourceHealth::Connecting | SourceHealth::Live => 2,
    });
    let mut sentences: Vec<_> = others.iter().map(|source| source.describe(texts)).collect();
    match (&live[..], others.is_empty()) {
        ([], true) => return None,
        ([], false) => {}
        ([only], true) => sentences.push(only.describe(texts)),
        ([_, _], true) => sentences.push(texts.both_sources_connected().to_owned()),
        (all, true) => sentences.push(texts.all_sources_connected(all.len())),
        ([_], false) => sentences.push(texts.other_one_connected().to_owned()),
        (live, false) => sentences.push(texts.others_connected(live.len())),
    }
    Some(SourcesVerdict {
        is_good: others.is_empty(),
        text: sentences.join(" "),
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
        let verdict = sources_verdict(Texts::english(), &states.collect::<Vec<_>>())?;
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
