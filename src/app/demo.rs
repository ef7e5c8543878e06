//! `wallboard demo`: the configuration of a simulated contact center, its live sources, and its
//! history: an export of ten weeks, written at the start and imported while the demo already runs.
//! Nothing else in the product uses the simulator.

mod demo_source;
mod phone_feed;
#[cfg(test)]
mod phone_tests;
mod site;
mod voice_settings;

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use tracing::warn;
use wallboard_simulator::{Settings, export};

use crate::{
    domain::{SiteConfig, SourceId},
    history::import::{ExportVendor, FileLocation, FileSource, Sangoma},
    ingest::IngestSender,
    settings,
    source_log::SourceLog,
    sources::supervise_source,
    store::spawn_background,
};

use super::{RuntimeConfig, board_files, plan::public_url, task_registry::TaskHandle};

use demo_source::DemoSource;
use site::demo_site;

/// The ids of both sides as sources.
const CHAT: &str = "chat";
const VOICE: &str = "voice";
/// The id of the import source with the demo's history.
pub(super) const EXPORT: &str = "export";
const DAY: Duration = Duration::from_hours(24);

/// The simulated contact center of a demo.
#[derive(Clone, Debug)]
pub struct SimulatedCenter(Settings);

impl RuntimeConfig {
    /// Configures a simulated contact center in this machine's time zone.
    pub fn demo_config(listen: SocketAddr, seed: u64, pace: f64) -> Self {
        let zone = TimeZone::system();
        let settings = Settings {
            seed,
            speed: pace,
            zone: zone.clone(),
        };
        Self {
            listen,
            public_url: public_url(None, listen, "http"),
            max_viewers: 20_000,
            flush_interval: Duration::from_millis(100),
            site: demo_site(zone),
            boards: board_files::sample_boards(),
            notes: Vec::new(),
            boards_folder: None,
            sources: Vec::new(),
            imports: Vec::new(),
            demo: Some(SimulatedCenter(settings)),
            retain_calls: settings::RetentionSettings::default().calls,
            // The simulated contacts aren't real people.
            retain_contacts: true,
            store: None,
            tls: None,
            source_log: SourceLog::default(),
        }
    }
}

impl SimulatedCenter {
    pub(super) fn id() -> SourceId {
        CHAT.into()
    }

    /// Runs the live sources until they are stopped.
    pub(super) async fn run_sources(self, sender: IngestSender, task: TaskHandle) {
        Box::pin(supervise_source(
            DemoSource::new(self.0),
            sender,
            task.orders,
        ))
        .await;
    }

    /// Returns the history as a source of files, in the demo's own folder.
    pub(super) fn export_source(&self, site: &SiteConfig, folder: &Path) -> FileSource {
        FileSource {
            id: EXPORT.into(),
            vendor: ExportVendor::Sangoma(Sangoma {
                tenant: export::TENANT,
                zone: self.0.zone.clone(),
                file_zone: self.0.zone.clone(),
                // The simulated contacts aren't real people.
                keep_contacts: true,
                end_by: Vec::new(),
                site: Arc::new(site.clone()),
            }),
            location: FileLocation::Folder {
                path: folder.to_owned(),
                display_name: EXPORT.to_owned(),
            },
            interval: DAY,
            history: 400 * DAY,
            // All files are written before the first poll.
            stability_period: Duration::ZERO,
            retention: 400 * DAY,
        }
    }

    /// Writes the export. If a full disk truncates it, the importer reports that.
    pub(super) async fn write_export(self, folder: PathBuf) {
        let write = move || export::write(&folder, &self.0, Timestamp::now());
        let result = match spawn_background("demo", write) {
            Ok(written) => written
                .await
                .unwrap_or_else(|_| Err(io::Error::other("it stopped unexpectedly"))),
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            warn!(
                error = &error as &dyn std::error::Error,
                "Couldn't write the demo's history",
            );
        }
    }
}
