//! Reports of the history by email, to a real mail server: at their time, once, also after a kill.

use std::{fs, time::Duration};

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

use crate::support::{
    Browser, Person,
    certificates::Certificates,
    history_fixture::{HISTORY_SETTINGS, HistoryFixture},
    smtp::{self, SmtpServer},
    wait_until,
};

const FILE: &str = "Group,Chats,Answered\nSales & more,30,24\n<b>Support</b>,15,15\nTotal,45,39\n";
const VIEW: &str = "/history?from=2025-10-25&to=2025-10-25&by=queue&compare=none";
/// Beyond the minute of the report.
const SENT_WITHIN: Duration = Duration::from_secs(90);
const SOON: Duration = Duration::from_secs(10);
/// Several looks for what is due.
const A_WHILE: Duration = Duration::from_secs(12);

struct Site {
    fixture: HistoryFixture,
    mail: SmtpServer,
}

impl Site {
    /// A site with a day of chats and a channel to a mail server that follows `plan`.
    fn new(plan: &Value, reports: &str) -> Self {
        let files = tempfile::tempdir().unwrap().keep();
        let certificates = Certificates::write_to(&files);
        let mail = SmtpServer::start(&certificates.server, plan);
        let path = files.join("Metrics/2025/10/25/queues.csv");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, FILE).unwrap();
        let configuration = format!(
            "[sources.vergic]\nkind = \"vergic-export\"\nfolder = {:?}\n{HISTORY_SETTINGS}\n\
             [sources.vergic.columns]\n\"queues\" = {{ queue = \"Group\", offered = \"Chats\", answered = \"Answered\" }}\n\
             [channels.boss]\nkind = \"email\"\nhost = \"localhost\"\nport = {}\nca_file = {:?}\n\
             allow_private = true\nusername = \"{}\"\npassword = {:?}\n\
             from = \"wallboard@example.com\"\nto = \"boss@example.com\"\n{reports}",
            files.display().to_string(),
            mail.port,
            certificates.ca.display().to_string(),
            smtp::USER,
            smtp::PASSWORD,
        );
        let fixture = HistoryFixture::new(&configuration, "wallboard.db");
        fixture.import();
        Self { fixture, mail }
    }

    async fn wait_for_mails(&self, count: usize) -> Vec<Value> {
        wait_until("the report is sent", SENT_WITHIN, async || {
            let mails = self.mail.mails();
            if mails.len() == count {
                Ok(mails)
            } else {
                Err(self.fixture.log())
            }
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_makes_a_report_and_sends_it_with_figures_and_file() {
    let site = Site::new(&json!({}), "");
    let server = site.fixture.serve().await;
    let page = server.text("/reports").await;
    assert!(page.contains("/reports/edit"), "{page}");
    let report = |view: &'static str| {
        [
            ("name", "Last <week>"),
            ("view", view),
            ("channel", "boss"),
            ("time", "07:00"),
            ("file", "csv"),
            ("day mon", "on"),
            ("action", "save"),
        ]
    };
    let elsewhere = [&report(VIEW)[..], &[("to", "boss@elsewhere.example")]].concat();
    let elsewhere = server.post("/reports/edit", &elsewhere).await;
    let why = "in a domain of the channel";
    assert!(elsewhere.contains(why), "{elsewhere}");
    let refused = server
        .post("/reports/edit", &report("/history?by=shoe"))
        .await;
    assert!(refused.contains("by must be one of"), "{refused}");
    let own = [
        &report(VIEW)[..],
        &[("to", "chief@example.com; Bo <bo@example.com>")],
    ]
    .concat();
    let saved = server.post("/reports/edit", &own).await;
    assert!(saved.contains("Mon at 07:00, with CSV"), "{saved}");
    assert!(saved.contains("boss: chief@example.com, Bo"), "{saved}");

    let sent = server
        .post("/reports/send", &[("name", "Last <week>")])
        .await;
    assert!(sent.contains("250 2.0.0 Ok: queued as 1"), "{sent}");
    let mails = site.mail.mails();
    assert_eq!(
        mails[0]["to"],
        json!(["chief@example.com", "bo@example.com"])
    );
    let subject = mails[0]["subject"].as_str().unwrap();
    assert!(subject.starts_with("Last <week>: All queues"), "{subject}");
    assert!(subject.contains("25 Oct 2025"), "{subject}");
    let html = mails[0]["html"].as_str().unwrap();
    for part in [
        "Last &#60;week&#62;",
        "Sales &#38; more",
        ">30<",
        ">45<",
        "width=\"50%\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let text = mails[0]["text"].as_str().unwrap();
    assert!(text.contains("Offered: 45"), "{text}");
    assert!(
        text.contains("Sales & more: Offered 30, Answered 24"),
        "{text}"
    );
    let raw = mails[0]["raw"].as_str().unwrap();
    assert!(raw.contains("filename=\"history-2025-10-25.csv\""), "{raw}");
    let listed = server.text("/reports").await;
    assert!(listed.contains("by Somebody"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_due_is_sent_once_also_after_kills() {
    let at = Timestamp::now().to_zoned(TimeZone::UTC) + 70.seconds();
    let report = format!(
        "[reports.Daily]\nview = {VIEW:?}\nchannel = \"boss\"\ndays = \"mon-sun\"\ntime = \"{}\"\n",
        at.strftime("%H:%M")
    );
    // The first attempt isn't accepted.
    let site = Site::new(&json!({ "busy": 1 }), &report);
    let server = site.fixture.serve().await;
    wait_until("an attempt has failed", SENT_WITHIN, async || {
        let page = server.text("/reports").await;
        if page.contains("451 4.3.2 Try again later") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;

    drop(server);
    let server = site.fixture.serve().await;
    let mails = site.wait_for_mails(1).await;
    wait_until("only the last attempt is listed", SOON, async || {
        let page = server.text("/reports").await;
        let is_listed = page.contains("queued as 1") && !page.contains("Try again later");
        if is_listed { Ok(()) } else { Err(page) }
    })
    .await;
    drop(server);
    let _server = site.fixture.serve().await;
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(site.mail.mails(), mails, "not a second time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_cannot_be_shown_says_why() {
    let report = "[reports.Nothing]\nview = \"/history?queue=vergic%2FGone\"\nchannel = \"boss\"\n\
                  days = \"mon\"\ntime = \"07:00\"\n";
    let site = Site::new(&json!({}), report);
    let server = site.fixture.serve().await;

    server.post("/reports/send", &[("name", "Nothing")]).await;
    let mail = &site.mail.mails()[0];
    assert_eq!(mail["subject"], "Nothing: can’t be shown");
    let html = mail["html"].as_str().unwrap();
    assert!(html.contains("There’s no queue “vergic/Gone”."), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weekly_report_takes_at_most_eight_clicks_and_fields() {
    let site = Site::new(&json!({}), "");
    let server = site.fixture.serve().await;
    let browser = Browser::start();
    browser.command(&json!({"do": "open", "url": server.url("/"), "width": 1440, "height": 900}));
    let person = Person::at(browser);
    person.reads("History").await;

    person.clicks("link", "History", "By email").await;
    person.clicks("link", "By email", "New report").await;
    person.types("Name", "Last week");
    person
        .clicks("button", "Save", "The reports are in force now.")
        .await;
    let acts = person.take_acts();
    let seconds = person.elapsed().as_secs();
    println!("measured: weekly report: {acts} clicks and fields, {seconds} s");
    assert!((1..=8).contains(&acts), "{acts}");
    assert!(seconds < 60, "{seconds} s");
    let listed = server.text("/reports").await;
    assert!(listed.contains("Mon at 07:00"), "{listed}");
}

/// Opens a mail on a phone, where nothing may be wider than the screen, and compares it with its plain text.
pub async fn read_on_a_phone(mail: &Value, texts: &[&str], picture: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mail.html");
    fs::write(&path, mail["html"].as_str().unwrap()).unwrap();
    let phone = Browser::start();
    let url = format!("file://{}", path.display());
    phone.command(&json!({"do": "open", "url": url, "width": 390, "height": 844}));
    let person = Person::at(phone);
    person.reads(texts[0]).await;
    person.step(picture);
    let wide = person.browser.evaluate(
        "[...document.body.querySelectorAll('*')].filter((one) => {\
           const at = one.getBoundingClientRect();\
           return at.width && (at.right > innerWidth + 1 || at.left < -1); })\
         .map((one) => one.outerHTML.slice(0, 80))",
    );
    assert_eq!(wide, json!([]), "wider than a phone");
    let width = person
        .browser
        .evaluate("document.documentElement.scrollWidth");
    assert_eq!(width, 390);
    let shown = person.browser.evaluate("document.body.innerText");
    let (shown, plain) = (shown.as_str().unwrap(), mail["text"].as_str().unwrap());
    for text in texts {
        assert!(shown.contains(text), "{text}: {shown}");
        assert!(plain.contains(text), "{text}: {plain}");
    }
    let smallest = person.browser.evaluate(
        "Math.min(...[...document.body.querySelectorAll('*')].filter((one) =>\
           [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))\
         .map((one) => parseFloat(getComputedStyle(one).fontSize)))",
    );
    println!("measured: {picture}: 390 px wide, letters from {smallest} px");
    assert!(12.0 <= smallest.as_f64().unwrap(), "{smallest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_of_reports_are_read_on_a_phone_and_in_plain_text() {
    let reports = format!(
        "[reports.Queues]\nview = {VIEW:?}\nchannel = \"boss\"\ndays = \"mon\"\ntime = \"07:00\"\n\
         [reports.Days]\nview = \"/history?from=2025-10-24&to=2025-10-26&compare=none\"\nchannel = \"boss\"\n\
         days = \"mon\"\ntime = \"07:00\"\nfile = \"xlsx\"\n\
         [reports.Shift]\nview = \"/shift?from=00:00&to=23:59\"\nchannel = \"boss\"\ndays = \"mon\"\ntime = \"07:00\"\n"
    );
    let site = Site::new(&json!({}), &reports);
    let server = site.fixture.serve().await;
    for name in ["Queues", "Shift", "Days"] {
        server.post("/reports/send", &[("name", name)]).await;
    }
    let mails = site.mail.mails();
    let of_queues = ["Sales & more", "Support", "45"];
    read_on_a_phone(&mails[0], &of_queues, "mail of queues").await;
    read_on_a_phone(&mails[1], &["No queue was critical"], "mail of a shift").await;

    // Days with a chart and a file; one wasn't imported, and the mail names it.
    let missing = [
        "Sat 25 Oct",
        "No data",
        "26 Oct",
        "Administrators of Wallboard",
    ];
    read_on_a_phone(&mails[2], &missing, "mail of days").await;
    let html = mails[2]["html"].as_str().unwrap();
    // The mail server shows the attached picture in its place.
    assert!(html.contains("src=\"data:image/png;base64,iVBOR"), "{html}");
    let raw = mails[2]["raw"].as_str().unwrap();
    let (_, picture) = raw.split_once("Content-Type: image/png").unwrap();
    assert!(picture.contains("iVBORw0KGgo"), "a PNG in base64");
    let (_, file) = raw
        .split_once("filename=\"history-2025-10-24.xlsx\"")
        .unwrap();
    assert!(file.contains("UEsDB"), "a workbook in base64");
}
