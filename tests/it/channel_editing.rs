//! Channels made, tested, changed and deleted by their forms at a real server and receiver: messages arrive without a
//! restart, none is lost by a change, and the secrets are found nowhere.

use std::{fs, time::Duration};

use reqwest::{Response, StatusCode};

use crate::{
    alert_messages::{Receiver, SECRET},
    cluster_access::get,
    sign_in::{PASSWORD, SignInSite},
    support::{ports, wait_until},
};

const SOON: Duration = Duration::from_secs(30);
const NEW: &str = "/channels/new";
const EDIT: &str = "/channels/hook/edit";
/// A part of the address of the webhook, which is a secret as a whole.
const PATH: &str = "h00k-canary-7";
/// A source that nobody can connect to, and this machine as a receiver.
const SERVER: &str = "private_receivers = [\"127.0.0.1\"]\n[sources.chat]\nkind = \"vngage\"\n\
                      url = \"amqp://u:p@127.0.0.1:1/\"\nexchange = \"x\"\n";

/// A server with an administrator and a supervisor.
pub struct ChannelSite {
    pub site: SignInSite,
    pub mira: String,
    anna: String,
}

impl ChannelSite {
    pub async fn open() -> Self {
        Self::open_with(SERVER).await
    }

    async fn open_with(server: &str) -> Self {
        let site = SignInSite::open_with(server).await;
        site.add_user("Mira", "admin");
        site.add_user("Anna", "supervisor");
        let mira = site.sign_in("Mira", PASSWORD).await.unwrap();
        let anna = site.sign_in("Anna", PASSWORD).await.unwrap();
        Self { site, mira, anna }
    }

    async fn page(&self, path: &str) -> String {
        let page = get(&self.site, path, &self.mira).await;
        page.text().await.unwrap()
    }

    /// Sends the form of the webhook `hook` as an administrator.
    pub async fn send(&self, path: &str, action: &str, fields: &[(&str, &str)]) -> Response {
        let began_from = if path == EDIT {
            value_in(&self.page(EDIT).await, "began_from")
        } else {
            String::new()
        };
        self.send_from(path, action, &began_from, fields).await
    }

    async fn send_from(
        &self,
        path: &str,
        action: &str,
        began_from: &str,
        fields: &[(&str, &str)],
    ) -> Response {
        let token = self.site.form_token(&self.mira).await;
        let mut form = vec![
            ("form", &*token),
            ("kind", "webhook"),
            ("id", "hook"),
            ("began_from", began_from),
            ("action", action),
        ];
        form.extend_from_slice(fields);
        self.site.post(path, Some(&self.mira), &form).await
    }

    pub async fn make(&self, url: &str) {
        let fields = [("url", url), ("secret", SECRET)];
        let made = self.send(NEW, "save", &fields).await;
        let status = made.status();
        let page = made.text().await.unwrap();
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }

    /// Saves the text of an entry, or deletes it.
    async fn save_text(&self, section: &str, name: &str, toml: &str, action: &str) {
        let token = self.site.form_token(&self.mira).await;
        let page = format!("/settings/{section}?name={name}");
        let began_from = value_in(&self.page(&page).await, "began_from");
        let form = [
            ("form", &*token),
            ("name", name),
            ("toml", toml),
            ("began_from", &*began_from),
            ("action", action),
        ];
        let path = format!("/settings/{section}");
        let saved = self.site.post(&path, Some(&self.mira), &form).await;
        assert_eq!(saved.status(), StatusCode::SEE_OTHER, "{name}");
    }

    /// Tells the channel of the source that isn't connected.
    async fn watch_source(&self) {
        let rule = "[alerts.Lost]\nsources = [\"*\"]\nfor = \"10s\"\nnotify = [\"hook\"]\n";
        self.save_text("alerts", "Lost", rule, "save").await;
    }
}

/// Returns the value of a hidden field.
fn value_in(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn url_of(port: u16) -> String {
    format!("http://127.0.0.1:{port}/{PATH}")
}

async fn wait_for_message(receiver: &Receiver, words: &str) {
    wait_until(&format!("a message has {words:?}"), SOON, async || {
        let ids = receiver.ids(words);
        if ids.is_empty() { Err(ids) } else { Ok(()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_made_by_its_form_is_tested_tells_of_alerts_and_goes_once_nothing_uses_it() {
    let it = ChannelSite::open().await;
    let kinds = it.page(NEW).await;
    for kind in ["teams", "slack", "email", "webhook"] {
        assert!(kinds.contains(&format!("{NEW}?kind={kind}")), "{kinds}");
    }
    assert!(it.page("/alerts").await.contains("href=\"/channels/new\""));
    let receiver = Receiver::start();
    let url = url_of(receiver.port());

    let fields = [("url", &*url), ("secret", SECRET)];
    let tested = it.send(NEW, "test", &fields).await;
    let page = tested.text().await.unwrap();
    assert!(page.contains("hook: 202 Accepted in"), "{page}");
    assert!(page.contains("Nothing is saved yet."), "{page}");
    assert_eq!(receiver.count(), 1);
    wait_for_message(&receiver, "this channel works").await;
    // Nobody types the secrets twice.
    let (url, secret) = (
        value_in(&page, "sealed:url"),
        value_in(&page, "sealed:secret"),
    );
    let sealed = [("sealed:url", &*url), ("sealed:secret", &*secret)];
    let made = it.send(NEW, "save", &sealed).await;
    assert_eq!(made.status(), StatusCode::SEE_OTHER);
    assert_eq!(receiver.count(), 1, "saving sends nothing");

    it.watch_source().await;
    wait_for_message(&receiver, "Chat ").await;
    let page = it.page(EDIT).await;
    assert!(page.contains("<bdi>rule Lost</bdi>"), "{page}");
    let refused = it.send(EDIT, "delete", &[]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let why = refused.text().await.unwrap();
    assert!(why.contains("there is no channel"), "{why}");
    it.save_text("alerts", "Lost", "", "delete").await;
    let deleted = it.send(EDIT, "delete", &[]).await;
    assert_eq!(deleted.headers()["location"], "/alerts");
    assert_eq!(
        get(&it.site, EDIT, &it.mira).await.status(),
        StatusCode::NOT_FOUND
    );

    let token = it.site.form_token(&it.mira).await;
    let form = [("form", &*token), ("action", "restore"), ("version", "0")];
    let restored = it.site.post(EDIT, Some(&it.mira), &form).await;
    assert_eq!(restored.status(), StatusCode::SEE_OTHER);
    let tested = it.send(EDIT, "test", &[]).await.text().await.unwrap();
    assert!(tested.contains("hook: 202 Accepted in"), "{tested}");
    let audit = it.page("/audit").await;
    assert!(audit.contains("[channels.hook]"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_wait_for_a_channel_and_arrive_once_its_address_is_right() {
    let mut it = ChannelSite::open().await;
    it.make(&url_of(ports::free())).await;
    it.watch_source().await;
    wait_for_page(&it, "/alerts", "1 message waits.").await;
    // The channel is there again after a kill, before anything is given up.
    it.site.wallboard.restart("-KILL").await;
    it.mira = it.site.sign_in("Mira", PASSWORD).await.unwrap();

    let receiver = Receiver::start();
    let changed = it
        .send(EDIT, "save", &[("url", &url_of(receiver.port()))])
        .await;
    assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    wait_for_message(&receiver, "Chat ").await;
    let page = it.page("/alerts").await;
    assert!(!page.contains("id=\"undelivered\""), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_wait_while_the_key_is_away_and_arrive_once_it_is_back() {
    let mut it = ChannelSite::open().await;
    let receiver = Receiver::start();
    it.make(&url_of(receiver.port())).await;
    let key = it.site.wallboard.file("secret.key");
    let away = it.site.wallboard.file("elsewhere.key");
    fs::rename(&key, &away).unwrap();
    it.site.wallboard.restart("-KILL").await;
    it.mira = it.site.sign_in("Mira", PASSWORD).await.unwrap();
    it.watch_source().await;
    wait_for_page(&it, "/alerts", "1 message waits.").await;
    let page = it.page("/alerts").await;
    assert!(page.contains("Nothing can be sent: `url`"), "{page}");
    let edit = it.page(EDIT).await;
    assert!(
        edit.contains("Nothing can be sent to this channel"),
        "{edit}"
    );
    let check = it.site.run_command("check", &[], "").1;
    let row = "NOT OK  channel hook: `url` can't be opened: there is no key";
    assert!(check.contains(row), "{check}");
    assert!(check.contains("copy the key that sealed it"), "{check}");
    assert_eq!(receiver.count(), 0);

    fs::rename(&away, &key).unwrap();
    wait_for_message(&receiver, "Chat ").await;
    wait_for_page(&it, "/alerts", "202 Accepted in").await;
    let page = it.page("/alerts").await;
    assert!(!page.contains("id=\"undelivered\""), "{page}");
    assert!(!it.page(EDIT).await.contains("Nothing can be sent"));
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_and_rules_of_the_file_know_a_channel_of_the_browser() {
    let mut it = ChannelSite::open().await;
    let receiver = Receiver::start();
    it.make(&url_of(receiver.port())).await;
    let (status, text) = it.site.run_command("notify", &["test", "hook"], "");
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("ok      hook: 202 Accepted in"), "{text}");

    let wallboard = &it.site.wallboard;
    let file = fs::read_to_string(wallboard.file("wallboard.toml")).unwrap();
    let with_rule = |channel: &str| {
        format!(
            "{file}\n[alerts.Lost]\nsources = [\"*\"]\nfor = \"10s\"\nnotify = [\"{channel}\"]\n"
        )
    };
    wallboard.reload_with(&with_rule("hok"));
    let fault = "alerts.Lost.notify: there is no channel \"hok\"; did you mean `hook`?";
    wait_until("the reload is refused", SOON, async || {
        let log = it.site.wallboard.log();
        if log.contains("keeping the previous one") && log.contains(fault) {
            Ok(())
        } else {
            Err(log)
        }
    })
    .await;
    let check = it.site.run_command("check", &[], "").1;
    assert!(check.contains("NOT OK  browser changes"), "{check}");
    assert!(check.contains(fault), "{check}");

    it.site.wallboard.reload_with(&with_rule("hook"));
    wait_for_message(&receiver, "Chat ").await;
    let check = it.site.run_command("check", &[], "").1;
    assert!(check.contains("ok      browser 1 changed"), "{check}");
    let refused = it.send(EDIT, "delete", &[]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let why = refused.text().await.unwrap();
    assert!(why.contains("there is no channel"), "{why}");
    it.site.wallboard.restart("-TERM").await;
    it.mira = it.site.sign_in("Mira", PASSWORD).await.unwrap();
    let page = it.page(EDIT).await;
    assert!(page.contains("<bdi>rule Lost</bdi>"), "{page}");
}

async fn wait_for_page(it: &ChannelSite, path: &str, words: &str) {
    wait_until(&format!("{path} has {words:?}"), SOON, async || {
        let page = it.page(path).await;
        if page.contains(words) {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_file_opens_the_own_network_for_a_channel() {
    let it = ChannelSite::open_with("").await;
    let receiver = Receiver::start();
    let url = url_of(receiver.port());
    let fields = [("url", &*url), ("secret", SECRET)];
    let tested = it.send(NEW, "test", &fields).await.text().await.unwrap();
    assert!(tested.contains("in your own network"), "{tested}");
    assert!(tested.contains("private_receivers"), "{tested}");

    // Nor by a field that the form hasn't, nor by another format.
    let with_field = [&fields[..], &[("allow_private", "true")]].concat();
    let tested = it.send(NEW, "test", &with_field).await;
    assert!(tested.text().await.unwrap().contains("in your own network"));
    let file = it.site.wallboard.file("channels.toml");
    let toml = format!(
        "[channels.hook]\nkind = \"slack\"\nurl = \"{}\"\nallow_private = true\n",
        fields[0].1
    );
    fs::write(&file, toml).unwrap();
    let file = file.display().to_string();
    let imported = it.site.run_command("config", &["import", &file], "");
    assert!(
        imported.1.contains("which the browser can't choose"),
        "{}",
        imported.1
    );
    assert_eq!(receiver.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_make_and_change_channels() {
    let it = ChannelSite::open().await;
    it.make(&url_of(ports::free())).await;
    let token = it.site.form_token(&it.anna).await;
    let form = [("form", &*token), ("kind", "webhook"), ("action", "delete")];
    for path in [NEW, EDIT] {
        let seen = get(&it.site, path, &it.anna).await;
        assert_eq!(seen.status(), StatusCode::FORBIDDEN, "{path}");
        let sent = it.site.post(path, Some(&it.anna), &form).await;
        assert_eq!(sent.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let alerts = get(&it.site, "/alerts", &it.anna).await;
    assert!(!alerts.text().await.unwrap().contains("href=\"/channels/"));
    let text = it.site.post("/settings/channels", Some(&it.mira), &form);
    assert!(text.await.status().is_client_error());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_meanwhile_is_a_conflict_and_no_page_file_or_log_has_a_secret() {
    let it = ChannelSite::open().await;
    it.make(&url_of(ports::free())).await;
    let began_from = value_in(&it.page(EDIT).await, "began_from");
    let first = it.send(EDIT, "save", &[("hourly_max", "30")]).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    let second = it.send_from(EDIT, "save", &began_from, &[("hourly_max", "40")]);
    let second = second.await;
    assert_eq!(second.status(), StatusCode::CONFLICT);
    let conflict = second.text().await.unwrap();
    assert!(conflict.contains("hourly_max = 30"), "{conflict}");

    let exported = it.site.run_command("config", &["export"], "").1;
    let asks = "url = { env = \"CHANNEL_HOOK_URL\" }";
    assert!(exported.contains(asks), "{exported}");
    let check = it.site.run_command("check", &[], "").1;
    let mut places = vec![
        ("conflict".to_owned(), conflict.into_bytes()),
        ("export".to_owned(), exported.into_bytes()),
        ("check".to_owned(), check.into_bytes()),
        ("log".to_owned(), it.site.wallboard.log().into_bytes()),
    ];
    for path in [
        EDIT,
        "/alerts",
        "/settings/channels",
        "/settings/changes",
        "/audit",
    ] {
        places.push((path.to_owned(), it.page(path).await.into_bytes()));
    }
    for file in fs::read_dir(it.site.wallboard.file("")).unwrap().flatten() {
        if let Ok(content) = fs::read(file.path()) {
            places.push((file.file_name().to_string_lossy().into_owned(), content));
        }
    }
    assert!(places.iter().any(|(place, _)| place.contains(".db")));
    for secret in [PATH, SECRET] {
        for (place, content) in &places {
            let mut parts = content.windows(secret.len());
            let is_there = parts.any(|part| part == secret.as_bytes());
            assert!(!is_there, "{place} has {secret}");
        }
    }
}
