//! Why an announcement isn't shown, in the reader's language. The API says the same in English.

use crate::announcements::{AnnouncementError, ChoiceFault, SHOWN_MAX, TEXT_LENGTH_MAX};
use wallboard_texts::Texts;

/// The error itself is what people can't correct.
pub(super) fn explain_refusal(
    texts: &Texts,
    error: AnnouncementError,
) -> Result<String, AnnouncementError> {
    Ok(match error {
        AnnouncementError::Choice(ChoiceFault::Text) => {
            texts.announcement_too_long(TEXT_LENGTH_MAX)
        }
        AnnouncementError::Choice(ChoiceFault::Invisible) => {
            texts.announcement_invisible().to_owned()
        }
        AnnouncementError::Choice(ChoiceFault::Over) => texts.announcement_over().to_owned(),
        AnnouncementError::Choice(ChoiceFault::Backward) => {
            texts.announcement_backward().to_owned()
        }
        AnnouncementError::Choice(ChoiceFault::TooLong) => texts.announcement_too_late().to_owned(),
        AnnouncementError::Choice(ChoiceFault::NoBoard) => texts.announcement_no_board().to_owned(),
        AnnouncementError::TooMany => texts.announcements_too_many(SHOWN_MAX),
        error => return Err(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_the_api_says() {
        let choices = [
            ChoiceFault::Text,
            ChoiceFault::Invisible,
            ChoiceFault::Over,
            ChoiceFault::Backward,
            ChoiceFault::TooLong,
            ChoiceFault::NoBoard,
        ];
        let errors = choices.map(AnnouncementError::Choice).into_iter();
        for error in errors.chain([AnnouncementError::TooMany]) {
            let said = error.to_string();
            assert_eq!(explain_refusal(Texts::english(), error).unwrap(), said);
        }
        let other = explain_refusal(Texts::english(), AnnouncementError::NotFound);
        assert!(matches!(other, Err(AnnouncementError::NotFound)));
    }
}
