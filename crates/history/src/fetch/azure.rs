//! Azure Blob Storage. Requests are built here and signed by `object_store`: its own listing can't
//! handle names that begin with a slash.

use std::fmt;

use jiff::Timestamp;
use object_store::{azure::AzureAuthorizer, client::HttpRequest};

use super::{
    FetchError, FetchTimeouts,
    connection_string::AzureConnectionString,
    object_api::{ObjectStoreApi, StoreOperation},
    object_client::{self, ErrorReply, ObjectStoreClient},
    remote_name,
    store_errors::AzureError,
    upload::Upload,
    xml,
};
use wallboard_domain::RedactedText;

/// Where a container is, and our credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AzureSettings {
    pub connection_string: RedactedText,
    pub container: String,
    /// Names per page of a listing; `None` leaves it to the remote side.
    pub page_size: Option<u32>,
    pub timeouts: FetchTimeouts,
}

pub struct AzureStore {
    client: ObjectStoreClient,
    connection_string: AzureConnectionString,
    container: String,
    page_size: Option<String>,
}

impl AzureStore {
    pub fn new(settings: AzureSettings) -> Result<Self, FetchError> {
        let container = settings.container;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '$');
        if container.is_empty() || !container.chars().all(is_plain) {
            let container = remote_name::display_name(&container);
            return Err(AzureError::ContainerName { container }.into());
        }
        let connection = AzureConnectionString::parse(&settings.connection_string, &container)?;
        let client =
            ObjectStoreClient::new(&connection.endpoint, "connection_string", settings.timeouts)?;
        Ok(Self {
            client: client.hide(connection.signature().into_iter().collect()),
            connection_string: connection,
            container,
            page_size: settings.page_size.map(|page| page.to_string()),
        })
    }

    /// Returns why our authentication failed.
    fn authentication_error(&self, at: String, words: String) -> AzureError {
        match self.connection_string.signature_expiry() {
            Some(end) if end < Timestamp::now() => AzureError::Expired { end },
            _ if self.connection_string.has_signature() => AzureError::WrongSignature { at, words },
            _ => AzureError::WrongKey { at, words },
        }
    }
}

impl ObjectStoreApi for AzureStore {
    const PUT_HEADERS: &[(&str, &str)] = &[("x-ms-blob-type", "BlockBlob")];

    fn client(&self) -> &ObjectStoreClient {
        &self.client
    }

    fn object_url(&self, key: &str) -> String {
        format!(
            "{}/{}/{key}",
            self.connection_string.endpoint, self.container
        )
    }

    fn listing_url(&self, prefix: &str, token: Option<&str>) -> String {
        let mut pairs = vec![("restype", "container"), ("comp", "list")];
        if !prefix.is_empty() {
            pairs.push(("prefix", prefix));
        }
        pairs.extend(token.map(|token| ("marker", token)));
        pairs.extend(self.page_size.as_deref().map(|page| ("maxresults", page)));
        let query = object_client::encode_query(&pairs);
        format!(
            "{}/{}?{query}",
            self.connection_string.endpoint, self.container
        )
    }

    fn parse_page(body: &[u8]) -> Result<xml::ListingPage, xml::NotAListing> {
        xml::azure_page(body)
    }

    fn sign_request(
        &self,
        request: &mut HttpRequest,
        _: Option<&Upload<'_>>,
    ) -> object_store::Result<()> {
        AzureAuthorizer::new(
            &self.connection_string.credential,
            &self.connection_string.account,
        )
        .try_authorize(request)
    }

    fn unexpected_response(&self, status: u16, words: String) -> FetchError {
        let at = self.client.host();
        AzureError::UnexpectedResponse { at, status, words }.into()
    }

    fn to_error(&self, operation: StoreOperation<'_>, reply: &ErrorReply) -> FetchError {
        let at = self.client.host();
        let container = self.container.clone();
        let status = reply.status.as_u16();
        let words = reply.describe_error();
        let key = match operation {
            StoreOperation::List => String::new(),
            StoreOperation::Read(key) | StoreOperation::Write(key) => {
                remote_name::display_name(key)
            }
        };
        // A rejected HEAD has no body; its code is in the headers.
        let code = reply.header_value("x-ms-error-code");
        let code = code.unwrap_or(reply.body.code.as_str());
        let detail = reply.body.authentication_error_detail.as_deref();
        let is_late = detail.is_some_and(|detail| detail.contains("date header"));
        let error = match (code, status) {
            ("AuthenticationFailed", _) if is_late => AzureError::ClockSkew { at },
            ("BlobNotFound", _) => return FetchError::Gone { key },
            ("ConditionNotMet", _) | (_, 412) => return FetchError::Replaced { key },
            ("ContainerNotFound" | "ContainerBeingDeleted", _) => {
                AzureError::NoContainer { container, at }
            }
            ("InvalidResourceName" | "OutOfRangeInput", _) => {
                AzureError::ContainerName { container }
            }
            ("AuthenticationFailed" | "InvalidAuthenticationInfo", _) => {
                self.authentication_error(at, words)
            }
            // The emulator's response.
            ("AuthorizationFailure", _) if reply.body.message.contains("authenticate") => {
                self.authentication_error(at, words)
            }
            ("AccountIsDisabled", _) => AzureError::Disabled { at },
            ("BlobArchived", _) => AzureError::Archived { key },
            ("BlobBeingRehydrated", _) => return FetchError::Restoring { key },
            ("ServerBusy" | "OperationTimedOut", _) | (_, 409) => {
                return self.client.unavailable_error(reply);
            }
            (
                "AuthorizationFailure"
                | "AuthorizationPermissionMismatch"
                | "AuthorizationProtocolMismatch"
                | "AuthorizationResourceTypeMismatch"
                | "AuthorizationServiceMismatch"
                | "AuthorizationSourceIPMismatch"
                | "InsufficientAccountPermissions"
                | "PublicAccessNotPermitted"
                | "NoAuthenticationInformation",
                _,
            )
            | ("", 401 | 403) => {
                let (what, permission) = match operation {
                    StoreOperation::List => ("list", "List (l)"),
                    StoreOperation::Read(_) => ("read", "Read (r)"),
                    StoreOperation::Write(_) => ("write", "Write (w)"),
                };
                AzureError::Denied {
                    at,
                    container,
                    what,
                    permission,
                    words,
                }
            }
            ("", _) => AzureError::UnexpectedResponse { at, status, words },
            _ => AzureError::Other { at, status, words },
        };
        error.into()
    }
}

impl fmt::Debug for AzureStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Azure")
            .field("endpoint", &self.connection_string.endpoint)
            .field("container", &self.container)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_secrets() {
        let settings = AzureSettings {
            connection_string: RedactedText(
                "AccountName=acme;AccountKey=c2VjcmV0;BlobEndpoint=https://acme.example.com/?sv=1&sig=hush".into(),
            ),
            container: "exports".into(),
            page_size: None,
            timeouts: FetchTimeouts::default(),
        };
        let output = format!(
            "{settings:?} {:?}",
            AzureStore::new(settings.clone()).unwrap()
        );

        assert!(
            !output.contains("c2VjcmV0") && !output.contains("hush"),
            "{output}"
        );
    }

    #[test]
    fn a_container_name_is_not_a_path() {
        for container in ["", "a/b", "..", "a b"] {
            let result = AzureStore::new(AzureSettings {
                connection_string: RedactedText("UseDevelopmentStorage=true".into()),
                container: container.into(),
                page_size: None,
                timeouts: FetchTimeouts::default(),
            });
            let container = container.to_owned();
            let error = AzureError::ContainerName { container };
            assert_eq!(result.err(), Some(error.into()));
        }
    }
}
