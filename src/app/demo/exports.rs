//! The demo's history and plan: both vendors' exports, forecast and schedules, written into the demo's own
//! folder and read by the real importers.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use tracing::warn;
use wallboard_simulator::{Channel, export, roster::QUEUES};

use wallboard_domain::{EndReason, ImportColumn, Pattern, Patterns, SiteConfig};
use wallboard_history::{
    ExportVendor,
    import::{FileLocation, FileSource},
    plan::{PlanColumn, PlanColumns, PlanSettings},
    sangoma::SangomaSettings,
    vergic::{ColumnMapping, VergicSettings},
};
use wallboard_store::{Store, spawn_background};

use super::{CHAT_EXPORT, FORECAST, SCHEDULES, SimulatedCenter, VOICE_EXPORT, site::live_queue};

const DAY: Duration = Duration::from_hours(24);

/// The files of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum DemoFiles {
    History(Channel),
    Forecast,
    Schedules,
}

impl SimulatedCenter {
    /// Returns the history of both channels and their plan as sources of files below `folder`.
    pub(in crate::app) fn export_sources(
        &self,
        site: &SiteConfig,
        folder: &Path,
    ) -> [(DemoFiles, FileSource); 4] {
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
                DemoFiles::History(Channel::Phone),
                source(VOICE_EXPORT, ExportVendor::Sangoma(sangoma)),
            ),
            (
                DemoFiles::History(Channel::Chat),
                source(CHAT_EXPORT, ExportVendor::Vergic(vergic)),
            ),
            (
                DemoFiles::Forecast,
                source(FORECAST, ExportVendor::Plan(forecast_settings(zone))),
            ),
            (
                DemoFiles::Schedules,
                source(SCHEDULES, ExportVendor::Plan(schedule_settings(zone))),
            ),
        ]
    }

    /// Writes the files of a source, and what boards know of a channel's past days. If a full disk
    /// truncates them, the importer reports that.
    pub(in crate::app) async fn write_files(self, files: DemoFiles, folder: PathBuf, store: Store) {
        if let DemoFiles::History(channel) = files {
            self.clone().record_past_peaks(channel, store).await;
        }
        let now = Timestamp::now();
        let write = move || match files {
            DemoFiles::History(Channel::Phone) => export::write_calls(&folder, &self.settings, now),
            DemoFiles::History(Channel::Chat) => {
                export::write_chats(&folder, &self.settings, self.opened_at)
            }
            DemoFiles::Forecast => export::write_forecast(&folder, &self.settings, now),
            DemoFiles::Schedules => export::write_schedules(&folder, &self.settings, now),
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

/// Returns `[sources.forecast]`, with the queues of both channels.
fn forecast_settings(zone: &TimeZone) -> PlanSettings {
    let queues = QUEUES.iter().enumerate();
    PlanSettings {
        zone: zone.clone(),
        columns: plan_columns([
            (PlanColumn::Time, "Interval"),
            (PlanColumn::Queue, "Queue"),
            (PlanColumn::Volume, "Forecast"),
            (PlanColumn::HandleTime, "AHT (s)"),
            (PlanColumn::Agents, "Required"),
        ]),
        queues: Arc::new(
            queues
                .map(|(no, queue)| (queue.name.to_owned(), live_queue(no)))
                .collect(),
        ),
        ..PlanSettings::default()
    }
}

/// Returns `[sources.schedules]`.
fn schedule_settings(zone: &TimeZone) -> PlanSettings {
    PlanSettings {
        zone: zone.clone(),
        columns: plan_columns([
            (PlanColumn::Agent, "Employee"),
            (PlanColumn::Activity, "Activity"),
            (PlanColumn::Time, "Start"),
            (PlanColumn::End, "End"),
            (PlanColumn::Team, "Team"),
        ]),
        ..PlanSettings::default()
    }
}

fn plan_columns<const N: usize>(columns: [(PlanColumn, &str); N]) -> Arc<PlanColumns> {
    let columns = columns.map(|(column, header)| (column, header.to_owned()));
    Arc::new(PlanColumns(columns.into()))
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
