//! Parses the key of a remote file: its tenant, container and day.
//! `CCAAS/FACTS/<tenant>-<Container>-F/<YYYYMMDD>-<tenant>-<Container>-F.csv`, and for
//! dimensions without the date; with slashes or back-slashes.

use jiff::civil::Date;

use super::container::{Container, ContainerClass};

/// A parsed key.
#[derive(Clone, Copy, Debug)]
pub enum ExportKey<'a> {
    /// A file of the requested tenant.
    Export(SangomaFile),
    /// A file of another tenant.
    OtherTenant { tenant: u64 },
    /// A file of an unknown container.
    UnknownContainer { container: &'a str },
    /// Not part of an export.
    Unrelated,
}

/// A file of the export.
#[derive(Clone, Copy, Debug)]
pub struct SangomaFile {
    pub container: &'static Container,
    /// The date of the last data in it; none for dimensions.
    pub date: Option<Date>,
}

impl<'a> ExportKey<'a> {
    /// Finds the container of a file of the export, whatever its tenant.
    pub fn find_container(key: &str) -> Option<&'static Container> {
        let tenant = key
            .rsplit(['/', '\\'])
            .next()
            .and_then(ExportName::parse_file_name)?
            .tenant;
        match ExportKey::parse(key, tenant) {
            ExportKey::Export(export) => Some(export.container),
            ExportKey::OtherTenant { .. }
            | ExportKey::UnknownContainer { .. }
            | ExportKey::Unrelated => None,
        }
    }

    /// Parses a key, whatever folders precede the export's own.
    pub fn parse(key: &'a str, tenant: u64) -> Self {
        let mut parts = key.rsplit(['/', '\\']);
        let name = parts.next().and_then(ExportName::parse_file_name);
        let folder = parts.next().and_then(ExportName::parse_folder_name);
        let Some(name) = name else {
            return Self::Unrelated;
        };
        // Somebody moved it into the folder of another container.
        if folder.is_some_and(|folder| folder.is_known_container() && !folder.contains_file(&name))
        {
            return Self::Unrelated;
        }
        if name.tenant != tenant {
            return Self::OtherTenant {
                tenant: name.tenant,
            };
        }
        let Some(container) = Container::find_by_name(name.container) else {
            return Self::UnknownContainer {
                container: name.container,
            };
        };
        if name.class != container.class
            || name.date.is_some() != (name.class == ContainerClass::Fact)
        {
            return Self::Unrelated;
        }
        Self::Export(SangomaFile {
            container,
            date: name.date,
        })
    }
}

/// The parts of a name such as `[YYYYMMDD-]<tenant>-<Container>-<F|D>`.
struct ExportName<'a> {
    date: Option<Date>,
    tenant: u64,
    container: &'a str,
    class: ContainerClass,
}

impl<'a> ExportName<'a> {
    fn parse_file_name(name: &'a str) -> Option<Self> {
        let stem = name.len().checked_sub(".csv".len())?;
        let (stem, end) = name.split_at_checked(stem)?;
        if !end.eq_ignore_ascii_case(".csv") {
            return None;
        }
        let (first, rest) = stem.split_once('-')?;
        match rest.split_once('-') {
            Some((tenant, _)) if is_all_digits(tenant) => {
                let date = Some(parse_date(first)?);
                Some(Self {
                    date,
                    ..Self::parse_folder_name(rest)?
                })
            }
            _ => Self::parse_folder_name(stem),
        }
    }

    fn parse_folder_name(name: &'a str) -> Option<Self> {
        let (tenant, rest) = name.split_once('-')?;
        let (container, class) = rest.rsplit_once('-')?;
        let class = match class {
            "F" | "f" => ContainerClass::Fact,
            "D" | "d" => ContainerClass::Dimension,
            _ => return None,
        };
        if !is_all_digits(tenant) || container.is_empty() {
            return None;
        }
        Some(Self {
            date: None,
            tenant: tenant.parse().ok()?,
            container,
            class,
        })
    }

    fn is_known_container(&self) -> bool {
        Container::find_by_name(self.container).is_some()
    }

    fn contains_file(&self, file: &Self) -> bool {
        self.tenant == file.tenant
            && self.class == file.class
            && self.container.eq_ignore_ascii_case(file.container)
    }
}

fn is_all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !is_all_digits(text) {
        return None;
    }
    let (year, month, day) = (&text[..4], &text[4..6], &text[6..]);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The container and the date, or the kind of another key.
    fn describe_key(key: &str) -> String {
        match ExportKey::parse(key, 1234) {
            ExportKey::Export(SangomaFile { container, date }) => {
                let date = date.map(|date| format!(" {date}"));
                format!("{}{}", container.name, date.unwrap_or_default())
            }
            ExportKey::OtherTenant { tenant } => format!("of {tenant}"),
            ExportKey::UnknownContainer { container } => format!("unknown {container}"),
            ExportKey::Unrelated => "foreign".to_owned(),
        }
    }

    #[test]
    fn a_file_is_recognized_by_its_name_whatever_its_folders() {
        for key in [
            "CCAAS/FACTS/1234-Queue_Call-F/20250103-1234-Queue_Call-F.csv",
            "/CCAAS/FACTS/1234-Queue_Call-F/20250103-1234-Queue_Call-F.csv",
            "\\CCAAS\\FACTS\\1234-Queue_Call-F\\20250103-1234-Queue_Call-F.csv",
            "CCAAS\\FACTS\\1234-Queue_Call-F\\20250103-1234-Queue_Call-F.csv",
            "exports/2025/CCAAS/FACTS/1234-Queue_Call-F/20250103-1234-Queue_Call-F.csv",
            "ccaas/facts/1234-queue_call-f/20250103-1234-queue_call-f.CSV",
            "20250103-1234-Queue_Call-F.csv",
            "mirror/20250103-1234-Queue_Call-F.csv",
            "2025-01-F/20250103-1234-Queue_Call-F.csv",
        ] {
            assert_eq!(describe_key(key), "Queue_Call 2025-01-03", "{key}");
        }
        let queues = "CCAAS/DIMENSIONS/1234-Queue_Details-D/1234-Queue_Details-D.csv";
        assert_eq!(describe_key(queues), "Queue_Details");
    }

    #[test]
    fn files_of_other_tenants_and_containers_are_distinguished() {
        for (key, expected) in [
            (
                "CCAAS/FACTS/4711-Queue_Call-F/20250103-4711-Queue_Call-F.csv",
                "of 4711",
            ),
            ("CCAAS/DIMENSIONS/4711-DID-D/4711-DID-D.csv", "of 4711"),
            (
                "FACTS/1234-Chats-F/20250103-1234-Chats-F.csv",
                "unknown Chats",
            ),
            (
                "FACTS/1234-Queue_Call-F/20251399-1234-Queue_Call-F.csv",
                "foreign",
            ),
            ("FACTS/1234-Queue_Call-F/1234-Queue_Call-F.csv", "foreign"),
            (
                "FACTS/1234-Queue_Call-D/20250103-1234-Queue_Call-D.csv",
                "foreign",
            ),
            (
                "FACTS/1234-Call_Attempt-F/20250103-1234-Queue_Call-F.csv",
                "foreign",
            ),
            (
                "FACTS/1234-Queue_Call-F/20250103-1234-Queue_Call-F.csv.gz",
                "foreign",
            ),
            ("FACTS/1234-Queue_Call-F/", "foreign"),
            ("1234-Queue_Call-F/é.csv", "foreign"),
            ("", "foreign"),
        ] {
            assert_eq!(describe_key(key), expected, "{key}");
        }
    }

    proptest! {
        #[test]
        fn any_key_is_parsed(key in "([0-9A-Za-z_é/\\\\.-]|-F|-D|1234-|20250103-|DID|\\.csv){0,20}") {
            describe_key(&key);
        }
    }
}
