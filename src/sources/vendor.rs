//! What a live vendor's folder implements to be configured, checked and run.

use std::error::Error;

use crate::{
    domain::{SourceId, SourceKind, SourceSetup},
    toml_reader::ConfigSection,
};

use super::{
    LiveSource,
    statserver::{ProbeReport, Statistic},
};

/// What came of trying a source, or why nothing could be tried.
pub type ProbeResult = Result<ProbeReport, Box<dyn Error + Send + Sync>>;

/// The settings of one configured source.
pub trait VendorSettings: Sized + Send + Sync {
    const KIND: SourceKind;
    type Source: LiveSource;

    /// Reads its table; what is wrong in it is noted there. The setup is what the live
    /// state must know.
    fn read(id: SourceId, section: ConfigSection<'_, '_>) -> Option<(SourceSetup, Self)>;

    fn id(&self) -> &SourceId;

    /// The source, ready to be supervised.
    fn source(self) -> Self::Source;

    /// Connects, tries each configured statistic once, and leaves nothing behind.
    fn probe(&self) -> impl Future<Output = ProbeResult>;

    /// The configured statistics, where the vendor computes figures.
    fn statistics(&self) -> Vec<&Statistic> {
        Vec::new()
    }

    /// The configuration key of a statistic's name, where names can be discovered.
    fn name_key(&self) -> Option<&'static str> {
        None
    }

    /// Tries statistics that are not configured.
    fn discover(&self, _statistics: &[Statistic]) -> impl Future<Output = ProbeResult> {
        async { Ok(ProbeReport::default()) }
    }

    /// Warns about a setting that is valid but probably a mistake.
    fn note(&self) -> Option<String> {
        None
    }

    /// Whether both would consume the same messages, each getting half of them.
    fn shares_messages_with(&self, _other: &Self) -> bool {
        false
    }
}
