//! Alert rules, reports and playlists of a text that has nothing else.

use std::path::Path;

use jiff::tz::TimeZone;
use toml::de::DeTable;

use wallboard_alerts::AlertRule;
use wallboard_boards::Playlist;
use wallboard_toml_reader::ConfigReader;

use crate::reports::ReportPlan;

use super::{alerts, channel_names::ChannelNames, playlists, reports};

/// The plans of a text.
#[derive(Clone, Debug, Default)]
pub struct EntryPlans {
    pub alerts: Vec<AlertRule>,
    pub reports: Vec<ReportPlan>,
    pub playlists: Vec<Playlist>,
}

/// Reads the plans of a text that has nothing else; `None` if it has faults. Channels that it names may be elsewhere.
pub fn parse_plans(text: &str, zone: &TimeZone) -> Option<EntryPlans> {
    let table = DeTable::parse(text).ok()?;
    let reader = ConfigReader::new(text, Path::new(""), |_| None, &[]);
    let root = reader.root_section(&table);
    let plans = EntryPlans {
        alerts: alerts::read_alerts(&root, ChannelNames::Any),
        reports: reports::read_reports(&root, ChannelNames::Any, &[]),
        playlists: playlists::read_playlists(&root, zone),
    };
    reader.is_clean().then_some(plans)
}
