//! Any bytes as what a remote server sends: names of files, and listings and errors in XML.

use percent_encoding::percent_decode_str;

use wallboard_domain::RedactedText;

use super::{
    connection_string::AzureConnectionString,
    remote_name::{display_name, escape_name, find_name_error},
    xml,
};

/// An accepted name stays below its folder, and arrives unchanged.
pub fn read_names(data: &[u8]) {
    let Ok(key) = str::from_utf8(data) else {
        return;
    };
    let displayed = display_name(key);
    assert!(!displayed.contains(char::is_control), "{displayed:?}");
    assert!(displayed.chars().count() <= 161, "{displayed:?}");
    if find_name_error(key).is_none() {
        assert!(key.split(['/', '\\']).all(|part| part != ".."), "{key:?}");
        let escaped = escape_name(key);
        let arrived = percent_decode_str(&escaped).decode_utf8();
        assert_eq!(arrived.expect("it was text"), key);
    }
    AzureConnectionString::parse(&RedactedText(key.to_owned()), "container").ok();
}

/// A listing has names, sizes and tags, or it's none.
pub fn read_listing(data: &[u8]) {
    for page in [xml::s3_page(data), xml::azure_page(data)]
        .into_iter()
        .flatten()
    {
        assert_ne!(
            page.next.as_deref(),
            Some(""),
            "a listing can't resume nowhere"
        );
        assert!(page.files.iter().all(|file| !file.tag.is_empty()));
    }
    xml::parse_error_body(data);
}
