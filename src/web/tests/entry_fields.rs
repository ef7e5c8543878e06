//! Entries of settings changed by their fields: faults at the fields, conflicts, files, and rights.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use wallboard_access::{Membership, Role};

use super::{
    PageResponse, assert_contains, assert_contains_none,
    login_site::LoginSite,
    scopes::rules,
    translation::{form_token, get_with},
};

const SALES: &str = "chat/9002@SIP/1";

/// Sends a form of a page, as its readers in English do.
async fn send(site: &LoginSite, path: &str, cookie: &str, fields: &str) -> PageResponse {
    let page = get_with(site, "/account", cookie, "").await;
    let form = format!("form={}&{fields}", form_token(&page));
    site.post(path, &form, Some(cookie)).await
}

async fn page(site: &LoginSite, path: &str, cookie: &str) -> String {
    let page = get_with(site, path, cookie, "").await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page.text
}

fn revision_in(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"began_from\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn a_group_is_made_of_queues_by_name_and_changed_and_undone() {
    let site = LoginSite::with_users().await;
    let mira = site.cookie_of(Role::Admin).await;
    let path = "/settings/groups";
    let new = page(&site, "/settings/groups?name=", &mira).await;
    assert_contains(&new, &["value=\"Sales · Chat\"", "list=\"queue-choices\""]);

    // Added without saving.
    let draft = "began_from=&title=All+Sales&add.queues=sales&action=add_member";
    let draft = send(&site, path, &mira, draft).await;
    assert_eq!(draft.status, StatusCode::OK, "{}", draft.text);
    let checked = format!("name=\"queues.0\" value=\"{SALES}\" checked");
    assert_contains(&draft.text, &[&checked, "value=\"All Sales\"", "new_name"]);
    assert_contains(&page(&site, path, &mira).await, &["None yet"]);

    let fields = format!("began_from=&title=All+Sales&queues.0={SALES}&action=save_fields");
    let saved = send(&site, path, &mira, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert_eq!(
        saved.location,
        "/settings/groups?name=all%2Dsales&done=saved"
    );
    let shown = page(&site, "/settings/groups?name=all-sales", &mira).await;
    assert_contains(
        &shown,
        &[
            &checked,
            "[groups.all-sales]\nname = &#34;All Sales&#34;\nqueues = [&#34;chat/9002@SIP/1&#34;]",
        ],
    );

    // A second one of that name gets another ID.
    let again = send(&site, path, &mira, &fields).await;
    assert_eq!(
        again.location,
        "/settings/groups?name=all%2Dsales%2D2&done=saved"
    );

    let begun = revision_in(&shown);
    let both = format!(
        "name=all-sales&began_from={begun}&title=Sales&queues.0={SALES}&queues.1=chat/7&action=save_fields"
    );
    let changed = send(&site, path, &mira, &both).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    let shown = page(&site, "/settings/groups?name=all-sales", &mira).await;
    assert_contains(&shown, &["value=\"chat/7\" checked", "value=\"Sales\""]);
    let undo = format!(
        "name=all-sales&began_from={}&action=undo",
        revision_in(&shown)
    );
    let undone = send(&site, path, &mira, &undo).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER);
    let shown = page(&site, "/settings/groups?name=all-sales", &mira).await;
    assert_contains(&shown, &["value=\"All Sales\""]);
    assert_contains_none(&shown, &["value=\"chat/7\" checked"]);

    // A change that began before the undoing overwrites nothing.
    let late = send(&site, path, &mira, &both).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_contains(&late.text, &["changed it meanwhile", "value=\"Sales\""]);
}

#[tokio::test]
async fn what_somebody_hid_is_shown_again_by_unchecking_it() {
    let site = LoginSite::with_users().await;
    let mira = site.cookie_of(Role::Admin).await;
    let list = page(&site, "/settings/hide", &mira).await;
    assert_contains(&list, &["[hide] queues", "[hide] agents"]);
    let path = "/settings/hide?name=queues";
    let hide = "name=queues&began_from=&add.value=chat/test-*&action=enter";
    let draft = send(&site, path, &mira, hide).await;
    assert_contains(
        &draft.text,
        &["name=\"value.0\" value=\"chat/test-*\" checked"],
    );
    let hide = format!("name=queues&began_from=&value.0={SALES}&value.1=chat/test-*&action=enter");
    assert_eq!(
        send(&site, path, &mira, &hide).await.location,
        format!("{path}&done=saved")
    );
    let shown = page(&site, path, &mira).await;
    assert_contains(&shown, &["<bdi>Sales</bdi> <small>Chat</small>"]);
    let begun = revision_in(&shown);
    let none = format!("name=queues&began_from={begun}&action=save_fields");
    let shown_again = send(&site, path, &mira, &none).await;
    assert_eq!(shown_again.status, StatusCode::SEE_OTHER);
    let entry = page(&site, path, &mira).await;
    assert_contains_none(&entry, &["checked>"]);
    assert_contains(&entry, &["Deleted."]);
}

#[tokio::test]
async fn a_fault_is_at_its_field_in_the_words_of_check_and_nothing_typed_is_lost() {
    let site = LoginSite::with_users().await;
    let mira = site.cookie_of(Role::Admin).await;
    for (path, fields, field, kept) in [
        (
            "/settings/privacy",
            "smallest_team=many&agent_names=none",
            "smallest_team",
            "value=\"none\" selected",
        ),
        (
            "/settings/brand",
            "accent=red&contact=4400",
            "accent",
            "value=\"4400\"",
        ),
        (
            "/settings/groups?name=",
            "title=&queues.0=chat/1",
            "title",
            "value=\"chat/1\" checked",
        ),
        (
            "/settings/groups?name=",
            "title=Sales&new_name=Ä&queues.0=chat/1",
            "",
            "value=\"Sales\"",
        ),
        (
            "/settings/groups?name=",
            "title=Sales&queues.0=nowhere/1",
            "queues",
            "value=\"nowhere/1\" checked",
        ),
        (
            "/settings/people?name=",
            "title=Anna&add.agents=Nobody",
            "agents",
            "value=\"Nobody\"",
        ),
        (
            "/settings/links?name=",
            "new_name=Nobody&value.0=chat/1",
            "new_name",
            "value=\"Nobody\"",
        ),
        (
            "/settings/names?name=",
            "new_name=Sales",
            "value",
            "value=\"Sales\"",
        ),
    ] {
        let form = format!("began_from=&{fields}&action=save_fields");
        let section = path.split('?').next().unwrap();
        let refused = send(&site, section, &mira, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields}");
        let text = &refused.text;
        assert_contains(text, &[kept, "role=\"alert\""]);
        if !field.is_empty() {
            let described = format!("aria-describedby=\"hint-{field} fault-{field}\" aria-invalid");
            assert_contains(text, &[&described, &format!("id=\"fault-{field}\"")]);
        }
    }
}

const FILE: &str = "[access]\nmode = \"open\"\n[names]\n\"chat/1\" = \"Support\"\n";

#[tokio::test]
async fn an_entry_of_a_file_is_only_read_and_one_that_no_field_shows_stays_text() {
    let site = LoginSite::with_file(FILE).await;
    let mira = site.cookie_of(Role::Admin).await;
    let path = "/settings/names?name=chat/1";
    let shown = page(&site, path, &mira).await;
    assert_contains(&shown, &["line 4", "value=\"Support\"", " disabled"]);
    assert_contains_none(&shown, &["save_fields", "value=\"enter\""]);
    let fields = "name=chat/1&began_from=&value=Other&action=save_fields";
    let refused = send(&site, "/settings/names", &mira, fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);

    let toml = "toml=%5Bprivacy%5D%0Asmallest_team+%3D+%22x%22&action=check";
    let checked = send(&site, "/settings/privacy", &mira, toml).await;
    assert_contains(&checked.text, &["id=\"faults\"", "Back to the fields"]);
    assert_contains_none(&checked.text, &["save_fields"]);
}

#[tokio::test]
async fn a_pattern_gets_thresholds_times_in_a_status_and_hours() {
    let site = LoginSite::with_users().await;
    let anna = site.cookie_of(Role::Supervisor).await;
    let path = "/settings/queues?pattern=chat/*";
    let form = page(&site, path, &anna).await;
    assert_contains(
        &form,
        &[
            "1 queue now, also new ones",
            "name=\"time_in_state.wrap_up\"",
            "name=\"week.sun\"",
            "<h3>Rehearsal</h3>",
            "value=\"rehearse\"",
        ],
    );
    assert_contains_none(&form, &["id=\"names\""]);
    let limits = "section=thresholds&began_from=&waiting.crit=1&action=rehearse";
    let rehearsed = send(&site, path, &anna, limits).await;
    assert_contains(
        &rehearsed.text,
        &["Nothing is stored about these queues yet.", "value=\"1\""],
    );
    let list = page(&site, "/settings/queues", &anna).await;
    let sales = "href=\"/settings/queues?pattern=chat%2F9002%40SIP%2F1\"><bdi>Sales</bdi>";
    assert_contains(
        &list,
        &[sales, "href=\"/settings/queues?pattern=chat%2F%2A\""],
    );
    let labeled = send_get(&site, "/settings/queues?pattern=Sales+%C2%B7+Chat", &anna).await;
    assert_eq!(labeled.location, "/queues/chat/9002%40SIP%2F1/edit");

    let faulty = "section=thresholds&began_from=&time_in_state.hold=soon&action=save";
    let refused = send(&site, path, &anna, faulty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(
        &refused.text,
        &["id=\"fault-time_in_state.hold\"", "value=\"soon\""],
    );
    for fields in [
        "section=thresholds&waiting.crit=9&time_in_state.wrap_up=5:00&time_in_state.hold=",
        "section=targets&service_level=90",
        "section=hours&week.mon=8-12,+13-17&week.tue=8-12,+13-17",
    ] {
        let form = format!("{fields}&began_from=&action=save");
        let saved = send(&site, path, &anna, &form).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    }
    for (section, text) in [
        ("thresholds", "time_in_state = { wrap_up = &#34;300s&#34; }"),
        ("targets", "service_level = 90"),
        (
            "hours",
            "mon-tue = [&#34;08:00-12:00&#34;, &#34;13:00-17:00&#34;]",
        ),
    ] {
        let entry = format!("/settings/{section}?name=chat/*");
        assert_contains(&page(&site, &entry, &anna).await, &[text]);
    }
    let names = "section=names&name=x&began_from=&action=save";
    let refused = send(&site, path, &anna, names).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn send_get(site: &LoginSite, path: &str, cookie: &str) -> PageResponse {
    site.get(path, Some(cookie)).await
}

#[tokio::test]
async fn a_supervisor_changes_patterns_and_names_of_own_queues_only() {
    let site = LoginSite::with_rules(rules()).await;
    let membership = Membership {
        role: Role::Supervisor,
        groups: BTreeSet::from(["sales".to_owned()]),
    };
    site.add_user("anna", membership).await;
    let anna = site.cookie_of_user("anna").await;
    for (path, status) in [
        ("/settings/queues", StatusCode::OK),
        ("/settings/queues?pattern=chat/9002*", StatusCode::OK),
        ("/settings/queues?pattern=chat/*", StatusCode::FORBIDDEN),
        ("/settings/queues?pattern=*", StatusCode::FORBIDDEN),
        ("/settings/names?name=", StatusCode::OK),
        ("/settings/names?name=chat/9009", StatusCode::FORBIDDEN),
        ("/settings/groups?name=", StatusCode::FORBIDDEN),
        ("/settings/hide?name=queues", StatusCode::FORBIDDEN),
        ("/settings/brand", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(site.get(path, Some(&anna)).await.status, status, "{path}");
    }
    let thresholds = "section=thresholds&began_from=&waiting.crit=3&action=save";
    for (pattern, status) in [
        ("chat/9002*", StatusCode::SEE_OTHER),
        ("chat/*", StatusCode::FORBIDDEN),
    ] {
        let path = format!("/settings/queues?pattern={pattern}");
        assert_eq!(send(&site, &path, &anna, thresholds).await.status, status);
    }
    for (name, status) in [
        (SALES, StatusCode::SEE_OTHER),
        ("chat/9009", StatusCode::FORBIDDEN),
    ] {
        let fields = format!("began_from=&new_name={name}&value=Mine&action=save_fields");
        let sent = send(&site, "/settings/names", &anna, &fields).await;
        assert_eq!(sent.status, status, "{name}: {}", sent.text);
    }
    let named = page(&site, &format!("/settings/names?name={SALES}"), &anna).await;
    assert_contains(&named, &["<b><bdi>Sales</bdi></b>", "value=\"Mine\""]);
    for section in ["groups", "people", "links", "hide", "brand", "privacy"] {
        let fields = "name=queues&began_from=&title=A&value.0=chat/1&action=save_fields";
        let sent = send(&site, &format!("/settings/{section}"), &anna, fields).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{section}");
    }
}
