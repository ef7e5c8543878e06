//! S3 and compatible stores. Requests are built here and signed by `object_store`: its own listing
//! can't handle keys that begin with a slash.

use std::fmt;

use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequest;

use super::{
    FetchError, FetchTimeouts,
    object_api::{ObjectStoreApi, StoreOperation},
    object_client::{self, ErrorReply, ObjectStoreClient},
    remote_name,
    store_errors::S3Error,
    upload::Upload,
    xml,
};
use wallboard_domain::RedactedText;

/// Where a bucket is, and our credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Settings {
    pub bucket: String,
    pub region: String,
    pub access_key_id: RedactedText,
    pub secret_access_key: RedactedText,
    /// An endpoint other than Amazon's: buckets are then the first part of the path.
    pub endpoint: Option<String>,
    /// Keys per page of a listing; `None` leaves it to the remote side.
    pub page_size: Option<u32>,
    pub timeouts: FetchTimeouts,
}

pub struct S3Store {
    client: ObjectStoreClient,
    bucket: String,
    region: String,
    /// The bucket's URL, without a slash at its end.
    bucket_url: String,
    credential: AwsCredential,
    page_size: Option<String>,
}

impl S3Store {
    pub fn new(settings: S3Settings) -> Result<Self, FetchError> {
        let base = build_bucket_url(&settings)?;
        let client = ObjectStoreClient::new(&base, "endpoint", settings.timeouts)?;
        Ok(Self {
            client: client.hide(vec![settings.access_key_id.clone()]),
            bucket: settings.bucket,
            region: settings.region,
            bucket_url: base,
            credential: AwsCredential {
                key_id: settings.access_key_id.0,
                secret_key: settings.secret_access_key.0,
                token: None,
            },
            page_size: settings.page_size.map(|page| page.to_string()),
        })
    }
}

impl ObjectStoreApi for S3Store {
    fn client(&self) -> &ObjectStoreClient {
        &self.client
    }

    fn object_url(&self, key: &str) -> String {
        format!("{}/{key}", self.bucket_url)
    }

    fn listing_url(&self, prefix: &str, token: Option<&str>) -> String {
        let mut pairs = vec![("encoding-type", "url"), ("list-type", "2")];
        if !prefix.is_empty() {
            pairs.push(("prefix", prefix));
        }
        pairs.extend(token.map(|token| ("continuation-token", token)));
        pairs.extend(self.page_size.as_deref().map(|page| ("max-keys", page)));
        format!(
            "{}/?{}",
            self.bucket_url,
            object_client::encode_query(&pairs)
        )
    }

    fn parse_page(body: &[u8]) -> Result<xml::ListingPage, xml::NotAListing> {
        xml::s3_page(body)
    }

    fn sign_request(
        &self,
        request: &mut HttpRequest,
        upload: Option<&Upload<'_>>,
    ) -> object_store::Result<()> {
        let digest = upload.map(|upload| upload.sha256.as_slice());
        AwsAuthorizer::new(&self.credential, "s3", &self.region).try_authorize(request, digest)
    }

    fn unexpected_response(&self, status: u16, words: String) -> FetchError {
        let at = self.client.host();
        S3Error::UnexpectedResponse { at, status, words }.into()
    }

    fn to_error(&self, operation: StoreOperation<'_>, reply: &ErrorReply) -> FetchError {
        let at = self.client.host();
        let bucket = self.bucket.clone();
        let status = reply.status.as_u16();
        let words = reply.describe_error();
        let key = match operation {
            StoreOperation::List => String::new(),
            StoreOperation::Read(key) | StoreOperation::Write(key) => {
                remote_name::display_name(key)
            }
        };
        let region = reply
            .header_value("x-amz-bucket-region")
            .or(reply.body.region.as_deref())
            .filter(|found| *found != self.region);
        let error = match (reply.body.code.as_str(), status) {
            ("NoSuchKey", _) => return FetchError::Gone { key },
            ("PreconditionFailed", _) | (_, 412) => return FetchError::Replaced { key },
            ("NoSuchBucket", _) => S3Error::NoBucket { bucket, at },
            ("InvalidBucketName", _) => S3Error::BucketName { bucket },
            ("InvalidAccessKeyId" | "InvalidClientTokenId" | "UnrecognizedClientException", _) => {
                S3Error::UnknownKey { at }
            }
            ("SignatureDoesNotMatch", _) => S3Error::WrongSecret { at },
            ("RequestTimeTooSkewed" | "RequestExpired", _) => S3Error::ClockSkew { at },
            ("ExpiredToken" | "TokenRefreshRequired", _) => S3Error::Expired { at },
            ("InvalidObjectState", _) => S3Error::Archived { key },
            ("RestoreAlreadyInProgress", _) => return FetchError::Restoring { key },
            ("SlowDown", _) | (_, 409) => return self.client.unavailable_error(reply),
            _ if let Some(found) = region => S3Error::WrongRegion {
                bucket,
                configured: self.region.clone(),
                found: found.to_owned(),
            },
            ("PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed", _)
            | ("", 301 | 307) => S3Error::OtherRegion {
                bucket,
                configured: self.region.clone(),
            },
            ("AccessDenied" | "AllAccessDisabled" | "AccountProblem", _) | ("", 401 | 403) => {
                let (what, permission) = match operation {
                    StoreOperation::List => (
                        "list",
                        "s3:ListBucket on it, if `bucket` is right, see docs/how-to/import-sangoma.md#amazon-s3-and-compatible-stores",
                    ),
                    StoreOperation::Read(_) => (
                        "read",
                        "s3:GetObject, see docs/how-to/import-sangoma.md#amazon-s3-and-compatible-stores",
                    ),
                    StoreOperation::Write(_) => (
                        "write",
                        "s3:PutObject, see docs/how-to/case-records.md#daily-files",
                    ),
                };
                S3Error::Denied {
                    at,
                    bucket,
                    what,
                    permission,
                    words,
                }
            }
            ("", _) => S3Error::UnexpectedResponse { at, status, words },
            _ => S3Error::Other { at, status, words },
        };
        error.into()
    }
}

impl fmt::Debug for S3Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3")
            .field("base", &self.bucket_url)
            .finish_non_exhaustive()
    }
}

/// Builds the bucket's URL.
fn build_bucket_url(settings: &S3Settings) -> Result<String, FetchError> {
    let (bucket, region) = (&settings.bucket, &settings.region);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if bucket.is_empty() || !bucket.chars().all(is_plain) || bucket.starts_with('.') {
        let bucket = remote_name::display_name(bucket);
        return Err(S3Error::BucketName { bucket }.into());
    }
    if let Some(endpoint) = &settings.endpoint {
        return Ok(format!("{}/{bucket}", endpoint.trim_end_matches('/')));
    }
    let in_china = if region.starts_with("cn-") { ".cn" } else { "" };
    let store = format!("s3.{region}.amazonaws.com{in_china}");
    // Amazon's certificates cover only one label before that.
    Ok(if bucket.contains('.') {
        format!("https://{store}/{bucket}")
    } else {
        format!("https://{bucket}.{store}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_settings(bucket: &str, endpoint: Option<&str>) -> S3Settings {
        S3Settings {
            bucket: bucket.into(),
            region: "eu-north-1".into(),
            access_key_id: RedactedText("AKIA".into()),
            secret_access_key: RedactedText("hush".into()),
            endpoint: endpoint.map(str::to_owned),
            page_size: None,
            timeouts: FetchTimeouts::default(),
        }
    }

    fn new_error_reply(status: u16, code: &str, region: Option<&str>) -> ErrorReply {
        ErrorReply {
            status: reqwest::StatusCode::from_u16(status).unwrap(),
            headers: reqwest::header::HeaderMap::new(),
            body: xml::StoreErrorBody {
                code: code.into(),
                message: "Words".into(),
                region: region.map(str::to_owned),
                authentication_error_detail: None,
            },
        }
    }

    #[test]
    fn a_bucket_has_the_url_that_its_store_expects() {
        let base = |bucket, endpoint| build_bucket_url(&new_settings(bucket, endpoint)).ok();

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
    fn a_wrong_region_is_reported_with_the_right_one() {
        let s3 = S3Store::new(new_settings("acme", None)).unwrap();

        let error = s3.to_error(
            StoreOperation::List,
            &new_error_reply(400, "AuthorizationHeaderMalformed", Some("us-west-2")),
        );

        assert_eq!(
            error.to_string(),
            "bucket “acme” is in region us-west-2, not in eu-north-1: set `region = \"us-west-2\"`"
        );
    }

    #[test]
    fn a_missing_permission_is_named_in_the_error() {
        let s3 = S3Store::new(new_settings("acme", None)).unwrap();

        let error = s3.to_error(
            StoreOperation::Read("a.csv"),
            &new_error_reply(403, "AccessDenied", None),
        );

        assert_eq!(
            error.to_string(),
            "acme.s3.eu-north-1.amazonaws.com denied read access to bucket “acme”, it reports “AccessDenied: Words”: give the user s3:GetObject, see docs/how-to/import-sangoma.md#amazon-s3-and-compatible-stores"
        );
    }

    #[test]
    fn debug_output_hides_secrets() {
        let settings = new_settings("acme", None);
        let output = format!("{settings:?} {:?}", S3Store::new(settings.clone()).unwrap());

        assert!(
            !output.contains("hush") && !output.contains("AKIA"),
            "{output}"
        );
    }
}
