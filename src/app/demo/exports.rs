//! The demo's history: both vendors' exports, written into the demo's own folder and read by the
//! real importers.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tracing::warn;
use wallboard_simulator::{Channel, export};

use wallboard_domain::{EndReason, ImportColumn, Pattern, Patterns, SiteConfig};
use wallboard_history::{
    ExportVendor,
    import::{FileLocation, FileSource},
    sangoma::SangomaSettings,
    vergic::{ColumnMapping, VergicSettings},
};
use wallboard_store::spawn_background;

use super::{CHAT_EXPORT, SimulatedCenter, VOICE_EXPORT};

const DAY: Duration = Duration::from_hours(24);

impl SimulatedCenter {
    /// Returns the history of both channels as sources of files below `folder`.
    pub(in crate::app) fn export_sources(
        &self,
        site: &SiteConfig,
        folder: &Path,
    ) -> [(Channel, FileSource); 2] {
        let zone = &self.settings.zone;
        let sangoma = SangomaSettings {
            tenant: export::TENANT,
            zone: zone.clone(),
            file_zone: zone.clone(),
            // The simulated contacts aren't real people.
            keep_contacts: true,
            end_by: vec![("Timed out".to_owned(), EndReason::Abandoned)],
            site: Arc::new(site.clone()),
        };
        let vergic = VergicSettings {
            columns: Arc::new(ColumnMapping::new(&export_columns())),
            keep_contacts: true,
            zone: zone.clone(),
            ..VergicSettings::default()
        };
        let source = |id: &str, vendor| FileSource {
            id: id.into(),
            vendor,
            location: FileLocation::Folder {
                path: folder.join(id),
                display_name: id.to_owned(),
            },
            interval: DAY,
            history: 400 * DAY,
            // All files are written before the first poll.
            stability_period: Duration::ZERO,
            retention: 400 * DAY,
        };
        [
            (
                Channel::Phone,
                source(VOICE_EXPORT, ExportVendor::Sangoma(sangoma)),
            ),
            (
                Channel::Chat,
                source(CHAT_EXPORT, ExportVendor::Vergic(vergic)),
            ),
        ]
    }

    /// Writes the export of a channel. If a full disk truncates it, the importer reports that.
    pub(in crate::app) async fn write_export(self, channel: Channel, folder: PathBuf) {
        let write = move || match channel {
            Channel::Phone => export::write_calls(&folder, &self.settings, Timestamp::now()),
            Channel::Chat => export::write_chats(&folder, &self.settings, self.opened_at),
        };
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

/// Returns `[sources.vergic.columns]`.
fn export_columns() -> Patterns<Vec<(ImportColumn, String)>> {
    use ImportColumn::{
        Abandoned, Agent, Answered, AnsweredWithin, Csat, CsatAnswers, FlowOuts, Handled,
        LongestWait, Offered, Queue, ShortAbandoned, TalkTime, WaitTime,
    };
    let queues = [
        (Queue, "Group"),
        (Offered, "Chats"),
        (Answered, "Answered"),
        (AnsweredWithin, "Answered in 60 s"),
        (Abandoned, "Left"),
        (ShortAbandoned, "Left in 5 s"),
        (FlowOuts, "Overflowed"),
        (WaitTime, "Wait (s)"),
        (LongestWait, "Longest wait (s)"),
        (TalkTime, "Chat time (s)"),
        (Csat, "Rating"),
        (CsatAnswers, "Ratings"),
    ];
    let agents = [
        (Agent, "Agent"),
        (Handled, "Closed"),
        (TalkTime, "Chat time (s)"),
    ];
    let map = |dataset: &str, columns: &[(ImportColumn, &str)]| {
        let columns = columns
            .iter()
            .map(|(column, header)| (*column, (*header).to_owned()));
        (Pattern(dataset.to_owned()), columns.collect())
    };
    Patterns(vec![map("queues", &queues), map("agents", &agents)])
}
