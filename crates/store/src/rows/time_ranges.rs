//! Half-open ranges of time, in Unix seconds.

/// Sorts ranges, and merges those that overlap or touch.
pub fn merge_ranges(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    spans.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (start, until) in spans {
        match merged.last_mut() {
            Some((_, last)) if start <= *last => *last = until.max(*last),
            _ => merged.push((start, until)),
        }
    }
    merged
}

/// Returns the parts of `spans` outside of `removed`. Both must be sorted and merged.
pub fn subtract_ranges(spans: &[(i64, i64)], removed: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut remaining = Vec::new();
    for &(mut start, until) in spans {
        let from = removed.partition_point(|(_, to)| *to <= start);
        for (from, to) in removed[from..].iter().take_while(|(from, _)| *from < until) {
            if start < *from {
                remaining.push((start, *from));
            }
            start = *to;
        }
        if start < until {
            remaining.push((start, until));
        }
    }
    remaining
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_without_a_file_is_missing() {
        let coverage = [(0, 10), (20, 30), (40, 50)];

        for (here, missing) in [
            (vec![], coverage.to_vec()),
            (vec![(0, 60)], vec![]),
            (vec![(0, 10), (20, 30), (40, 50)], vec![]),
            (
                vec![(2, 4), (6, 25)],
                vec![(0, 2), (4, 6), (25, 30), (40, 50)],
            ),
            (
                vec![(-5, 3), (9, 12), (29, 41)],
                vec![(3, 9), (20, 29), (41, 50)],
            ),
        ] {
            assert_eq!(subtract_ranges(&coverage, &here), missing, "{here:?}");
        }
    }
}
