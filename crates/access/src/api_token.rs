//! API tokens: what programs prove with whose data they may read.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use wallboard_store::RecordKind;

use super::{
    Membership, Role, Token,
    plain_text::{NAME_LENGTH_MAX, is_plain_name},
};

/// The records of API tokens, under their hash.
pub(super) const API_TOKENS: RecordKind = RecordKind::new("api-token");

/// So that people and scanners for leaked secrets recognize it.
const PREFIX: &str = "wbt_";
/// The longest that a token holds, in days.
pub const TOKEN_DAYS_MAX: u16 = 3_650;

/// An API token. The token itself is shown once, and never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Which program has it: "Prometheus".
    pub name: String,
    /// The data it may read. Nothing can be changed with a token.
    pub role: Role,
    pub groups: BTreeSet<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A person's choices for a token.
#[derive(Clone, Debug)]
pub struct ApiTokenChoice {
    pub name: String,
    pub membership: Membership,
    /// How long it holds, in days.
    pub days: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidApiToken {
    #[error("a token's name has 1 to {NAME_LENGTH_MAX} characters, and no invisible ones")]
    Name,
    #[error("a token is for a viewer or a supervisor, and not for an administrator")]
    Role,
    #[error("a token lasts from 1 to {TOKEN_DAYS_MAX} days")]
    Days,
}

impl ApiToken {
    /// Checks what somebody chose.
    pub(super) fn new(choice: ApiTokenChoice, now: Timestamp) -> Result<Self, InvalidApiToken> {
        let name = choice.name.trim();
        if !is_plain_name(name) {
            return Err(InvalidApiToken::Name);
        }
        if choice.membership.role == Role::Admin {
            return Err(InvalidApiToken::Role);
        }
        if !(1..=TOKEN_DAYS_MAX).contains(&choice.days) {
            return Err(InvalidApiToken::Days);
        }
        let lifetime = SignedDuration::from_hours(24 * i64::from(choice.days));
        Ok(Self {
            name: name.to_owned(),
            role: choice.membership.role,
            groups: choice.membership.groups,
            created_at: now,
            expires_at: now
                .checked_add(lifetime)
                .map_err(|_| InvalidApiToken::Days)?,
        })
    }
}

/// The text that a program sends.
pub(super) fn format_api_token(token: &Token) -> String {
    format!("{PREFIX}{}", token.to_text())
}

/// Reads what a program sent.
pub fn parse_api_token(text: &str) -> Option<Token> {
    Token::parse(text.strip_prefix(PREFIX)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(name: &str, role: Role, days: u16) -> ApiTokenChoice {
        ApiTokenChoice {
            name: name.into(),
            membership: role.into(),
            days,
        }
    }

    #[test]
    fn a_token_has_a_name_and_an_end_and_is_never_an_administrator() {
        let now = Timestamp::UNIX_EPOCH;
        let token = ApiToken::new(choice(" Prometheus ", Role::Supervisor, 90), now).unwrap();
        assert_eq!(token.name, "Prometheus");
        assert_eq!(token.expires_at.to_string(), "1970-04-01T00:00:00Z");
        for (name, role, days, why) in [
            ("", Role::Viewer, 1, InvalidApiToken::Name),
            ("a\nb", Role::Viewer, 1, InvalidApiToken::Name),
            ("x", Role::Admin, 1, InvalidApiToken::Role),
            ("x", Role::Viewer, 0, InvalidApiToken::Days),
            ("x", Role::Viewer, u16::MAX, InvalidApiToken::Days),
        ] {
            assert_eq!(ApiToken::new(choice(name, role, days), now), Err(why));
        }
    }

    #[test]
    fn text_has_a_prefix() {
        let token = Token::generate().unwrap();
        let text = format_api_token(&token);
        assert_eq!(parse_api_token(&text), Some(token.clone()));
        assert_eq!(parse_api_token(&token.to_text()), None);
        assert_eq!(parse_api_token("wbt_"), None);
    }
}
