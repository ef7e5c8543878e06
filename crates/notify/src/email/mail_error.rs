//! The meaning of a mail server's refusals: final or not, and what to do.

use std::error::Error;

use lettre::transport::smtp::Error as MailError;

use crate::{SendError, message::cut_text};

use super::MailSettings;

/// As much of the server's own words as is shown. In characters.
const WORDS_LENGTH_MAX: usize = 160;

pub(super) fn explain_login(settings: &MailSettings, error: &MailError) -> SendError {
    let host = &settings.host;
    if error.is_client() {
        return SendError::permanent(format!(
            "{host} offers no login with a password. Remove `username` and `password`, or use another server."
        ));
    }
    if error.is_permanent() {
        return SendError::permanent(format!(
            "{host} refused the login: {}. Check `username` and `password` in the channel, and whether the account may use SMTP.",
            mask_secrets(settings, &server_words(error))
        ));
    }
    explain_error(settings, error)
}

pub(super) fn explain_error(settings: &MailSettings, error: &MailError) -> SendError {
    let host = &settings.host;
    let words = mask_secrets(settings, &server_words(error));
    if error.is_permanent() {
        return SendError::permanent(format!(
            "{host} refused the message: {words}. Check `from` and `to` in the channel, and whether the server lets this account send."
        ));
    }
    if error.is_transient() {
        return SendError::temporary(format!("{host} can't accept the message now: {words}."));
    }
    SendError::temporary(format!("The connection to {host} broke: {words}."))
}

fn mask_secrets(settings: &MailSettings, words: &str) -> String {
    match &settings.login {
        Some((_, password)) => password.mask_in(words),
        None => words.to_owned(),
    }
}

/// Returns the server's code and words, or what went wrong.
pub(super) fn server_words(error: &MailError) -> String {
    let source = Error::source(error).map(ToString::to_string);
    let words = source.unwrap_or_default();
    match error.status() {
        Some(code) => plain_words(&format!("{code} {words}")),
        None => plain_words(&words),
    }
}

/// Returns a server's words as one short line.
pub(crate) fn plain_words(words: &str) -> String {
    let text = words.replace(|c: char| c.is_control(), " ");
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    cut_text(&mut text, WORDS_LENGTH_MAX);
    text.trim_end_matches('.').to_owned()
}
