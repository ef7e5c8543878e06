//! How forecasts compare with what came.

use std::{process::ExitCode, time::Duration};

use wallboard_forecast::ForecastRange;

/// The share of outcomes that ranges may hold, in percent.
const COVERAGE: std::ops::RangeInclusive<f64> = 75.0..=85.0;

#[derive(Default)]
pub(crate) struct ScoreTable(Vec<(String, Score)>);

/// The forecasts of one kind of queue.
#[derive(Clone, Default)]
pub(crate) struct Score {
    pub(crate) contacts: FigureScore,
    pub(crate) level: FigureScore,
    pub(crate) longest_wait: FigureScore,
    /// Moments without a forecast.
    pub(crate) hidden: u32,
    times: Vec<Duration>,
    fit: Duration,
    fitted: usize,
}

/// One figure's forecasts.
#[derive(Clone, Default)]
pub(crate) struct FigureScore {
    count: f64,
    inside: f64,
    below: f64,
    /// Sums of absolute errors, where all three are known.
    compared: f64,
    errors: [f64; 3],
}

pub(crate) struct Comparison {
    pub(crate) range: ForecastRange,
    pub(crate) came: f64,
    pub(crate) last_week: Option<f64>,
    pub(crate) as_now: Option<f64>,
}

/// The time that this process has been on a processor: the machine may be shared.
pub(crate) fn processor_time() -> Duration {
    let statistics = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanos = statistics
        .split(' ')
        .next()
        .and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

impl Score {
    pub(crate) fn record_time(&mut self, time: Duration) {
        self.times.push(time);
    }

    pub(crate) fn record_fit(&mut self, time: Duration, queues: usize) {
        self.fit += time;
        self.fitted += queues;
    }

    fn add(&mut self, other: &Self) {
        self.contacts.merge(&other.contacts);
        self.level.merge(&other.level);
        self.longest_wait.merge(&other.longest_wait);
        self.hidden += other.hidden;
        self.times.extend(&other.times);
        self.fit += other.fit;
        self.fitted += other.fitted;
    }

    fn mean_time(&self) -> Duration {
        self.times.iter().sum::<Duration>() / self.times.len().max(1).try_into().unwrap()
    }
}

impl FigureScore {
    pub(crate) fn add(
        &mut self,
        Comparison {
            range,
            came,
            last_week,
            as_now,
        }: &Comparison,
    ) {
        self.count += 1.0;
        self.inside += f64::from(u8::from(range.contains(*came)));
        self.below += f64::from(u8::from(*came < range.low - 1e-9));
        if let Some((last_week, as_now)) = last_week.zip(*as_now) {
            self.compared += 1.0;
            let guesses = [range.middle, last_week, as_now];
            for (error, guess) in self.errors.iter_mut().zip(guesses) {
                *error += (guess - came).abs();
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.inside += other.inside;
        self.below += other.below;
        self.compared += other.compared;
        for (error, more) in self.errors.iter_mut().zip(other.errors) {
            *error += more;
        }
    }

    fn coverage(&self) -> f64 {
        100.0 * self.inside / self.count
    }

    fn is_good(&self) -> bool {
        let [forecast, last_week, as_now] = self.errors;
        COVERAGE.contains(&self.coverage()) && forecast < last_week && forecast < as_now
    }
}

impl ScoreTable {
    pub(crate) fn row(&mut self, name: &str) -> &mut Score {
        self.0.push((name.into(), Score::default()));
        &mut self.0.last_mut().unwrap().1
    }

    fn total(&self) -> Score {
        let mut total = Score::default();
        for (_, score) in &self.0 {
            total.add(score);
        }
        total
    }

    pub(crate) fn print(&self) {
        println!(
            "{:<16} {:<15} {:>7} {:>7} {:>7} {:>8} {:>9} {:>7}",
            "", "", "count", "in 80%", "below", "error", "last week", "as now"
        );
        let total = ("all".into(), self.total());
        for (name, score) in self.0.iter().chain([&total]) {
            let figures = [
                ("contacts", &score.contacts),
                ("service level", &score.level),
                ("longest wait", &score.longest_wait),
            ];
            for (figure, score) in figures {
                let [error, last_week, as_now] = score.errors.map(|sum| sum / score.compared);
                println!(
                    "{name:<16} {figure:<15} {:>7} {:>6.1}% {:>6.1}% {error:>8.2} {last_week:>9.2} {as_now:>7.2}",
                    score.count,
                    score.coverage(),
                    100.0 * score.below / score.count,
                );
            }
        }
        let total = self.total();
        let (mut times, mean) = (total.times.clone(), total.mean_time());
        times.sort();
        println!(
            "hidden as too thin: {} of {}",
            total.hidden,
            total.times.len()
        );
        println!(
            "a forecast takes {mean:.2?} in the mean, {:.2?} at most; fitting a queue once a day {:.2?}",
            times.last().copied().unwrap_or_default(),
            total.fit / total.fitted.max(1).try_into().unwrap()
        );
    }

    /// Fails where the contacts or the service level of all are out of bounds, or the forecast takes
    /// too long.
    pub(crate) fn verdict(&self, time_max: Duration) -> ExitCode {
        let total = self.total();
        let is_good = total.contacts.is_good() && total.level.is_good();
        if is_good && total.mean_time() <= time_max {
            println!("ok");
            ExitCode::SUCCESS
        } else {
            println!(
                "NOT OK: the range holds 75 to 85 %, and the error is smaller than both others"
            );
            ExitCode::FAILURE
        }
    }
}
