//! The trait that a live vendor implements to be configured, checked and run.

use wallboard_domain::{CustomFigure, SourceId, SourceKind, SourceSetup, SourceStarter, TableForm};
use wallboard_runtime::transcripts::TranscriptSink;
use wallboard_toml_reader::ConfigSection;

use super::{DiscoveredNames, LiveSource, ProbeResult, values::Deliveries};

/// The settings of one configured source.
pub trait VendorSettings: Sized + Send + Sync {
    const KIND: SourceKind;
    const STARTER: SourceStarter;
    const FORM: TableForm;
    /// The key of a metric's name, if names can be found by trying.
    const DISCOVERY_KEY: Option<&'static str> = None;
    type Source: LiveSource;

    /// Reads the source's table and records faults on it. Returns the setup that the live
    /// state needs along with the settings. `figures` are the custom figures of the site.
    fn read(
        id: SourceId,
        section: ConfigSection<'_, '_>,
        figures: &[CustomFigure],
    ) -> Option<(SourceSetup, Self)>;

    fn id(&self) -> &SourceId;

    /// Connects it with what the API receives, before it runs.
    fn attach(&mut self, _deliveries: &Deliveries) {}

    /// Lets it pass transcripts on, before it runs. Otherwise it reads none.
    fn pass_transcripts(&mut self, _sink: &TranscriptSink) {}

    /// Creates the source, ready for the supervisor.
    fn source(self) -> Self::Source;

    /// Connects, requests each configured metric once and cleans up.
    fn probe(&self) -> impl Future<Output = ProbeResult>;

    /// The number of metrics that a probe requests, for its time limit.
    fn metric_count(&self) -> usize {
        0
    }

    /// Requests metrics by names that aren't configured, to find those that exist.
    fn discover(&self) -> impl Future<Output = ProbeResult<DiscoveredNames>> {
        async { Ok(DiscoveredNames::default()) }
    }

    /// Warns about settings that are valid but probably mistakes.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether both would consume the same messages, so that each gets only half.
    fn shares_messages_with(&self, _other: &Self) -> bool {
        false
    }
}
