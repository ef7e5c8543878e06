//! Differences of two texts, line by line.

/// A line of one text or both.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::web) struct DifferenceRow {
    /// "+", "−" or a space.
    pub(in crate::web) mark: &'static str,
    pub(in crate::web) text: String,
}

/// Unchanged lines around each change.
const AROUND: usize = 2;
/// Longer texts show all of their lines as removed and added.
const LINES_MAX: usize = 2_000;

/// Compares two texts. Only the lines around changes are in it.
pub(in crate::web) fn compare_texts(old: &str, new: &str) -> Vec<DifferenceRow> {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let same_start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[same_start..], &new[same_start..]);
    let ends = old_rest.iter().rev().zip(new_rest.iter().rev());
    let same_end = ends.take_while(|(a, b)| a == b).count();
    let old_middle = &old_rest[..old_rest.len() - same_end];
    let new_middle = &new_rest[..new_rest.len() - same_end];

    let before = old[..same_start].iter().map(|line| row(" ", line));
    let after = &old_rest[old_rest.len() - same_end..];
    let rows = before
        .chain(compare_middle(old_middle, new_middle))
        .chain(after.iter().map(|line| row(" ", line)));
    around_changes(&rows.collect::<Vec<_>>())
}

/// Finds the longest common lines.
fn compare_middle(old: &[&str], new: &[&str]) -> Vec<DifferenceRow> {
    if LINES_MAX < old.len().max(new.len()) {
        let removed = old.iter().map(|line| row("−", line));
        return removed
            .chain(new.iter().map(|line| row("+", line)))
            .collect();
    }
    let width = new.len() + 1;
    // How many lines are common from here to both ends.
    let mut common = vec![0_u16; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            common[a * width + b] = if old[a] == new[b] {
                common[(a + 1) * width + b + 1] + 1
            } else {
                common[(a + 1) * width + b].max(common[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b, mut rows) = (0, 0, Vec::new());
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            rows.push(row(" ", old[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == new.len()
            || (a < old.len() && common[a * width + b + 1] <= common[(a + 1) * width + b])
        {
            rows.push(row("−", old[a]));
            a += 1;
        } else {
            rows.push(row("+", new[b]));
            b += 1;
        }
    }
    rows
}

fn row(mark: &'static str, text: &str) -> DifferenceRow {
    let text = text.to_owned();
    DifferenceRow { mark, text }
}

fn around_changes(rows: &[DifferenceRow]) -> Vec<DifferenceRow> {
    let is_near = |index: usize| {
        let from = index.saturating_sub(AROUND);
        let to = rows.len().min(index + AROUND + 1);
        rows[from..to].iter().any(|row| row.mark != " ")
    };
    let near = rows.iter().enumerate().filter(|(index, _)| is_near(*index));
    near.map(|(_, row)| row.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(old: &str, new: &str) -> Vec<String> {
        let rows = compare_texts(old, new).into_iter();
        rows.map(|row| format!("{}{}", row.mark, row.text))
            .collect()
    }

    #[test]
    fn only_changed_lines_and_those_around_them_are_shown() {
        let old = "1\n2\n3\n4\nwarn\n6\n7\n8\n9";
        let new = old.replace("warn", "crit");
        assert_eq!(
            compare(old, &new),
            [" 3", " 4", "−warn", "+crit", " 6", " 7"]
        );
        assert_eq!(compare("a", "a"), [""; 0]);
        assert_eq!(compare("", "a\nb"), ["+a", "+b"]);
        assert_eq!(
            compare("a\nx\nb\ny", "x\nb\nz\ny"),
            ["−a", " x", " b", "+z", " y"]
        );
    }

    #[test]
    fn very_long_texts_are_compared_as_a_whole() {
        let long = |word: &str| format!("{word}\n").repeat(LINES_MAX + 1);
        assert_eq!(compare(&long("a"), &long("b")).len(), 2 * (LINES_MAX + 1));
    }
}
