//! Cuts an entry out of the text of a configuration file, by its lines.

/// The text of a file without an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryCut {
    /// The lines of the entry, as they are.
    pub lines: String,
    /// The other lines.
    pub rest: String,
}

/// Cuts the lines of an entry out: of a table's, or without a name the whole table or key. `None` where these lines
/// have something else too, or not all of the entry.
pub fn cut_entry(
    text: &str,
    section: &str,
    name: Option<&str>,
    first_line: usize,
    last_line: usize,
) -> Option<EntryCut> {
    let (mut lines, mut rest) = (String::new(), String::new());
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let part = if (first_line..=last_line).contains(&number) {
            &mut lines
        } else {
            &mut rest
        };
        part.push_str(line);
    }
    let mut expected = parse(text)?;
    match name {
        Some(name) => {
            let table = expected.get_mut(section)?.as_table_mut()?;
            table.remove(name)?;
        }
        None => {
            expected.remove(section)?;
        }
    }
    let is_exact = without_empty(expected) == without_empty(parse(&rest)?);
    is_exact.then_some(EntryCut { lines, rest })
}

fn parse(text: &str) -> Option<toml::Table> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.parse().ok()
}

/// Without tables of which only the header is there.
fn without_empty(mut root: toml::Table) -> toml::Table {
    root.retain(|_, value| value.as_table().is_none_or(|table| !table.is_empty()));
    root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::file_entries;

    fn cut(text: &str, section: &str, name: &str) -> Option<EntryCut> {
        let entries = file_entries(text, section, name.is_empty());
        let (_, entry) = entries.iter().find(|(found, _)| found == name)?;
        let name = (!name.is_empty()).then_some(name);
        cut_entry(text, section, name, entry.line, entry.last_line)
    }

    #[test]
    fn exactly_the_lines_of_an_entry_are_cut() {
        let text = "time_zone = \"UTC\"\n[hours] # ours\n# nights\n\"a/1\" = { mon = [\n  \"08:00-12:00\",\n] }\n\
            \"a/2\" = { tue = \"08:00-12:00\" }\n\n[groups.x]\nname = \"X\"\nqueues = [\"a/1\"]\n[groups.y]\n\
            name = \"Y\"\nqueues = [\"a/2\"]\n[brand]\nname = \"N\"";
        for (section, name, lines) in [
            ("time_zone", "", "time_zone = \"UTC\"\n"),
            (
                "hours",
                "a/1",
                "\"a/1\" = { mon = [\n  \"08:00-12:00\",\n] }\n",
            ),
            (
                "groups",
                "x",
                "[groups.x]\nname = \"X\"\nqueues = [\"a/1\"]\n",
            ),
            ("brand", "", "[brand]\nname = \"N\""),
        ] {
            let found = cut(text, section, name).unwrap();
            assert_eq!(found.lines, lines);
            assert_eq!(found.rest, text.replace(lines, ""), "{section}");
        }
    }

    #[test]
    fn an_entry_that_shares_lines_is_not_cut() {
        let one_line = "hours = { \"a/1\" = { mon = \"08:00-12:00\" }, \"a/2\" = { mon = \"08:00-12:00\" } }\n";
        assert_eq!(cut(one_line, "hours", "a/1"), None);
        let scattered = "groups.x.name = \"X\"\ntime_zone = \"UTC\"\ngroups.x.queues = [\"a/1\"]\n";
        assert_eq!(cut(scattered, "groups", "x"), None);
    }
}
