//! Permissions, and those who have them: people with a role and their sessions, paired screens, and
//! programs with a token. All are records. [`Permissions`] and [`Requirement`] decide; pages and
//! sockets only ask.

mod accounts;
mod api_token;
mod api_token_directory;
mod api_tokens;
mod audit_actor;
mod audit_trail;
mod editing_policy;
mod expiring_records;
mod identity_provider;
mod letter_code;
mod pairings;
mod password;
mod permissions;
mod plain_text;
mod record_follower;
mod requirement;
mod role;
mod screen;
mod screen_address;
mod screen_contact;
mod screen_directory;
mod screens;
mod send_limits;
mod session;
mod session_directory;
mod session_records;
mod setup_code;
mod sign_in;
mod sign_in_limits;
mod token;
mod token_lookups;
mod user;
mod user_records;

pub use accounts::{AccountError, Accounts, last_administrator};
pub use api_token::{
    ApiToken, ApiTokenChoice, InvalidApiToken, TOKEN_DAYS_MAX, WriteRight, parse_api_token,
};
pub use api_token_directory::{ApiTokenDirectory, ProgramIdentity};
pub use api_tokens::{ApiTokenError, ApiTokens};
pub use audit_actor::{ActorOrigin, AuditActor};
pub use audit_trail::{AuditAction, AuditTrail};
pub use editing_policy::EditingPolicy;
pub use expiring_records::ExpiringRecordError;
pub use identity_provider::{
    IdentityProvider, PendingSignIn, Person, ProviderAnswer, ProviderConfig, ProviderConfigError,
    ProviderError, RoleMapping, WAITING_MAX,
};
pub use letter_code::LetterCode;
pub use pairings::{CODE_VALID_FOR, PairingError, PairingState, Pairings, WaitingScreen};
pub use password::{Password, PasswordHash, PasswordHasher, WeakPassword};
pub use permissions::{AccessRules, GroupRule, Permissions, Right};
pub use plain_text::{NAME_LENGTH_MAX, is_plain};
pub use record_follower::{Directories, follow_records};
pub use requirement::Requirement;
pub use role::Role;
pub use screen::{CONTACT_STORED_EVERY, SCREEN_TEXT_LENGTH_MAX, Screen, ScreenChoice, ScreenOwner};
pub use screen_address::AddressError;
pub use screen_contact::{ScreenCondition, ScreenPage, ScreenState};
pub use screen_directory::{ListedScreen, ScreenDirectory, ScreenIdentity, ScreenLink};
pub use screens::{ScreenError, Screens};
pub use send_limits::SendLimits;
pub use session::Session;
pub use session_directory::{Identity, OwnSession, SessionDirectory};
pub use setup_code::{SetupCode, SetupCodeError};
pub use sign_in::{SignIn, SignInError, SignInRequest};
pub use sign_in_limits::network_of;
pub use token::{NoRandomness, Token, TokenId};
pub use token_lookups::TokenLookups;
pub use user::{Credential, Membership, ProviderSubject, User, UserId};
pub use user_records::{UserRecords, UserRecordsError};
