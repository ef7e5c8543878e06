//! Registry of live vendors: each has a folder here and a row below.

use wallboard_domain::{CustomFigure, SourceId, SourceKind, SourceSetup, SourceStarter, TableForm};
use wallboard_runtime::{ingest::IngestSender, retry::TaskSignals, transcripts::TranscriptSink};
use wallboard_toml_reader::ConfigSection;

use super::{
    DiscoveredNames, ProbeResult, VendorSettings, demo, genesys, gms,
    probe_report::await_response,
    supervise_source,
    values::{self, Deliveries},
    vngage,
};

/// Declares [`SourceConfig`] with a variant for each vendor.
macro_rules! vendors {
    ($($vendor:ident($settings:ty),)*) => {
        /// One configured live source.
        #[derive(Clone, Debug, PartialEq)]
        pub enum SourceConfig {
            $($vendor(Box<$settings>),)*
        }

        impl SourceConfig {
            /// In the order in which error messages list them.
            pub const KINDS: &[SourceKind] = &[$(<$settings>::KIND,)*];

            /// In the same order.
            pub const STARTERS: &[SourceStarter] = &[$(<$settings>::STARTER,)*];

            /// In the same order.
            pub const FORMS: &[TableForm] = &[$(<$settings>::FORM,)*];

            /// The key of a metric's name, for each kind whose names can be discovered.
            pub const DISCOVERY_KEYS: &[Option<&'static str>] = &[$(<$settings>::DISCOVERY_KEY,)*];

            /// The kinds whose names of metrics can be discovered.
            pub fn discoverable_kinds() -> impl Iterator<Item = &'static SourceKind> {
                let kinds = Self::KINDS.iter().zip(Self::DISCOVERY_KEYS);
                kinds.filter_map(|(kind, key)| key.is_some().then_some(kind))
            }

            /// Reads a source's table; `figures` are those of the site. Returns `None` if no live vendor has
            /// this `kind` or the table has a fault.
            pub fn read(
                kind: &str,
                id: SourceId,
                section: ConfigSection<'_, '_>,
                figures: &[CustomFigure],
            ) -> Option<(SourceSetup, Self)> {
                $(if kind == <$settings>::KIND.name {
                    let (setup, settings) = <$settings>::read(id, section, figures)?;
                    return Some((setup, Self::$vendor(Box::new(settings))));
                })*
                None
            }

            pub fn id(&self) -> &SourceId {
                match self {
                    $(Self::$vendor(settings) => settings.id(),)*
                }
            }

            /// See [`VendorSettings::attach`].
            #[must_use]
            pub fn attach(mut self, deliveries: &Deliveries) -> Self {
                match &mut self {
                    $(Self::$vendor(settings) => settings.attach(deliveries),)*
                }
                self
            }

            /// See [`VendorSettings::pass_transcripts`].
            #[must_use]
            pub fn pass_transcripts(mut self, sink: &TranscriptSink) -> Self {
                match &mut self {
                    $(Self::$vendor(settings) => settings.pass_transcripts(sink),)*
                }
                self
            }

            /// Runs the source until the stop signal.
            pub async fn supervise(self, sender: IngestSender, signals: TaskSignals) {
                match self {
                    $(Self::$vendor(settings) => {
                        supervise_source(settings.source(), sender, signals).await;
                    })*
                }
            }

            /// See [`VendorSettings::probe`].
            pub async fn probe(&self) -> ProbeResult {
                match self {
                    $(Self::$vendor(settings) => {
                        await_response(settings.metric_count(), settings.probe()).await
                    })*
                }
            }

            /// See [`VendorSettings::discover`]. Returns `None` if names of this kind can't be
            /// discovered.
            pub async fn discover(&self) -> Option<ProbeResult<DiscoveredNames>> {
                match self {
                    $(Self::$vendor(settings) if <$settings>::DISCOVERY_KEY.is_some() => {
                        Some(settings.discover().await)
                    })*
                    _ => None,
                }
            }

            /// See [`VendorSettings::notes`].
            pub fn notes(&self) -> Vec<String> {
                match self {
                    $(Self::$vendor(settings) => settings.notes(),)*
                }
            }

            /// See [`VendorSettings::shares_messages_with`].
            pub fn shares_messages_with(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$vendor(one), Self::$vendor(other)) => {
                        one.shares_messages_with(other)
                    })*
                    _ => false,
                }
            }
        }
    };
}

vendors! {
    Vngage(vngage::VngageSettings),
    Genesys(genesys::GenesysSettings),
    Gms(gms::GmsSettings),
    Values(values::ValuesSettings),
    Demo(demo::DemoSettings),
}
