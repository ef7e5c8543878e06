//! Forms of data sources and channels, and what is stored about an agent, in other languages.

use axum::http::StatusCode;

use wallboard_access::Role;
use wallboard_domain::FieldInput;

use crate::{
    editing::{KindForm, Section, kind_forms},
    reports::{ReportPlan, ReportSchedule},
    web::access::reader_texts::PSEUDO,
};

use super::{
    PageResponse, assert_contains, assert_contains_none,
    login_site::LoginSite,
    translation::{assert_translated, form_token, get_with, send_form, translated_page},
};

const FILE: &str = "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\n\
    url = \"amqps://u:p@h/v\"\nexchange = \"x\"\n[channels.floor]\nkind = \"slack\"\n\
    url = \"https://hooks.example.com/x\"\n";

/// The IDs of the entries.
const IDS: [&str; 5] = ["chat", "floor", "phone", "hook", "mail"];

/// A page without IDs, the file's path, and the words of the configuration and systems of a section's forms.
fn without_data(page: PageResponse, section: Section) -> PageResponse {
    let mut text = page.text;
    for id in IDS {
        text = text.replace(&format!("]{id}"), "]");
    }
    let folder = format!("]{}", std::env::temp_dir().display());
    while let Some((before, rest)) = text.split_once(&folder) {
        let (_, after) = rest.split_once(".toml").unwrap();
        text = format!("{before}]{after}");
    }
    for KindForm { starter, form, .. } in kind_forms(section) {
        if let Some(starter) = starter {
            text = text.replace(starter.system, "");
        }
        for field in form.fields {
            match field.input {
                FieldInput::Choice(words) => {
                    for word in words {
                        text = text.replace(&format!("]{word})"), "])");
                    }
                }
                FieldInput::Tables(example) => {
                    text = text.replace(&example.replace('"', "&#34;"), "");
                }
                _ => {}
            }
        }
    }
    PageResponse { text, ..page }
}

/// A signed-in administrator and the section whose forms are read.
struct Reader<'s> {
    site: &'s LoginSite,
    cookie: &'s str,
    section: Section,
}

impl Reader<'_> {
    /// Opens a page, which must be translated.
    async fn open(&self, path: &str) -> String {
        let page = get_with(self.site, path, self.cookie, PSEUDO).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        assert_translated(&without_data(page, self.section), path);
        get_with(self.site, path, self.cookie, "de").await.text
    }

    /// Sends a form, and reads the answer, which must be translated.
    async fn send(&self, path: &str, fields: &str, status: StatusCode) -> String {
        let page = send_form(self.site, path, self.cookie, fields).await;
        assert_eq!(page.status, status, "{fields}: {}", page.text);
        let text = page.text.clone();
        assert_translated(&without_data(page, self.section), fields);
        text
    }

    async fn save(&self, path: &str, fields: &str) {
        let saved = send_form(self.site, path, self.cookie, fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    }

    async fn revision(&self, path: &str) -> String {
        let page = get_with(self.site, path, self.cookie, "").await.text;
        let (_, rest) = page.split_once("name=\"began_from\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn the_form_of_each_kind_is_translated() {
    let site = LoginSite::with_file(FILE).await;
    let cookie = site.cookie_of(Role::Admin).await;
    for section in [Section::Sources, Section::Channels] {
        let reader = Reader {
            site: &site,
            cookie: &cookie,
            section,
        };
        let new = format!("/{section}/new");
        let mut german = reader.open(&new).await;
        for kind in kind_forms(section) {
            german += &reader.open(&format!("{new}?kind={}", kind.kind)).await;
        }
        let expected = match section {
            Section::Sources => ["Woher kommen die Kennzahlen?", "Je Zeile ein Datensatz;"],
            _ => ["Eigener Webhook", "ein App-Passwort des Kontos."],
        };
        assert_contains(&german, &expected);
        assert_contains_none(&german, &["Required", "unless set", "More settings"]);
    }
}

#[tokio::test]
async fn what_happens_with_a_source_is_translated() {
    let site = LoginSite::with_file(FILE).await;
    let cookie = site.cookie_of(Role::Admin).await;
    let reader = Reader {
        site: &site,
        cookie: &cookie,
        section: Section::Sources,
    };
    let (new, refused) = ("/sources/new", StatusCode::UNPROCESSABLE_ENTITY);
    let german = reader.open("/sources/chat/edit").await;
    assert_contains(&german, &["In den Browser verschieben</button>"]);
    let unnamed = reader.send(new, "kind=vngage&action=save", refused).await;
    assert_contains(
        &unnamed,
        &[
            "lang=\"en-XA\" id=\"fault-id\"",
            "lang=\"en-XA\" id=\"fault-url\"",
        ],
    );
    let wrong = "kind=vngage&id=mail&url=nonsense&exchange=x&action=save";
    let wrong = reader.send(new, wrong, refused).await;
    assert_contains(&wrong, &["lang=\"en\" id=\"fault-url\""]);
    let taken = "kind=vngage&id=chat&url=amqps://u:p@h/v&exchange=x&action=save";
    let taken = reader.send(new, taken, refused).await;
    assert_contains(&taken, &["lang=\"en-XA\" id=\"fault-id\""]);
    for objects in ["", "&find:groups=Support", "&find:queues=1@S"] {
        let fields = format!("kind=genesys&id=voice&action=find{objects}");
        let found = reader.send(new, &fields, refused).await;
        assert_contains(&found, &["class=\"fault whole\" role=\"alert\">["]);
    }

    reader.save(new, "kind=values&id=phone&action=insist").await;
    let edit = "/sources/phone/edit";
    let saved = reader.open("/sources/phone/edit?done=saved").await;
    assert_contains(&saved, &["Sie startet jetzt: siehe <a href=\"/sources\">"]);
    let late = "kind=values&name=Chat&action=insist&began_from=";
    let conflict = reader.send(edit, late, StatusCode::CONFLICT).await;
    assert_contains(&conflict, &["id=\"conflict\""]);
    let pause = format!("action=pause&began_from={}", reader.revision(edit).await);
    reader.save(edit, &pause).await;
    let paused = reader.open("/sources/phone/edit?done=saved").await;
    assert_contains(&paused, &["Von <bdi>admin</bdi> pausiert."]);
}

#[tokio::test]
async fn what_happens_with_a_channel_is_translated() {
    let site = LoginSite::with_file(FILE).await;
    let cookie = site.cookie_of(Role::Admin).await;
    let reader = Reader {
        site: &site,
        cookie: &cookie,
        section: Section::Channels,
    };
    let new = "/channels/new";
    let german = reader.open("/channels/floor/edit").await;
    assert_contains(&german, &["Seine Geheimnisse werden hier versiegelt"]);
    reader.save("/channels/floor/edit", "action=move").await;
    let waits = reader.open("/channels/floor/edit").await;
    let lines = "Löschen Sie die Zeilen 7 bis 9 von ";
    assert_contains(&waits, &[lines, "In der Datei behalten</button>"]);
    assert_contains_none(&waits, &["hooks.example.com"]);
    // A form opens nothing of the site's network.
    let hook =
        "kind=webhook&id=hook&url=https://127.0.0.1:9/x&secret=0123456789abcdef0123456789abcdef";
    let tested = format!("{hook}&action=test");
    let tested = reader.send(new, &tested, StatusCode::OK).await;
    assert_contains(&tested, &["▲", "<span lang=\"en\">hook</span>"]);
    reader.save(new, &format!("{hook}&action=save")).await;
    let edit = "/channels/hook/edit?done=saved";
    let saved = reader.open(edit).await;
    assert_contains(
        &saved,
        &["<a href=\"/alerts/rule\"><bdi>Erstellen Sie eine Regel"],
    );
    let moved = "kind=email&id=mail&host=h&from=a@b.c&to=a@b.c&username=u&password=p&action=save";
    reader.save(new, moved).await;
    let revision = reader.revision("/channels/mail/edit").await;
    let moved = format!(
        "kind=email&host=other&from=a@b.c&to=a@b.c&username=u&began_from={revision}&action=save"
    );
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let moved = reader.send("/channels/mail/edit", &moved, refused).await;
    assert_contains(&moved, &["lang=\"en-XA\" id=\"fault-password\""]);

    let report = ReportPlan {
        name: "Sales".to_owned(),
        view: "/history?range=7d".to_owned(),
        channel: "hook".to_owned(),
        to: Vec::new(),
        schedule: ReportSchedule {
            days: Vec::new(),
            time: jiff::civil::Time::midnight(),
            zone: None,
        },
        file: None,
        language: None,
    };
    site.reports.set_plan(vec![report], Vec::new(), None);
    let used = reader.open(edit).await;
    assert_contains(&used, &["daher nicht löschbar: <a href=", "Bericht Sales"]);
}

#[tokio::test]
async fn what_is_stored_about_an_agent_is_translated() {
    let site = LoginSite::with_users().await;
    let path = "/agents/chat/eva/data";
    let supervisor = site.cookie_of(Role::Supervisor).await;
    translated_page(&site, path, &supervisor).await;
    let cookie = site.cookie_of(Role::Admin).await;
    translated_page(&site, path, &cookie).await;
    let english = get_with(&site, path, &cookie, "").await.text;
    let (_, name) = english.split_once("Type “<bdi>").unwrap();
    let name = name.split('<').next().unwrap().replace(' ', "+");
    let swedish = get_with(&site, path, &cookie, "sv").await;
    assert_contains(
        &swedish.text,
        &["Sparade uppgifter om <bdi>", "Radera sparade uppgifter"],
    );
    let forget = async |text: &str| {
        let form = format!("form={}&confirmation={text}", form_token(&swedish));
        let request = axum::http::Request::post("/agents/chat/eva/forget")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", &cookie)
            .header("accept-language", PSEUDO);
        site.send_form(request, &form).await
    };
    let refused = forget("somebody").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_translated(&refused, path);
    let done = forget(&name).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_translated(&done, "the page after it");
}
