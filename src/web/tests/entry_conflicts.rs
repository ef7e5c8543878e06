//! Two people who change the same entry: the second sees both versions, on every form, and overwrites nothing unseen.

use axum::http::StatusCode;

use wallboard_access::Role;
use wallboard_notify::{Channel, ChannelKind, MailEncryption, MailSettings};

use crate::editing::{EntryId, Section};

use super::{
    PageResponse, assert_contains,
    login_site::LoginSite,
    translation::{assert_translated, send_form},
};

const FILE: &str = "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\n\
    url = \"amqps://u:p@h/v\"\nexchange = \"x\"\n[channels.example]\nkind = \"email\"\n\
    host = \"localhost\"\nfrom = \"a@example.com\"\nto = \"b@example.com\"\n";

/// A form of an entry, with a field whose value both change.
struct EntryForm {
    path: &'static str,
    section: Section,
    name: &'static str,
    fields: &'static str,
    field: &'static str,
    /// The values of the first and of the second, as they are typed.
    values: [&'static str; 2],
    /// How the versions have them.
    written: [&'static str; 2],
}

const FORMS: [EntryForm; 3] = [
    EntryForm {
        path: "/alerts/rule",
        section: Section::Alerts,
        name: "Sales",
        fields: "watch=queues&queue+*=on&severity=critical",
        field: "for",
        values: ["5m", "10m"],
        written: ["for = &#34;5m&#34;", "for = &#34;10m&#34;"],
    },
    EntryForm {
        path: "/reports/edit",
        section: Section::Reports,
        name: "Sales",
        fields: "view=/history?range%3D7d&channel=example&day+mon=on",
        field: "time",
        values: ["07:00", "08:15"],
        written: ["time = &#34;07:00&#34;", "time = &#34;08:15&#34;"],
    },
    EntryForm {
        path: "/screens/playlist",
        section: Section::Playlists,
        name: "Sales",
        fields: "jump=&board0=queues",
        field: "seconds0",
        values: ["20", "45"],
        written: ["for = &#34;20s&#34;", "for = &#34;45s&#34;"],
    },
];

impl EntryForm {
    async fn send(
        &self,
        site: &LoginSite,
        cookie: &str,
        (value, began_from, action): (&str, &str, &str),
    ) -> PageResponse {
        let Self {
            name,
            fields,
            field,
            ..
        } = self;
        let form =
            format!("name={name}&{fields}&{field}={value}&began_from={began_from}&action={action}");
        send_form(site, self.path, cookie, &form).await
    }

    fn entry(&self) -> EntryId {
        EntryId::new(self.section, self.name)
    }
}

/// The revision that the page's form begins from.
fn began_from(page: &PageResponse) -> &str {
    let (_, rest) = page
        .text
        .split_once("name=\"began_from\" value=\"")
        .unwrap();
    rest.split('"').next().unwrap()
}

async fn open_site() -> (LoginSite, String) {
    let site = LoginSite::with_file(FILE).await;
    let mail = MailSettings {
        host: "localhost".to_owned(),
        port: 465,
        encryption: MailEncryption::Tls,
        login: None,
        ca_file: None,
        from: "a@example.com".to_owned(),
        to: vec!["b@example.com".to_owned()],
    };
    let channel = Channel {
        name: "example".to_owned(),
        kind: ChannelKind::Email(Box::new(mail)),
        allow_private: false,
        unusable: None,
        hourly_max: 1,
    };
    site.reports.set_plan(Vec::new(), vec![channel], None);
    let cookie = site.cookie_of(Role::Admin).await;
    (site, cookie)
}

#[tokio::test]
async fn the_second_of_two_sees_both_versions_of_a_rule_a_report_and_a_playlist() {
    let (site, cookie) = open_site().await;
    for form in FORMS {
        let [first, second] = form.values;
        let saved = form.send(&site, &cookie, (first, "", "save")).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);

        let late = form.send(&site, &cookie, (second, "", "save")).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", form.path);
        let (_, both) = late.text.split_once("id=\"conflict\"").unwrap();
        let [theirs, yours] = form.written;
        let (their_version, your_version) = both.split_once("</pre>").unwrap();
        assert_contains(their_version, &["<bdi>admin</bdi>", theirs]);
        let (your_version, _) = your_version.split_once("</pre>").unwrap();
        assert_contains(your_version, &[yours]);
        let text = site.editor.text(&form.entry()).unwrap();
        assert!(!text.contains(&yours.replace("&#34;", "\"")), "{text}");
        assert_translated(&late, form.path);
    }
}

#[tokio::test]
async fn saving_again_replaces_what_the_page_has_shown_and_deleting_shows_it_first() {
    let (site, cookie) = open_site().await;
    for form in FORMS {
        let [first, second] = form.values;
        form.send(&site, &cookie, (first, "", "save")).await;

        let deleted = form.send(&site, &cookie, (first, "", "delete")).await;
        assert_eq!(deleted.status, StatusCode::CONFLICT, "{}", form.path);
        assert_contains(&deleted.text, &["id=\"conflict\""]);
        assert!(site.editor.text(&form.entry()).is_some());

        let late = form.send(&site, &cookie, (second, "", "save")).await;
        let again = (second, began_from(&late), "save");
        let again = form.send(&site, &cookie, again).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
        let entry = site.editor.entry(&form.entry()).unwrap();
        assert_eq!(entry.versions.len(), 2, "both are kept");
    }
}

#[tokio::test]
async fn of_a_form_of_several_entries_the_one_that_changed_is_shown_in_both_versions() {
    let (site, cookie) = open_site().await;
    let path = "/settings/found";
    let fields = |name: &str, seen: &str| {
        format!("seen={seen}&id.0=chat%2F9002%40SIP%2F1&name.0={name}&week=8-17&apply.0=yes")
    };
    let saved = send_form(&site, path, &cookie, &fields("Returns", "999")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);

    let late = send_form(&site, path, &cookie, &fields("Refunds", "0")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let expected = [
        "id=\"conflict\"",
        "&#34;Returns&#34;",
        "&#34;Refunds&#34;",
        "<bdi>Returns</bdi></del>",
        "<bdi>Refunds</bdi></ins>",
    ];
    assert_contains(&late.text, &expected);
    let name = EntryId::new(Section::Names, "chat/9002@SIP/1");
    let text = site.editor.text(&name).unwrap();
    assert!(text.contains("Returns"), "{text}");
}
