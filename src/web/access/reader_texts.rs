//! The language of who reads a page: chosen on the account page, else the browser's.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
};

use wallboard_domain::Language;
use wallboard_texts::Texts;

use crate::web::access::visitor::Visitor;

/// The texts of a page in its reader's language.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct ReaderTexts(pub(in crate::web) &'static Texts);

/// The language that the pseudo-language has in a test's request.
#[cfg(test)]
pub(in crate::web) const PSEUDO: &str = "en-XA";

impl ReaderTexts {
    pub(in crate::web) fn find(visitor: &Visitor, accepted: Option<&HeaderValue>) -> Self {
        let accepted = accepted.and_then(|value| value.to_str().ok()).unwrap_or("");
        #[cfg(test)]
        if accepted == PSEUDO {
            return Self(Texts::pseudo());
        }
        // Programs read English, as in the API.
        if matches!(visitor, Visitor::Program(_)) {
            return Self(Texts::english());
        }
        let chosen = visitor.language().or_else(|| first_known(accepted));
        Self(Texts::of(chosen.unwrap_or_default()))
    }
}

/// Returns the language that `Accept-Language` prefers, of those that there are.
fn first_known(accepted: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in accepted.split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = parameters.trim().strip_prefix("q=");
        let weight = weight.map_or(Some(1.0), |weight| weight.parse().ok());
        let subtag = tag.trim().split('-').next().unwrap_or_default();
        let language = subtag.to_ascii_lowercase().parse().ok();
        let (Some(weight), Some(language)) = (weight, language) else {
            continue;
        };
        if 0.0 < weight && best.is_none_or(|(most, _)| most < weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

impl<S: Sync> FromRequestParts<S> for ReaderTexts {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE);
        Ok(Self::find(&visitor, accepted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_there_is_counts() {
        for (accepted, expected) in [
            ("sv", Some(Language::Swedish)),
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::German)),
            (
                "fr-FR, fr;q=0.9, SV-FI;q=0.7, en;q=0.6",
                Some(Language::Swedish),
            ),
            ("en;q=0.5, sv;q=0.8", Some(Language::Swedish)),
            ("sv;q=0, en;q=0.1", Some(Language::English)),
            ("de;q=x", None),
            ("fr, *", None),
            ("", None),
        ] {
            assert_eq!(first_known(accepted), expected, "{accepted}");
        }
    }
}
