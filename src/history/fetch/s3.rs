//! S3 and what speaks like it. Requests are made here, and signed by `object_store`:
//! its own listing cannot tell keys that begin with a slash.

use std::fmt;

use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequest;

use super::{
    FetchError, Patience, name,
    objects::{Objects, Wish},
    wire::{self, Refused, Wire},
    xml,
};
use crate::domain::Hidden;

/// Where a bucket is and who we are.
#[derive(Clone, Debug, PartialEq)]
pub struct S3Settings {
    pub bucket: String,
    pub region: String,
    pub access_key_id: Hidden,
    pub secret_access_key: Hidden,
    /// Another than Amazon's: buckets are then the first part of the path.
    pub endpoint: Option<String>,
    /// How many keys a page of a listing shall hold; the far side decides where it is `None`.
    pub page: Option<u32>,
    pub patience: Patience,
}

pub struct S3 {
    wire: Wire,
    bucket: String,
    region: String,
    /// The bucket's address, without a slash at its end.
    base: String,
    credential: AwsCredential,
    page: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("bucket “{bucket}” not found at {at}: check `bucket`, `region` and `endpoint`")]
    NoBucket { bucket: String, at: String },
    #[error("“{bucket}” isn't a valid bucket name: check `bucket`")]
    BucketName { bucket: String },
    #[error("{at} doesn't know the access key: check `access_key_id`, and that the key is active")]
    UnknownKey { at: String },
    #[error("{at} rejected the signature: `secret_access_key` doesn't match `access_key_id`")]
    WrongSecret { at: String },
    #[error(
        "{at} denied {what} access to bucket “{bucket}”{words}: give the user {permission}, see docs/history.md"
    )]
    Denied {
        at: String,
        bucket: String,
        what: &'static str,
        permission: &'static str,
        words: String,
    },
    #[error(
        "bucket “{bucket}” is in region {found}, not in {configured}: set `region = \"{found}\"`"
    )]
    Region {
        bucket: String,
        configured: String,
        found: String,
    },
    #[error("bucket “{bucket}” isn't in region {configured}: check `region`")]
    OtherRegion { bucket: String, configured: String },
    #[error("this server's clock differs too much from that of {at}: correct it")]
    Clock { at: String },
    #[error("“{key}” is archived ({words}): restore it, or change the bucket's rules")]
    Archived { key: String, words: String },
    #[error(
        "{at} sent a response that isn't from S3 (status {status}{words}): check `endpoint` and any proxy in between"
    )]
    Foreign {
        at: String,
        status: u16,
        words: String,
    },
    #[error(
        "{at} rejected the request (status {status}{words}): check `bucket`, `region` and `endpoint`"
    )]
    Other {
        at: String,
        status: u16,
        words: String,
    },
}

impl Fault {
    pub(super) fn is_of_one_file(&self) -> bool {
        matches!(self, Self::Archived { .. })
    }
}

impl S3 {
    pub fn new(settings: S3Settings) -> Result<Self, FetchError> {
        let base = base(&settings)?;
        Ok(Self {
            wire: Wire::new(&base, "endpoint", settings.patience)?,
            bucket: settings.bucket,
            region: settings.region,
            base,
            credential: AwsCredential {
                key_id: settings.access_key_id.0,
                secret_key: settings.secret_access_key.0,
                token: None,
            },
            page: settings.page.map(|page| page.to_string()),
        })
    }
}

impl Objects for S3 {
    fn wire(&self) -> &Wire {
        &self.wire
    }

    fn address(&self, key: &str) -> String {
        format!("{}/{key}", self.base)
    }

    fn listing(&self, prefix: &str, token: Option<&str>) -> String {
        let mut pairs = vec![("encoding-type", "url"), ("list-type", "2")];
        if !prefix.is_empty() {
            pairs.push(("prefix", prefix));
        }
        pairs.extend(token.map(|token| ("continuation-token", token)));
        pairs.extend(self.page.as_deref().map(|page| ("max-keys", page)));
        format!("{}/?{}", self.base, wire::query(&pairs))
    }

    fn page(body: &[u8]) -> Result<xml::Page, xml::NoListing> {
        xml::s3_page(body)
    }

    fn sign(&self, request: &mut HttpRequest) -> object_store::Result<()> {
        AwsAuthorizer::new(&self.credential, "s3", &self.region).try_authorize(request, None)
    }

    fn foreign(&self, status: u16, words: String) -> FetchError {
        let at = self.wire.at();
        Fault::Foreign { at, status, words }.into()
    }

    fn fault(&self, wish: Wish<'_>, refused: &Refused) -> FetchError {
        let at = self.wire.at();
        let bucket = self.bucket.clone();
        let status = refused.status.as_u16();
        let words = refused.words();
        let key = match wish {
            Wish::List => String::new(),
            Wish::Read(key) => name::shown(key),
        };
        let region = refused
            .header("x-amz-bucket-region")
            .or(refused.said.region.as_deref())
            .filter(|found| *found != self.region);
        let fault = match (refused.said.code.as_str(), status) {
            ("NoSuchKey", _) => return FetchError::Gone { key },
            ("PreconditionFailed", _) | (_, 412) => return FetchError::Replaced { key },
            ("NoSuchBucket", _) => Fault::NoBucket { bucket, at },
            ("InvalidBucketName", _) => Fault::BucketName { bucket },
            ("InvalidAccessKeyId" | "InvalidClientTokenId" | "UnrecognizedClientException", _) => {
                Fault::UnknownKey { at }
            }
            ("SignatureDoesNotMatch", _) => Fault::WrongSecret { at },
            ("RequestTimeTooSkewed" | "RequestExpired", _) => Fault::Clock { at },
            ("InvalidObjectState", _) => Fault::Archived { key, words },
            ("SlowDown", _) => return self.wire.unwell(refused),
            _ if let Some(found) = region => Fault::Region {
                bucket,
                configured: self.region.clone(),
                found: found.to_owned(),
            },
            ("PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed", _)
            | ("", 301 | 307) => Fault::OtherRegion {
                bucket,
                configured: self.region.clone(),
            },
            ("AccessDenied" | "AllAccessDisabled" | "AccountProblem", _) | ("", 401 | 403) => {
                let (what, permission) = match wish {
                    Wish::List => ("list", "s3:ListBucket on it, if `bucket` is right"),
                    Wish::Read(_) => ("read", "s3:GetObject"),
                };
                Fault::Denied {
                    at,
                    bucket,
                    what,
                    permission,
                    words,
                }
            }
            ("", _) => Fault::Foreign { at, status, words },
            _ => Fault::Other { at, status, words },
        };
        fault.into()
    }
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// The bucket's address.
fn base(settings: &S3Settings) -> Result<String, FetchError> {
    let (bucket, region) = (&settings.bucket, &settings.region);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if bucket.is_empty() || !bucket.chars().all(is_plain) || bucket.starts_with('.') {
        let bucket = name::shown(bucket);
        return Err(Fault::BucketName { bucket }.into());
    }
    if let Some(endpoint) = &settings.endpoint {
        return Ok(format!("{}/{bucket}", endpoint.trim_end_matches('/')));
    }
    let in_china = if region.starts_with("cn-") { ".cn" } else { "" };
    let store = format!("s3.{region}.amazonaws.com{in_china}");
    // Amazon's certificates are for one word before that.
    Ok(if bucket.contains('.') {
        format!("https://{store}/{bucket}")
    } else {
        format!("https://{bucket}.{store}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(bucket: &str, endpoint: Option<&str>) -> S3Settings {
        S3Settings {
            bucket: bucket.into(),
            region: "eu-north-1".into(),
            access_key_id: Hidden("AKIA".into()),
            secret_access_key: Hidden("hush".into()),
            endpoint: endpoint.map(str::to_owned),
            page: None,
            patience: Patience::default(),
        }
    }

    fn refused(status: u16, code: &str, region: Option<&str>) -> Refused {
        Refused {
            status: reqwest::StatusCode::from_u16(status).unwrap(),
            headers: reqwest::header::HeaderMap::new(),
            said: xml::Refusal {
                code: code.into(),
                message: "Words".into(),
                region: region.map(str::to_owned),
                authentication_error_detail: None,
            },
        }
    }

    #[test]
    fn a_bucket_has_the_address_that_its_store_wants() {
        let base = |bucket, endpoint| base(&settings(bucket, endpoint)).ok();

        assert_eq!(
            base("acme", None).unwrap(),
            "https://acme.s3.eu-north-1.amazonaws.com"
        );
        assert_eq!(
            base("acme.export", None).unwrap(),
            "https://s3.eu-north-1.amazonaws.com/acme.export"
        );
        assert_eq!(
            base("acme", Some("http://127.0.0.1:9000/")).unwrap(),
            "http://127.0.0.1:9000/acme"
        );
        assert_eq!(base("a/b", None), None);
        assert_eq!(base("", None), None);
    }

    #[test]
    fn a_wrong_region_is_named_with_the_right_one() {
        let s3 = S3::new(settings("acme", None)).unwrap();

        let error = s3.fault(
            Wish::List,
            &refused(400, "AuthorizationHeaderMalformed", Some("us-west-2")),
        );

        assert_eq!(
            error.to_string(),
            "bucket “acme” is in region us-west-2, not in eu-north-1: set `region = \"us-west-2\"`"
        );
    }

    #[test]
    fn a_missing_permission_is_named() {
        let s3 = S3::new(settings("acme", None)).unwrap();

        let error = s3.fault(Wish::Read("a.csv"), &refused(403, "AccessDenied", None));

        assert_eq!(
            error.to_string(),
            "acme.s3.eu-north-1.amazonaws.com denied read access to bucket “acme”, it reports “AccessDenied: Words”: give the user s3:GetObject, see docs/history.md"
        );
    }

    #[test]
    fn nothing_shows_a_secret() {
        let settings = settings("acme", None);
        let shown = format!("{settings:?} {:?}", S3::new(settings.clone()).unwrap());

        assert!(
            !shown.contains("hush") && !shown.contains("AKIA"),
            "{shown}"
        );
    }
}
