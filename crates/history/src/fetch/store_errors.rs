//! Errors that a person must fix before files arrive from a folder or an object store.

use jiff::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FolderError {
    #[error(
        "folder “{folder}” not found: check `folder`, which is relative to the configuration file"
    )]
    Missing { folder: String },
    #[error("no permission to read “{file}”: give the service user read permission")]
    Denied { file: String },
    #[error("can't read “{file}”: {why}")]
    Unreadable { file: String, why: String },
}

impl FolderError {
    pub(super) fn affects_one_file(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::Unreadable { .. })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum S3Error {
    #[error("bucket “{bucket}” not found at {at}: check `bucket`, `region` and `endpoint`")]
    NoBucket { bucket: String, at: String },
    #[error("“{bucket}” isn't a valid bucket name: check `bucket`")]
    BucketName { bucket: String },
    #[error("{at} doesn't know the access key: check `access_key_id`, and that the key is active")]
    UnknownKey { at: String },
    #[error(
        "the access key has expired, {at} reports: create another one for `access_key_id` and `secret_access_key`, one that isn't temporary"
    )]
    Expired { at: String },
    #[error("{at} rejected the signature: `secret_access_key` doesn't match `access_key_id`")]
    WrongSecret { at: String },
    #[error("{at} denied {what} access to bucket “{bucket}”{words}: give the user {permission}")]
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
    WrongRegion {
        bucket: String,
        configured: String,
        found: String,
    },
    #[error("bucket “{bucket}” isn't in region {configured}: check `region`")]
    OtherRegion { bucket: String, configured: String },
    #[error("this server's clock differs too much from that of {at}: correct it")]
    ClockSkew { at: String },
    #[error("“{key}” is archived: restore it, and change the bucket's rule that archives exports")]
    Archived { key: String },
    #[error(
        "{at} sent a response that isn't from S3 (status {status}{words}): check `endpoint` and any proxy in between"
    )]
    UnexpectedResponse {
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

impl S3Error {
    pub(super) fn affects_one_file(&self) -> bool {
        matches!(self, Self::Archived { .. })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AzureError {
    #[error("container “{container}” not found at {at}: check `container`")]
    NoContainer { container: String, at: String },
    #[error("“{container}” isn't a valid container name: check `container`")]
    ContainerName { container: String },
    #[error(
        "{at} rejected the key{words}: check AccountName and AccountKey in `connection_string`"
    )]
    WrongKey { at: String, words: String },
    #[error(
        "{at} rejected the shared access signature{words}: it may be expired, incomplete or for another container; get a new one for `connection_string`"
    )]
    WrongSignature { at: String, words: String },
    #[error("the shared access signature expired at {end}: get a new one for `connection_string`")]
    Expired { end: Timestamp },
    #[error(
        "{at} denied {what} access to container “{container}”{words}: the signature or role needs the permission {permission}, and the storage firewall must allow this server"
    )]
    Denied {
        at: String,
        container: String,
        what: &'static str,
        permission: &'static str,
        words: String,
    },
    #[error("this server's clock differs too much from that of {at}: correct it")]
    ClockSkew { at: String },
    #[error("the storage account at {at} is disabled: ask its administrator")]
    Disabled { at: String },
    #[error(
        "“{key}” is archived: move it to the Hot or Cool tier, and change the rule that archives exports"
    )]
    Archived { key: String },
    #[error(
        "{at} sent a response that isn't from Azure (status {status}{words}): check `connection_string` and any proxy in between"
    )]
    UnexpectedResponse {
        at: String,
        status: u16,
        words: String,
    },
    #[error(
        "{at} rejected the request (status {status}{words}): check `container` and `connection_string`"
    )]
    Other {
        at: String,
        status: u16,
        words: String,
    },
}

impl AzureError {
    pub(super) fn affects_one_file(&self) -> bool {
        matches!(self, Self::Archived { .. })
    }
}
