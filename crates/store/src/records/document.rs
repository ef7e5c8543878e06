//! The format of most records: JSON that says its version.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

const VERSION: u32 = 1;

/// Why a document can't be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("was written by a newer release (format {0}); update this one")]
    Newer(u32),
    #[error("isn't valid")]
    Json(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u32,
    #[serde(flatten)]
    content: T,
}

/// Writes a document as of this release.
pub fn encode_document(content: &impl Serialize) -> Result<Vec<u8>, DocumentError> {
    let version = VERSION;
    Ok(serde_json::to_vec(&Versioned { version, content })?)
}

/// Reads a document of this release or an older one.
pub fn decode_document<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DocumentError> {
    let Version { version } = serde_json::from_slice(bytes)?;
    if VERSION < version {
        return Err(DocumentError::Newer(version));
    }
    let document: Versioned<T> = serde_json::from_slice(bytes)?;
    Ok(document.content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Content {
        one: u8,
    }

    #[test]
    fn a_newer_format_is_refused_and_an_unknown_field_is_not() {
        let decode = |text: &str| decode_document::<(u8,)>(text.as_bytes());
        assert!(matches!(
            decode(r#"{"version":2}"#),
            Err(DocumentError::Newer(2))
        ));

        let bytes = encode_document(&Content { one: 1 }).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let with_more = text.replace('{', r#"{"more":true,"#);
        let decoded: Content = decode_document(with_more.as_bytes()).unwrap();
        assert_eq!(decoded, Content { one: 1 });
    }
}
