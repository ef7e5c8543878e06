//! Pages in the pseudo-language: how they are asked for, and text past the message files is found.

use std::collections::BTreeSet;

use axum::{
    Router,
    http::{Request, StatusCode, header, request::Builder},
};

use wallboard_domain::Metric;
use wallboard_texts::testing::unbracketed_words;

use crate::web::access::reader_texts::PSEUDO;

use super::{PageResponse, login_site::LoginSite, read_page, send_request};

/// Words of data and of code, names of products and of languages, units, and words of a sentence's pieces.
const DATA: [&str; 45] = [
    "Wallboard",
    "Chat",
    "Vngage",
    "Sales",
    "Support",
    "Eva",
    "Anna",
    "cdm",
    "pair",
    "Slack",
    "Voice",
    "Genesys",
    "Karlsson",
    "Karl",
    "Phones",
    "SIP",
    "min",
    "UTC",
    "English",
    "Svenska",
    "Deutsch",
    "wallboard",
    "serve",
    "api",
    "v1",
    "http",
    "localhost",
    "tv",
    "viewer",
    "supervisor",
    "short",
    "ignored",
    "only",
    "talks",
    "CSV",
    "XLSX",
    "waits",
    "example",
    "com",
    "HTTPS",
    "WebSocket",
    "wall1",
    "wall2",
    "kB",
    "end_by",
];

pub(in crate::web) async fn get_in(router: &Router, path: &str, language: &str) -> PageResponse {
    let request = Request::get(path).header(header::ACCEPT_LANGUAGE, language);
    read_page(send_request(router, request).await).await
}

/// The texts that people see or hear on a page, and those of its script. Names, code and texts that are marked as
/// English or as not to be translated are data.
fn texts_of(html: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut is_data = false;
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        let name = tag.split([' ', '/']).next().unwrap();
        match name {
            "bdi" | "code" | "pre" | "script" | "style" => is_data = true,
            "" => is_data = false,
            _ => {
                is_data |= [" lang=\"en\"", " translate=\"no\""]
                    .iter()
                    .any(|mark| tag.contains(mark));
            }
        }
        if !is_data {
            texts.push(text.to_owned());
        }
        for attribute in ["aria-label=\"", "title=\"", "placeholder=\"", "data-say"] {
            let values = tag.split(attribute).skip(1);
            let values = values.map(|rest| match attribute {
                "data-say" => rest.split('"').nth(1),
                _ => rest.split('"').next(),
            });
            texts.extend(values.flatten().map(str::to_owned));
        }
    }
    texts
}

pub(in crate::web) fn assert_translated(page: &PageResponse, path: &str) {
    assert!(page.text.contains("<html lang=\"en-XA\">"), "{path}");
    let api_names = Metric::all().map(Metric::name);
    let api_names = api_names.flat_map(|name| name.split('_'));
    let data: BTreeSet<_> = api_names.chain(DATA).map(str::to_owned).collect();
    let foreign = texts_of(&page.text).into_iter().filter_map(|text| {
        let words = unbracketed_words(&text);
        let words: Vec<_> = words.difference(&data).cloned().collect();
        (!words.is_empty()).then_some((words, text))
    });
    let foreign: Vec<_> = foreign.collect();
    assert!(foreign.is_empty(), "{path}: {foreign:#?}");
}

/// The token of a page's forms.
pub(super) fn form_token(page: &PageResponse) -> &str {
    let (_, rest) = page.text.split_once("name=\"form\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

/// Sends a form of a page, and returns what is answered to readers of the pseudo-language.
pub(super) async fn send_form(
    site: &LoginSite,
    path: &str,
    cookie: &str,
    fields: &str,
) -> PageResponse {
    send_form_of(site, path, path, cookie, fields).await
}

/// Sends a form of a page to another address.
pub(super) async fn send_form_of(
    site: &LoginSite,
    page: &str,
    path: &str,
    cookie: &str,
    fields: &str,
) -> PageResponse {
    let page = get_with(site, page, cookie, "").await;
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT_LANGUAGE, PSEUDO);
    let form = format!("form={}&{fields}", form_token(&page));
    site.send_form(request, &form).await
}

pub(super) async fn get_with(
    site: &LoginSite,
    path: &str,
    cookie: &str,
    language: &str,
) -> PageResponse {
    let request: Builder = Request::get(path).header(header::COOKIE, cookie);
    let request = request.header(header::ACCEPT_LANGUAGE, language);
    read_page(send_request(&site.router, request).await).await
}

/// Opens a page in the pseudo-language.
pub(super) async fn translated_page(site: &LoginSite, path: &str, cookie: &str) -> PageResponse {
    let page = get_with(site, path, cookie, PSEUDO).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    assert_translated(&page, path);
    page
}

/// Sends a form, which is refused for its fields.
pub(super) async fn refused_form(
    site: &LoginSite,
    path: &str,
    cookie: &str,
    fields: &str,
) -> PageResponse {
    let page = send_form(site, path, cookie, fields).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{path}: {fields}"
    );
    assert_translated(&page, fields);
    page
}

#[test]
fn a_text_past_the_message_files_is_found() {
    let words = |text| unbracketed_words(text).into_iter().collect::<Vec<_>>();
    assert_eq!(words("[Lîvé~] since 14:20 &amp; 3 h"), ["since"]);
    let texts = texts_of("<p aria-label=\"a\" data-saylost=\"b\">c<bdi>d</bdi>e</p>");
    assert_eq!(texts, ["c", "a", "b", "e", ""]);
}
