//! The author of an entry in the audit trail: a name, where it comes from, and the ID there. Names of
//! different origins may be equal.

use std::net::IpAddr;

use jiff::Timestamp;
use strum::{EnumString, IntoStaticStr};

use wallboard_store::AuditEntry;

use super::{
    AuditAction, Identity, ProgramIdentity, ScreenIdentity, SessionDirectory,
    plain_text::{NAME_LENGTH_MAX, is_invisible},
};

/// Where the name of an actor comes from.
#[derive(Clone, Copy, Debug, EnumString, Eq, Hash, IntoStaticStr, PartialEq)]
#[strum(serialize_all = "snake_case")]
pub enum ActorOrigin {
    /// A user with a password.
    Account,
    /// A user of the identity provider.
    IdentityProvider,
    Screen,
    ApiToken,
    CommandLine,
    /// Nobody: the server itself.
    Server,
    /// Whatever somebody entered at sign-in, or nothing.
    NotSignedIn,
}

/// The author of an audited action, and where they acted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuditActor {
    pub origin: ActorOrigin,
    /// Of the user's, the screen's or the token's record; empty if there's none.
    pub id: String,
    pub name: String,
    /// `None`: at the command line.
    pub address: Option<IpAddr>,
}

impl AuditActor {
    pub fn command_line() -> Self {
        Self::new(ActorOrigin::CommandLine, String::new(), "command line")
    }

    /// The server, by itself.
    pub fn server() -> Self {
        Self::new(ActorOrigin::Server, String::new(), "Wallboard")
    }

    /// Somebody who isn't signed in, or couldn't, by what they entered.
    pub fn not_signed_in(name: &str) -> Self {
        Self::new(ActorOrigin::NotSignedIn, String::new(), name)
    }

    /// The name that pages show; empty with open access.
    pub fn shown_name(&self) -> &str {
        match self.origin {
            ActorOrigin::NotSignedIn => "",
            _ => &self.name,
        }
    }

    /// Somebody whom the identity provider knows, and who couldn't sign in.
    pub fn refused_person(name: &str) -> Self {
        Self::new(ActorOrigin::IdentityProvider, String::new(), name)
    }

    pub fn person(identity: &Identity, directory: &SessionDirectory) -> Self {
        let origin = if directory.is_of_provider(&identity.user) {
            ActorOrigin::IdentityProvider
        } else {
            ActorOrigin::Account
        };
        Self::new(origin, identity.user.as_str().to_owned(), &identity.name)
    }

    pub fn screen(identity: &ScreenIdentity) -> Self {
        let (id, name) = (identity.id.to_text(), &identity.screen.name);
        Self::new(ActorOrigin::Screen, id, name)
    }

    pub fn program(identity: &ProgramIdentity) -> Self {
        let (id, name) = (identity.id.to_text(), &identity.token.name);
        Self::new(ActorOrigin::ApiToken, id, name)
    }

    #[must_use]
    pub fn at(self, address: IpAddr) -> Self {
        Self {
            address: Some(address),
            ..self
        }
    }

    /// Makes the trail's entry about an action of this actor.
    pub fn entry(&self, action: AuditAction, subject: &str, at: Timestamp) -> AuditEntry {
        let origin: &str = self.origin.into();
        AuditEntry {
            at,
            actor: visible(&shortened(&self.name)),
            actor_origin: origin.to_owned(),
            actor_id: self.id.clone(),
            address: self
                .address
                .map(|address| address.to_string())
                .unwrap_or_default(),
            action: action.to_string(),
            subject: visible(subject),
        }
    }

    fn new(origin: ActorOrigin, id: String, name: &str) -> Self {
        Self {
            origin,
            id,
            name: name.to_owned(),
            address: None,
        }
    }
}

/// Somebody may have entered a book.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(NAME_LENGTH_MAX) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Nothing is left out of what somebody entered, so that it hides nothing and never looks like
/// something else.
fn visible(text: &str) -> String {
    let shown = |letter| {
        if is_invisible(letter) {
            '\u{fffd}'
        } else {
            letter
        }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_looks_like_another() {
        let entry = |name: &str| {
            let actor = AuditActor::not_signed_in(name);
            actor.entry(AuditAction::SignInFailed, name, Timestamp::UNIX_EPOCH)
        };
        for name in ["nimda\u{202e}", "admin\u{200b}", "admin\n"] {
            let noted = entry(name);
            assert_eq!((&noted.actor, &noted.subject).0, &noted.subject);
            assert_ne!(noted.actor, entry("admin").actor);
            assert!(noted.actor.contains('\u{fffd}'), "{name:?}");
        }
        let console = AuditActor::command_line();
        let console = console.entry(AuditAction::SetPassword, "", Timestamp::UNIX_EPOCH);
        let forged = entry("command line");
        assert_eq!(console.actor, forged.actor);
        assert_ne!(console.actor_origin, forged.actor_origin);
        let long = format!("/history?{}agent=chat%2Feva", "range=today&".repeat(1_000));
        let noted =
            AuditActor::not_signed_in("").entry(AuditAction::Viewed, &long, Timestamp::UNIX_EPOCH);
        assert_eq!(noted.subject, long);
    }
}
