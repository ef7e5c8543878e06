//! Describes a run's outcome in words: the same on the terminal and on pages.

use super::ImportOutcome;

/// Describes an outcome: "300 files imported (1,234,567 rows), 12 already imported, 3 rows
/// skipped".
pub fn describe_outcome(outcome: &ImportOutcome) -> String {
    let mut parts = vec![match outcome.imported {
        0 => "no new file".to_owned(),
        n => format!(
            "{} imported ({})",
            format_count(n, "file"),
            format_count(outcome.rows, "row")
        ),
    }];
    let mut add = |count: u64, words: &dyn Fn(u64) -> String| {
        if 0 < count {
            parts.push(words(count));
        }
    };
    add(outcome.replaced, &|n| {
        format!(
            "{} of them again because the content changed",
            group_digits(n)
        )
    });
    add(outcome.retagged, &|n| {
        format!(
            "{} redelivered with the same content",
            format_count(n, "file")
        )
    });
    add(outcome.known, &|n| {
        format!("{} already imported", group_digits(n))
    });
    add(outcome.outside_window, &|n| {
        format!("{} of other days ignored", group_digits(n))
    });
    add(outcome.rejected_rows, &|n| {
        format!("{} skipped", format_count(n, "row"))
    });
    add(outcome.failed.count, &|n| {
        format!("{} couldn't be read", format_count(n, "file"))
    });
    add(outcome.undelivered, &|n| {
        format!("{} couldn't be read yet", format_count(n, "file"))
    });
    let incomplete = outcome.deferred.count.saturating_sub(outcome.undelivered);
    add(incomplete, &|n| {
        format!("{} not complete yet", format_count(n, "file"))
    });
    parts.join(", ")
}

/// Explains why there are no files, as far as the listing shows.
pub fn describe_nothing_found(scope: &str, outcome: &ImportOutcome) -> String {
    let tenants: Vec<String> = outcome.tenants.iter().map(u64::to_string).collect();
    match tenants.as_slice() {
        [] => format!("No files for {scope}; check the location"),
        found => format!(
            "No files for {scope}; found {}; correct `tenant`, or ask the export's owner",
            found.join(", ")
        ),
    }
}

/// Formats a number of things: "1 file", "1,200 rows".
pub(super) fn format_count(n: u64, thing: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", group_digits(n))
}

/// Formats a number: `1,234,567`.
pub fn group_digits(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_outcome_is_one_line_without_zero_counts() {
        let outcome = ImportOutcome {
            found: 313,
            imported: 300,
            replaced: 1,
            rows: 1_234_567,
            known: 12,
            rejected_rows: 1,
            ..ImportOutcome::default()
        };

        assert_eq!(
            describe_outcome(&outcome),
            "300 files imported (1,234,567 rows), 1 of them again because the content changed, 12 already imported, 1 row skipped"
        );
        assert_eq!(describe_outcome(&ImportOutcome::default()), "no new file");
    }

    #[test]
    fn a_wrong_tenant_is_reported_with_those_found() {
        let outcome = ImportOutcome {
            tenants: BTreeSet::from([4711]),
            ..ImportOutcome::default()
        };

        let message = describe_nothing_found("tenant 1234", &outcome);

        assert!(
            message.starts_with("No files for tenant 1234; found 4711;"),
            "{message}"
        );
    }
}
