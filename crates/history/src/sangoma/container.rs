//! The 29 containers of the Sangoma export, declared once in `facts` and `dimensions`.
//! Reading, storing and marking days follow these declarations alone.

use std::sync::LazyLock;

use wallboard_store::{DataKind, ErasedColumn, FactTable, PeopleColumns};

use super::{dimensions::DIMENSIONS, facts::FACTS};

/// One container of the export, and the table of its rows.
#[derive(Debug)]
pub struct Container {
    /// The name in Sangoma's guide.
    pub name: &'static str,
    pub class: ContainerClass,
    pub fields: &'static [ContainerField],
    pub recompute_rule: RecomputeRule,
    /// A column per field in the same order, then `extra`, which nobody knows.
    pub table: FactTable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerClass {
    /// A file for each day, never changed.
    Fact,
    /// One file, overwritten every night.
    Dimension,
}

/// One field of a container.
#[derive(Debug)]
pub struct ContainerField {
    /// The name in Sangoma's guide.
    pub name: &'static str,
    /// The column in the table.
    pub column: &'static str,
    /// Other names in a header.
    pub aliases: &'static [&'static str],
    pub kind: FieldKind,
    /// Whether a row without it is rejected.
    pub is_required: bool,
    pub privacy: FieldPrivacy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// The id of this record or another; empty and 0 mean none.
    Id,
    Integer,
    /// Seconds since 1970; empty and 0 mean none.
    Time,
    Text,
    Boolean,
}

/// Whether a field may be stored if contacts aren't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldPrivacy {
    /// Data about the center and its staff.
    Free,
    /// Data that may identify who called or was called.
    Contact,
    /// As `Contact`, but it may also be one of the center's extensions, which the figures of
    /// its agent need.
    Number,
}

/// The days to recompute because of a container's rows. `compute` finds the other affected
/// days itself: a survey's call of last week, a changed threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecomputeRule {
    /// No figure of a day depends on it alone.
    Nothing,
    /// From the first of these times to the last, and this many days before and after.
    Times {
        of: &'static [&'static str],
        before: i64,
        after: i64,
    },
    /// The day of its file and the day before: its rows have no time.
    FileDate,
}

/// The declaration of a container.
pub(super) struct ContainerDeclaration {
    pub(super) name: &'static str,
    pub(super) recompute_rule: RecomputeRule,
    pub(super) people: PeopleColumns,
    pub(super) fields: &'static [ContainerField],
}

/// The column of unknown columns, as a JSON object by their names. Stored only if contacts
/// are, because their content is unknown.
pub const EXTRA_COLUMN: &str = "extra";
/// Numbers of up to so many bytes are extensions: callers' numbers are longer.
pub(super) const EXTENSION_BYTES_MAX: usize = 6;
/// The column of an agent's ID.
pub(super) const AGENT: &str = "agent_id";

static CONTAINERS: LazyLock<Vec<Container>> = LazyLock::new(|| {
    let facts = FACTS
        .iter()
        .map(|declared| (ContainerClass::Fact, declared));
    let dimensions = DIMENSIONS
        .iter()
        .map(|declared| (ContainerClass::Dimension, declared));
    facts
        .chain(dimensions)
        .map(Container::from_declaration)
        .collect()
});

impl Container {
    /// All containers, facts first, in the guide's order.
    pub fn all() -> &'static [Self] {
        &CONTAINERS
    }

    /// Returns a container by its declared name.
    pub(super) fn declared(name: &str) -> &'static Self {
        let mut containers = CONTAINERS.iter();
        let found = containers.find(|container| container.name == name);
        found.expect("code refers to containers by their declared names")
    }

    /// Finds a container by its name in any spelling.
    pub fn find_by_name(name: &str) -> Option<&'static Self> {
        let normalized = normalize_name(name);
        let normalized = match normalized.as_str() {
            // The guide uses both.
            "contacts" => "contact",
            normalized => normalized,
        };
        CONTAINERS
            .iter()
            .find(|container| normalize_name(container.name) == normalized)
    }

    fn from_declaration((class, declared): (ContainerClass, &ContainerDeclaration)) -> Self {
        let columns = declared.fields.iter().map(|field| field.column);
        let columns: Vec<_> = columns.chain([EXTRA_COLUMN]).collect();
        Self {
            name: declared.name,
            class,
            fields: declared.fields,
            recompute_rule: declared.recompute_rule,
            table: FactTable {
                name: format!("sangoma_{}", declared.name.to_lowercase()).leak(),
                // Leaked once for the whole process: the declarations are static too.
                columns: columns.leak(),
                people: declared.people,
                contacts: declared.contact_columns().leak(),
            },
        }
    }
}

impl ContainerDeclaration {
    /// The columns that may have data of callers.
    fn contact_columns(&self) -> Vec<ErasedColumn> {
        let fields = self.fields.iter().filter_map(|field| {
            let retained_bytes_max = match field.privacy {
                FieldPrivacy::Free => return None,
                FieldPrivacy::Contact => None,
                FieldPrivacy::Number => Some(EXTENSION_BYTES_MAX),
            };
            let name = field.column;
            Some(ErasedColumn {
                name,
                retained_bytes_max,
            })
        });
        let extra = ErasedColumn {
            name: EXTRA_COLUMN,
            retained_bytes_max: None,
        };
        fields.chain([extra]).collect()
    }

    /// Its rows are about agents, and have their names in these columns.
    pub(super) const fn about_agents(
        mut self,
        kind: DataKind,
        names: &'static [&'static str],
    ) -> Self {
        let id = AGENT;
        self.people = PeopleColumns::Agent { id, names, kind };
        self
    }

    pub(super) const fn with_fields(mut self, fields: &'static [ContainerField]) -> Self {
        self.fields = fields;
        self
    }
}

impl ContainerField {
    /// Returns whether the field has this normalized name.
    pub(super) fn has_name(&self, bare_name: &str) -> bool {
        normalize_name(self.name) == bare_name
            || self
                .aliases
                .iter()
                .any(|alias| normalize_name(alias) == bare_name)
    }

    pub(super) const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    pub(super) const fn contact_data(mut self) -> Self {
        self.privacy = FieldPrivacy::Contact;
        self
    }

    pub(super) const fn phone_number(mut self) -> Self {
        self.privacy = FieldPrivacy::Number;
        self
    }

    pub(super) const fn stored_as(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    pub(super) const fn with_aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn new(name: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            column: name,
            aliases: &[],
            kind,
            is_required: false,
            privacy: FieldPrivacy::Free,
        }
    }
}

/// Declares a container whose rows describe the present.
pub(super) const fn dimension(name: &'static str) -> ContainerDeclaration {
    ContainerDeclaration {
        name,
        recompute_rule: RecomputeRule::Nothing,
        people: PeopleColumns::Nobody,
        fields: &[],
    }
}

pub(super) const fn id_field(name: &'static str) -> ContainerField {
    ContainerField::new(name, FieldKind::Id)
}

pub(super) const fn integer_field(name: &'static str) -> ContainerField {
    ContainerField::new(name, FieldKind::Integer)
}

pub(super) const fn time_field(name: &'static str) -> ContainerField {
    ContainerField::new(name, FieldKind::Time)
}

pub(super) const fn text_field(name: &'static str) -> ContainerField {
    ContainerField::new(name, FieldKind::Text)
}

pub(super) const fn boolean_field(name: &'static str) -> ContainerField {
    ContainerField::new(name, FieldKind::Boolean)
}

/// Normalizes a name: drops case, spaces, underscores and brackets.
pub(super) fn normalize_name(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_eleven_facts_and_eighteen_dimensions_with_distinct_tables() {
        let count = |class| {
            let all = Container::all().iter();
            all.filter(move |container| container.class == class)
                .count()
        };
        let tables: std::collections::BTreeSet<_> = Container::all()
            .iter()
            .map(|container| container.table.name)
            .collect();

        assert_eq!(
            (
                count(ContainerClass::Fact),
                count(ContainerClass::Dimension)
            ),
            (11, 18)
        );
        assert_eq!(tables.len(), 29);
    }

    #[test]
    fn a_container_and_its_fields_are_found_in_any_spelling() {
        let pause = Container::find_by_name("AGENT_pause").unwrap();
        let field = |name| {
            let fields = pause.fields.iter();
            fields
                .filter(|field| field.has_name(&normalize_name(name)))
                .count()
        };

        assert_eq!(pause.name, "Agent_Pause");
        assert_eq!(Container::find_by_name("Contacts").unwrap().name, "Contact");
        assert!(Container::find_by_name("Agent_Pauses").is_none());
        for name in [
            "Reason_id (pause_code_id)",
            "reason id",
            "PAUSE_CODE_ID",
            " Time_Start ",
        ] {
            assert_eq!(field(name), 1, "{name}");
        }
        assert_eq!(field("time"), 0);
    }

    #[test]
    fn columns_that_mark_days_are_declared_as_fields() {
        for container in Container::all() {
            let has = |wanted: &&str| container.fields.iter().any(|field| field.column == *wanted);
            match container.recompute_rule {
                RecomputeRule::Times { of, .. } => {
                    assert!(of.iter().all(has), "{}", container.name);
                }
                RecomputeRule::FileDate => assert_eq!(container.class, ContainerClass::Fact),
                RecomputeRule::Nothing => {}
            }
        }
    }
}
