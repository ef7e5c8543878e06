//! What the Sangoma export consists of: 29 containers, declared once in `facts` and
//! `dimensions`. Reading, storing and marking follow these declarations alone.

use std::sync::LazyLock;

use crate::store::{Column, Kind, Table};

use super::{dimensions::DIMENSIONS, facts::FACTS};

/// One container of the export, and the table that its rows go to.
#[derive(Debug)]
pub struct Container {
    /// As the guide writes it.
    pub name: &'static str,
    pub class: Class,
    pub fields: &'static [Field],
    pub touches: Touches,
    /// A column per field in the same order, then `extra`.
    pub table: Table,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A file for each day, never changed.
    Fact,
    /// One file, overwritten every night.
    Dimension,
}

/// One field of a container.
#[derive(Debug)]
pub struct Field {
    /// As the guide writes it.
    pub name: &'static str,
    /// In the table.
    pub column: &'static str,
    /// Other names that it may have in a header.
    pub aliases: &'static [&'static str],
    pub kind: FieldKind,
    /// Without it a row means nothing.
    pub is_needed: bool,
    pub privacy: Privacy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Of this record or another; empty and 0 are none.
    Id,
    Integer,
    /// Seconds since 1970; empty and 0 are none.
    Time,
    Text,
    Boolean,
}

/// Whether a field may be stored where contacts are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// It is about the centre and its own people.
    Free,
    /// It may tell who called or was called.
    Contact,
    /// As `Contact`, but one of the centre's own extensions may stand here too, which
    /// the figures of its agent need.
    Number,
}

/// Which days are to be reckoned anew because of a container's rows. What else hangs on
/// them (a survey's call of last week, a threshold) the reckoning finds out itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touches {
    /// No figure of a day comes of it alone.
    Nothing,
    /// From the first of these times to the last, and days before and after them.
    Times {
        of: &'static [&'static str],
        before: i64,
        after: i64,
    },
    /// It has no time of its own: the day of its file and the day before.
    FileDate,
}

/// A container as it is declared.
pub(super) struct Declared {
    pub(super) name: &'static str,
    /// The table's.
    pub(super) table: &'static str,
    pub(super) touches: Touches,
    pub(super) fields: &'static [Field],
}

/// Columns too many, as a JSON object by their own names; only where contacts are kept,
/// for nobody knows what they hold.
pub const EXTRA: &str = "extra";

static ALL: LazyLock<Vec<Container>> = LazyLock::new(|| {
    let facts = FACTS.iter().map(|declared| (Class::Fact, declared));
    let dimensions = DIMENSIONS
        .iter()
        .map(|declared| (Class::Dimension, declared));
    facts.chain(dimensions).map(Container::of).collect()
});

impl Container {
    /// All of them, facts first, in the guide's order.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// By its name in any spelling.
    pub fn find(name: &str) -> Option<&'static Self> {
        let wanted = bare(name);
        let wanted = match wanted.as_str() {
            // The guide speaks of both.
            "contacts" => "contact",
            wanted => wanted,
        };
        ALL.iter().find(|container| bare(container.name) == wanted)
    }

    fn of((class, declared): (Class, &Declared)) -> Self {
        let fields = declared.fields.iter();
        let extra = Column {
            name: EXTRA,
            kind: Kind::Text,
        };
        let columns: Vec<_> = fields.map(Field::as_column).chain([extra]).collect();
        Self {
            name: declared.name,
            class,
            fields: declared.fields,
            touches: declared.touches,
            table: Table {
                name: declared.table,
                // Once for the whole process: the declarations are static too.
                columns: columns.leak(),
            },
        }
    }
}

impl Field {
    /// By its name in any spelling.
    pub(super) fn is_called(&self, bare_name: &str) -> bool {
        bare(self.name) == bare_name || self.aliases.iter().any(|alias| bare(alias) == bare_name)
    }

    pub(super) const fn needed(mut self) -> Self {
        self.is_needed = true;
        self
    }

    pub(super) const fn contact(mut self) -> Self {
        self.privacy = Privacy::Contact;
        self
    }

    pub(super) const fn number(mut self) -> Self {
        self.privacy = Privacy::Number;
        self
    }

    pub(super) const fn column(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    pub(super) const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn new(name: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            column: name,
            aliases: &[],
            kind,
            is_needed: false,
            privacy: Privacy::Free,
        }
    }

    fn as_column(&self) -> Column {
        let kind = match self.kind {
            FieldKind::Id | FieldKind::Integer | FieldKind::Time => Kind::Integer,
            FieldKind::Text => Kind::Text,
            FieldKind::Boolean => Kind::Boolean,
        };
        Column {
            name: self.column,
            kind,
        }
    }
}

pub(super) const fn id(name: &'static str) -> Field {
    Field::new(name, FieldKind::Id)
}

pub(super) const fn integer(name: &'static str) -> Field {
    Field::new(name, FieldKind::Integer)
}

pub(super) const fn time(name: &'static str) -> Field {
    Field::new(name, FieldKind::Time)
}

pub(super) const fn text(name: &'static str) -> Field {
    Field::new(name, FieldKind::Text)
}

pub(super) const fn boolean(name: &'static str) -> Field {
    Field::new(name, FieldKind::Boolean)
}

/// A name without what is spelled differently here and there: case, spaces, underscores
/// and brackets.
pub(super) fn bare(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_eleven_facts_and_eighteen_dimensions_of_different_names() {
        let of = |class| {
            let all = Container::all().iter();
            all.filter(move |container| container.class == class)
                .count()
        };
        let tables: std::collections::BTreeSet<_> = Container::all()
            .iter()
            .map(|container| container.table.name)
            .collect();

        assert_eq!((of(Class::Fact), of(Class::Dimension)), (11, 18));
        assert_eq!(tables.len(), 29);
    }

    #[test]
    fn a_container_and_its_fields_are_found_in_any_spelling() {
        let pause = Container::find("AGENT_pause").unwrap();
        let field = |name| {
            let fields = pause.fields.iter();
            fields.filter(|field| field.is_called(&bare(name))).count()
        };

        assert_eq!(pause.name, "Agent_Pause");
        assert_eq!(Container::find("Contacts").unwrap().name, "Contact");
        assert!(Container::find("Agent_Pauses").is_none());
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
    fn what_marks_days_is_declared_as_a_field() {
        for container in Container::all() {
            let has = |wanted: &&str| container.fields.iter().any(|field| field.column == *wanted);
            match container.touches {
                Touches::Times { of, .. } => assert!(of.iter().all(has), "{}", container.name),
                Touches::FileDate => assert_eq!(container.class, Class::Fact),
                Touches::Nothing => {}
            }
        }
    }
}
