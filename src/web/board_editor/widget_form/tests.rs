use wallboard_boards::PictureId;
use wallboard_domain::{
    CustomFigure, CustomFigureId, CustomFigureKind, CustomMerge, LocalizedText, SeverityLimits,
};
use wallboard_texts::Texts;

use crate::pictures::PictureFault;

use super::{super::choices::Choice, *};

const ID: &str = "0123456789abcdef0123456789abcdef";

fn choices() -> BoardChoices {
    let choice = |id: &str, name: &str| Choice {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: "Chat".to_owned(),
    };
    BoardChoices {
        texts: Texts::english(),
        queues: vec![
            choice("chat/*", "All of Chat"),
            choice("group/sales", "Sales"),
        ],
        members: std::collections::BTreeMap::new(),
        agents: Vec::new(),
        figures: [("orders", false), ("backlog", true)]
            .map(|(id, is_per_queue)| custom_figure(id, is_per_queue))
            .into(),
    }
}

fn custom_figure(id: &str, is_per_queue: bool) -> CustomFigure {
    CustomFigure {
        id: CustomFigureId::parse(id).unwrap(),
        label: LocalizedText::of_all(format!("The {id}")),
        kind: CustomFigureKind::Duration,
        is_per_queue,
        sources: vec!["shop".into()],
        merge: CustomMerge::Last,
        valid_for_ms: None,
        limits: SeverityLimits::default(),
    }
}

fn made(fields: &[(&str, &str)]) -> Result<String, String> {
    let fields: FormFields = (fields.iter())
        .map(|(name, value)| (format!("add.widgets{name}"), (*value).to_owned()))
        .collect();
    let made = read_new_widget(&fields, &Uploads::default(), &choices());
    match made.unwrap() {
        Ok(widget) => {
            let about = describe_widget(&choices(), &widget);
            Ok(format!("{} {about}", widget.to_toml()))
        }
        Err(refused) => Err(describe_refusal(&refused)),
    }
}

/// The field, and what is wrong with it.
fn describe_refusal(refused: &RefusedWidget) -> String {
    let why = match &refused.refusal {
        WidgetRefusal::Incomplete => "empty".to_owned(),
        WidgetRefusal::Unknown(entered) => entered.clone(),
        WidgetRefusal::Picture(fault) => fault.to_string(),
        WidgetRefusal::Invalid(faults) => faults.faults[0].what.clone(),
    };
    format!("{}: {why}", refused.wrong_field())
}

#[test]
fn each_kind_is_made_of_its_fields() {
    let figure = [
        ("", "figure"),
        (".metric", "answered"),
        (".queue", "sales"),
        (".text", "x"),
    ];
    let of_sales = r#"{ figure = "answered", of = "group/sales" } Answered: Sales"#;
    assert_eq!(made(&figure).as_deref(), Ok(of_sales));
    let of_site = r#"{ figure = "answered" } Answered: Whole site"#;
    assert_eq!(made(&figure[..2]).as_deref(), Ok(of_site));
    let custom = [
        ("", "figure"),
        (".metric", "custom/orders"),
        (".queue", "sales"),
    ];
    let of_site = r#"{ custom = "orders" } The orders: Whole site"#;
    assert_eq!(made(&custom).as_deref(), Ok(of_site));
    let custom = [
        ("", "figure"),
        (".metric", "custom/backlog"),
        (".queue", "sales"),
    ];
    let of_sales = r#"{ custom = "backlog", of = "group/sales" } The backlog: Sales"#;
    assert_eq!(made(&custom).as_deref(), Ok(of_sales));
    let text = [
        ("", "text"),
        (".name", "Lunch"),
        (".text", "Pizza"),
        (".until", "2026-11-27T12:30"),
    ];
    let until = r#"{ text = "Pizza", until = "2026-11-27 12:30", name = "Lunch" } Pizza, until 2026-11-27 12:30"#;
    assert_eq!(made(&text).as_deref(), Ok(until));
    let clock = [("", "clock"), (".zone", "Asia/Manila")];
    let manila = r#"{ clock = "Asia/Manila" } Time in Asia/Manila"#;
    assert_eq!(made(&clock).as_deref(), Ok(manila));
    let countdown = [("", "countdown"), (".queue", "group/sales")];
    let of_sales = r#"{ countdown = "group/sales" } Opens or closes in: Sales"#;
    assert_eq!(made(&countdown).as_deref(), Ok(of_sales));
    let forecast = [("", "forecast"), (".queue", "sales"), (".size", "wide")];
    let of_sales = r#"{ forecast = "group/sales", size = "wide" } Forecast: Sales"#;
    assert_eq!(made(&forecast).as_deref(), Ok(of_sales));
    let picture = [
        ("", "picture"),
        (".picture", ID),
        (".alt", "Menu"),
        (".position", "2"),
    ];
    let menu = format!(r#"{{ picture = "{ID}", alt = "Menu", position = 2 }} Picture: Menu"#);
    assert_eq!(made(&picture), Ok(menu));
}

#[test]
fn missing_and_unknown_fields_are_refused() {
    let long = "x".repeat(61);
    for (fields, refusal) in [
        (&[("", "figure")][..], "metric: empty"),
        (
            &[("", "figure"), (".metric", "custom/backlog")],
            "queue: empty",
        ),
        (
            &[("", "figure"), (".metric", "answered"), (".queue", "Sale")],
            "queue: Sale",
        ),
        (&[("", "text"), (".text", "Pizza")], "name: empty"),
        (&[("", "text"), (".name", "Pizza")], "text: empty"),
        (
            &[
                ("", "text"),
                (".text", "a"),
                (".name", "b"),
                (".until", "noon"),
            ],
            "until: noon",
        ),
        (
            &[("", "text"), (".text", &long), (".name", "b")],
            "text: the text is too long",
        ),
        (&[("", "clock"), (".zone", "Manila")], "zone: Manila"),
        (&[("", "clock")], "zone: empty"),
        (
            &[("", "clock"), (".zone", "UTC"), (".position", "0")],
            "position: it must be a number from 1 to 132",
        ),
        (
            &[("", "clock"), (".zone", "UTC"), (".position", "first")],
            "position: it must be a number from 1 to 132",
        ),
        (
            &[("", "countdown"), (".queue", "All of Chat")],
            "queue: All of Chat",
        ),
        (&[("", "countdown")], "queue: empty"),
        (&[("", "forecast")], "queue: empty"),
        (&[("", "picture"), (".alt", "Menu")], "picture: empty"),
        (&[("", "picture"), (".picture", ID)], "alt: empty"),
    ] {
        assert_eq!(made(fields), Err(refusal.to_owned()), "{fields:?}");
    }
}

fn rows(sent: &[(&str, &str)], uploads: &Uploads) -> (Vec<String>, Vec<String>) {
    let fields: FormFields = (sent.iter())
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let (widgets, refused) = read_widgets(&fields, uploads, &choices());
    assert_eq!(widgets.len(), refused.len());
    let refused = refused.iter().flatten().map(describe_refusal);
    (
        widgets.iter().map(Widget::to_toml).collect(),
        refused.collect(),
    )
}

/// One widget of each kind.
fn each_kind() -> [String; 6] {
    [
        r#"{ figure = "answered", of = "group/sales", name = "Team" }"#.to_owned(),
        r#"{ text = " Pizza ", until = "2026-11-27 12:30", name = "Lunch" }"#.to_owned(),
        r#"{ clock = "Asia/Manila", position = 3 }"#.to_owned(),
        r#"{ countdown = "gone/1" }"#.to_owned(),
        r#"{ forecast = "group/sales", size = "large" }"#.to_owned(),
        format!(r#"{{ picture = "{ID}", alt = "Menu" }}"#),
    ]
}

#[test]
fn fields_of_each_widget_make_the_same_widget() {
    for text in each_kind() {
        let widget = parse_widget(&text).unwrap();
        let mut row = widget_row(&choices(), 0, &widget, None);
        let mut sent = vec![("widgets.0".to_owned(), row.value.clone())];
        for (part, value) in row.fields.parts_mut() {
            sent.push((format!("widgets.0.{part}"), value.clone()));
        }
        let sent: Vec<_> = (sent.iter())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let expected = (vec![text], Vec::new());
        assert_eq!(rows(&sent, &Uploads::default()), expected);
    }
}

#[test]
fn each_field_of_a_widget_is_changed_in_place() {
    let [figure, text, clock, countdown, forecast, picture] = each_kind();
    let other = "f".repeat(32);
    for (before, field, value, expected) in [
        (
            &figure,
            "metric",
            "offered",
            r#"{ figure = "offered", of = "group/sales", name = "Team" }"#,
        ),
        (
            &figure,
            "queue",
            "",
            r#"{ figure = "answered", name = "Team" }"#,
        ),
        (
            &figure,
            "name",
            " ",
            r#"{ figure = "answered", of = "group/sales" }"#,
        ),
        (
            &text,
            "text",
            "Pasta",
            r#"{ text = "Pasta", until = "2026-11-27 12:30", name = "Lunch" }"#,
        ),
        (&text, "until", "", r#"{ text = "Pizza", name = "Lunch" }"#),
        (
            &text,
            "name",
            "Noon",
            r#"{ text = "Pizza", until = "2026-11-27 12:30", name = "Noon" }"#,
        ),
        (&clock, "zone", "UTC", r#"{ clock = "UTC", position = 3 }"#),
        (&clock, "position", "", r#"{ clock = "Asia/Manila" }"#),
        (
            &countdown,
            "queue",
            "Sales · Chat",
            r#"{ countdown = "group/sales" }"#,
        ),
        (
            &forecast,
            "size",
            "usual",
            r#"{ forecast = "group/sales" }"#,
        ),
        (
            &picture,
            "alt",
            "Lunch",
            &format!(r#"{{ picture = "{ID}", alt = "Lunch" }}"#),
        ),
        (
            &picture,
            "picture",
            &other,
            &format!(r#"{{ picture = "{other}", alt = "Menu" }}"#),
        ),
    ] {
        let field = format!("widgets.0.{field}");
        let sent = [("widgets.0", before.as_str()), (&field, value)];
        let found = rows(&sent, &Uploads::default());
        assert_eq!(found, (vec![expected.to_owned()], Vec::new()), "{field}");
    }
}

#[test]
fn widget_that_cannot_be_changed_so_stays_as_it_was() {
    let [figure, text, clock, .., picture] = each_kind();
    for (before, field, value, refusal) in [
        (&figure, "queue", "Sale", "queue: Sale"),
        (&text, "name", "", "name: empty"),
        (&text, "until", "noon", "until: noon"),
        (
            &clock,
            "position",
            "133",
            "position: it must be a number from 1 to 132",
        ),
        (&picture, "alt", " ", "alt: empty"),
    ] {
        let field = format!("widgets.0.{field}");
        let sent = [("widgets.0", before.as_str()), (&field, value)];
        let found = rows(&sent, &Uploads::default());
        assert_eq!(found, (vec![before.clone()], vec![refusal.to_owned()]));
    }
}

#[test]
fn uploads_go_to_the_widget_whose_field_has_them() {
    let [.., picture] = each_kind();
    let other = "f".repeat(32);
    let upload = |uploaded| Uploads::from([("widgets.0".to_owned(), uploaded)]);
    let sent = [("widgets.0", picture.as_str())];
    let replaced = format!(r#"{{ picture = "{other}", alt = "Menu" }}"#);
    let found = rows(&sent, &upload(Ok(PictureId::parse(&other).unwrap())));
    assert_eq!(found, (vec![replaced], Vec::new()));
    let (widgets, refused) = rows(&sent, &upload(Err(PictureFault::TooLarge)));
    assert_eq!(widgets, std::slice::from_ref(&picture));
    assert_eq!(refused, ["picture: is larger than 2 MB; make it smaller"]);
}
