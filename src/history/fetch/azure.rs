//! Azure Blob storage. Requests are made here, and signed by `object_store`: its own
//! listing cannot tell names that begin with a slash.

use std::fmt;

use jiff::Timestamp;
use object_store::{azure::AzureAuthorizer, client::HttpRequest};

use super::{
    FetchError, Patience,
    connection::Connection,
    name,
    objects::{Objects, Wish},
    wire::{self, Refused, Wire},
    xml,
};
use crate::domain::Hidden;

/// Where a container is and who we are.
#[derive(Clone, Debug, PartialEq)]
pub struct AzureSettings {
    pub connection_string: Hidden,
    pub container: String,
    /// How many names a page of a listing shall hold; the far side decides where it is `None`.
    pub page: Option<u32>,
    pub patience: Patience,
}

pub struct Azure {
    wire: Wire,
    connection: Connection,
    container: String,
    page: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
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
    Ended { end: Timestamp },
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
    Clock { at: String },
    #[error("the storage account at {at} is disabled: ask its administrator")]
    Disabled { at: String },
    #[error("“{key}” is archived ({words}): move it to another tier")]
    Archived { key: String, words: String },
    #[error(
        "{at} sent a response that isn't from Azure (status {status}{words}): check `connection_string` and any proxy in between"
    )]
    Foreign {
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

impl Fault {
    pub(super) fn is_of_one_file(&self) -> bool {
        matches!(self, Self::Archived { .. })
    }
}

impl Azure {
    pub fn new(settings: AzureSettings) -> Result<Self, FetchError> {
        let container = settings.container;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '$');
        if container.is_empty() || !container.chars().all(is_plain) {
            let container = name::shown(&container);
            return Err(Fault::ContainerName { container }.into());
        }
        let connection = Connection::parse(&settings.connection_string, &container)?;
        let wire = Wire::new(&connection.endpoint, "connection_string", settings.patience)?;
        Ok(Self {
            wire,
            connection,
            container,
            page: settings.page.map(|page| page.to_string()),
        })
    }

    /// Why we are not taken for who we say.
    fn unknown(&self, at: String, words: String) -> Fault {
        match self.connection.end() {
            Some(end) if end < Timestamp::now() => Fault::Ended { end },
            _ if self.connection.is_signature() => Fault::WrongSignature { at, words },
            _ => Fault::WrongKey { at, words },
        }
    }
}

impl Objects for Azure {
    fn wire(&self) -> &Wire {
        &self.wire
    }

    fn address(&self, key: &str) -> String {
        format!("{}/{}/{key}", self.connection.endpoint, self.container)
    }

    fn listing(&self, prefix: &str, token: Option<&str>) -> String {
        let mut pairs = vec![("restype", "container"), ("comp", "list")];
        if !prefix.is_empty() {
            pairs.push(("prefix", prefix));
        }
        pairs.extend(token.map(|token| ("marker", token)));
        pairs.extend(self.page.as_deref().map(|page| ("maxresults", page)));
        let query = wire::query(&pairs);
        format!("{}/{}?{query}", self.connection.endpoint, self.container)
    }

    fn page(body: &[u8]) -> Result<xml::Page, xml::NoListing> {
        xml::azure_page(body)
    }

    fn sign(&self, request: &mut HttpRequest) -> object_store::Result<()> {
        AzureAuthorizer::new(&self.connection.credential, &self.connection.account)
            .try_authorize(request)
    }

    fn foreign(&self, status: u16, words: String) -> FetchError {
        let at = self.wire.at();
        Fault::Foreign { at, status, words }.into()
    }

    fn fault(&self, wish: Wish<'_>, refused: &Refused) -> FetchError {
        let at = self.wire.at();
        let container = self.container.clone();
        let status = refused.status.as_u16();
        let words = refused.words();
        let key = match wish {
            Wish::List => String::new(),
            Wish::Read(key) => name::shown(key),
        };
        // A refused HEAD has no body, and tells its code all the same.
        let code = refused.header("x-ms-error-code");
        let code = code.unwrap_or(refused.said.code.as_str());
        let detail = refused.said.authentication_error_detail.as_deref();
        let is_late = detail.is_some_and(|detail| detail.contains("date header"));
        let fault = match (code, status) {
            ("AuthenticationFailed", _) if is_late => Fault::Clock { at },
            ("BlobNotFound", _) => return FetchError::Gone { key },
            ("ConditionNotMet", _) | (_, 412) => return FetchError::Replaced { key },
            ("ContainerNotFound" | "ContainerBeingDeleted", _) => {
                Fault::NoContainer { container, at }
            }
            ("InvalidResourceName" | "OutOfRangeInput", _) => Fault::ContainerName { container },
            ("AuthenticationFailed" | "InvalidAuthenticationInfo", _) => self.unknown(at, words),
            // So says the emulator.
            ("AuthorizationFailure", _) if refused.said.message.contains("authenticate") => {
                self.unknown(at, words)
            }
            ("AccountIsDisabled", _) => Fault::Disabled { at },
            ("BlobArchived", _) => Fault::Archived { key, words },
            ("ServerBusy" | "OperationTimedOut", _) => return self.wire.unwell(refused),
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
                let (what, permission) = match wish {
                    Wish::List => ("list", "List (l)"),
                    Wish::Read(_) => ("read", "Read (r)"),
                };
                Fault::Denied {
                    at,
                    container,
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

impl fmt::Debug for Azure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Azure")
            .field("endpoint", &self.connection.endpoint)
            .field("container", &self.container)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_a_secret() {
        let settings = AzureSettings {
            connection_string: Hidden(
                "AccountName=acme;AccountKey=c2VjcmV0;BlobEndpoint=https://acme.example.com/?sv=1&sig=hush".into(),
            ),
            container: "exports".into(),
            page: None,
            patience: Patience::default(),
        };
        let shown = format!("{settings:?} {:?}", Azure::new(settings.clone()).unwrap());

        assert!(
            !shown.contains("c2VjcmV0") && !shown.contains("hush"),
            "{shown}"
        );
    }

    #[test]
    fn a_container_is_a_word_and_no_path() {
        for container in ["", "a/b", "..", "a b"] {
            let made = Azure::new(AzureSettings {
                connection_string: Hidden("UseDevelopmentStorage=true".into()),
                container: container.into(),
                page: None,
                patience: Patience::default(),
            });
            let container = container.to_owned();
            let fault = Fault::ContainerName { container };
            assert_eq!(made.err(), Some(fault.into()));
        }
    }
}
