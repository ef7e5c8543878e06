//! Cookies of sessions or paired screens, for servers with sign-in.

use std::{fs, path::Path};

use wallboard_domain::RedactedText;

use super::LoadError;

/// The sockets that a server gives one session or screen.
pub(super) const SOCKETS_PER_COOKIE: usize = 100;

/// Reads a file with a cookie (`NAME=VALUE`) on each line. Lines that are empty or begin with `#`
/// are skipped.
pub(super) fn read_cookies(file: &Path) -> Result<Vec<RedactedText>, LoadError> {
    let text = fs::read_to_string(file);
    let text = text.map_err(|cause| LoadError::CookieFile(file.to_owned(), cause))?;
    let lines = text.lines().enumerate();
    let cookies = lines.filter_map(|(index, line)| {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let line = line.strip_prefix("Cookie:").unwrap_or(line).trim();
        let is_cookie =
            line.contains('=') && line.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        Some(if is_cookie {
            Ok(RedactedText(line.to_owned()))
        } else {
            Err(LoadError::Cookie {
                file: file.to_owned(),
                line: index + 1,
            })
        })
    });
    cookies.collect()
}

/// Checks that there are cookies for so many viewers, or none at all.
pub(super) fn check_count(cookies: &[RedactedText], viewers: usize) -> Result<(), LoadError> {
    let needed = viewers.div_ceil(SOCKETS_PER_COOKIE);
    if cookies.is_empty() || needed <= cookies.len() {
        return Ok(());
    }
    Err(LoadError::TooFewCookies {
        viewers,
        needed,
        found: cookies.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_one_on_each_line_and_enough() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cookies");
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            read_cookies(&file)
        };

        let cookies = read("# ten\n__Host-wallboard=a1\n\nCookie: x=2; y=3\n").unwrap();
        assert_eq!(
            cookies.iter().map(|cookie| &*cookie.0).collect::<Vec<_>>(),
            ["__Host-wallboard=a1", "x=2; y=3"]
        );
        assert!(matches!(
            read("a=1\nno cookie"),
            Err(LoadError::Cookie { line: 2, .. })
        ));
        assert!(matches!(
            read("a=1\u{7}"),
            Err(LoadError::Cookie { line: 1, .. })
        ));
        assert!(check_count(&cookies, 200).is_ok());
        assert!(check_count(&[], 18_000).is_ok());
        let refused = check_count(&cookies, 201).unwrap_err().to_string();
        assert!(
            refused.contains("need 3 cookies and the file has 2"),
            "{refused}"
        );
    }
}
