//! Why a user or an API token isn't made or changed, as pages say it.

use wallboard_access::{
    AccountError, ApiTokenError, InvalidApiToken, NAME_LENGTH_MAX, TOKEN_DAYS_MAX, WeakPassword,
};
use wallboard_texts::Texts;

/// Returns `None` for an error that isn't the visitor's.
pub(in crate::web) fn explain_account(texts: &Texts, error: &AccountError) -> Option<String> {
    Some(match error {
        AccountError::Exists(name) => texts.user_exists(name.as_str()),
        AccountError::NotFound(name) => texts.user_missing(name.as_str()),
        AccountError::Deleted => texts.user_deleted().to_owned(),
        AccountError::Ambiguous(name) => texts.users_ambiguous(name.as_str()),
        AccountError::LastAdmin(name) => texts.is_last_administrator(name.as_str()),
        AccountError::NoSuchGroup(name) => texts.access_group_missing(name.as_str()),
        AccountError::Name(_) => texts.user_name_invalid(NAME_LENGTH_MAX),
        AccountError::Password(WeakPassword::TooShort) => texts.password_too_short().to_owned(),
        AccountError::Password(WeakPassword::TooLong) => texts.password_too_long().to_owned(),
        AccountError::Hashing(_)
        | AccountError::Session(_)
        | AccountError::Document(_)
        | AccountError::Records(_) => return None,
    })
}

/// The same of an API token.
pub(super) fn explain_token(texts: &Texts, error: &ApiTokenError) -> Option<String> {
    Some(match error {
        ApiTokenError::Choice(InvalidApiToken::Name) => texts.token_name_invalid(NAME_LENGTH_MAX),
        ApiTokenError::Choice(InvalidApiToken::Role) => texts.token_role_invalid().to_owned(),
        ApiTokenError::Choice(InvalidApiToken::Write) => texts.token_change_invalid().to_owned(),
        ApiTokenError::Choice(InvalidApiToken::Send) => texts.token_send_invalid().to_owned(),
        ApiTokenError::Choice(InvalidApiToken::CaseRecords) => {
            texts.token_case_records_invalid().to_owned()
        }
        ApiTokenError::Choice(InvalidApiToken::Days) => {
            texts.token_days_invalid(TOKEN_DAYS_MAX.to_string())
        }
        ApiTokenError::Group(error) => return explain_account(texts, error),
        ApiTokenError::NotFound => texts.token_gone().to_owned(),
        ApiTokenError::Randomness(_) | ApiTokenError::Document(_) | ApiTokenError::Records(_) => {
            return None;
        }
    })
}
