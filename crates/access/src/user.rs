//! People who may sign in.

use std::{collections::BTreeSet, net::IpAddr};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use wallboard_domain::Language;
use wallboard_store::{RecordId, RecordKind};

use super::{
    PasswordHash, Role,
    plain_text::{NAME_LENGTH_MAX, is_invisible, is_plain_name},
};

/// The records of users.
pub(super) const USERS: RecordKind = RecordKind::new("user");

/// A person with an account of this product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// As it was entered. Upper and lower case don't matter at sign-in.
    pub name: String,
    pub role: Role,
    /// Sees only what these groups do; in none, everything that the role may.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    #[serde(flatten)]
    pub credential: Credential,
    #[serde(default)]
    pub is_disabled: bool,
    pub created_at: Timestamp,
    /// The language of the pages, if the user chose one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Where the password was right before, the last first: guesses elsewhere don't count there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<IpAddr>,
}

/// The most networks that are remembered of a user.
const NETWORKS_MAX: usize = 16;

/// A user's role, and whose data they see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub role: Role,
    pub groups: BTreeSet<String>,
}

impl From<Role> for Membership {
    /// In no group.
    fn from(role: Role) -> Self {
        Self {
            role,
            groups: BTreeSet::new(),
        }
    }
}

/// How a user proves who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Credential {
    Password {
        password: PasswordHash,
    },
    /// The company's identity provider says who it is, and the role.
    Provider(ProviderSubject),
}

/// A person's ID at an identity provider, which gives it to nobody else, unlike a name or an email
/// address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSubject {
    pub issuer: String,
    pub subject: String,
}

/// A hash of the name, or of who it is at the identity provider: no two users can have the same one,
/// and the ID outlives its record without the name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name has 1 to {NAME_LENGTH_MAX} characters, and no line breaks or other invisible characters"
)]
pub struct InvalidName;

impl User {
    pub fn id(&self) -> UserId {
        match &self.credential {
            Credential::Password { .. } => UserId::of_name(&self.name),
            Credential::Provider(subject) => UserId::of_subject(subject),
        }
    }

    /// Remembers where the password was right. Returns false if that was the last one.
    pub(super) fn add_network(&mut self, network: IpAddr) -> bool {
        if self.networks.first() == Some(&network) {
            return false;
        }
        self.networks.retain(|known| *known != network);
        self.networks.insert(0, network);
        self.networks.truncate(NETWORKS_MAX);
        true
    }

    /// Whether the identity provider says who it is, and the role.
    pub fn is_of_provider(&self) -> bool {
        matches!(self.credential, Credential::Provider(_))
    }
}

impl UserId {
    /// The ID of the user with a password and that name, however it's written.
    pub fn of_name(name: &str) -> Self {
        let folded = name.trim().to_lowercase();
        Self(HEXLOWER.encode(&Sha256::digest(folded)[..16]))
    }

    /// The ID of a user of the identity provider. No name has the same one: none has a zero in it.
    pub(super) fn of_subject(subject: &ProviderSubject) -> Self {
        let digest = Sha256::new_with_prefix(&subject.issuer)
            .chain_update([0])
            .chain_update(&subject.subject);
        Self(HEXLOWER.encode(&digest.finalize()[..16]))
    }

    /// The ID as forms have it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn of_record(id: &RecordId) -> Self {
        Self(id.to_string())
    }

    pub(super) fn record_id(&self) -> Option<RecordId> {
        RecordId::parse(&self.0)
    }
}

/// Checks a name that somebody chose, and returns it as it's stored.
pub(super) fn check_name(name: &str) -> Result<String, InvalidName> {
    let name = name.trim();
    let is_valid = is_plain_name(name);
    is_valid.then(|| name.to_owned()).ok_or(InvalidName)
}

/// Makes a name that somebody else chose one that can be stored.
pub(super) fn fit_name(name: &str) -> String {
    let letters = name.trim().chars().filter(|letter| !is_invisible(*letter));
    letters.take(NAME_LENGTH_MAX).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_of_earlier_releases_have_a_password() {
        let document = json!({
            "name": "Åsa",
            "role": "admin",
            "password": "$argon2id$",
            "created_at": "2026-11-20T09:00:00Z",
        });
        let user: User = serde_json::from_value(document.clone()).unwrap();
        assert!(!user.is_of_provider());
        assert_eq!(user.id(), UserId::of_name("åsa"));
        let mut expected = document;
        expected["is_disabled"] = json!(false);
        expected["groups"] = json!([]);
        assert_eq!(serde_json::to_value(&user).unwrap(), expected);
    }

    #[test]
    fn a_person_of_the_provider_is_nobody_with_an_equal_name() {
        let subject = |issuer: &str, subject: &str| ProviderSubject {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        };
        let person = UserId::of_subject(&subject("https://id.example", "a"));
        for other in [
            UserId::of_subject(&subject("https://id.example", "b")),
            UserId::of_subject(&subject("https://other.example", "a")),
            UserId::of_subject(&subject("https://id.examplea", "")),
            UserId::of_name("a"),
        ] {
            assert_ne!(person, other);
        }
    }

    #[test]
    fn a_network_in_use_outlasts_all_newer_ones() {
        let network = |n: u8| IpAddr::from([203, 0, 113, n]);
        let mut user = User {
            name: "Åsa".to_owned(),
            role: Role::Viewer,
            groups: BTreeSet::new(),
            credential: Credential::Provider(ProviderSubject {
                issuer: String::new(),
                subject: String::new(),
            }),
            is_disabled: false,
            created_at: Timestamp::UNIX_EPOCH,
            language: None,
            networks: Vec::new(),
        };
        assert!(user.add_network(network(0)));
        for away in 1..=40 {
            assert!(user.add_network(network(away)));
            assert!(user.add_network(network(0)));
            assert!(!user.add_network(network(0)));
        }
        assert_eq!(user.networks.len(), NETWORKS_MAX);
    }

    #[test]
    fn a_name_is_the_same_in_upper_and_lower_case() {
        assert_eq!(UserId::of_name("Åsa Berg"), UserId::of_name(" åsa berg "));
        assert_ne!(UserId::of_name("Åsa Berg"), UserId::of_name("Asa Berg"));
        assert!(UserId::of_name("Åsa Berg").record_id().is_some());
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(check_name(" Åsa ").as_deref(), Ok("Åsa"));
        for invalid in ["", "  ", "a\nb", "nimda\u{202e}", &"x".repeat(65)] {
            assert_eq!(check_name(invalid), Err(InvalidName), "{invalid:?}");
        }
        assert_eq!(fit_name(" Åsa\n\u{7f}\u{202e}Berg "), "ÅsaBerg");
        assert_eq!(fit_name(&"å".repeat(80)), "å".repeat(64));
    }
}
