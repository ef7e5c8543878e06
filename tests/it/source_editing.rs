//! A data source made, changed, paused and deleted by its form at a real server and broker: its queues appear and go
//! without a restart, and its secret is found nowhere.

use std::{fs, time::Duration};

use lapin::ExchangeKind;
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::{
    cluster_access::get,
    sign_in::{PASSWORD, SignInSite},
    support::{
        Broker, Disorder, Vep,
        broker::{self, USER},
        http, ports, wait_until,
    },
};

const SOON: Duration = Duration::from_secs(30);
const WRONG: &str = "Wr0ng-canary-7";
const EDIT: &str = "/sources/chat/edit";

/// A server without a source, with an administrator and a supervisor, beside a vendor that reports.
struct SourceSite {
    site: SignInSite,
    mira: String,
    anna: String,
    vep: Vep,
    exchange: String,
}

impl SourceSite {
    async fn open(exchange: &str) -> Self {
        Self::open_with(exchange, "", &[]).await
    }

    /// With more in the configuration, and the files for it.
    async fn open_with(exchange: &str, more: &str, files: &[(&str, &str)]) -> Self {
        let vep = Vep::open(Broker::shared(), exchange, ExchangeKind::Topic, 71).await;
        let site = SignInSite::open_at(ports::free(), more, files).await;
        site.add_user("Mira", "admin");
        site.add_user("Anna", "supervisor");
        let mira = site.sign_in("Mira", PASSWORD).await.unwrap();
        let anna = site.sign_in("Anna", PASSWORD).await.unwrap();
        Self {
            site,
            mira,
            anna,
            vep,
            exchange: exchange.to_owned(),
        }
    }

    /// With the source in the configuration file, which has its secret in another file. Returns its lines, too.
    async fn open_with_file(exchange: &str) -> (Self, String) {
        let table = format!(
            "[sources.chat] # ours\nkind = \"vngage\"\nurl = {{ file = \"chat-url\" }}\n\
             exchange = \"{exchange}\"\nqueue = \"wallboard {exchange}\"\n"
        );
        let url = url_with(broker::PASSWORD);
        let it = Self::open_with(exchange, &table, &[("chat-url", &url)]).await;
        (it, table)
    }

    async fn page(&self, path: &str) -> String {
        get(&self.site, path, &self.mira)
            .await
            .text()
            .await
            .unwrap()
    }

    async fn api(&self, path: &str) -> Value {
        get(&self.site, path, &self.mira)
            .await
            .json()
            .await
            .unwrap()
    }

    /// Sends a source's form as an administrator; the fields of the ID, the exchange and the queue are filled.
    async fn send(&self, path: &str, action: &str, fields: &[(&str, &str)]) -> Response {
        let token = self.site.form_token(&self.mira).await;
        let began_from = if path == EDIT {
            http::hidden_field(&self.page(EDIT).await, "began_from")
        } else {
            String::new()
        };
        let queue = format!("wallboard {}", self.exchange);
        let mut form = vec![
            ("form", &*token),
            ("kind", "vngage"),
            ("id", "chat"),
            ("began_from", &*began_from),
            ("exchange", &*self.exchange),
            ("queue", &*queue),
            ("action", action),
        ];
        form.extend_from_slice(fields);
        self.site.post(path, Some(&self.mira), &form).await
    }

    async fn make(&self) {
        let url = url_with(broker::PASSWORD);
        let made = self.send("/sources/new", "save", &[("url", &url)]).await;
        let status = made.status();
        assert_eq!(
            status,
            StatusCode::SEE_OTHER,
            "{}",
            made.text().await.unwrap()
        );
        self.wait_for_state("live").await;
        let traffic = Duration::from_secs(1);
        self.vep.run(50, traffic, Disorder::NONE).await;
    }

    async fn wait_for_state(&self, state: &str) {
        wait_until(&format!("the source is {state}"), SOON, async || {
            let sources = self.api("/api/v1/sources").await;
            if sources["sources"][0]["state"] == state {
                Ok(())
            } else {
                Err(sources)
            }
        })
        .await;
    }

    /// Fails if one of these texts, a page, a file or the log has a secret.
    async fn assert_hidden(&self, mut places: Vec<(&str, String)>) {
        places.push(("log", self.site.wallboard.log()));
        let pages = [
            EDIT,
            "/sources",
            "/settings",
            "/settings/sources",
            "/settings/changes",
            "/audit",
        ];
        for path in pages {
            places.push((path, self.page(path).await));
        }
        let places = places.into_iter();
        let mut places: Vec<_> = places
            .map(|(place, text)| (place.to_owned(), text.into_bytes()))
            .collect();
        let (folder, mut databases) = (self.site.wallboard.file(""), 0);
        for file in fs::read_dir(folder).unwrap().flatten() {
            let Ok(content) = fs::read(file.path()) else {
                continue;
            };
            let name = file.file_name().to_string_lossy().into_owned();
            databases += usize::from(name.contains(".db"));
            places.push((name, content));
        }
        assert!(2 <= databases, "{databases}");
        for secret in [broker::PASSWORD, PASSWORD] {
            for (place, content) in &places {
                let is_there = content
                    .windows(secret.len())
                    .any(|part| part == secret.as_bytes());
                assert!(!is_there, "{place}");
            }
        }
    }

    async fn wait_for_board(&self, text: &str) {
        wait_until(&format!("the board has {text:?}"), SOON, async || {
            let page = self.page("/boards/queues").await;
            if page.contains(text) {
                Ok(())
            } else {
                Err(page)
            }
        })
        .await;
    }
}

fn url_with(password: &str) -> String {
    let port = Broker::shared().plain_port;
    broker::url("amqp", USER, password, "127.0.0.1", port)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_made_by_its_form_reports_without_a_restart_and_is_paused_and_deleted() {
    let it = SourceSite::open("source-form").await;
    let kinds = it.page("/sources/new").await;
    assert!(kinds.contains("/sources/new?kind=vngage"), "{kinds}");

    it.make().await;
    wait_until("its queues are there", SOON, async || {
        let queues = it.api("/api/v1/queues").await;
        match queues["queues"].as_array() {
            Some(queues) if !queues.is_empty() => Ok(()),
            _ => Err(queues),
        }
    })
    .await;

    // Another name: the secret stays as it is, and nobody types it again.
    let renamed = it.send(EDIT, "save", &[("name", "Customer chat")]).await;
    assert_eq!(renamed.status(), StatusCode::SEE_OTHER);
    it.wait_for_state("live").await;
    assert!(it.page("/sources").await.contains("Customer chat (Vngage"));

    let paused = it.send(EDIT, "pause", &[]).await;
    assert_eq!(paused.status(), StatusCode::SEE_OTHER);
    it.wait_for_board("Customer chat paused by Mira").await;
    let resumed = it.send(EDIT, "resume", &[]).await;
    assert_eq!(resumed.status(), StatusCode::SEE_OTHER);
    it.wait_for_state("live").await;

    let page = it.page(EDIT).await;
    assert!(page.contains("These queues go: <bdi>"), "{page}");
    let deleted = it.send(EDIT, "delete", &[]).await;
    assert_eq!(deleted.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        it.api("/api/v1/sources").await["sources"],
        Value::Array(vec![])
    );
    let restored = it.site.form_token(&it.mira).await;
    let form = [
        ("form", &*restored),
        ("action", "restore"),
        ("version", "1"),
    ];
    let restored = it.site.post(EDIT, Some(&it.mira), &form).await;
    assert_eq!(restored.status(), StatusCode::SEE_OTHER);
    it.wait_for_state("live").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_at_its_field_in_the_words_of_check_and_saved_only_on_insistence() {
    let it = SourceSite::open("source-wrong").await;
    let url = url_with(WRONG);
    for action in ["test", "save"] {
        let refused = it.send("/sources/new", action, &[("url", &url)]).await;
        let expected = match action {
            "test" => StatusCode::OK,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        assert_eq!(refused.status(), expected);
        let page = refused.text().await.unwrap();
        let (_, fault) = page.split_once("id=\"fault-url\">").unwrap();
        let words = "the broker rejected the user name or password in &#34;url&#34;: check both";
        assert!(fault.starts_with(words), "{fault}");
        assert!(page.contains("value=\"insist\""), "{page}");
        assert!(!page.contains(WRONG), "{page}");
    }
    let sources = it.api("/api/v1/sources").await;
    assert_eq!(sources["sources"], Value::Array(vec![]));

    // Rules of the configuration come before the test.
    let invalid = it
        .send(
            "/sources/new",
            "save",
            &[("url", "amqps://h"), ("prefetch", "x")],
        )
        .await;
    assert_eq!(invalid.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = invalid.text().await.unwrap();
    assert!(
        page.contains("id=\"fault-url\">the address has no user"),
        "{page}"
    );
    assert!(page.contains("id=\"fault-prefetch\">"), "{page}");

    // The page has the password sealed, so that nobody types it twice.
    let tested = it.send("/sources/new", "test", &[("url", &url)]).await;
    let page = tested.text().await.unwrap();
    let (_, rest) = page.split_once("name=\"sealed:url\" value=\"").unwrap();
    let sealed = rest.split('"').next().unwrap();
    let insisted = it
        .send("/sources/new", "insist", &[("sealed:url", sealed)])
        .await;
    assert_eq!(insisted.status(), StatusCode::SEE_OTHER);
    it.wait_for_state("down").await;
    let right = url_with(broker::PASSWORD);
    let fixed = it.send(EDIT, "save", &[("url", &right)]).await;
    assert_eq!(fixed.status(), StatusCode::SEE_OTHER);
    it.wait_for_state("live").await;

    // A version comes back as anything else that is saved: tested.
    let back = it.send(EDIT, "restore", &[("version", "0")]).await;
    assert_eq!(back.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = back.text().await.unwrap();
    assert!(page.contains("value=\"insist\""), "{page}");
    assert!(page.contains("name=\"sealed:url\""), "{page}");
    it.wait_for_state("live").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_make_and_change_sources() {
    let it = SourceSite::open("source-rights").await;
    it.make().await;
    let token = it.site.form_token(&it.anna).await;
    for path in ["/sources/new", "/sources/new?kind=vngage", EDIT] {
        let seen = get(&it.site, path, &it.anna).await;
        assert_eq!(seen.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let form = [("form", &*token), ("kind", "vngage"), ("action", "delete")];
    for path in ["/sources/new", EDIT] {
        let sent = it.site.post(path, Some(&it.anna), &form).await;
        assert_eq!(sent.status(), StatusCode::FORBIDDEN, "{path}");
    }
    // Without the token of a page, nor by the text of other entries.
    let foreign = it.site.post(EDIT, Some(&it.mira), &form[1..]).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let text = it
        .site
        .post("/settings/sources", Some(&it.mira), &form)
        .await;
    assert!(text.status().is_client_error());
    assert!(!it.page("/sources").await.contains("No data source"));
    let sources = get(&it.site, "/sources", &it.anna).await;
    assert!(!sources.text().await.unwrap().contains("/edit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_in_no_file_page_export_backup_or_log() {
    let it = SourceSite::open("source-secret").await;
    it.make().await;
    let renamed = it.send(EDIT, "save", &[("name", "Customer chat")]).await;
    assert_eq!(renamed.status(), StatusCode::SEE_OTHER);
    let copy = it.site.wallboard.file("copy.db").display().to_string();
    let backup = it.site.run_command("backup", &[&copy], "");
    assert_eq!(backup.0, Some(0), "{}", backup.1);

    let exported = it.site.run_command("config", &["export"], "").1;
    assert!(
        exported.contains("give again: sources.chat.url"),
        "{exported}"
    );
    assert!(
        exported.contains("url = { env = \"CHAT_URL\" }"),
        "{exported}"
    );
    let check = it.site.run_command("check", &[], "");
    assert!(check.1.contains("source  chat"), "{}", check.1);
    it.assert_hidden(vec![("export", exported), ("check", check.1)])
        .await;
    let page = it.page(EDIT).await;
    assert!(page.contains("Sealed; leave it empty") && !page.contains("sealed:url"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_source_keeps_its_secret_and_another_one_needs_its_variable() {
    let it = SourceSite::open("source-import").await;
    it.make().await;
    let import = |text: &str| {
        let file = it.site.wallboard.file("exported.toml");
        fs::write(&file, text).unwrap();
        let file = file.display().to_string();
        it.site.run_command("config", &["import", &file], "")
    };
    let exported = it.site.run_command("config", &["export"], "").1;
    let unchanged = import(&exported);
    assert!(unchanged.1.contains("Nothing differs"), "{unchanged:?}");
    let renamed = import(&format!("{exported}name = \"Customer chat\"\n"));
    assert_eq!(renamed.0, Some(0), "{renamed:?}");
    wait_until("the source has its new name", SOON, async || {
        let page = it.page("/sources").await;
        let is_new = page.contains("Customer chat (Vngage");
        is_new.then_some(()).ok_or(page)
    })
    .await;
    it.wait_for_state("live").await;

    let other = import(&exported.replace("[sources.chat]", "[sources.other]"));
    assert_eq!(other.0, Some(2), "{other:?}");
    let why = "secrets aren't in the file: sources.other.url; set CHAT_URL for this command";
    assert!(other.1.contains(why), "{other:?}");
}

/// Returns the numbers of the lines that a page says to delete.
fn lines_to_delete(page: &str) -> (usize, usize) {
    let (_, rest) = page.split_once("Delete lines ").unwrap();
    let (first, rest) = rest.split_once(" to ").unwrap();
    let last = rest.split(' ').next().unwrap();
    (first.parse().unwrap(), last.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_the_file_is_moved_without_an_interruption_and_its_secret_is_sealed() {
    let (mut it, table) = SourceSite::open_with_file("source-move").await;
    it.wait_for_state("live").await;
    let traffic = Duration::from_secs(1);
    it.vep.run(50, traffic, Disorder::NONE).await;
    let connection = async || {
        let sources = it.api("/api/v1/sources").await;
        let source = &sources["sources"][0];
        [&source["state"], &source["since"], &source["generation"]].map(Value::clone)
    };
    let before = connection().await;

    let moved = it.send(EDIT, "move", &[]).await;
    assert_eq!(moved.status(), StatusCode::SEE_OTHER);
    let page = it.page(EDIT).await;
    assert!(page.contains("Moved to the browser, not effective yet"));
    let (first, last) = lines_to_delete(&page);
    let file = it.site.wallboard.file("wallboard.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&table), "the server writes no file");
    let lines = text.split_inclusive('\n').zip(1..);
    let rest = lines.filter(|(_, number)| !(first..=last).contains(number));
    let rest: String = rest.map(|(line, _)| line).collect();
    assert_eq!(rest, text.replace(&table, ""));
    fs::remove_file(it.site.wallboard.file("chat-url")).unwrap();
    it.site.wallboard.reload_with(&rest);
    wait_until("its form is there", SOON, async || {
        let page = it.page(EDIT).await;
        if page.contains("Sealed; leave it empty") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;

    it.vep.run(50, traffic, Disorder::NONE).await;
    assert_eq!(connection().await, before);
    let log = it.site.wallboard.log();
    assert!(!log.contains("source chat"), "{log}");
    let audit = it.page("/audit").await;
    assert!(audit.contains("[sources.chat]") && audit.contains("changed setting"));
    it.assert_hidden(Vec::new()).await;
    it.site.wallboard.restart("-TERM").await;
    it.wait_for_state("live").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_or_none_names_itself_and_the_server_starts_without_that_source() {
    let mut it = SourceSite::open("source-key").await;
    it.make().await;
    let file = it.site.wallboard.file("secret.key");
    let key = fs::read(&file).unwrap();
    for (wrong, words) in [
        (Some("00".repeat(32)), "it was sealed with the key"),
        (None, "there is no key"),
    ] {
        match wrong {
            Some(text) => fs::write(&file, text).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        it.site.wallboard.restart("-TERM").await;
        let settings = it.page("/settings").await;
        assert!(
            settings.contains(words) && settings.contains("secret.key"),
            "{settings}"
        );
        assert!(
            settings.contains("Not in force: <a href=\"/sources/chat/edit"),
            "{settings}"
        );
        assert!(it.page(EDIT).await.contains("Sealed; leave it empty"));
        let check = it.site.run_command("check", &[], "");
        assert!(check.1.contains(words), "{}", check.1);
        let threshold = "[thresholds.\"*\"]\nwaiting = { crit = 9 }\n";
        let token = it.site.form_token(&it.mira).await;
        let form = [
            ("form", &*token),
            ("name", "*"),
            ("toml", threshold),
            ("action", "check"),
        ];
        let other = it
            .site
            .post("/settings/thresholds", Some(&it.mira), &form)
            .await;
        assert!(other.text().await.unwrap().contains("No faults"));
    }
    fs::write(&file, key).unwrap();
    it.site.wallboard.restart("-TERM").await;
    it.wait_for_state("live").await;
}

/// So that the browser's test opens them with a source that is there.
pub async fn open_with_source(exchange: &str) -> (SignInSite, String, Vep) {
    let it = SourceSite::open(exchange).await;
    it.make().await;
    (it.site, it.mira, it.vep)
}

/// The same with a source of the file, which waits after it was moved.
pub async fn open_with_moved_source(exchange: &str) -> (SignInSite, String, Vep) {
    let (it, _) = SourceSite::open_with_file(exchange).await;
    let moved = it.send(EDIT, "move", &[]).await;
    assert_eq!(moved.status(), StatusCode::SEE_OTHER);
    (it.site, it.mira, it.vep)
}
