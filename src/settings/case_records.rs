//! `[case_records]`: whether cases that have ended become records, and how long those are kept.

use std::time::Duration;

use wallboard_toml_reader::ConfigSection;

use super::LogSettings;

const DAY: Duration = Duration::from_hours(24);
/// Longer than the log can repeat the end of a case.
const KEEP_MIN: Duration = DAY.saturating_mul(3);
const KEEP_MAX: Duration = DAY.saturating_mul(3_650);
const KEEP: Duration = DAY.saturating_mul(30);

/// Reads how long records are kept; `None`: there are none.
pub(super) fn read_retention(
    root: &ConfigSection<'_, '_>,
    log: LogSettings,
    is_cluster: bool,
) -> Option<Duration> {
    let table = root.entry("case_records")?;
    let section = table.as_section()?;
    if !log.enabled {
        table.report_key_fault(
            "needs the log, of which the records are made",
            "remove enabled = false in [log]",
        );
    }
    if is_cluster {
        table.report_key_fault(
            "isn't available in a cluster, whose nodes would number the records differently",
            "remove [case_records], or [cluster]",
        );
    }
    let keep = section.entry("keep");
    let keep = keep.map_or(Some(KEEP), |entry| entry.read_duration(KEEP_MIN..=KEEP_MAX));
    section.finish_section();
    keep
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::{parse_configuration, test_file::OPEN};

    /// Returns how long records are kept, or the faults.
    fn read(lines: &str) -> Result<Option<Duration>, String> {
        let text = format!("{OPEN}{lines}");
        let settings = parse_configuration(&text, Path::new("w.toml"), |_| None);
        settings
            .map(|settings| settings.case_records)
            .map_err(|faults| faults.to_string())
    }

    #[test]
    fn cases_are_recorded_only_with_the_table() {
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("[case_records]\n"), Ok(Some(DAY * 30)));
        let year = read("[case_records]\nkeep = \"365d\"\n");
        assert_eq!(year, Ok(Some(DAY * 365)));
        for wrong in ["\"2d\"", "\"4000d\"", "30"] {
            let faults = read(&format!("[case_records]\nkeep = {wrong}\n"));
            assert!(faults.unwrap_err().contains("case_records"), "{wrong}");
        }
    }

    #[test]
    fn without_a_log_and_in_a_cluster_there_are_none() {
        let faults = read("[case_records]\n[log]\nenabled = false\n").unwrap_err();
        assert!(faults.contains("needs the log"), "{faults}");
        let cluster = "[cluster]\nnats = \"nats://127.0.0.1:4222\"\nsite = \"s\"\nnode = \"n\"\n";
        let faults = read(&format!("[case_records]\n{cluster}")).unwrap_err();
        assert!(faults.contains("isn't available in a cluster"), "{faults}");
    }
}
