//! Secrets in the text of a source or a channel: where they are, and in which form.

use std::{path::Path, sync::Arc};

use toml::de::DeTable;

use wallboard_history::ImportContext;
use wallboard_notify::read_channels;
use wallboard_toml_reader::{ConfigReader, RecordedPart, SecretPlace};

use super::{RetentionSettings, source};

/// Finds the secrets in the text of a source or a channel of the browser, in the order of the text. Sealed ones are
/// opened with the key.
pub fn find_secrets(text: &str, secret_key: Option<&Path>) -> Vec<SecretPlace> {
    let reader = ConfigReader::new(text, Path::new(""), |_| None, &[]);
    if let Some(file) = secret_key {
        reader.set_secret_key(file.to_owned());
    }
    // Nothing of the server is read for it.
    let reader = reader.with_recorded(vec![RecordedPart {
        span: 0..text.len(),
        entry: "".into(),
    }]);
    secrets_of(&reader, text)
}

/// Finds the secrets of sources and channels in the text of a file, in the order of the text.
pub fn read_secrets(
    text: &str,
    file: &Path,
    secret_key: &Path,
    environment: fn(&str) -> Option<String>,
) -> Vec<SecretPlace> {
    let reader = ConfigReader::new(text, file, environment, &[]);
    reader.set_secret_key(secret_key.to_owned());
    secrets_of(&reader, text)
}

fn secrets_of<'t>(reader: &ConfigReader<'t>, text: &'t str) -> Vec<SecretPlace> {
    let (table, _) = DeTable::parse_recoverable(text);
    let context = ImportContext {
        site: Arc::default(),
        keep_contacts: false,
        keep: RetentionSettings::default().calls,
    };
    let root = reader.root_section(&table);
    // No figure has a secret.
    source::read_sources(&root, &context, &[]);
    read_channels(&root, &[]);
    reader.secret_places()
}
