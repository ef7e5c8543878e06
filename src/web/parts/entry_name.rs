//! Names of new entries that are made of a title.

/// The name that a title gives, or the usual one without letters; with a number if it's taken: `sales-2`.
pub(in crate::web) fn free_name(
    title: &str,
    usual: &str,
    is_taken: impl Fn(&str) -> bool,
) -> String {
    let base = if title.is_empty() { usual } else { title };
    let mut numbers = 2_u32..;
    let mut name = base.to_owned();
    while is_taken(&name) {
        name = format!("{base}-{}", numbers.next().unwrap_or_default());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number() {
        let is_taken = |name: &str| ["sales", "sales-2", "group"].contains(&name);
        assert_eq!(free_name("support", "group", is_taken), "support");
        assert_eq!(free_name("sales", "group", is_taken), "sales-3");
        assert_eq!(free_name("", "group", is_taken), "group-2");
    }
}
