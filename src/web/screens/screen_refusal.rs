//! Why a screen isn't paired or changed, in the reader's language.

use axum::http::StatusCode;

use wallboard_access::{PairingError, SCREEN_TEXT_LENGTH_MAX, ScreenError};
use wallboard_texts::Texts;

use crate::web::WebError;

/// Returns the text about a refused request; passes on an error that isn't the visitor's.
pub(in crate::web) fn explain_refusal(
    texts: &Texts,
    error: Option<ScreenError>,
) -> Result<(StatusCode, String), WebError> {
    let text = match error {
        None => return Ok((StatusCode::OK, String::new())),
        Some(ScreenError::Pairing(PairingError::TooManyWrongCodes)) => {
            let text = texts.too_many_codes().to_owned();
            return Ok((StatusCode::TOO_MANY_REQUESTS, text));
        }
        Some(ScreenError::Pairing(PairingError::WrongCode)) => texts.wrong_code().to_owned(),
        Some(ScreenError::Pairing(PairingError::TooManyWaiting)) => {
            texts.too_many_waiting().to_owned()
        }
        Some(ScreenError::Choice(_)) => texts.screen_name_invalid(SCREEN_TEXT_LENGTH_MAX),
        Some(ScreenError::NotFound) => texts.screen_gone().to_owned(),
        Some(ScreenError::NotConnected) => texts.screen_not_connected().to_owned(),
        Some(error) => return Err(error.into()),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_refused_for_a_while_and_other_choices_once() {
        let refused = |error| explain_refusal(Texts::english(), Some(error)).unwrap();
        let (status, text) = refused(PairingError::TooManyWrongCodes.into());
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(text, "Too many wrong codes; try again in 15 minutes.");
        let (status, text) = refused(ScreenError::NotConnected);
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.starts_with("The screen isn’t connected"), "{text}");
        let none = explain_refusal(Texts::english(), None).unwrap();
        assert_eq!(none, (StatusCode::OK, String::new()));
    }
}
