//! `[log]`: how much of the input log is kept.

use std::time::Duration;

use wallboard_toml_reader::ConfigSection;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const MEGABYTE: u64 = 1_000_000;
/// Units of a size, the larger first.
const UNITS: [(&str, u64); 3] = [
    ("TB", 1_000_000 * MEGABYTE),
    ("GB", 1_000 * MEGABYTE),
    ("MB", MEGABYTE),
];

/// `[log]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSettings {
    pub enabled: bool,
    pub keep: Duration,
    /// In bytes.
    pub max_size: u64,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            keep: DAY * 8,
            max_size: 4_000 * MEGABYTE,
        }
    }
}

impl LogSettings {
    pub(super) fn read_section(section: Option<ConfigSection<'_, '_>>) -> Self {
        let mut log = Self::default();
        let Some(section) = section else { return log };
        let enabled = section.entry("enabled");
        let enabled = enabled.and_then(|entry| entry.read_boolean());
        let keep = section.entry("keep");
        let keep = keep.and_then(|entry| entry.read_duration(HOUR..=DAY * 400));
        let max_size = section.entry("max_size");
        let max_size = max_size.and_then(|entry| {
            entry.parse_with(r#"a size from "50MB" to "10TB", such as "4GB""#, parse_size)
        });
        section.finish_section();
        log.enabled = enabled.unwrap_or(log.enabled);
        log.keep = keep.unwrap_or(log.keep);
        log.max_size = max_size.unwrap_or(log.max_size);
        log
    }
}

/// Parses "500MB" to bytes.
fn parse_size(text: &str) -> Option<u64> {
    let (number, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?.trim(), *unit)))?;
    let number: u64 = number.parse().ok()?;
    let size = number.checked_mul(unit)?;
    (50 * MEGABYTE..=10_000_000 * MEGABYTE)
        .contains(&size)
        .then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit_and_bounds() {
        assert_eq!(parse_size("4GB"), Some(4_000_000_000));
        assert_eq!(parse_size("50 MB"), Some(50_000_000));
        assert_eq!(parse_size("10TB"), Some(10_000_000_000_000));
        for wrong in [
            "4",
            "49MB",
            "11TB",
            "GB",
            "-1GB",
            "1.5GB",
            "99999999999999TB",
        ] {
            assert_eq!(parse_size(wrong), None, "{wrong}");
        }
    }
}
