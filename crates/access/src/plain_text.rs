//! Text that looks like what it is: without letters that nobody sees, or that turn others around.

/// The longest name of a user, a token or a screen, in characters.
pub const NAME_LENGTH_MAX: usize = 64;

/// Whether a name can be taken as it is.
pub(super) fn is_plain_name(name: &str) -> bool {
    (1..=NAME_LENGTH_MAX).contains(&name.chars().count()) && is_plain(name)
}

/// Whether text has only letters that show.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(is_invisible)
}

/// Whether a letter doesn't show, or changes how others show: line breaks, other control characters,
/// direction marks, joiners, and variants that look the same.
pub(super) fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_show_all_their_letters() {
        for name in [
            "Åsa Berg",
            "山田",
            "أحمد",
            "O’Neil (2nd floor)",
            &"å".repeat(64),
        ] {
            assert!(is_plain_name(name), "{name:?}");
        }
        for name in [
            "",
            "a\nb",
            "nimda\u{202e}",
            "boss\u{200b}",
            "\u{feff}boss",
            &"x".repeat(65),
        ] {
            assert!(!is_plain_name(name), "{name:?}");
        }
    }
}
