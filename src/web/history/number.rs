//! A historical value, as text and as a spreadsheet number.

use wallboard_domain::MetricValue;
use wallboard_texts::Texts;

use super::column::to_f64;
use crate::web::parts::clock::UNKNOWN;

/// A value with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::web) enum HistoryNumber {
    Count(i64),
    /// An average count.
    Mean(f64),
    /// An expected count, shown as a whole one.
    Expected(f64),
    /// An average or longest time, in seconds.
    Seconds(f64),
    /// A sum of times, in seconds.
    Hours(f64),
    /// 0–100.
    Percent(f64),
    /// The mean of ratings from 1 to 5.
    Score(f64),
    /// From −100 to 100.
    Net(f64),
    /// By how many percent more.
    Change(f64),
}

impl From<MetricValue> for HistoryNumber {
    fn from(value: MetricValue) -> Self {
        match value {
            MetricValue::Count(count) => Self::Count(i64::try_from(count).unwrap_or(i64::MAX)),
            MetricValue::Seconds(seconds) => Self::Seconds(seconds),
            MetricValue::Percent(percent) => Self::Percent(percent),
        }
    }
}

impl HistoryNumber {
    /// Rounded as in CSV: `1,204`, `0:37`, `4 h 07`, `80.9%`, `4.2`, `−12`.
    pub(super) fn write(self, texts: &Texts) -> String {
        match self {
            Self::Count(n) => texts.signed_count(n),
            Self::Mean(_) | Self::Score(_) => texts.tenths(self.rounded()),
            Self::Expected(count) => texts.signed_count(round_count(count)),
            // An average isn't a clock: the nearest second.
            Self::Seconds(seconds) => texts.duration(seconds.round()),
            Self::Hours(seconds) => texts.hours(seconds),
            Self::Percent(percent) => texts.percent_of(&format_tenths(percent)),
            Self::Change(percent) => {
                let tenths = format!("{:+.1}", Self::Change(percent).rounded());
                texts.percent_of(&tenths.replace('-', "−"))
            }
            Self::Net(_) => format!("{:+.0}", self.rounded())
                .replace('-', "−")
                .replace("+0", "0"),
        }
    }

    /// As in CSV: counts and whole seconds, percentages with one decimal.
    pub(super) fn rounded(self) -> f64 {
        match self {
            Self::Count(n) => to_f64(n),
            Self::Seconds(value) | Self::Hours(value) | Self::Expected(value) => value.round(),
            Self::Percent(value) => format_tenths(value).parse().unwrap_or(value),
            // Neither sign of zero.
            Self::Change(value) => (value * 10.0).round() / 10.0 + 0.0,
            Self::Mean(value) | Self::Score(value) => (value * 10.0).round() / 10.0,
            // Neither sign of zero.
            Self::Net(net) => net.round() + 0.0,
        }
    }

    /// How a spreadsheet shows it, which has all decimals.
    pub(super) fn cell_format(self) -> &'static str {
        match self {
            Self::Count(_) | Self::Expected(_) | Self::Hours(_) | Self::Net(_) => "0",
            Self::Mean(_)
            | Self::Seconds(_)
            | Self::Percent(_)
            | Self::Score(_)
            | Self::Change(_) => "0.0",
        }
    }

    /// The value as it is.
    pub(super) fn value(self) -> f64 {
        match self {
            Self::Count(n) => to_f64(n),
            Self::Mean(x)
            | Self::Expected(x)
            | Self::Seconds(x)
            | Self::Hours(x)
            | Self::Percent(x)
            | Self::Score(x)
            | Self::Change(x)
            | Self::Net(x) => x,
        }
    }

    /// Shown after the heading of a column of plain numbers.
    pub(in crate::web) fn unit(self) -> &'static str {
        match self {
            Self::Count(_) | Self::Mean(_) | Self::Expected(_) | Self::Score(_) | Self::Net(_) => {
                ""
            }
            Self::Seconds(_) | Self::Hours(_) => " (s)",
            Self::Percent(_) | Self::Change(_) => " (%)",
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "contacts of a period")]
fn round_count(count: f64) -> i64 {
    count.round() as i64
}

/// The text of a number that may be unknown.
pub(super) fn format_or_unknown(texts: &Texts, number: Option<HistoryNumber>) -> String {
    number.map_or_else(|| UNKNOWN.to_owned(), |number| number.write(texts))
}

/// Always one decimal, so that a column lines up; 99.96 isn't 100 and 0.04 isn't 0.
fn format_tenths(percent: f64) -> String {
    let shown = match percent {
        p if 99.9 < p && p < 100.0 => 99.9,
        p if 0.0 < p && p < 0.1 => 0.1,
        p => p,
    };
    format!("{shown:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_format_for_people_and_round_for_spreadsheets() {
        let table = [
            (HistoryNumber::Count(1_204_511), "1,204,511", 1_204_511.0),
            (HistoryNumber::Count(-3), "−3", -3.0),
            (HistoryNumber::Count(0), "0", 0.0),
            (HistoryNumber::Mean(3.25), "3.3", 3.3),
            (HistoryNumber::Mean(18.4), "18.4", 18.4),
            (HistoryNumber::Expected(1_204.6), "1,205", 1_205.0),
            (HistoryNumber::Seconds(37.9), "0:38", 38.0),
            (HistoryNumber::Seconds(37.4), "0:37", 37.0),
            (HistoryNumber::Hours(14_820.0), "4 h 07", 14_820.0),
            (HistoryNumber::Percent(80.94), "80.9%", 80.9),
            (HistoryNumber::Percent(99.97), "99.9%", 99.9),
            (HistoryNumber::Percent(100.0), "100.0%", 100.0),
            (HistoryNumber::Score(4.25), "4.3", 4.3),
            (HistoryNumber::Net(-12.4), "−12", -12.0),
            (HistoryNumber::Net(12.5), "+13", 13.0),
            (HistoryNumber::Net(-0.4), "0", 0.0),
            (HistoryNumber::Net(7.0), "+7", 7.0),
            (HistoryNumber::Change(-12.34), "−12.3%", -12.3),
            (HistoryNumber::Change(3.0), "+3.0%", 3.0),
            (HistoryNumber::Change(-0.04), "+0.0%", 0.0),
        ];
        for (number, text, plain) in table {
            assert_eq!(number.write(Texts::english()), text);
            assert!((number.rounded() - plain).abs() < 1e-9, "{number:?}");
        }
        assert_eq!(format_or_unknown(Texts::english(), None), "–");
    }
}
