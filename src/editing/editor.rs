//! Changes of the configuration: checked, saved with the revision that they began from, and applied.

mod storing;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::Arc,
    time::Duration,
};

use parking_lot::RwLock;
use tokio::{
    sync::{mpsc, oneshot},
    task::spawn_blocking,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tracing::error;

use wallboard_access::{AuditActor, AuditTrail};
use wallboard_domain::error_chain;
use wallboard_store::{
    Record, RecordChange, RecordError, RecordFollower, RecordStore, RecordWatch, Records, Revision,
};
use wallboard_toml_reader::{ConfigFault, ConfigFaults, FaultPlace, SecretKey, SecretKeyError};

use super::{
    CheckedConfiguration, ConfigurationBase, Entry, EntryChange, EntryId, LeftOutEntry, Origin,
    SaveError, Section,
    configuration_base::RecordedTexts,
    entry_document::{ENTRIES, decode_entry},
    sealing::seal_secrets,
};

/// How long a saved change may take until it's effective here. Afterwards it follows by itself.
const APPLY_TIMEOUT: Duration = Duration::from_secs(8);
/// In bytes; a board with every option has a tenth.
const TEXT_BYTES_MAX: usize = 60_000;

/// Asks the app to apply the entries; answers once they are.
#[derive(Debug)]
pub struct ApplyOrder(Option<oneshot::Sender<()>>);

impl ApplyOrder {
    /// Reports that they are applied.
    pub fn finish(self) {
        if let Some(done) = self.0 {
            done.send(()).ok();
        }
    }
}

/// A handle on what people change. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Editor(Arc<EditorParts>);

#[derive(Debug)]
struct EditorParts {
    records: RecordStore,
    audit: AuditTrail,
    orders: mpsc::Sender<ApplyOrder>,
    base: RwLock<Arc<ConfigurationBase>>,
    entries: RwLock<BTreeMap<EntryId, Arc<Entry>>>,
    left_out: RwLock<Vec<LeftOutEntry>>,
}

impl Editor {
    /// Reads all entries. The app applies them on each order.
    pub async fn open(
        base: ConfigurationBase,
        records: RecordStore,
        audit: AuditTrail,
    ) -> Result<(Self, mpsc::Receiver<ApplyOrder>), RecordError> {
        let (orders, receiver) = mpsc::channel(16);
        let listed = records.list(ENTRIES).await?;
        let editor = Self(Arc::new(EditorParts {
            records,
            audit,
            orders,
            base: RwLock::new(Arc::new(base)),
            entries: RwLock::new(index(&listed)),
            left_out: RwLock::default(),
        }));
        Ok((editor, receiver))
    }

    /// Follows changes of other nodes and of commands until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        self.0.records.keep_following(&self, &stop).await;
    }

    /// Returns all entries that were changed in the browser, also deleted ones.
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.0.entries.read().values().map(Arc::clone).collect()
    }

    /// Returns an entry that was changed in the browser, also a deleted one.
    pub fn entry(&self, id: &EntryId) -> Option<Arc<Entry>> {
        self.0.entries.read().get(id).map(Arc::clone)
    }

    /// The IDs of all entries of a section, in files and in the browser, deleted ones too.
    pub fn list_section(&self, section: Section) -> Vec<EntryId> {
        let mut ids: BTreeSet<_> = self.base().list_entries(section).into_iter().collect();
        let entries = self.0.entries.read();
        ids.extend(entries.keys().filter(|id| id.section == section).cloned());
        ids.into_iter().collect()
    }

    pub fn origin(&self, id: &EntryId) -> Origin {
        if let Some((origin, _)) = self.base().find_entry(id) {
            return origin;
        }
        match self.entry(id).filter(|entry| entry.current().is_some()) {
            Some(entry) => Origin::Browser(entry),
            None => Origin::Nowhere,
        }
    }

    /// The text in force of one entry, from the file or the record.
    pub fn text(&self, id: &EntryId) -> Option<String> {
        if let Some((_, text)) = self.base().find_entry(id) {
            return Some(text);
        }
        self.entry(id)?.current().map(str::to_owned)
    }

    /// Entries that aren't in force, because they no longer fit the files.
    pub fn left_out(&self) -> Vec<LeftOutEntry> {
        self.0.left_out.read().clone()
    }

    /// Replaces the files, which were read again. Returns those before.
    pub fn set_base(&self, base: Arc<ConfigurationBase>) -> Arc<ConfigurationBase> {
        mem::replace(&mut *self.0.base.write(), base)
    }

    /// Reads the configuration with all entries that fit.
    #[expect(clippy::missing_panics_doc, reason = "no parser panics")]
    pub async fn read_configuration(&self) -> Result<CheckedConfiguration, ConfigFaults> {
        let (base, entries) = (self.base(), self.entries());
        let reading = spawn_blocking(move || {
            let current = entries
                .iter()
                .filter_map(|entry| Some((&entry.id, entry.current()?)));
            base.check_what_fits(&current.collect::<Vec<_>>())
        });
        let (checked, left_out) = reading.await.expect("no parser panics")?;
        for entry in &left_out {
            for fault in entry.faults.to_string().lines() {
                error!("A change from the browser isn't in force: {fault}");
            }
        }
        *self.0.left_out.write() = left_out;
        for channel in &checked.channels {
            if let Some(why) = &channel.unusable {
                error!("Nothing can be sent to the channel {}: {why}", channel.name);
            }
        }
        Ok(checked)
    }

    /// Returns the configuration as it would be, or all faults; changes nothing.
    pub async fn check(
        &self,
        changes: &[EntryChange],
    ) -> Result<CheckedConfiguration, ConfigFaults> {
        self.check_with(self.base(), changes).await
    }

    /// Checks changes as if the files were these.
    pub(super) async fn check_with(
        &self,
        base: Arc<ConfigurationBase>,
        changes: &[EntryChange],
    ) -> Result<CheckedConfiguration, ConfigFaults> {
        let too_long = changes.iter().filter(|change| is_too_long(change));
        let too_long: Vec<_> = too_long.map(too_long_fault).collect();
        if !too_long.is_empty() {
            return Err(ConfigFaults {
                file: String::new(),
                faults: too_long,
                boards: None,
            });
        }
        let left_out = self.left_out();
        let mut texts: BTreeMap<EntryId, String> = (self.entries().iter())
            .filter(|entry| left_out.iter().all(|one| one.id != entry.id))
            .filter_map(|entry| Some((entry.id.clone(), entry.current()?.to_owned())))
            .filter(|(id, toml)| !base.has_equal_entry(id, toml))
            .collect();
        for change in changes {
            match &change.toml {
                Some(toml) => texts.insert(change.id.clone(), toml.clone()),
                None => texts.remove(&change.id),
            };
        }
        let checking = spawn_blocking(move || {
            let texts = texts.iter().map(|(id, toml)| (id, toml.as_str()));
            base.check(&texts.collect::<RecordedTexts>())
        });
        checking.await.expect("no parser panics")
    }

    /// Checks a change, saves it, and applies it on this node before it returns.
    pub async fn save(&self, change: EntryChange, by: &AuditActor) -> Result<(), SaveError> {
        self.save_all(vec![change], by).await
    }

    /// Checks changes of several entries together, saves them, and applies them at once. None is saved if one can't be;
    /// but a cluster's records have no transactions, so there, if somebody else changes one of them in this moment, those
    /// before it stay.
    pub async fn save_all(
        &self,
        changes: Vec<EntryChange>,
        by: &AuditActor,
    ) -> Result<(), SaveError> {
        let mut pending = Vec::new();
        for mut change in changes {
            let entry = self.entry(&change.id);
            // Only its copy in the browser can be deleted.
            let is_copy = entry
                .as_ref()
                .is_some_and(|entry| entry.current().is_some());
            if (change.toml.is_some() || !is_copy)
                && let Some((Origin::File { file, line, .. }, _)) =
                    self.base().find_entry(&change.id)
            {
                return Err(SaveError::InFile { file, line });
            }
            if change.id.section.has_secrets()
                && let Some(toml) = &change.toml
            {
                change.toml = Some(self.seal(toml)?);
            }
            let Some(entry) = entry else {
                pending.push(change);
                continue;
            };
            // Perhaps by the same button, pressed twice.
            if entry.current() != change.toml.as_deref() {
                if !begins_from(&entry, &change) {
                    return Err(SaveError::Conflict(entry));
                }
                pending.push(change);
            }
        }
        let mut outcome = Ok(());
        if !pending.is_empty() {
            self.check(&pending).await.map_err(SaveError::Invalid)?;
            outcome = self.store(pending, by).await;
        }
        self.apply().await;
        outcome
    }

    /// The revision of the last change of any entry. Who saw the entries at it saw each as it was.
    pub fn newest_revision(&self) -> Revision {
        let entries = self.0.entries.read();
        let revisions = entries.values().map(|entry| entry.revision);
        revisions.max().unwrap_or(Revision(0))
    }

    /// A change by somebody who saw all entries at a revision.
    pub fn change_since(&self, id: EntryId, toml: Option<String>, seen: Revision) -> EntryChange {
        let entry = self.entry(&id);
        EntryChange {
            began_from: entry.map(|entry| entry.revision.min(seen)),
            id,
            toml,
        }
    }

    /// Seals the secrets of an entry's text. The key is made with the first one.
    pub fn seal(&self, toml: &str) -> Result<String, SecretKeyError> {
        let base = self.base();
        match base.secret_key() {
            Some(file) => seal_secrets(toml, || SecretKey::load_or_create(file)),
            None => Ok(toml.to_owned()),
        }
    }

    /// Whether entries of a section can be changed here: a demo's data sources are simulated, and nobody gets messages
    /// of it.
    pub fn has_section(&self, section: Section) -> bool {
        !section.has_secrets() || self.base().secret_key().is_some()
    }

    /// Waits until the entries as they are now are applied on this node.
    pub(super) async fn apply(&self) {
        let (done, applied) = oneshot::channel();
        self.order(Some(done)).await;
        timeout(APPLY_TIMEOUT, applied).await.ok();
    }

    /// Orders that the configuration is applied again: something that it names has changed.
    pub async fn apply_again(&self) {
        self.order(None).await;
    }

    /// Keeps a newer entry in memory. Returns whether it is newer.
    fn put(&self, entry: Entry) -> bool {
        let mut entries = self.0.entries.write();
        let known = entries.get(&entry.id);
        if known.is_some_and(|known| entry.revision <= known.revision) {
            return false;
        }
        entries.insert(entry.id.clone(), Arc::new(entry));
        true
    }

    pub(super) async fn order(&self, done: Option<oneshot::Sender<()>>) {
        // Otherwise the app ends.
        self.0.orders.send(ApplyOrder(done)).await.ok();
    }

    pub(super) fn base(&self) -> Arc<ConfigurationBase> {
        Arc::clone(&self.0.base.read())
    }
}

impl RecordFollower for Editor {
    const RECORDS: &str = "what was changed in the browser";

    async fn follow_once(&self, failures: &mut u32) -> Result<(), RecordError> {
        let (listed, mut changes) = self.0.records.watch(ENTRIES).await?;
        let listed = index(&listed);
        let is_new = {
            let mut entries = self.0.entries.write();
            let is_new = *entries != listed;
            *entries = listed;
            is_new
        };
        if is_new {
            self.order(None).await;
        }
        loop {
            let change = changes.next().await?;
            *failures = 0;
            let is_new = match change {
                RecordChange::Stored(record) => {
                    decode(&record).is_some_and(|entry| self.put(entry))
                }
                // Nothing of ours deletes a record.
                RecordChange::Deleted { .. } => false,
            };
            if is_new {
                self.order(None).await;
            }
        }
    }
}

/// Whether a change began from the entry as it is. A deleted one can be made again.
pub(super) fn begins_from(entry: &Entry, change: &EntryChange) -> bool {
    match change.began_from {
        Some(revision) => revision == entry.revision,
        None => entry.current().is_none(),
    }
}

fn is_too_long(change: &EntryChange) -> bool {
    let length = change.toml.as_ref().map_or(0, String::len);
    TEXT_BYTES_MAX < length + change.id.name.len()
}

fn too_long_fault(change: &EntryChange) -> ConfigFault {
    let name: String = change.id.name.chars().take(40).collect();
    let header = EntryId::new(change.id.section, &name).to_string();
    let what = format!("has more than {} kB", TEXT_BYTES_MAX / 1_000);
    ConfigFault {
        place: FaultPlace::Browser(header.into()),
        line: 0,
        ..ConfigFault::at_span("", &(0..0), "", &what, "make it shorter")
    }
}

fn index(records: &[Record]) -> BTreeMap<EntryId, Arc<Entry>> {
    let entries = records.iter().filter_map(decode);
    entries
        .map(|entry| (entry.id.clone(), Arc::new(entry)))
        .collect()
}

/// An entry that can't be read isn't in force.
fn decode(record: &Record) -> Option<Entry> {
    match decode_entry(record) {
        Ok(entry) => Some(entry),
        Err(error) => {
            error!(
                "The record {} of a change in the browser {}",
                record.id,
                error_chain(&error)
            );
            None
        }
    }
}
