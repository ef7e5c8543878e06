//! Entries that people changed in the browser, for the command line. The server may run meanwhile, and follows.

use std::{env, mem, path::Path};

use jiff::Timestamp;

use crate::{
    editing::{
        CheckedConfiguration, ConfigurationBase, ConfigurationFiles, Editor, ExportedEntries,
        MissingSecret, SaveError, write_entries,
    },
    pictures::{PictureError, Pictures},
    settings::ClusterSettings,
};
use wallboard_access::{AuditActor, AuditTrail};
use wallboard_runtime::nats::{NatsConnection, NatsError};
use wallboard_store::{RecordError, RecordStore, Store, StoreError};
use wallboard_toml_reader::{ConfigFaults, SecretKeyError};

/// Why what was changed in the browser can't be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigCommandError {
    #[error(transparent)]
    Settings(#[from] ConfigFaults),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Nats(#[from] NatsError),
    #[error("couldn't read what was changed in the browser")]
    Records(#[from] RecordError),
    #[error("couldn't add the picture {name}")]
    Picture {
        name: String,
        #[source]
        cause: Box<PictureError>,
    },
    #[error("secrets aren't in the file: {paths}; set {variables} for this command")]
    MissingSecrets { paths: String, variables: String },
    #[error("its secrets can't be sealed: {0}; {fix}", fix = .0.fix())]
    SecretKey(#[from] SecretKeyError),
    #[error("couldn't save {id}")]
    Save {
        id: String,
        #[source]
        cause: Box<SaveError>,
    },
}

/// Entries of files.
#[derive(Clone, Debug, Default)]
pub struct EntryFiles {
    /// As `config export` prints them, and the folder of board files, if any.
    pub entries: ExportedEntries,
    /// The pictures in that folder.
    pub pictures: Vec<PictureFile>,
}

/// A file of a picture.
#[derive(Clone, Debug)]
pub struct PictureFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Returns everything that was changed in the browser.
pub async fn export_entries(config: &Path) -> Result<ExportedEntries, ConfigCommandError> {
    let (editor, _) = open(config).await?;
    Ok(write_entries(&editor.entries()))
}

/// Returns all pictures that were uploaded.
pub async fn export_pictures(config: &Path) -> Result<Vec<PictureFile>, ConfigCommandError> {
    let (_, records) = open(config).await?;
    let pictures = open_pictures(&records).list().await?;
    let files = pictures.iter().map(|picture| PictureFile {
        name: picture.file_name(),
        bytes: picture.bytes.to_vec(),
    });
    Ok(files.collect())
}

/// Saves every entry of the files that differs. Nothing is deleted. Returns their names.
pub async fn import_entries(
    config: &Path,
    file: &Path,
    mut files: EntryFiles,
) -> Result<Vec<String>, ConfigCommandError> {
    let (editor, records) = open(config).await?;
    let pictures = mem::take(&mut files.pictures);
    let seen = editor.newest_revision();
    let plan = editor.changes_to(files.entries, file, seen, read_variable);
    let plan = plan.map_err(|error| match error {
        SaveError::Invalid(faults) => ConfigCommandError::Settings(faults),
        SaveError::SecretKey(error) => ConfigCommandError::SecretKey(error),
        cause => ConfigCommandError::Save {
            id: file.display().to_string(),
            cause: Box::new(cause),
        },
    })?;
    if !plan.missing.is_empty() {
        let list = |text: fn(&MissingSecret) -> &str| {
            let texts: Vec<_> = plan.missing.iter().map(text).collect();
            texts.join(", ")
        };
        return Err(ConfigCommandError::MissingSecrets {
            paths: list(|secret| &secret.path),
            variables: list(|secret| &secret.variable),
        });
    }
    editor.check(&plan.changes).await?;
    let actor = AuditActor::command_line();
    let stored = open_pictures(&records);
    for PictureFile { name, bytes } in pictures {
        let importing = stored.import_file(bytes, &actor, Timestamp::now());
        if let Err(cause) = importing.await {
            let cause = Box::new(cause);
            return Err(ConfigCommandError::Picture { name, cause });
        }
    }
    let saved = plan.changes.iter().map(|change| change.id.to_string());
    let saved = saved.collect();
    let saving = Box::pin(editor.save_all(plan.changes, &actor)).await;
    saving.map_err(|cause| ConfigCommandError::Save {
        id: match &cause {
            SaveError::Conflict(theirs) => theirs.id.to_string(),
            _ => file.display().to_string(),
        },
        cause: Box::new(cause),
    })?;
    Ok(saved)
}

/// Returns the secret that a variable of an export has for this command.
fn read_variable(secret: &MissingSecret) -> Option<String> {
    let text = env::var(&secret.variable).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Returns the lines by which the browser's entries differ from those of the files: `+` only in the browser or
/// changed there, `-` only in the files or different there.
pub async fn compare_entries(
    config: &Path,
    file: &Path,
    files: EntryFiles,
) -> Result<Vec<String>, ConfigCommandError> {
    let exported = export_entries(config).await?;
    let (of_browser, of_files) = (exported.by_id(file)?, files.entries.by_id(file)?);
    let mut lines = Vec::new();
    for id in of_browser
        .keys()
        .chain(of_files.keys().filter(|id| !of_browser.contains_key(id)))
    {
        let (new, old) = (of_browser.get(id), of_files.get(id));
        if new == old {
            continue;
        }
        lines.push(id.to_string());
        let removed = old.iter().flat_map(|text| text.lines());
        lines.extend(removed.map(|line| format!("- {line}")));
        let added = new.iter().flat_map(|text| text.lines());
        lines.extend(added.map(|line| format!("+ {line}")));
    }
    Ok(lines)
}

async fn open(config: &Path) -> Result<(Editor, RecordStore), ConfigCommandError> {
    let (files, settings, _) = ConfigurationFiles::load(config)?;
    let records = open_records(&settings.store, settings.cluster.as_ref()).await?;
    let (editor, _) = open_editor_of(files, &records).await?;
    Ok((editor, records))
}

pub(super) fn open_pictures(records: &RecordStore) -> Pictures {
    Pictures::new(records.clone(), AuditTrail::new(records.store().clone()))
}

/// Opens the records of a configuration.
pub(super) async fn open_records(
    store: &Path,
    cluster: Option<&ClusterSettings>,
) -> Result<RecordStore, ConfigCommandError> {
    let store = Store::open(store)?;
    let cluster = match cluster {
        Some(cluster) => Some(NatsConnection::connect_once(cluster.nats.clone()).await?),
        None => None,
    };
    Ok(RecordStore::open(store, cluster).await?)
}

/// Opens the editor on files that were read. Returns the configuration with what was changed, too.
pub(super) async fn open_editor_of(
    files: ConfigurationFiles,
    records: &RecordStore,
) -> Result<(Editor, CheckedConfiguration), ConfigCommandError> {
    let base = ConfigurationBase::Files(Box::new(files));
    let audit = AuditTrail::new(records.store().clone());
    // No app applies anything here.
    let (editor, _) = Editor::open(base, records.clone(), audit).await?;
    let checked = editor.read_configuration().await?;
    Ok((editor, checked))
}
