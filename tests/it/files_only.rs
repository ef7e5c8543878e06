//! An installation with only files: after a day of use, each of them is as it was, and what they say holds.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use lapin::ExchangeKind;
use reqwest::{StatusCode, header};
use serde_json::Value;

use crate::{
    cluster_access::{find_cookie, get},
    sign_in::{PASSWORD, SignInSite},
    support::{
        Broker, Disorder, Vep,
        broker::{self, USER},
        ports, wait_until,
    },
};

const SOON: Duration = Duration::from_secs(30);
const NAME: &str = "only-files";

/// The content of each file, and when it was last written.
type Files = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

/// Reads the files of a folder, except for databases and the log output.
fn read_files(folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_files(&path, files);
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy();
        if name != "log" && !name.contains(".db") {
            let written = fs::metadata(&path).unwrap().modified().unwrap();
            files.insert(path.clone(), (fs::read(&path).unwrap(), written));
        }
    }
}

struct FileSite {
    site: SignInSite,
    mira: String,
    before: Files,
}

impl FileSite {
    async fn open() -> Self {
        let broker = Broker::shared();
        let url = broker::url(
            "amqp",
            USER,
            broker::PASSWORD,
            "127.0.0.1",
            broker.plain_port,
        );
        let more = format!(
            "[names]\n\"chat/x\" = \"Sales\"\n[thresholds]\n\"*\" = {{ waiting = {{ crit = 7 }} }}\n\
             [channels.floor]\nkind = \"slack\"\nurl = {{ file = \"floor-url\" }}\n\
             [sources.chat]\nkind = \"vngage\"\nurl = {{ file = \"chat-url\" }}\n\
             exchange = \"{NAME}\"\nqueue = \"wallboard {NAME}\"\n"
        );
        let files = [
            ("chat-url", &*url),
            ("floor-url", "https://hooks.example.com/x"),
            ("boards/hall.toml", "title = \"Hall\"\n"),
            ("boards/queues.toml", "title = \"Queues\"\n"),
        ];
        let site = SignInSite::open_at(ports::free(), &more, &files).await;
        let mut before = Files::new();
        read_files(&site.wallboard.file(""), &mut before);
        assert_eq!(before.len(), 5, "{:?}", before.keys());
        site.add_user("Mira", "admin");
        site.add_user("Anna", "supervisor");
        let mira = site.sign_in("Mira", PASSWORD).await.unwrap();
        Self { site, mira, before }
    }

    async fn page(&self, path: &str) -> String {
        let page = get(&self.site, path, &self.mira).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        page.text().await.unwrap()
    }

    async fn wait_until_live(&self) {
        wait_until("the source is live", SOON, async || {
            let sources = get(&self.site, "/api/v1/sources", &self.mira).await;
            let sources: Value = sources.json().await.unwrap();
            if sources["sources"][0]["state"] == "live" {
                Ok(())
            } else {
                Err(sources)
            }
        })
        .await;
    }

    /// Pairs a television, which then shows the board of a file.
    async fn pair(&self) {
        let waiting = get(&self.site, "/tv", "").await;
        let pairing = find_cookie(&waiting, "__Host-wallboard-pairing").unwrap();
        let page = waiting.text().await.unwrap();
        let (_, code) = page.split_once("class=\"code\">").unwrap();
        let code = code.split('<').next().unwrap();
        let token = self.site.form_token(&self.mira).await;
        let choice = [
            ("form", &*token),
            ("code", code),
            ("name", "Kitchen"),
            ("board", "hall"),
        ];
        let paired = self.site.post("/pair", Some(&self.mira), &choice).await;
        assert_eq!(paired.headers()[header::LOCATION], "/screens?done=paired");
        let board = get(&self.site, "/tv", &pairing).await;
        let screen = find_cookie(&board, "__Host-wallboard-screen").unwrap();
        self.site.follow_board("hall", &screen).await;
    }

    /// Tries to change each kind of entry, which its file has, in every way that a form could.
    async fn try_to_change(&self) -> usize {
        let token = self.site.form_token(&self.mira).await;
        let threshold = "[thresholds.\"*\"]\nwaiting = { crit = 1 }\n";
        let texts = [
            ("/settings/thresholds", "*", threshold),
            (
                "/settings/names",
                "chat/x",
                "[names]\n\"chat/x\" = \"Other\"\n",
            ),
            ("/settings/boards", "hall", "title = \"Other\"\n"),
        ];
        let texts = texts.into_iter().flat_map(|(path, name, toml)| {
            ["save", "delete"].map(|action| (path, action, vec![("name", name), ("toml", toml)]))
        });
        let source = vec![
            ("kind", "vngage"),
            ("url", "amqps://u:p@h/v"),
            ("exchange", "y"),
        ];
        let channel = vec![("kind", "slack"), ("url", "https://h/y")];
        let tables = ["save", "insist", "delete", "pause"].map(|action| {
            let path = "/sources/chat/edit";
            (path, action, source.clone())
        });
        let channels = ["save", "delete"].map(|action| {
            let path = "/channels/floor/edit";
            (path, action, channel.clone())
        });
        let mut tried = 0;
        for (path, action, mut form) in texts.chain(tables).chain(channels) {
            form.extend([("form", &*token), ("began_from", ""), ("action", action)]);
            let answer = self.site.post(path, Some(&self.mira), &form).await;
            assert_eq!(answer.status(), StatusCode::CONFLICT, "{path} {action}");
            let page = answer.text().await.unwrap();
            let words = "change it there, or remove it there first";
            assert!(page.contains(words), "{path} {action}: {page}");
            tried += 1;
        }
        tried
    }

    /// Fails if a file was written, made or removed, or if what it says doesn't hold.
    async fn assert_unchanged(&self) {
        let mut after = Files::new();
        read_files(&self.site.wallboard.file(""), &mut after);
        let names: Vec<_> = after.keys().collect();
        assert_eq!(names, self.before.keys().collect::<Vec<_>>());
        for (path, file) in &after {
            assert!(self.before[path] == *file, "{} was written", path.display());
        }
        assert!(self.page("/boards/hall").await.contains("Hall"));
        let threshold = self.page("/settings/thresholds?name=%2A").await;
        assert!(threshold.contains("{ crit = 7 }"), "{threshold}");
        let (_, exported) = self.site.run_command("config", &["export"], "");
        assert!(!exported.contains('['), "{exported}");
        let changes = self.page("/settings/changes").await;
        assert!(
            changes.contains("Nothing was changed here yet"),
            "{changes}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_with_only_files_writes_none_of_them() {
    let vep = Vep::open(Broker::shared(), NAME, ExchangeKind::Topic, 71).await;
    let mut it = FileSite::open().await;
    it.wait_until_live().await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    let anna = it.site.sign_in("Anna", PASSWORD).await.unwrap();
    let wrong = it.site.sign_in("Anna", "another password").await;
    assert_eq!(wrong, Err(StatusCode::UNPROCESSABLE_ENTITY));
    let pages = [
        "/",
        "/boards/queues",
        "/settings",
        "/settings/names",
        "/settings/site",
        "/settings/found",
        "/sources",
        "/sources/chat/edit",
        "/channels/floor/edit",
        "/alerts",
        "/history",
        "/shift",
        "/cases",
        "/screens",
        "/people",
        "/audit",
    ];
    for path in pages {
        it.page(path).await;
    }
    it.pair().await;
    let tried = it.try_to_change().await;
    println!("measured: {} pages, {tried} refused changes", pages.len());
    it.assert_unchanged().await;

    it.site.wallboard.signal("-HUP");
    wait_until("the configuration is reloaded", SOON, async || {
        let log = it.site.wallboard.log();
        if log.contains("Configuration reloaded") {
            Ok(())
        } else {
            Err(log)
        }
    })
    .await;
    let check = it.site.run_command("check", &[], "");
    assert!(check.1.contains("source  chat"), "{}", check.1);
    for signal in ["-TERM", "-KILL"] {
        it.site.wallboard.restart(signal).await;
        it.wait_until_live().await;
    }
    assert_eq!(it.site.status("/boards/hall", &anna).await, StatusCode::OK);
    it.assert_unchanged().await;
}
