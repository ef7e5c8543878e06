//! Relations in the export's dimensions, other than names and thresholds: groups and their members,
//! agents and reasons of queues, numbers with their destinations, and details of queues.

use std::collections::{BTreeMap, BTreeSet};

use wallboard_store::{
    CatalogDetail, CatalogEntry, CatalogMember, NameClass, RowCells, StoreError,
};

use super::{
    Container,
    file_catalog::{FileFilter, StoredFiles},
    reference_data::{new_name, non_blank_text},
};

/// The details of queues, by container field.
const QUEUE_FIELDS: [&str; 8] = [
    "queue_id",
    "small_name",
    "number",
    "public_number",
    "description",
    "strategy",
    "wrapuptime",
    "agent_disconnection_rate",
];

/// The members and details of a source, and the names of its agent groups and numbers.
#[derive(Debug, Default)]
pub(super) struct Relations {
    pub(super) names: Vec<CatalogEntry>,
    pub(super) members: Vec<CatalogMember>,
    pub(super) details: Vec<CatalogDetail>,
}

impl Relations {
    pub(super) fn load(files: StoredFiles<'_>) -> Result<Self, StoreError> {
        let mut relations = Self::default();
        relations.add_agent_groups(files)?;
        relations.add_pairs(
            files,
            "Queue_Group_Queues",
            ["queue_group_id", "queue_id", "queue_id"],
            [NameClass::QueueGroup, NameClass::Queue],
        )?;
        relations.add_pairs(
            files,
            "Queue_Agents",
            ["queue_id", "agent_id", "priority"],
            [NameClass::Queue, NameClass::Agent],
        )?;
        relations.add_pairs(
            files,
            "Queue_Call_Reason",
            ["queue_id", "call_reason_id", "queue_id"],
            [NameClass::Queue, NameClass::Reason],
        )?;
        relations.add_numbers(files)?;
        let groups = ["queue_group_id", "description"];
        relations.add_details(files, "Queue_Group", &groups, NameClass::QueueGroup)?;
        relations.add_details(files, "Queue_Details", &QUEUE_FIELDS, NameClass::Queue)?;
        Ok(relations)
    }

    /// Adds members by the first two columns. The third is the priority of an agent in a queue.
    fn add_pairs(
        &mut self,
        files: StoredFiles<'_>,
        container: &str,
        columns: [&str; 3],
        [whole, part]: [NameClass; 2],
    ) -> Result<(), StoreError> {
        let has_priority = part == NameClass::Agent;
        files.for_each_row(container, &columns, |row| {
            if let Some((group, member)) = row.integer(0).zip(row.integer(1)) {
                self.members.push(CatalogMember {
                    whole: (whole, group.to_string()),
                    member: (part, member.to_string()),
                    priority: row.integer(2).filter(|_| has_priority),
                });
            }
        })
    }

    /// Adds agent groups, which have a row for each of their agents.
    fn add_agent_groups(&mut self, files: StoredFiles<'_>) -> Result<(), StoreError> {
        let columns = [
            "agent_group_id",
            "agent_id",
            "group_name",
            "group_description",
        ];
        let mut named = BTreeSet::new();
        files.for_each_row("Agent_Group", &columns, |row| {
            let Some((group, agent)) = row.integer(0).zip(row.integer(1)) else {
                return;
            };
            self.members.push(CatalogMember {
                whole: (NameClass::AgentGroup, group.to_string()),
                member: (NameClass::Agent, agent.to_string()),
                priority: None,
            });
            if named.insert(group) {
                let name = new_name(NameClass::AgentGroup, group, non_blank_text(row, 2));
                self.add_detail(&name, "description", non_blank_text(row, 3));
                self.names.push(name);
            }
        })
    }

    /// Adds the numbers called: a DNIS has a name, a DID a destination.
    fn add_numbers(&mut self, files: StoredFiles<'_>) -> Result<(), StoreError> {
        let mut destinations = BTreeMap::new();
        let columns = ["destination_id", "name", "destination_type"];
        files.for_each_row("Destination", &columns, |row| {
            let texts = [1, 2].map(|index| non_blank_text(row, index).map(str::to_owned));
            destinations.extend(row.integer(0).map(|id| (id, texts)));
        })?;
        let mut numbers: BTreeMap<String, CatalogEntry> = BTreeMap::new();
        let named = |number: &str, name: Option<&str>| {
            CatalogEntry::new(NameClass::Number, number, name.unwrap_or(number))
        };
        let columns = ["number", "name", "description", "enabled"];
        files.for_each_row("DNIS", &columns, |row| {
            let Some(number) = non_blank_text(row, 0) else {
                return;
            };
            let name = CatalogEntry {
                enabled: row.integer(3) != Some(0),
                ..named(number, non_blank_text(row, 1))
            };
            self.add_detail(&name, "description", non_blank_text(row, 2));
            numbers.insert(number.to_owned(), name);
        })?;
        files.for_each_row("DID", &["number", "destination_id"], |row| {
            let Some(number) = non_blank_text(row, 0) else {
                return;
            };
            let destination = row.integer(1).and_then(|id| destinations.get(&id));
            let [name, kind] = destination.cloned().unwrap_or_default();
            let entry = numbers
                .entry(number.to_owned())
                .or_insert_with(|| named(number, name.as_deref()));
            self.add_detail(entry, "destination", name.as_deref());
            self.add_detail(entry, "destination_type", kind.as_deref());
        })?;
        self.names.extend(numbers.into_values());
        Ok(())
    }

    /// Adds the fields of a dimension that have a value, by the id in its first column.
    fn add_details(
        &mut self,
        files: StoredFiles<'_>,
        container: &str,
        columns: &[&str],
        class: NameClass,
    ) -> Result<(), StoreError> {
        files.for_each_row(container, columns, |row| {
            let Some(id) = row.integer(0) else { return };
            let name = new_name(class, id, None);
            for (index, field) in columns.iter().enumerate().skip(1) {
                let number = row.integer(index).map(|number| number.to_string());
                let text = number.as_deref().or(non_blank_text(row, index));
                self.add_detail(&name, field, text);
            }
        })
    }

    fn add_detail(&mut self, name: &CatalogEntry, field: &str, value: Option<&str>) {
        self.details.extend(value.map(|value| CatalogDetail {
            class: name.class,
            external_id: name.external_id.clone(),
            field: field.to_owned(),
            value: value.to_owned(),
        }));
    }
}

impl StoredFiles<'_> {
    /// Passes every row of the newest file to `each`: these containers have no id of their own, or
    /// repeat it.
    fn for_each_row(
        &self,
        container: &str,
        columns: &[&str],
        each: impl FnMut(&RowCells<'_>),
    ) -> Result<(), StoreError> {
        let table = &Container::declared(container).table;
        let Self { view, catalog } = *self;
        match catalog.matching_files(container, FileFilter::All).next() {
            Some(file) => view.for_each_row_of_file(table, columns, file.id, each),
            None => Ok(()),
        }
    }
}
