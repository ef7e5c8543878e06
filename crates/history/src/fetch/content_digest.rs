//! Compares downloaded content with the store's own digest: a body of the right length can still be
//! another one.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use base64::{Engine, prelude::BASE64_STANDARD};
use data_encoding::HEXLOWER_PERMISSIVE;
use parking_lot::Mutex;
use reqwest::header::HeaderMap;

use super::RemoteFile;

/// Files whose tags don't match, without any whose tag does, until tags aren't compared.
const MISMATCHES_MAX: usize = 3;

/// An MD5 digest.
pub(super) type Md5Digest = [u8; 16];

/// An object's digest, as its store reports it.
#[derive(Debug)]
pub(super) struct ContentDigest {
    md5: Md5Digest,
    key: String,
    /// The store's tags, if the digest is one.
    tags: Option<Arc<DigestTags>>,
}

/// Whether the tags of a store are digests. Not every tag that looks like one is: some stores
/// encrypt objects without a header about it.
#[derive(Debug, Default)]
pub(super) struct DigestTags {
    has_matched: AtomicBool,
    /// The first keys whose tags didn't match.
    mismatches: Mutex<BTreeSet<String>>,
}

impl ContentDigest {
    /// Reads the digest of a file from `Content-MD5`, or else from its tag.
    pub(super) fn from_response(
        remote: &RemoteFile,
        headers: &HeaderMap,
        tags: &Arc<DigestTags>,
    ) -> Option<Self> {
        let key = remote.key.clone();
        if let Some(md5) = headers.get("content-md5") {
            let md5 = BASE64_STANDARD.decode(md5.as_bytes()).ok()?;
            let md5 = md5.try_into().ok()?;
            return Some(Self {
                md5,
                key,
                tags: None,
            });
        }
        let is_encrypted = headers.contains_key("x-amz-server-side-encryption-customer-algorithm")
            || headers
                .get("x-amz-server-side-encryption")
                .is_some_and(|method| method != "AES256");
        let md5 = parse_hex(&remote.tag).filter(|_| !is_encrypted)?;
        Some(Self {
            md5,
            key,
            tags: Some(Arc::clone(tags)),
        })
    }

    pub(super) fn matches(&self, md5: Md5Digest) -> bool {
        let matches = self.md5 == md5;
        if let Some(tags) = self.tags.as_ref().filter(|_| matches) {
            tags.has_matched.store(true, Ordering::Relaxed);
        }
        matches
    }

    /// Records that the same content doesn't match again. Returns whether the content is wrong, and
    /// not the idea that the tag is a digest.
    pub(super) fn refutes(&self) -> bool {
        let Some(tags) = &self.tags else {
            return true;
        };
        if tags.has_matched.load(Ordering::Relaxed) {
            return true;
        }
        let mut mismatches = tags.mismatches.lock();
        // The first files wait for the next import: then it shows that none of their tags match.
        let is_undecided = mismatches.len() < MISMATCHES_MAX;
        if is_undecided {
            mismatches.insert(self.key.clone());
        }
        is_undecided
    }
}

/// Parses 32 hexadecimal digits.
fn parse_hex(tag: &str) -> Option<Md5Digest> {
    let bytes = HEXLOWER_PERMISSIVE.decode(tag.as_bytes()).ok()?;
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digest of "one".
    const TAG: &str = "f97c5d29941bfb1b2fdab0874906ab82";

    fn digest(
        key: &str,
        tag: &str,
        headers: &[(&'static str, &str)],
        tags: &Arc<DigestTags>,
    ) -> Option<ContentDigest> {
        let remote = RemoteFile {
            key: key.to_owned(),
            size: 3,
            modified: None,
            tag: tag.to_owned(),
        };
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()))
            .collect();
        ContentDigest::from_response(&remote, &headers, tags)
    }

    #[test]
    fn only_a_tag_that_is_a_digest_is_compared() {
        let tags = Arc::default();
        let md5 = |tag: &str, headers: &[(&'static str, &str)]| {
            digest("a", tag, headers, &tags).map(|digest| digest.md5)
        };
        let expected = parse_hex(TAG);
        let encryption = "x-amz-server-side-encryption";
        let of_customer = "x-amz-server-side-encryption-customer-algorithm";

        assert_eq!(md5(TAG, &[]), expected);
        assert_eq!(md5(&TAG.to_uppercase(), &[]), expected);
        assert_eq!(md5(TAG, &[(encryption, "AES256")]), expected);
        assert_eq!(md5(TAG, &[(encryption, "aws:kms")]), None);
        assert_eq!(md5(TAG, &[(of_customer, "AES256")]), None);
        assert_eq!(md5("0x8DB1", &[]), None);
        assert_eq!(md5(&format!("{TAG}-2"), &[]), None);
        assert_eq!(
            md5("0x8DB1", &[("content-md5", "+XxdKZQb+xsv2rCHSQargg==")]),
            expected
        );
    }

    #[test]
    fn tags_that_never_match_are_no_digests() {
        let (tags, other) = (Arc::default(), Md5Digest::default());
        let refutes = |key, tags: &Arc<DigestTags>| {
            let digest = digest(key, TAG, &[], tags).unwrap();
            !digest.matches(other) && digest.refutes()
        };

        for key in ["a", "a", "b", "c"] {
            assert!(refutes(key, &tags), "{key}");
        }
        assert!(!refutes("d", &tags) && !refutes("a", &tags));
        let proven = Arc::default();
        let one = parse_hex(TAG).unwrap();
        assert!(digest("a", TAG, &[], &proven).unwrap().matches(one));
        for key in ["b", "c", "d", "e"] {
            assert!(refutes(key, &proven), "{key}");
        }
    }
}
