//! Secrets in the text of a source or a channel: sealed before it is stored, and left out of what anybody reads.

use std::ops::Range;

use crate::settings;
use wallboard_toml_reader::{SecretForm, SecretKey, SecretPlace};

/// Stands in the place of a secret for people.
const HIDDEN: &str = "\"…\"";

/// Seals the secrets in clear. `load_key` is called if there is one.
pub(super) fn seal_secrets<E>(
    toml: &str,
    load_key: impl FnOnce() -> Result<SecretKey, E>,
) -> Result<String, E> {
    let mut places = settings::find_secrets(toml, None);
    places.retain(|place| place.form == SecretForm::Clear);
    if places.is_empty() {
        return Ok(toml.to_owned());
    }
    let key = load_key()?;
    Ok(replace(toml, &places, |place, written| {
        // A literal of the parsed text.
        let value = written.parse::<toml::Value>();
        let secret = value.as_ref().ok().and_then(toml::Value::as_str);
        let sealed = key.seal(&place.path, secret.unwrap_or_default());
        format!("{{ sealed = \"{sealed}\" }}")
    }))
}

/// Returns an entry's text for people: without its secrets, sealed or not.
pub fn hide_secrets(toml: &str) -> String {
    hide_places(toml, &settings::find_secrets(toml, None))
}

/// Returns a text without the secrets that are in it at these places.
pub(super) fn hide_places(toml: &str, places: &[SecretPlace]) -> String {
    let hidden = replace(toml, places, |place, written| match place.form {
        SecretForm::Clear => HIDDEN.to_owned(),
        SecretForm::Sealed => format!("{{ sealed = {HIDDEN} }}"),
        SecretForm::Elsewhere => written.to_owned(),
    });
    hide_sealed(&hidden)
}

/// Writes the secrets at these places in clear, in one form; `None` if one can't be opened.
pub(super) fn open_places(toml: &str, places: &[SecretPlace]) -> Option<String> {
    let is_open = places.iter().all(|place| place.secret.is_some());
    is_open.then(|| {
        replace(toml, places, |place, _| {
            let secret = place.secret.as_ref().map_or("", |secret| secret.0.as_str());
            toml::Value::from(secret).to_string()
        })
    })
}

/// Writes an entry for a file. Secrets that were given in the browser have to be given again: by variables that a
/// comment names.
pub(super) fn ask_for_secrets(toml: &str) -> String {
    let mut sealed = settings::find_secrets(toml, None);
    sealed.retain(|place| place.form == SecretForm::Sealed);
    if sealed.is_empty() {
        return toml.to_owned();
    }
    let asking = replace(toml, &sealed, |place, _| {
        format!("{{ env = \"{}\" }}", variable_of(place))
    });
    let names: Vec<_> = sealed.iter().map(|place| place.path.as_str()).collect();
    let (header, lines) = asking.split_once('\n').unwrap_or((&asking, ""));
    format!(
        "{header}\n# Sealed on the server, so give again: {}\n{lines}",
        names.join(", ")
    )
}

/// `sources.chat.url` → `CHAT_URL`, `channels.chat.url` → `CHANNEL_CHAT_URL`: both may have the same ID.
fn variable_of(place: &SecretPlace) -> String {
    let path = match place.path.split_once('.') {
        Some(("channels", path)) => format!("channel.{path}"),
        Some((_, path)) => path.to_owned(),
        None => place.path.clone(),
    };
    let letter = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    path.chars().map(letter).collect()
}

fn replace(
    text: &str,
    places: &[SecretPlace],
    new: impl Fn(&SecretPlace, &str) -> String,
) -> String {
    let parts = places.iter().map(|place| {
        let written = &text[place.span.clone()];
        (place.span.clone(), new(place, written))
    });
    replace_parts(text, parts)
}

/// Replaces parts of a text, which are in its order. Of parts that overlap, the first is replaced.
pub(super) fn replace_parts(
    text: &str,
    parts: impl IntoIterator<Item = (Range<usize>, String)>,
) -> String {
    let (mut replaced, mut from) = (String::new(), 0);
    for (span, new) in parts {
        if span.start < from {
            continue;
        }
        replaced.push_str(&text[from..span.start]);
        replaced.push_str(&new);
        from = span.end;
    }
    replaced + &text[from..]
}

/// Hides sealed values wherever they stand: a version may be of a kind that no longer exists.
fn hide_sealed(toml: &str) -> String {
    const START: &str = "sealed = \"";
    let mut parts = toml.split(START);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |hidden, part| {
        let rest = part.split_once('"').map_or("", |(_, rest)| rest);
        format!("{hidden}sealed = {HIDDEN}{rest}")
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    const GENESYS: &str = r#"[sources.voice]
kind = "genesys"
base_url = "https://user:hunter1@h"
auth = { client_id = "c", client_secret = 'hunter"2', username = "u", password = "hunter3" }
"#;

    fn seal(toml: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("k");
        let load = || Ok::<_, Infallible>(SecretKey::load_or_create(&file).unwrap());
        let sealed = seal_secrets(toml, load).unwrap();
        let key = SecretKey::load(&file).unwrap();
        let (_, rest) = sealed.split_once("client_secret = { sealed = \"").unwrap();
        let secret = rest.split('"').next().unwrap();
        let opened = key.open("sources.voice.auth.client_secret", secret);
        assert_eq!(opened.unwrap(), "hunter\"2");
        sealed
    }

    #[test]
    fn every_secret_is_sealed_and_everything_else_stays_as_it_is() {
        let sealed = seal(GENESYS);
        assert!(!sealed.contains("hunter"), "{sealed}");
        assert!(
            sealed.contains("client_id = \"c\", client_secret = { sealed ="),
            "{sealed}"
        );
        assert_eq!(sealed.matches("sealed").count(), 3);
        let again = seal_secrets(&sealed, || Err("no key is needed"));
        assert_eq!(again.unwrap(), sealed);
    }

    #[test]
    fn people_see_no_secret_sealed_or_not() {
        let hidden = hide_secrets(GENESYS);
        assert!(!hidden.contains("hunter"), "{hidden}");
        assert!(hidden.contains(r#"password = "…""#), "{hidden}");
        let hidden = hide_secrets(&seal(GENESYS));
        assert!(
            hidden.contains(r#"password = { sealed = "…" } }"#),
            "{hidden}"
        );
        let other = hide_secrets("[sources.x]\nkind = \"gone\"\nkey = { sealed = \"abc.def\" }\n");
        assert!(other.ends_with("key = { sealed = \"…\" }\n"), "{other}");
    }

    #[test]
    fn the_secrets_of_a_channel_are_found_and_sealed() {
        let hook = "[channels.hook]\nkind = \"webhook\"\nurl = \"https://h/hunter1\"\nsecret = \"hunter2\"\n";
        assert!(!hide_secrets(hook).contains("hunter"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("k");
        let load = || Ok::<_, Infallible>(SecretKey::load_or_create(&file).unwrap());
        let sealed = seal_secrets(hook, load).unwrap();
        assert_eq!(sealed.matches("sealed =").count(), 2, "{sealed}");
        assert!(!sealed.contains("hunter"), "{sealed}");
        let written = ask_for_secrets(&sealed);
        assert!(
            written.contains("url = { env = \"CHANNEL_HOOK_URL\" }"),
            "{written}"
        );
    }

    #[test]
    fn a_file_asks_for_the_secrets_by_name() {
        let written = ask_for_secrets(&seal(GENESYS));
        assert!(!written.contains("sealed ="), "{written}");
        assert!(
            written.contains(r#"password = { env = "VOICE_AUTH_PASSWORD" }"#),
            "{written}"
        );
        assert!(written.contains("give again: sources.voice.base_url, sources.voice.auth.client_secret, sources.voice.auth.password\n"), "{written}");
        assert_eq!(ask_for_secrets("[sources.x]\n"), "[sources.x]\n");
    }
}
