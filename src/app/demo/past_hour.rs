//! The demo's last hour before its start: played, put into the log and the live state as if the server
//! had run, so that each board begins with a whole hour.

use jiff::{SignedDuration, Timestamp};
use tokio::task::spawn_blocking;
use tracing::warn;
use wallboard_simulator::Settings;

use wallboard_domain::{Input, LogEntry, Moment, MonotonicTime, SiteConfig, error_chain, moment};
use wallboard_live::LiveState;

use crate::app::log::OpenedLog;

use super::{SimulatedCenter, running_center::RunningCenter};

/// Both sources report this often: a longer silence would make their values out of date.
const STEP: SignedDuration = SignedDuration::from_secs(5);

impl SimulatedCenter {
    /// Plays the last hour into the state of a demo that starts, and into its log. The center that
    /// played it runs on when the sources start.
    pub(in crate::app) async fn restore_past_hour(
        &self,
        site: &SiteConfig,
        log: Option<&OpenedLog>,
        state: &mut LiveState,
    ) {
        let (settings, site) = (self.settings.clone(), site.clone());
        let opened_at = self.opened_at;
        let played = spawn_blocking(move || play_until_now(&settings, site, opened_at)).await;
        let Ok((running, entries)) = played else {
            return;
        };
        for entry in &entries {
            state.apply_entry(entry);
        }
        if let Some(log) = log
            && let Err(error) = log.append_past(&entries).await
        {
            warn!(
                "The log lacks the demo's first hour: {}",
                error_chain(&*error)
            );
        }
        self.keep_running(running);
    }
}

/// Plays a center from `opened_at` until the present. Returns everything that its sources reported.
fn play_until_now(
    settings: &Settings,
    site: SiteConfig,
    opened_at: Timestamp,
) -> (RunningCenter, Vec<LogEntry>) {
    let entry_at = |at: Timestamp, inputs| LogEntry {
        received_at: Moment {
            wall: at,
            monotonic: MonotonicTime(moment::millis_between(opened_at, at)),
        },
        delay_ms: 0,
        inputs,
        proof: None,
    };
    let (mut running, opening) = RunningCenter::open(settings, opened_at);
    let site = Input::SiteConfig(site.into());
    let mut entries = vec![
        entry_at(opened_at, vec![site]),
        entry_at(opened_at, opening),
    ];
    let mut at = opened_at + STEP;
    while at < Timestamp::now() {
        let mut inputs = running.phone.report(&mut running.center, at);
        inputs.extend(running.take_chats());
        entries.push(entry_at(at, inputs));
        at += STEP;
    }
    (running, entries)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use wallboard_domain::{Metric, QUARTER_SECONDS, SourceHealth};

    use crate::app::waiting_peaks::read_peaks;

    use super::{
        super::{PAST, site::demo_site},
        *,
    };

    #[test]
    fn demo_starts_with_a_whole_hour_of_each_open_queue() {
        let opened_at = Timestamp::now() - PAST;
        let settings = Settings::default();
        let site = demo_site(TimeZone::UTC, &TimeZone::UTC);

        let (_, entries) = play_until_now(&settings, site, opened_at);
        let played_at = Timestamp::now();

        let mut state = LiveState::default();
        for entry in &entries {
            state.apply_entry(entry);
        }
        let (snapshot, last) = (state.snapshot(), state.last_input_at().unwrap());
        assert!(played_at.duration_since(last.wall) < SignedDuration::from_secs(10));
        let sources = snapshot.sources.values();
        assert!(
            sources
                .clone()
                .all(|source| source.health() == SourceHealth::Live)
        );
        let queues = snapshot.queues.values();
        let with_waiting =
            queues.filter(|queue| (snapshot.queue_figure(queue, Metric::Waiting, last)).is_some());
        let mut count = 0;
        for queue in with_waiting.filter(|queue| queue.members.is_none()) {
            let steps: Vec<_> = queue.recent_series.steps(last).collect();
            let hour = &steps[steps.len() - 12..];
            assert!(
                hour.iter().all(|step| step.waiting.is_some()),
                "{}",
                queue.id
            );
            count += 1;
        }
        assert_eq!(count, wallboard_simulator::roster::QUEUES.len());

        // So the most that waited in its quarters is known of each, and nothing of those before.
        let quarter = last.wall.as_second().div_euclid(QUARTER_SECONDS) * QUARTER_SECONDS;
        let peaks = |second| {
            let end = Timestamp::from_second(second).unwrap();
            read_peaks(snapshot, end, last)
        };
        let known = peaks(quarter);
        assert_eq!(known.len(), count);
        for peak in &known {
            let steps = snapshot.queues[&peak.queue].recent_series.steps(last);
            let inside = steps.filter(|step| {
                (quarter - QUARTER_SECONDS..quarter).contains(&step.start.as_second())
            });
            let most = inside.filter_map(|step| step.waiting).max();
            assert_eq!(most, Some(peak.waiting.into()), "{}", peak.queue);
        }
        assert!(known.iter().any(|peak| 0 < peak.waiting));
        assert_eq!(peaks(quarter - 7_200), []);
    }
}
