//! Names of channels, for tables that refer to them.

use wallboard_toml_reader::{ConfigEntry, ConfigSection};

/// The names of channels that rules and reports may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChannelNames {
    Any,
    Existing,
}

pub(super) fn all_channels<'r>(root: &ConfigSection<'r, '_>) -> Vec<&'r str> {
    find_channels(root, |_| true)
}

/// The channels of a kind. Other faults of a channel are reported where it's read.
pub(super) fn channels_of_kind<'r>(root: &ConfigSection<'r, '_>, kind: &str) -> Vec<&'r str> {
    find_channels(root, |channel| {
        let section = channel.as_section();
        let own = section.and_then(|section| section.entry("kind"));
        own.is_some_and(|own| own.is_text(kind))
    })
}

fn find_channels<'r, 't>(
    root: &ConfigSection<'r, 't>,
    is_wanted: impl Fn(&ConfigEntry<'r, 't>) -> bool,
) -> Vec<&'r str> {
    let section = root.section_at("channels");
    let channels = section.iter().flat_map(ConfigSection::all_entries);
    channels
        .filter(is_wanted)
        .map(|channel| channel.name)
        .collect()
}
