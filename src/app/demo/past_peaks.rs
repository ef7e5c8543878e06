//! The most that waited in the demo's queues on this weekday in the last weeks, as if the server had run.

use jiff::Timestamp;
use tracing::warn;
use wallboard_simulator::{Channel, export};

use wallboard_domain::{Baseline, error_chain};
use wallboard_store::{Store, WaitingPeak, spawn_background};

use super::{SimulatedCenter, site::live_queue};

impl SimulatedCenter {
    /// Records a channel's days that today's baseline reads. Without them, boards have no usual shade.
    pub(in crate::app) async fn record_past_peaks(self, channel: Channel, store: Store) {
        let play = move || {
            let today = Timestamp::now().to_zoned(self.settings.zone.clone()).date();
            let days = Baseline::sample_days(today);
            let peaks = days.flat_map(|date| export::waiting_peaks(&self.settings, channel, date));
            let peaks = peaks.map(|(queue, start, waiting)| WaitingPeak {
                queue: live_queue(queue),
                start,
                waiting,
            });
            peaks.collect()
        };
        let Ok(played) = spawn_background("demo", play) else {
            return;
        };
        if let Ok(peaks) = played.await
            && let Err(error) = store.store_waiting_peaks(peaks).await
        {
            warn!(
                "Boards lack the demo's usual shade: {}",
                error_chain(&error)
            );
        }
    }
}
