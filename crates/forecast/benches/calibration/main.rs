//! Calibration: forecasts over a simulated quarter, compared with what came. The contacts are those
//! of the simulated call center, whose arrivals, talks, patience and shifts share nothing with the
//! forecast. Fails if the 80 % range holds less than 75 or more than 85 % of the half hours, or if
//! "same as last week" or "same as now" would have been better. Arguments are seeds.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::unchecked_time_subtraction,
    clippy::unwrap_used,
    reason = "a benchmark of small numbers, which ends where something fails"
)]

mod center_record;
mod forecast_moment;
mod score;

use std::{env, process::ExitCode, time::Duration};

use jiff::tz::TimeZone;
use wallboard_simulator::{Channel, Quarter, Settings};

use center_record::CenterRecord;
use score::ScoreTable;

/// Weeks before the quarter, which are history only, and the days that are forecast.
const HISTORY_DAYS: u16 = 56;
const QUARTER_DAYS: u16 = 91;

fn main() -> ExitCode {
    let seeds: Vec<u64> = env::args().filter_map(|seed| seed.parse().ok()).collect();
    let seeds = if seeds.is_empty() { vec![1, 2] } else { seeds };
    let mut table = ScoreTable::default();
    for seed in seeds {
        for (channel, name) in [(Channel::Chat, "chats"), (Channel::Phone, "calls")] {
            let quarter = Quarter {
                settings: Settings {
                    seed,
                    zone: TimeZone::UTC,
                    ..Settings::default()
                },
                first: jiff::civil::date(2026, 1, 5),
                days: HISTORY_DAYS + QUARTER_DAYS,
            };
            let record = CenterRecord::new(channel, quarter.play(channel));
            let score = table.row(&format!("{name}, seed {seed}"));
            for day in usize::from(HISTORY_DAYS)..record.days.len() {
                forecast_moment::score_day(&record, day, seed, score);
            }
        }
    }
    table.print();
    table.verdict(Duration::from_millis(3))
}
