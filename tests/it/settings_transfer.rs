//! Everything that was made in the browser, downloaded at one server and uploaded to another.

use std::io::{Cursor, Read, Write};

use reqwest::{StatusCode, header};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    alert_messages::SECRET,
    channel_editing::ChannelSite,
    cluster_access::get,
    sign_in::{PASSWORD, SignInSite},
    support::{
        http,
        picture::{picture, with_file},
        ports,
    },
};

const ROUTE: &str = "/settings/transfer";
/// Sections with an entry each, and their pages.
const PAGES: [&str; 5] = [
    "/settings/thresholds?name=%2A",
    "/settings/names?name=chat%2F1",
    "/settings/hours?name=chat%2F%2A",
    "/settings/privacy",
    "/settings/boards?name=kitchen",
];

/// Pages of several entries.
const LISTS: [&str; 4] = [
    "/settings",
    "/settings/thresholds",
    "/settings/boards",
    "/settings/queues?pattern=chat%2F%2A",
];

async fn open_site() -> (SignInSite, String) {
    let site = SignInSite::open_at(ports::free(), "", &[]).await;
    site.add_user("Mira", "admin");
    let mira = site.sign_in("Mira", PASSWORD).await.unwrap();
    (site, mira)
}

async fn page(site: &SignInSite, path: &str, cookie: &str) -> String {
    get(site, path, cookie).await.text().await.unwrap()
}

async fn save(site: &SignInSite, cookie: &str, section: &str, name: &str, toml: &str) {
    let token = site.form_token(cookie).await;
    let form = [
        ("form", &*token),
        ("name", name),
        ("toml", toml),
        ("action", "save"),
    ];
    let saved = site
        .post(&format!("/settings/{section}"), Some(cookie), &form)
        .await;
    let status = saved.status();
    assert_eq!(
        status,
        StatusCode::SEE_OTHER,
        "{}",
        saved.text().await.unwrap()
    );
}

/// Uploads a file. Returns the status and the page that shows what it would change.
async fn upload(site: &SignInSite, cookie: &str, file: &[u8]) -> (StatusCode, String) {
    let token = site.form_token(cookie).await;
    send(
        site,
        cookie,
        &[("form", &*token), ("action", "check")],
        file,
    )
    .await
}

async fn send(
    site: &SignInSite,
    cookie: &str,
    fields: &[(&str, &str)],
    file: &[u8],
) -> (StatusCode, String) {
    let request = http::client_without_redirects().post(site.wallboard.url(ROUTE));
    let request = request.header(header::COOKIE, cookie);
    let answer = with_file(request, fields, "file", file)
        .send()
        .await
        .unwrap();
    (answer.status(), answer.text().await.unwrap())
}

fn unescape(text: &str) -> String {
    let pairs = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The fields of the page's form that saves an upload, as a browser sends them.
fn form_of(page: &str) -> Vec<(String, String)> {
    let (_, form) = page
        .split_once("name=\"seen\"")
        .unwrap_or_else(|| panic!("{page}"));
    let seen = form.split('"').nth(1).unwrap().to_owned();
    let mut fields = texts_of(form);
    fields.push(("seen".to_owned(), seen));
    fields.push(("action".to_owned(), "save".to_owned()));
    fields
}

/// The hidden texts of a form.
fn texts_of(form: &str) -> Vec<(String, String)> {
    let (form, _) = form.split_once("</form>").unwrap();
    let areas = form.split("<textarea name=\"").skip(1).map(|area| {
        let (name, rest) = area.split_once('"').unwrap();
        let (_, rest) = rest.split_once(">\n").unwrap();
        let (text, _) = rest.split_once("</textarea>").unwrap();
        (name.to_owned(), unescape(text).replace('\n', "\r\n"))
    });
    areas.collect()
}

/// Sends fields of a form that a page had.
async fn submit(
    site: &SignInSite,
    cookie: &str,
    mut fields: Vec<(String, String)>,
) -> (StatusCode, String) {
    fields.push(("form".to_owned(), site.form_token(cookie).await));
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    send(site, cookie, &fields, b"").await
}

async fn download(site: &SignInSite, cookie: &str) -> Vec<u8> {
    let answer = get(site, "/settings/transfer.zip", cookie).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.bytes().await.unwrap().to_vec()
}

/// The text of an entry on its page.
fn text_of(page: &str) -> &str {
    let (_, rest) = page
        .split_once("<textarea")
        .unwrap_or_else(|| panic!("{page}"));
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split_once("</textarea>").unwrap().0
}

/// A page without what differs between two servers: tokens, revisions and times.
fn without_own(page: &str) -> String {
    let mut text = page.to_owned();
    for start in [
        "name=\"form\" value=\"",
        "name=\"began_from\" value=\"",
        "data-ts=\"",
    ] {
        let mut parts = text.split(start);
        let first = parts.next().unwrap().to_owned();
        text = parts.fold(first, |text, part| {
            let (_, rest) = part.split_once('"').unwrap();
            format!("{text}{start}\"{rest}")
        });
    }
    let is_time = |at: &[u8]| {
        let digits = [0, 1, 3, 4].iter().all(|place| at[*place].is_ascii_digit());
        digits && at[2] == b':'
    };
    let mut bytes = text.into_bytes();
    for at in 0..bytes.len().saturating_sub(4) {
        if is_time(&bytes[at..at + 5]) {
            bytes[at..at + 5].fill(b'0');
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A board as it is drawn, without the time.
fn drawn(page: &str) -> String {
    let (_, board) = page
        .split_once("<div id=\"board\"")
        .unwrap_or_else(|| panic!("{page}"));
    let (board, _) = board.split_once("<nav class=\"pages\"").unwrap();
    let (before, rest) = board.split_once("id=\"clock\">").unwrap();
    let (_, after) = rest.split_once('<').unwrap();
    format!("{before}{after}")
}

#[tokio::test(flavor = "multi_thread")]
async fn import_of_an_export_gives_equal_pages_and_an_equal_export() {
    let (first, mira) = open_site().await;
    save(
        &first,
        &mira,
        "thresholds",
        "*",
        "[thresholds.\"*\"]\nwaiting = { warn = 3, crit = 9 }\n",
    )
    .await;
    save(
        &first,
        &mira,
        "names",
        "chat/1",
        "[names]\n\"chat/1\" = \"Sälj & mer\"\n",
    )
    .await;
    save(
        &first,
        &mira,
        "hours",
        "chat/*",
        "[hours.\"chat/*\"]\nmon-fri = \"08:00-17:00\"\n2026-12-24 = []\n",
    )
    .await;
    save(
        &first,
        &mira,
        "privacy",
        "",
        "[privacy]\nsmallest_team = 3\n",
    )
    .await;
    let request = http::client_without_redirects().post(first.wallboard.url("/boards/new"));
    let token = first.form_token(&mira).await;
    let fields = [
        ("form", &*token),
        ("is_new", "1"),
        ("title", "Kitchen"),
        ("show.0", "waiting"),
        ("add.widgets", "picture"),
        ("add.widgets.alt", "A \"frame\""),
        ("do", "save"),
    ];
    let request = request.header(header::COOKIE, &mira);
    let request = with_file(request, &fields, "add.widgets.file", &picture(64, 64));
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::SEE_OTHER
    );
    let export = download(&first, &mira).await;

    let (second, mira_there) = open_site().await;
    let (status, shown) = upload(&second, &mira_there, &export).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    for expected in [
        "5 entries would change",
        "<span>Waiting, critical from:</span>",
        "<span>Mon–Fri:</span>",
        "<bdi>Kitchen</bdi>",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    let changes = page(&second, "/settings/changes", &mira_there).await;
    assert!(
        changes.contains("Nothing was changed here yet"),
        "{changes}"
    );
    let (status, refused) = submit(&second, &mira_there, form_of(&shown)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{refused}");

    assert!(
        download(&second, &mira_there).await == export,
        "another export"
    );
    for path in PAGES {
        let (here, there) = (
            page(&first, path, &mira).await,
            page(&second, path, &mira_there).await,
        );
        assert_eq!(text_of(&here), text_of(&there), "{path}");
        assert_eq!(without_own(&here), without_own(&there), "{path}");
    }
    for path in LISTS {
        let (here, there) = (
            page(&first, path, &mira).await,
            page(&second, path, &mira_there).await,
        );
        assert_eq!(without_own(&here), without_own(&there), "{path}");
    }
    let [here, there] = [
        page(&first, "/boards/kitchen", &mira).await,
        page(&second, "/boards/kitchen", &mira_there).await,
    ];
    assert!(here.contains("/pictures/"), "{here}");
    assert_eq!(drawn(&here), drawn(&there));

    let (_, again) = upload(&second, &mira_there, &export).await;
    assert!(again.contains("Nothing differs."), "{again}");
    let audit = page(&first, "/audit", &mira).await;
    assert!(audit.contains("/settings/transfer.zip"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn export_and_import_are_for_administrators_and_say_why_a_file_is_refused() {
    let (site, mira) = open_site().await;
    site.add_user("Una", "supervisor");
    let una = site.sign_in("Una", PASSWORD).await.unwrap();
    for path in [ROUTE, "/settings/transfer.zip"] {
        assert_eq!(
            site.status(path, &una).await,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert_eq!(
        upload(&site, &una, b"[names]\n").await.0,
        StatusCode::FORBIDDEN
    );
    let unguarded = send(&site, &mira, &[("action", "check")], b"[names]\n").await;
    assert_eq!(unguarded.0, StatusCode::FORBIDDEN);

    for (file, expected) in [
        (
            &b"PK\x03\x04no archive"[..],
            "neither an exported ZIP file nor a TOML file",
        ),
        (
            b"\xff\xfe\x00",
            "neither an exported ZIP file nor a TOML file",
        ),
        (
            b"[server]\nlisten = \"h:1\"\n",
            "server: can&#39;t be changed in the browser",
        ),
        (
            b"[groups.a]\nname = \"A\"\nqueues = [\"group/a\"]\n",
            "is a queue group; name its queues",
        ),
        (
            b"[thresholds.\"*\"]\nwaiting = { krit = 1 }\n",
            "did you mean `crit`?",
        ),
    ] {
        let (status, refused) = upload(&site, &mira, file).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{expected}");
        assert!(refused.contains(expected), "{expected}: {refused}");
    }

    // Somebody else's change between the two steps is no loss.
    let text = "[thresholds.\"*\"]\nwaiting = { crit = 1 }\n";
    let (_, shown) = upload(&site, &mira, text.as_bytes()).await;
    save(
        &site,
        &mira,
        "thresholds",
        "*",
        "[thresholds.\"*\"]\nwaiting = { crit = 2 }\n",
    )
    .await;
    let (status, conflict) = submit(&site, &mira, form_of(&shown)).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(conflict.contains("Somebody else changed"), "{conflict}");
    assert!(
        conflict.contains("<bdi>2</bdi>") && conflict.contains("<bdi>1</bdi>"),
        "{conflict}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_logo_is_on_boards_and_in_the_export_until_it_is_removed() {
    let (site, mira) = open_site().await;
    let form = page(&site, "/settings/site", &mira).await;
    let seen = http::hidden_field(&form, "seen");
    let token = site.form_token(&mira).await;
    let post = async |seen: &str, more: (&str, &str), file: &[u8]| {
        let request = http::client_without_redirects().post(site.wallboard.url("/settings/site"));
        let request = request.header(header::COOKIE, &mira);
        let fields = [("form", &*token), ("seen", seen), ("name", "Acme"), more];
        with_file(request, &fields, "logo", file)
            .send()
            .await
            .unwrap()
    };
    let refused = post(&seen, ("language", "en"), b"<svg/>").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.text().await.unwrap();
    assert!(refused.contains("logo is no PNG"), "{refused}");
    let saved = post(&seen, ("language", "en"), &picture(64, 64)).await;
    let status = saved.status();
    assert_eq!(
        status,
        StatusCode::SEE_OTHER,
        "{}",
        saved.text().await.unwrap()
    );

    let logo = get(&site, "/brand/logo", &mira).await;
    assert_eq!(logo.headers()[header::CONTENT_TYPE], "image/png");
    let board = page(&site, "/boards/queues", &mira).await;
    assert!(board.contains("class=\"logo\""), "{board}");
    let export = settings_of(download(&site, &mira).await);
    assert!(export.contains("logo = \""), "{export}");

    let form = page(&site, "/settings/site", &mira).await;
    let seen = http::hidden_field(&form, "seen");
    let removed = post(&seen, ("remove_logo", "true"), b"").await;
    assert_eq!(removed.status(), StatusCode::SEE_OTHER);
    let logo = get(&site, "/brand/logo", &mira).await;
    assert_eq!(logo.status(), StatusCode::NOT_FOUND);
    let export = settings_of(download(&site, &mira).await);
    assert!(
        export.contains("name = \"Acme\"") && !export.contains("logo"),
        "{export}"
    );
}

/// A site with a channel, whose address and secret are sealed.
async fn open_with_channel() -> ChannelSite {
    let it = ChannelSite::open().await;
    let fields = [
        ("url", "https://hooks.example.com/hunter1"),
        ("secret", SECRET),
    ];
    let saved = it.send("/channels/new", "insist", &fields).await;
    let status = saved.status();
    assert_eq!(
        status,
        StatusCode::SEE_OTHER,
        "{}",
        saved.text().await.unwrap()
    );
    it
}

/// The settings of an export.
fn settings_of(export: Vec<u8>) -> String {
    let mut zip = ZipArchive::new(Cursor::new(export)).unwrap();
    let mut text = String::new();
    let mut file = zip.by_name("settings.toml").unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

fn assert_no_secret(text: &str) {
    assert!(!text.contains("hunter1"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_no_secret() {
    let it = open_with_channel().await;
    let text = settings_of(download(&it.site, &it.mira).await);
    assert!(
        text.contains("url = { env = \"CHANNEL_HOOK_URL\" }"),
        "{text}"
    );
    assert_no_secret(&text);
    assert!(!text.contains("sealed ="), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_entry_keeps_the_secrets_that_its_server_has() {
    let it = open_with_channel().await;
    let text = settings_of(download(&it.site, &it.mira).await);
    let (_, unchanged) = upload(&it.site, &it.mira, text.as_bytes()).await;
    assert!(unchanged.contains("Nothing differs."), "{unchanged}");

    let changed = format!("{text}hourly_max = 7\n");
    let (status, shown) = upload(&it.site, &it.mira, changed.as_bytes()).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    assert!(shown.contains("1 entry would change"), "{shown}");
    let hidden = shown.replace("sealed = &#34;…&#34;", "");
    assert!(!hidden.contains("sealed ="), "{shown}");
    let (status, saved) = submit(&it.site, &it.mira, form_of(&shown)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{saved}");
    let again = settings_of(download(&it.site, &it.mira).await);
    assert_eq!(again, changed);
    let edit = page(&it.site, "/channels/hook/edit", &it.mira).await;
    assert_no_secret(&edit);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_asks_for_the_secrets_and_shows_none() {
    let export = {
        let it = open_with_channel().await;
        download(&it.site, &it.mira).await
    };
    let it = ChannelSite::open().await;
    let (status, asking) = upload(&it.site, &it.mira, &export).await;
    assert_eq!(status, StatusCode::OK, "{asking}");
    let (_, form) = asking.split_once("aria-labelledby=\"secrets\"").unwrap();
    for field in ["secret.channels.hook.url", "secret.channels.hook.secret"] {
        let input = format!("<input type=\"password\" name=\"{field}\"");
        assert!(form.contains(&input), "{form}");
    }
    let mut fields = texts_of(form);
    fields.push(("action".to_owned(), "check".to_owned()));
    // Without them, the entry is left out.
    let (_, without) = submit(&it.site, &it.mira, fields.clone()).await;
    assert!(without.contains("Nothing differs."), "{without}");

    let given = [
        ("url", "https://hooks.example.com/hunter1"),
        ("secret", SECRET),
    ];
    let given = given.map(|(key, text)| (format!("secret.channels.hook.{key}"), text.to_owned()));
    fields.extend(given);
    let (status, shown) = submit(&it.site, &it.mira, fields).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    assert!(shown.contains("1 entry would change"), "{shown}");
    assert_no_secret(&shown);
    let (status, saved) = submit(&it.site, &it.mira, form_of(&shown)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{saved}");
    assert!(
        download(&it.site, &it.mira).await == export,
        "another export"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_may_be_as_large_as_all_pictures_are() {
    let (site, mira) = open_site().await;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("settings.toml", stored).unwrap();
    zip.write_all(b"[names]\n\"chat/1\" = \"Sales\"\n").unwrap();
    // Not a part of an export, so that only the length counts.
    zip.start_file("notes.txt", stored).unwrap();
    zip.write_all(&vec![b'-'; 20_000_000]).unwrap();
    let file = zip.finish().unwrap().into_inner();
    let (status, shown) = upload(&site, &mira, &file).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    assert!(shown.contains("1 entry would change"), "{shown}");
}
