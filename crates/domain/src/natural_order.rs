//! Natural sort order of names: numbers by value, case-insensitive.

use std::cmp::Ordering;

/// A name as a sort key: "Line 2", "line 10", "Line 11".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NaturalOrder<N>(pub N);

impl<N: AsRef<str> + Eq> Ord for NaturalOrder<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        let (ours, theirs) = (self.0.as_ref(), other.0.as_ref());
        // Names that differ only in case or leading zeros still have one order.
        compare_naturally(ours, theirs).then_with(|| ours.cmp(theirs))
    }
}

impl<N: AsRef<str> + Eq> PartialOrd for NaturalOrder<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn compare_naturally(mut ours: &str, mut theirs: &str) -> Ordering {
    loop {
        let (Some(our), Some(their)) = (ours.chars().next(), theirs.chars().next()) else {
            return ours.len().cmp(&theirs.len());
        };
        let order = if our.is_ascii_digit() && their.is_ascii_digit() {
            let (number, other) = (split_number(&mut ours), split_number(&mut theirs));
            // Numbers of any length compare by their digits: the longer one is greater.
            (number.len(), number).cmp(&(other.len(), other))
        } else {
            ours = &ours[our.len_utf8()..];
            theirs = &theirs[their.len_utf8()..];
            our.to_lowercase().cmp(their.to_lowercase())
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Removes the leading digits of a text and returns them without leading zeros.
fn split_number<'a>(text: &mut &'a str) -> &'a str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - rest.len()];
    *text = rest;
    digits.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_sort_by_value_and_case_is_ignored() {
        let expected = [
            "",
            "1",
            "2",
            "10",
            "9002",
            "99999999999999999999999999",
            "100000000000000000000000000",
            "Anna",
            "billing 9 evening",
            "Billing 10",
            "billing 10 evening",
            "Line 1.2",
            "Line 1.10",
            "Line 02",
            "line 2",
            "LINE 3",
            "Sales",
            "Sales 1",
            "Élodie",
        ];
        let mut names = expected;
        names.reverse();

        names.sort_by_key(|name| NaturalOrder(*name));

        assert_eq!(names, expected);
    }

    proptest! {
        #[test]
        fn order_is_total_for_any_names(names in proptest::collection::vec("[aA0-2 .éß]{0,6}", 3)) {
            let order = |a: usize, b: usize| NaturalOrder(&names[a]).cmp(&NaturalOrder(&names[b]));

            prop_assert_eq!(order(0, 1), order(1, 0).reverse());
            prop_assert_eq!(order(0, 1).is_eq(), names[0] == names[1]);
            if order(0, 1).is_le() && order(1, 2).is_le() {
                prop_assert!(order(0, 2).is_le());
            }
        }
    }
}
