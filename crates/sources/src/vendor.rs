//! The trait that a live vendor implements to be configured, checked and run.

use std::error::Error;

use wallboard_domain::{SourceId, SourceKind, SourceSetup};
use wallboard_toml_reader::ConfigSection;

use super::{
    LiveSource,
    statserver::{ProbeReport, Statistic},
};

/// The result of probing a source, or the reason it couldn't be probed.
pub type ProbeResult = Result<ProbeReport, Box<dyn Error + Send + Sync>>;

/// The settings of one configured source.
pub trait VendorSettings: Sized + Send + Sync {
    const KIND: SourceKind;
    type Source: LiveSource;

    /// Reads the source's table and records faults on it. Returns the setup that the live
    /// state needs along with the settings.
    fn read(id: SourceId, section: ConfigSection<'_, '_>) -> Option<(SourceSetup, Self)>;

    fn id(&self) -> &SourceId;

    /// Creates the source, ready for the supervisor.
    fn source(self) -> Self::Source;

    /// Connects, requests each configured statistic once and cleans up.
    fn probe(&self) -> impl Future<Output = ProbeResult>;

    /// The configured statistics, where the vendor computes figures.
    fn statistics(&self) -> Vec<&Statistic> {
        Vec::new()
    }

    /// The configuration key of a statistic's name, where names can be discovered.
    fn name_key(&self) -> Option<&'static str> {
        None
    }

    /// Requests statistics that aren't configured, to find those that exist.
    fn discover(&self, _statistics: &[Statistic]) -> impl Future<Output = ProbeResult> {
        async { Ok(ProbeReport::default()) }
    }

    /// Warns about a setting that is valid but probably a mistake.
    fn note(&self) -> Option<String> {
        None
    }

    /// Whether both would consume the same messages, so that each gets only half.
    fn shares_messages_with(&self, _other: &Self) -> bool {
        false
    }
}
