//! `wallboard demo`: the configuration of a simulated contact center, its live sources, and its
//! history and plan: files of some weeks, written at the start and imported while the demo already runs.
//! Apart from demo data (`sources::demo`), nothing else in the product uses the simulator.

mod demo_screens;
mod demo_source;
mod exports;
mod past_hour;
mod past_peaks;
mod phone_feed;
#[cfg(test)]
mod phone_tests;
mod running_center;
mod sample_boards;
mod sample_playlists;
mod sample_rules;
mod site;
mod voice_settings;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use parking_lot::Mutex;
use wallboard_simulator::Settings;

use wallboard_domain::SourceId;
use wallboard_log::input_log::LogRetention;
use wallboard_runtime::ingest::IngestSender;
use wallboard_sources::supervise_source;

use crate::case_records::CaseRecordPlan;

use super::{RuntimeConfig, task_registry::TaskHandle};

use demo_source::DemoSource;
use running_center::RunningCenter;
use sample_boards::sample_boards;
use sample_playlists::sample_playlists;
use sample_rules::sample_rules;
use site::demo_site;

/// The ids of both sides as sources.
const CHAT: &str = "chat";
const VOICE: &str = "voice";
/// The ids of the import sources with their history.
const CHAT_EXPORT: &str = "vergic";
const VOICE_EXPORT: &str = "export";
/// The ids of the sources with their plan.
const FORECAST: &str = "forecast";
const SCHEDULES: &str = "schedules";
/// Its log lives in its temporary folder.
const LOG: LogRetention = LogRetention {
    age: Duration::from_hours(24),
    size: 200_000_000,
};

/// How long the center has run when the demo starts.
const PAST: SignedDuration = SignedDuration::from_mins(62);

/// The simulated contact center of a demo.
#[derive(Clone, Debug)]
pub struct SimulatedCenter {
    settings: Settings,
    opened_at: Timestamp,
    /// The center that has played until the start, until the sources take it.
    running: Arc<Mutex<Option<RunningCenter>>>,
}

impl RuntimeConfig {
    /// Configures a simulated contact center in this machine's time zone.
    pub fn demo_config(listen: SocketAddr, seed: u64, pace: f64) -> Self {
        let zone = named_zone(TimeZone::system());
        let settings = Settings {
            seed,
            speed: pace,
            customer_zone: Settings::daytime_zone(&zone, Timestamp::now()),
            zone: zone.clone(),
        };
        let site = demo_site(zone, settings.customer_zone());
        Self {
            alerts: sample_rules(),
            playlists: sample_playlists(),
            boards: sample_boards(),
            demo: Some(SimulatedCenter::new(settings)),
            // The simulated contacts aren't real people.
            retain_contacts: true,
            log: Some(LOG),
            case_records: Some(CaseRecordPlan::kept_for(LOG.age)),
            ..Self::local_config(listen, site)
        }
    }
}

/// Returns a time zone, or UTC if it has no name: boards and the log couldn't name it.
fn named_zone(zone: TimeZone) -> TimeZone {
    if zone.is_unknown() || zone.iana_name().is_none() {
        return TimeZone::UTC;
    }
    zone
}

impl SimulatedCenter {
    fn new(settings: Settings) -> Self {
        Self {
            settings,
            opened_at: Timestamp::now() - PAST,
            running: Arc::default(),
        }
    }

    fn keep_running(&self, running: RunningCenter) {
        *self.running.lock() = Some(running);
    }

    fn take_running(&self) -> Option<RunningCenter> {
        self.running.lock().take()
    }

    pub(super) fn id() -> SourceId {
        CHAT.into()
    }

    /// Runs the live sources until they are stopped.
    pub(super) async fn run_sources(self, sender: IngestSender, task: TaskHandle) {
        Box::pin(supervise_source(DemoSource::new(self), sender, task.orders)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use wallboard_domain::{Input, LogEntry, Moment, MonotonicTime};
    use wallboard_live::codec;

    use super::*;

    #[test]
    fn log_has_the_site_in_any_time_zone() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let unnamed = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (zone, expected) in [
            (oslo.clone(), oslo),
            (unnamed, TimeZone::UTC),
            (TimeZone::unknown(), TimeZone::UTC),
        ] {
            let zone = named_zone(zone);
            let site = demo_site(zone.clone(), &zone);
            assert_eq!(site.zone, expected);
            let entry = LogEntry {
                received_at: Moment {
                    wall: Timestamp::UNIX_EPOCH,
                    monotonic: MonotonicTime(0),
                },
                delay_ms: 0,
                inputs: vec![Input::SiteConfig(Arc::new(site))],
                proof: None,
            };

            let bytes = codec::encode_entries(std::slice::from_ref(&entry)).unwrap();

            let Input::SiteConfig(decoded) = &codec::decode_entries(&bytes).unwrap()[0].inputs[0]
            else {
                panic!("{bytes:?}")
            };
            assert_eq!(decoded.zone, expected);
        }
    }
}
