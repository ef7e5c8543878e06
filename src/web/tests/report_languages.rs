//! Pages of reports in other languages.

use axum::http::StatusCode;
use jiff::civil::{Time, Weekday};

use wallboard_access::Role;
use wallboard_notify::{Channel, ChannelKind, MailEncryption, MailSettings};

use crate::{
    reports::{ReportFile, ReportPlan, ReportSchedule},
    web::access::reader_texts::PSEUDO,
};

use super::{
    assert_contains,
    login_site::LoginSite,
    translation::{assert_translated, get_with, translated_page},
};

#[tokio::test]
async fn pages_of_reports_are_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    translated_page(&site, "/reports", &cookie).await;
    let mail = MailSettings {
        host: "localhost".to_owned(),
        port: 465,
        encryption: MailEncryption::Tls,
        login: None,
        ca_file: None,
        from: "a@localhost".to_owned(),
        to: vec!["b@localhost".to_owned()],
    };
    let report = |days: &[Weekday], file| ReportPlan {
        name: "Sales".to_owned(),
        view: "/history?range=7d".to_owned(),
        channel: "Chat".to_owned(),
        to: Vec::new(),
        schedule: ReportSchedule {
            days: days.to_vec(),
            time: Time::constant(7, 0, 0, 0),
            zone: None,
        },
        file,
        language: None,
    };
    let week: Vec<_> = Weekday::Monday.cycle_forward().take(7).collect();
    let reports = vec![
        report(&week, None),
        report(&week[..5], Some(ReportFile::Xlsx)),
        report(&[week[0], week[3]], Some(ReportFile::Csv)),
    ];
    let channel = Channel {
        name: "Chat".to_owned(),
        kind: ChannelKind::Email(Box::new(mail)),
        allow_private: false,
        unusable: None,
        hourly_max: 1,
    };
    site.reports.set_plan(reports, vec![channel], None);
    for path in [
        "/reports",
        "/reports?done=saved",
        "/reports/edit?name=Sales",
    ] {
        let mut page = get_with(&site, path, &cookie, PSEUDO).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for kind in ["XLSX", "CSV"] {
            page.text = page.text.replace(kind, "");
        }
        assert_translated(&page, path);
    }
    let german = get_with(&site, "/reports", &cookie, "de").await.text;
    let expected = [
        "Täglich um 07:00<",
        "Mo bis Fr um 07:00, mit XLSX",
        "Mo, Do um 07:00, mit CSV",
        "Jetzt senden",
    ];
    assert_contains(&german, &expected);
}
