//! A handle on all saved views: saves, changes and deletes them, and follows the records.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::RwLock;
use tokio_util::sync::CancellationToken;

use wallboard_access::{AuditAction, AuditActor, AuditTrail};
use wallboard_domain::NaturalOrder;
use wallboard_store::{
    DocumentError, RecordChange, RecordError, RecordFollower, RecordId, RecordStore, RecordWatch,
    Records, encode_document,
};

use super::{
    SavedView, ViewChoice, ViewFault,
    saved_view::{SAVED_VIEWS, ViewDocument},
};

/// The most that a person keeps.
pub const VIEWS_MAX: usize = 50;

/// Why a view wasn't saved or deleted.
#[derive(Debug, thiserror::Error)]
pub enum SavedViewError {
    #[error(transparent)]
    Choice(#[from] ViewFault),
    #[error("there are {VIEWS_MAX} views already")]
    TooMany,
    #[error("another view has that name")]
    NameTaken,
    #[error("the view's record")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write the saved views")]
    Records(#[from] RecordError),
}

/// A handle on all saved views. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SavedViews(Arc<ViewParts>);

#[derive(Debug)]
struct ViewParts {
    records: RecordStore,
    audit: AuditTrail,
    kept: RwLock<BTreeMap<RecordId, Arc<SavedView>>>,
}

impl SavedViews {
    pub fn new(records: RecordStore, audit: AuditTrail) -> Self {
        Self(Arc::new(ViewParts {
            records,
            audit,
            kept: RwLock::default(),
        }))
    }

    /// Follows the records until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        self.0.records.keep_following(&self, &stop).await;
    }

    /// Lists the views of a user and those that others share, by name.
    pub fn list(&self, user: &str) -> Vec<Arc<SavedView>> {
        let kept = self.0.kept.read();
        let mut found: Vec<_> = (kept.values().filter(|view| view.is_for(user)))
            .map(Arc::clone)
            .collect();
        found.sort_by(|a, b| (NaturalOrder(&a.name), &a.id).cmp(&(NaturalOrder(&b.name), &b.id)));
        found
    }

    pub fn find(&self, id: &RecordId) -> Option<Arc<SavedView>> {
        self.0.kept.read().get(id).map(Arc::clone)
    }

    /// Saves a view. One of the same person's with that name has its address from now on.
    pub async fn save(&self, choice: ViewChoice, by: &AuditActor) -> Result<(), SavedViewError> {
        let choice = choice.check()?;
        let same = self.find_named(&by.id, &choice.name);
        if same.is_none() && VIEWS_MAX <= self.count_of(&by.id) {
            return Err(SavedViewError::TooMany);
        }
        let id = same.as_ref().map(|view| view.id.clone());
        let id = id.unwrap_or_else(RecordId::random);
        let document = ViewDocument {
            owner: by.id.clone(),
            by: by.shown_name().to_owned(),
            name: choice.name,
            address: choice.address,
            is_shared: choice.is_shared,
        };
        self.store(id, same.as_deref(), document, by).await
    }

    /// Renames a view, and says who finds it.
    pub async fn change(
        &self,
        view: &SavedView,
        name: String,
        is_shared: bool,
        by: &AuditActor,
    ) -> Result<(), SavedViewError> {
        let choice = ViewChoice {
            name,
            address: view.address.clone(),
            is_shared,
        };
        let choice = choice.check()?;
        let same = self.find_named(&view.owner, &choice.name);
        if same.is_some_and(|same| same.id != view.id) {
            return Err(SavedViewError::NameTaken);
        }
        let document = ViewDocument {
            owner: view.owner.clone(),
            by: view.by.clone(),
            name: choice.name,
            address: choice.address,
            is_shared,
        };
        self.store(view.id.clone(), Some(view), document, by).await
    }

    pub async fn delete(&self, view: &SavedView, by: &AuditActor) -> Result<(), SavedViewError> {
        let deleted = (self.0.records)
            .delete(SAVED_VIEWS, &view.id, view.revision)
            .await;
        deleted?;
        self.0.kept.write().remove(&view.id);
        (self.0.audit)
            .record(by, AuditAction::DeletedView, &view.name)
            .await;
        Ok(())
    }

    async fn store(
        &self,
        id: RecordId,
        before: Option<&SavedView>,
        document: ViewDocument,
        by: &AuditActor,
    ) -> Result<(), SavedViewError> {
        let bytes = encode_document(&document)?;
        let expected = before.map(|view| view.revision);
        let revision = (self.0.records)
            .put(SAVED_VIEWS, &id, expected, bytes)
            .await?;
        let name = document.name.clone();
        self.put(SavedView::new(id, revision, document));
        (self.0.audit)
            .record(by, AuditAction::SavedView, &name)
            .await;
        Ok(())
    }

    fn find_named(&self, owner: &str, name: &str) -> Option<Arc<SavedView>> {
        let kept = self.0.kept.read();
        let mut own = kept.values().filter(|view| view.owner == owner);
        own.find(|view| view.name == name).map(Arc::clone)
    }

    fn count_of(&self, owner: &str) -> usize {
        let kept = self.0.kept.read();
        kept.values().filter(|view| view.owner == owner).count()
    }

    /// Takes a record in, unless a newer one was faster.
    fn put(&self, new: SavedView) {
        let mut kept = self.0.kept.write();
        let is_newer = (kept.get(&new.id)).is_none_or(|old| old.revision < new.revision);
        if is_newer {
            kept.insert(new.id.clone(), Arc::new(new));
        }
    }
}

impl RecordFollower for SavedViews {
    const RECORDS: &str = "the saved views";

    async fn follow_once(&self, failures: &mut u32) -> Result<(), RecordError> {
        let (listed, mut changes) = self.0.records.watch(SAVED_VIEWS).await?;
        let listed = listed.iter().filter_map(SavedView::decode);
        *self.0.kept.write() = listed
            .map(|view| (view.id.clone(), Arc::new(view)))
            .collect();
        loop {
            let change = changes.next().await?;
            *failures = 0;
            match change {
                RecordChange::Stored(record) => {
                    if let Some(view) = SavedView::decode(&record) {
                        self.put(view);
                    }
                }
                RecordChange::Deleted { id, .. } => {
                    self.0.kept.write().remove(&id);
                }
            }
        }
    }
}
