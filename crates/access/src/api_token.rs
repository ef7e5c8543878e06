//! API tokens: what programs prove with whose data they may read, or whose values they may send, or that they
//! read case records.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use wallboard_domain::SourceId;
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

/// A right to change something, which a token must state.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum WriteRight {
    /// Take, snooze, note and close alerts.
    Alerts,
    /// Make and end announcements.
    Announcements,
}

/// An API token. The token itself is shown once, and never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Which program has it: "Prometheus".
    pub name: String,
    /// The data it may read.
    pub role: Role,
    pub groups: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub may_write: BTreeSet<WriteRight>,
    /// The source whose values it may send. Such a token reads nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends_values_of: Option<SourceId>,
    /// Whether it reads the records of ended cases, and nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reads_case_records: bool,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A person's choices for a token.
#[derive(Clone, Debug)]
pub struct ApiTokenChoice {
    pub name: String,
    pub membership: Membership,
    pub may_write: BTreeSet<WriteRight>,
    pub sends_values_of: Option<SourceId>,
    pub reads_case_records: bool,
    /// Days until it expires.
    pub days: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidApiToken {
    #[error("a token's name has 1 to {NAME_LENGTH_MAX} characters, and no invisible ones")]
    Name,
    #[error("a token is for a viewer or a supervisor, and not for an administrator")]
    Role,
    #[error("a token that changes something is for a supervisor")]
    Write,
    #[error("a token that sends values does nothing else")]
    Send,
    #[error("a token that reads case records does nothing else")]
    CaseRecords,
    #[error("a token lasts from 1 to {TOKEN_DAYS_MAX} days")]
    Days,
}

impl ApiTokenChoice {
    /// Returns the token as the audit trail calls it: "Floor app, supervisor, writes alerts", or "Dialer, sends
    /// values of phone".
    pub fn describe(&self) -> String {
        if let Some(source) = &self.sends_values_of {
            return format!("{}, sends values of {source}", self.name);
        }
        if self.reads_case_records {
            return format!("{}, reads case records", self.name);
        }
        let writes = list(&self.may_write, " and ");
        let writes = match writes.as_str() {
            "" => writes,
            _ => format!(", writes {writes}"),
        };
        format!("{}, {}{writes}", self.name, self.membership.role)
    }
}

fn list(rights: &BTreeSet<WriteRight>, separator: &str) -> String {
    let words: Vec<&str> = rights.iter().map(Into::into).collect();
    words.join(separator)
}

impl ApiToken {
    /// Lists what may be changed with it; empty if nothing.
    pub fn list_writes(&self, separator: &str) -> String {
        list(&self.may_write, separator)
    }

    /// Checks what somebody chose.
    pub(super) fn new(choice: ApiTokenChoice, now: Timestamp) -> Result<Self, InvalidApiToken> {
        let name = choice.name.trim();
        if !is_plain_name(name) {
            return Err(InvalidApiToken::Name);
        }
        if choice.membership.role == Role::Admin {
            return Err(InvalidApiToken::Role);
        }
        if !choice.may_write.is_empty() && choice.membership.role != Role::Supervisor {
            return Err(InvalidApiToken::Write);
        }
        let is_plain_viewer = choice.membership == Role::Viewer.into();
        if choice.sends_values_of.is_some() && !(is_plain_viewer && choice.may_write.is_empty()) {
            return Err(InvalidApiToken::Send);
        }
        let changes_something = choice.sends_values_of.is_some() || !choice.may_write.is_empty();
        if choice.reads_case_records
            && (changes_something || choice.membership.role != Role::Viewer)
        {
            return Err(InvalidApiToken::CaseRecords);
        }
        if !(1..=TOKEN_DAYS_MAX).contains(&choice.days) {
            return Err(InvalidApiToken::Days);
        }
        let lifetime = SignedDuration::from_hours(24 * i64::from(choice.days));
        Ok(Self {
            name: name.to_owned(),
            role: choice.membership.role,
            groups: choice.membership.groups,
            may_write: choice.may_write,
            sends_values_of: choice.sends_values_of,
            reads_case_records: choice.reads_case_records,
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
            may_write: BTreeSet::new(),
            sends_values_of: None,
            reads_case_records: false,
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
    fn only_a_supervisors_token_may_change_something_and_earlier_ones_may_not() {
        let now = Timestamp::UNIX_EPOCH;
        let writing = |role| ApiTokenChoice {
            may_write: [WriteRight::Alerts].into(),
            ..choice("x", role, 1)
        };
        let refused = ApiToken::new(writing(Role::Viewer), now);
        assert_eq!(refused, Err(InvalidApiToken::Write));
        let token = ApiToken::new(writing(Role::Supervisor), now).unwrap();
        let mut document = serde_json::to_value(&token).unwrap();
        assert_eq!(document["may_write"], serde_json::json!(["alerts"]));

        document.as_object_mut().unwrap().remove("may_write");
        let earlier: ApiToken = serde_json::from_value(document).unwrap();
        assert_eq!(earlier.may_write, BTreeSet::new());
    }

    #[test]
    fn a_token_that_sends_values_does_nothing_else() {
        let now = Timestamp::UNIX_EPOCH;
        let sending = |role| ApiTokenChoice {
            sends_values_of: Some("phone".into()),
            ..choice("Dialer", role, 1)
        };
        assert_eq!(
            sending(Role::Viewer).describe(),
            "Dialer, sends values of phone"
        );
        let token = ApiToken::new(sending(Role::Viewer), now).unwrap();
        assert_eq!(token.sends_values_of, Some("phone".into()));

        let refused = ApiToken::new(sending(Role::Supervisor), now);
        assert_eq!(refused, Err(InvalidApiToken::Send));
        let mut of_group = sending(Role::Viewer);
        of_group.membership.groups.insert("sales".to_owned());
        assert_eq!(ApiToken::new(of_group, now), Err(InvalidApiToken::Send));
    }

    #[test]
    fn a_token_that_reads_case_records_does_nothing_else() {
        let now = Timestamp::UNIX_EPOCH;
        let reading = |role| ApiTokenChoice {
            reads_case_records: true,
            ..choice("CRM", role, 1)
        };
        assert_eq!(reading(Role::Viewer).describe(), "CRM, reads case records");
        let mut of_group = reading(Role::Viewer);
        of_group.membership.groups.insert("sales".to_owned());
        let token = ApiToken::new(of_group, now).unwrap();
        assert!(token.reads_case_records && token.groups.contains("sales"));

        let refused = ApiToken::new(reading(Role::Supervisor), now);
        assert_eq!(refused, Err(InvalidApiToken::CaseRecords));
        let sending = ApiTokenChoice {
            sends_values_of: Some("phone".into()),
            ..reading(Role::Viewer)
        };
        assert_eq!(
            ApiToken::new(sending, now),
            Err(InvalidApiToken::CaseRecords)
        );
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
