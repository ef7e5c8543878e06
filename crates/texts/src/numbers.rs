//! How a language writes numbers, shares and durations.

use fluent_bundle::FluentValue;

use wallboard_domain::{Metric, MetricValue, moment};

use super::texts::Texts;

/// Shown for an unknown value.
pub const UNKNOWN: &str = "–";

/// The marks in numbers of a language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NumberStyle {
    /// Between thousands.
    group: char,
    decimal: char,
    /// Before a percent sign.
    percent_space: &'static str,
}

pub(crate) const ENGLISH: NumberStyle = NumberStyle {
    group: ',',
    decimal: '.',
    percent_space: "",
};
pub(crate) const SWEDISH: NumberStyle = NumberStyle {
    group: '\u{202f}',
    decimal: ',',
    percent_space: "\u{202f}",
};
pub(crate) const GERMAN: NumberStyle = NumberStyle {
    group: '.',
    decimal: ',',
    percent_space: "\u{202f}",
};

impl NumberStyle {
    fn count(&self, n: u64) -> String {
        match n {
            0..=999 => n.to_string(),
            _ => format!("{}{}{:03}", self.count(n / 1000), self.group, n % 1000),
        }
    }

    /// As configured: `80`, `92.5`.
    fn decimal(&self, number: f64) -> String {
        number.to_string().replace('.', &self.decimal.to_string())
    }

    /// Writes a number within a message.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of at least 0"
    )]
    pub(crate) fn format_argument(&self, value: &FluentValue<'_>) -> Option<String> {
        match value {
            FluentValue::Number(number) if 0.0 <= number.value && number.value.fract() == 0.0 => {
                Some(self.count(number.value as u64))
            }
            FluentValue::Number(number) => Some(self.decimal(number.value)),
            _ => None,
        }
    }
}

impl Texts {
    /// Writes a value for a tile; `None` is unknown.
    pub fn value(&self, value: Option<MetricValue>) -> String {
        match value {
            None => UNKNOWN.to_owned(),
            Some(MetricValue::Count(n)) => self.count(n),
            Some(MetricValue::Seconds(seconds)) => self.duration(seconds),
            Some(MetricValue::Percent(share)) => self.percent(share),
        }
    }

    /// `150–190`, `78–91%`, or `150` where both are the same.
    pub fn value_range(&self, metric: Metric, low: f64, high: f64) -> String {
        let write = |number| self.value(Some(metric.value(number)));
        let (low, high) = (write(low), write(high));
        if low == high {
            return low;
        }
        let low = low.trim_end_matches('%').trim_end_matches('\u{202f}');
        format!("{low}–{high}")
    }

    /// `7`, `1,204`, `12,850`.
    pub fn count(&self, n: u64) -> String {
        self.numbers.count(n)
    }

    /// Shortens a count for a tile's large number: `1.2` and `k`. Rounded down, as limits are.
    pub fn short_count(&self, n: u64) -> (String, &str) {
        let (unit, suffix) = match n {
            0..=999 => return (n.to_string(), ""),
            1_000..=999_999 => (1_000, self.thousands_suffix()),
            _ => (1_000_000, self.millions_suffix()),
        };
        let (whole, tenths) = (n / unit, n % unit * 10 / unit);
        let digits = match whole {
            1..=9 => format!("{whole}{}{tenths}", self.numbers.decimal),
            _ => self.count(whole),
        };
        (digits, suffix)
    }

    /// `0:42`, `59:59`, `1 h 04`, `2 d 3 h`. Rounded down, like a clock.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "negative durations count as 0, and a cast of a float saturates"
    )]
    pub fn duration(&self, seconds: f64) -> String {
        let seconds = seconds.max(0.0) as u64;
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        let (hour, day) = (self.hour_unit(), self.day_unit());
        match hours {
            0 => format!("{minutes}:{:02}", seconds % 60),
            1..24 => format!("{hours} {hour} {:02}", minutes % 60),
            _ => format!("{} {day} {} {hour}", hours / 24, hours % 24),
        }
    }

    /// Writes a duration in milliseconds.
    pub fn elapsed(&self, millis: i64) -> String {
        self.duration(moment::seconds_from(millis))
    }

    /// `4 h 07`, `0 h 12`: sums of a day, for columns.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "negative durations count as 0, and a cast of a float saturates"
    )]
    pub fn hours(&self, seconds: f64) -> String {
        let minutes = seconds.max(0.0) as u64 / 60;
        format!("{} {} {:02}", minutes / 60, self.hour_unit(), minutes % 60)
    }

    /// A duration in milliseconds, rounded down: `1 s`, `2 min`.
    pub fn age(&self, millis: i64) -> String {
        let seconds = millis.max(0) / 1000;
        let (hour, day) = (self.hour_unit(), self.day_unit());
        match seconds {
            0..60 => format!("{seconds} s"),
            60..3600 => format!("{} min", seconds / 60),
            3600..86_400 => format!("{} {hour} {:02} min", seconds / 3600, seconds / 60 % 60),
            _ => format!("{} {day} {} {hour}", seconds / 86_400, seconds / 3600 % 24),
        }
    }

    /// A whole percentage. 99.6 isn't everything and 0.4 isn't nothing.
    pub fn percent(&self, percent: f64) -> String {
        let whole = match percent {
            p if 99.0 < p && p < 100.0 => 99.0,
            p if 0.0 < p && p < 1.0 => 1.0,
            p => p.round(),
        };
        self.target_percent(whole)
    }

    /// `80`, `92.5`: a number as configured.
    pub fn decimal(&self, number: f64) -> String {
        self.numbers.decimal(number)
    }

    /// `18.4`, `−3.0`: always with tenths.
    pub fn tenths(&self, number: f64) -> String {
        let number = format!("{number:.1}").replace('-', "−");
        number.replace('.', self.numbers.decimal.encode_utf8(&mut [0; 4]))
    }

    /// `1,204`, `−3`.
    pub fn signed_count(&self, n: i64) -> String {
        let sign = if n < 0 { "−" } else { "" };
        format!("{sign}{}", self.count(n.unsigned_abs()))
    }

    /// `1,204.50`, `−3`: with that many decimals.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "its sign is written before it, and a cast of a float saturates"
    )]
    pub fn number(&self, number: f64, decimals: u8) -> String {
        let text = format!("{:.*}", usize::from(decimals), number.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let whole = self.count(whole.parse::<f64>().unwrap_or_default() as u64);
        let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
        let sign = if number < 0.0 && !is_zero { "−" } else { "" };
        match fraction {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}{}{fraction}", self.numbers.decimal),
        }
    }

    /// Returns what is before tenths.
    pub fn decimal_point(&self) -> char {
        self.numbers.decimal
    }

    /// `80%`, `92.5%`: as configured.
    pub fn target_percent(&self, percent: f64) -> String {
        let number = self.numbers.decimal(percent);
        format!("{number}{}%", self.numbers.percent_space)
    }

    /// `80.9%`, of a number with an English point.
    pub fn percent_of(&self, number: &str) -> String {
        let number = number.replace('.', self.numbers.decimal.encode_utf8(&mut [0; 4]));
        format!("{number}{}%", self.numbers.percent_space)
    }

    /// `20 s`, `2 min`, `90 s`, of milliseconds: exactly, unlike an age.
    pub fn threshold(&self, threshold_ms: i64) -> String {
        let seconds = threshold_ms / 1000;
        if seconds >= 60 && seconds % 60 == 0 {
            format!("{} min", seconds / 60)
        } else {
            format!("{seconds} s")
        }
    }
}
