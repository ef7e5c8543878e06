//! Export data other than figures: groups, the agents and reasons of queues, numbers called, and
//! settings of queues, all as of today.

use std::collections::BTreeMap;

use wallboard_domain::{Id, NaturalOrder};
use wallboard_store::{CatalogMember, NameClass, StoreError, StoreView};

use super::{History, report_catalog::ReportCatalog};

/// Fields of an export with their values, by name.
pub type ExportFields = BTreeMap<String, String>;

/// Something that an export names, with its other fields and its members.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogItem {
    /// The id to query by.
    pub id: Id,
    pub name: String,
    pub fields: ExportFields,
    /// The queues or agents of a group; the agents of a queue.
    pub members: Vec<ItemMember>,
    /// The reasons that agents can give for a call in this queue.
    pub reasons: Vec<ItemMember>,
}

/// A member by its displayed id.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemMember {
    pub id: Id,
    pub name: String,
    /// Of an agent in a queue.
    pub priority: Option<i64>,
}

/// Export data other than figures. Each list is sorted by name, without what is hidden.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportCatalog {
    pub queues: Vec<CatalogItem>,
    pub queue_groups: Vec<CatalogItem>,
    pub agent_groups: Vec<CatalogItem>,
    pub numbers: Vec<CatalogItem>,
    pub logoff_reasons: Vec<CatalogItem>,
}

impl History {
    /// Loads what exports say besides figures.
    pub async fn load_export_catalog(&self) -> Result<ExportCatalog, StoreError> {
        self.with_catalog(load_export_catalog).await
    }
}

fn load_export_catalog(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
) -> Result<ExportCatalog, StoreError> {
    let mut relations = ExportRelations::default();
    for source in &catalog.sources {
        let source = &source.export.id;
        for member in view.load_members(source)? {
            let whole = (member.whole.0, Id::new(source, &member.whole.1));
            relations.members.entry(whole).or_default().push(member);
        }
        for detail in view.load_details(source)? {
            let of = (detail.class, Id::new(source, &detail.external_id));
            let fields = relations.fields.entry(of).or_default();
            fields.insert(detail.field, detail.value);
        }
    }
    let items = |class| relations.items_of_class(catalog, class);
    if !catalog.is_whole_site() {
        return Ok(ExportCatalog {
            queues: items(NameClass::Queue),
            ..ExportCatalog::default()
        });
    }
    Ok(ExportCatalog {
        queues: items(NameClass::Queue),
        queue_groups: items(NameClass::QueueGroup),
        agent_groups: items(NameClass::AgentGroup),
        numbers: items(NameClass::Number),
        logoff_reasons: items(NameClass::LogoffReason),
    })
}

/// Members and fields, by what they belong to.
#[derive(Default)]
struct ExportRelations {
    members: BTreeMap<(NameClass, Id), Vec<CatalogMember>>,
    fields: BTreeMap<(NameClass, Id), ExportFields>,
}

impl ExportRelations {
    fn items_of_class(&self, catalog: &ReportCatalog<'_>, class: NameClass) -> Vec<CatalogItem> {
        let entries = catalog.entries_of_class(class).into_iter();
        let listed = entries.filter(|entry| !entry.is_hidden);
        let item = |entry: super::SubjectEntry| {
            let key = (class, entry.stored_id);
            let part = |part| self.members_of(catalog, &key, part);
            let mut members = part(NameClass::Agent);
            members.extend(part(NameClass::Queue));
            CatalogItem {
                id: entry.id,
                name: entry.name,
                fields: self.fields.get(&key).cloned().unwrap_or_default(),
                reasons: part(NameClass::Reason),
                members,
            }
        };
        listed.map(item).collect()
    }

    /// The members of one class, sorted by name, without hidden ones.
    fn members_of(
        &self,
        catalog: &ReportCatalog<'_>,
        whole: &(NameClass, Id),
        class: NameClass,
    ) -> Vec<ItemMember> {
        let members = self.members.get(whole).into_iter().flatten();
        let members = members.filter(|member| member.member.0 == class);
        let mut listed: Vec<_> = members
            .map(|member| (Id::new(&whole.1.source, &member.member.1), member))
            .filter(|(id, _)| catalog.includes(class, id))
            .filter_map(|(id, member)| {
                let entry = catalog.subject_entry(class, &id);
                (!entry.is_hidden).then_some(ItemMember {
                    id: entry.id,
                    name: entry.name,
                    priority: member.priority,
                })
            })
            .collect();
        listed.sort_by(|a, b| (NaturalOrder(&a.name), &a.id).cmp(&(NaturalOrder(&b.name), &b.id)));
        listed
    }
}
