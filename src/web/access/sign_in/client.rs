//! The browser that a request comes from, in words.

use axum::http::{HeaderMap, header};

use wallboard_texts::Texts;

/// The names of browsers in `User-Agent`, the most specific first.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 8] = [
    ("Web0S", "webOS"),
    ("Tizen", "Tizen"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// As sessions have it.
const UNKNOWN_BROWSER: &str = "Unknown browser";

/// The texts before the version of a browser's engine in `User-Agent`, the most specific first.
const ENGINES: [(&str, &str); 3] = [
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chromium"),
    ("Version/", "Safari"),
];
/// The longest version that is believed, in digits.
const VERSION_DIGITS_MAX: usize = 4;

/// "Chromium 87": what a screen's page can rely on. `None`: unknown.
pub(in crate::web) fn engine_name(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    let (name, rest) = ENGINES.iter().find_map(|(part, name)| {
        let (_, rest) = agent.split_once(part)?;
        Some((name, rest))
    })?;
    let digits = rest.find(|letter: char| !letter.is_ascii_digit());
    let version = rest.get(..digits.unwrap_or(rest.len()))?;
    let is_version = (1..=VERSION_DIGITS_MAX).contains(&version.len());
    is_version.then(|| format!("{name} {version}"))
}

/// "Firefox on Windows": for people to recognize their sessions.
pub(in crate::web) fn device_name(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok()).unwrap_or("");
    let find = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(part, _)| agent.contains(part));
        found.map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => UNKNOWN_BROWSER.to_owned(),
    }
}

/// Writes the stored name of a device.
pub(in crate::web) fn write_device(texts: &Texts, device: &str) -> String {
    if device == UNKNOWN_BROWSER {
        return texts.unknown_browser().to_owned();
    }
    match device.split_once(" on ") {
        Some((browser, system)) => texts.browser_on(browser, system),
        None => device.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn engine_has_its_version() {
        for (agent, engine) in [
            (
                "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.88 Safari/537.36",
                Some("Chromium 87"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/141.0.0.0 Safari/537.36",
                Some("Chromium 141"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
                Some("Firefox 128"),
            ),
            (
                "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Safari/605.1.15",
                Some("Safari 16"),
            ),
            ("Chrome/", None),
            ("Chrome/99999.1", None),
            ("Chrome/<b>", None),
            ("curl/8.9", None),
        ] {
            let headers =
                HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(agent))]);
            assert_eq!(engine_name(&headers).as_deref(), engine, "{agent}");
        }
    }

    #[test]
    fn device_is_named_in_a_language() {
        let texts = Texts::of(wallboard_domain::Language::German);
        let name = |device| write_device(texts, device);
        assert_eq!(name("Edge on Windows"), "Edge unter Windows");
        assert_eq!(name("Firefox"), "Firefox");
        assert_eq!(name(UNKNOWN_BROWSER), "Unbekannter Browser");
    }

    #[test]
    fn browser_is_named_as_people_do() {
        let name = |agent: &'static str| {
            device_name(&HeaderMap::from_iter([(
                header::USER_AGENT,
                HeaderValue::from_static(agent),
            )]))
        };
        assert_eq!(
            name(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"
            ),
            "Edge on Windows"
        );
        assert_eq!(
            name("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/94.0 Safari/537.36"),
            "Chrome on webOS"
        );
        assert_eq!(name("curl/8.9"), "Unknown browser");
        assert_eq!(device_name(&HeaderMap::new()), "Unknown browser");
    }
}
