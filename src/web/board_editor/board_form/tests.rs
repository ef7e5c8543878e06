use std::collections::{BTreeMap, BTreeSet};

use wallboard_boards::Widget;
use wallboard_domain::{BoardTheme, Metric};
use wallboard_texts::Texts;

use super::{
    super::{board_setting::settings, choices::Choice, metric_list::figure_value},
    *,
};

fn fields(sent: &[(&str, &str)]) -> FormFields {
    let pairs = sent.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn choices() -> BoardChoices {
    let queue = |id: &str, name: &str| Choice {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: "Chat".to_owned(),
    };
    BoardChoices {
        texts: Texts::english(),
        queues: vec![queue("chat/1", "Billing"), queue("chat/2", "Sales")],
        agents: Vec::new(),
        figures: Vec::new(),
        members: BTreeMap::from([(
            "group/sales".to_owned(),
            vec!["chat/1".to_owned(), "chat/2".to_owned()],
        )]),
    }
}

/// The fields that a browser sends for a form.
fn sent_by(form: &BoardForm) -> FormFields {
    let board = &form.board;
    let mut sent = fields(&[
        ("id", &form.id),
        ("title", &board.title),
        ("text", &form.text.replace('\n', "\r\n")),
        ("text_before", &form.text.replace('\n', "\r\n")),
    ]);
    for setting in settings(Texts::english(), board) {
        let chosen = setting.options.iter().find(|(_, _, is_chosen)| *is_chosen);
        let (value, ..) = chosen.unwrap();
        sent.insert(setting.name.to_owned(), value.clone());
    }
    for list in PATTERN_LISTS {
        for (at, pattern) in form.patterns(list).iter().enumerate() {
            sent.insert(format!("{list}.{at}"), pattern.0.clone());
        }
    }
    for list in METRIC_LISTS {
        for (at, figure) in form.figures(list).iter().enumerate() {
            sent.insert(format!("{list}.{at}"), figure_value(figure));
        }
    }
    for (at, widget) in board.widgets.iter().enumerate() {
        sent.insert(format!("widgets.{at}"), widget.to_toml());
        let name = widget.name.clone().unwrap_or_default();
        sent.insert(format!("widgets.{at}.name"), name);
    }
    for (at, (id, name)) in board.names.iter().enumerate() {
        sent.insert(format!("names.{at}.id"), id.clone());
        sent.insert(format!("names.{at}.text"), name.clone());
    }
    sent
}

fn begin(text: &str) -> BoardForm {
    BoardForm::of_text("sales", text.to_owned(), None)
}

/// Sends the form with other fields.
fn send(form: &BoardForm, changed: &[(&str, &str)]) -> BoardForm {
    let mut sent = sent_by(form);
    sent.extend(fields(changed));
    BoardForm::read(&sent, &Uploads::default(), &choices())
}

const TEXT: &str = "# Kitchen\ntitle = \"Sales\"\nlayout = \"list\"\nqueues = [\"chat/1\", \"chat/2\"]\nshow = [\"waiting\", \"answered\"]\nhide = [\"chat/9\"]\n\n[names]\n\"chat/1\" = \"Money\"\n";

#[test]
fn form_that_is_sent_unchanged_keeps_the_text_with_its_comments() {
    let again = send(&begin(TEXT), &[]);

    assert_eq!(again.text, TEXT);
    assert_eq!(again.board, parse_board(TEXT, "sales.toml").unwrap());
    assert!(again.faults.is_none());
}

/// Each with another value than the usual one, but the layout: only tiles have widgets.
const EVERY_KEY: &str = r#"title = "Sales"
layout = "queues"
theme = "light"
density = "hall"
columns = 3
queues = ["chat/1", "chat/2"]
agents = ["chat/a"]
show = ["offered"]
totals = ["answered"]
widgets = [{ clock = "UTC" }]
order = ["chat/2"]
hide = ["chat/9"]
update_rate = "5s"
language = "sv"
names = { "chat/1" = "Money" }
"#;

#[test]
fn each_key_that_the_parser_knows_has_a_field() {
    let fault = parse_board("no_such_key = 1\n", "sales.toml").unwrap_err();
    let (_, known) = fault.faults[0].fix.split_once("allowed here: ").unwrap();
    let known: BTreeSet<_> = known.split(", ").collect();
    let table: toml::Table = EVERY_KEY.parse().unwrap();
    assert_eq!(
        table.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        known
    );
    let again = send(&begin(EVERY_KEY), &[]);
    assert_eq!(again.board, parse_board(EVERY_KEY, "sales.toml").unwrap());
}

#[test]
fn changed_field_changes_the_text_and_nothing_else() {
    let light = send(&begin(TEXT), &[("theme", "light")]);
    let expected = BoardDefinition {
        theme: BoardTheme::Light,
        ..parse_board(TEXT, "sales.toml").unwrap()
    };

    assert_eq!(parse_board(&light.text, "sales.toml").unwrap(), expected);
}

#[test]
fn edited_text_wins_over_the_fields_and_its_faults_are_reported() {
    let edited = send(&begin(TEXT), &[("text", "title = \"Other\"\n")]);
    assert_eq!(edited.board.title, "Other");
    assert!(edited.board.queues.is_empty());

    let refused = send(&begin(TEXT), &[("text", "titel = \"Other\"\n")]);
    assert_eq!(refused.text, "titel = \"Other\"\n");
    assert_eq!(refused.board.title, "Sales", "the fields stay");
    let faults = refused.faults.unwrap().to_string();
    assert!(faults.contains("did you mean `title`?"), "{faults}");
}

#[test]
fn moved_queue_puts_the_board_in_the_order_of_the_list() {
    let moved = send(&begin(TEXT), &[("do", "down:queues:0")]);
    let ids: Vec<_> = moved.board.queues.iter().map(|queue| &*queue.0).collect();
    assert_eq!(ids, ["chat/2", "chat/1"]);
    assert!(moved.is_in_list_order());
    assert_eq!(
        (&*moved.said, &*moved.focus),
        ("Billing: 2 of 2", "queues-1-down")
    );

    let removed = send(&moved, &[("do", "remove:queues:1")]);
    assert_eq!(removed.board.order, removed.board.queues);
    assert_eq!(
        (&*removed.said, &*removed.focus),
        ("Removed: Billing", "queues-0-remove")
    );
}

#[test]
fn dragged_row_goes_to_its_place_and_the_others_keep_their_order() {
    let text = TEXT.replace("\"answered\"", "\"answered\", \"offered\"");
    let shown = |form: &BoardForm| form.board.show.clone();
    let last = send(&begin(&text), &[("do", "move:show:0:2")]);
    let [answered, offered] = [Metric::Answered, Metric::Offered];
    assert_eq!(shown(&last), [answered, offered, Metric::Waiting]);
    assert_eq!(
        (&*last.said, &*last.focus),
        ("Waiting: 3 of 3", "show-2-up")
    );
    let first = send(&last, &[("do", "move:show:2:0")]);
    assert_eq!(first.board, begin(&text).board);
    let beyond = send(&begin(&text), &[("do", "move:queues:0:99")]);
    assert_eq!(beyond.board.queues[1], Pattern("chat/1".into()));
    assert!(beyond.is_in_list_order());
}

#[test]
fn custom_figure_of_queues_is_added_and_moved_among_the_metrics() {
    let added = send(&begin(TEXT), &[("add.show", "custom/orders")]);
    assert_eq!(&*added.said, "Added: orders");
    let moved = send(&added, &[("do", "up:show:2")]);
    assert_eq!(&*moved.said, "orders: 2 of 3");
    let line = "show = [\"waiting\", { custom = \"orders\" }, \"answered\"]\n";
    assert!(moved.text.contains(line), "{}", moved.text);
    assert!(moved.faults.is_none());
    // A header has none.
    let header = send(&moved, &[("add.totals", "custom/orders")]);
    assert_eq!(header.board, moved.board);
    let alone = send(&moved, &[("do", "remove:show:0")]);
    let alone = send(&alone, &[("do", "remove:show:1")]);
    let faults = alone.faults.unwrap().to_string();
    assert!(faults.contains("at least one metric"), "{faults}");
}

#[test]
fn order_of_its_own_stays_when_a_queue_moves() {
    let text = "title = \"Sales\"\nqueues = [\"chat/1\", \"chat/2\"]\norder = [\"chat/2\"]\n";
    let moved = send(&begin(text), &[("do", "up:queues:1")]);

    assert_eq!(moved.board.order, [Pattern("chat/2".into())]);
}

#[test]
fn queues_are_added_by_name_and_unknown_names_stay_to_be_corrected() {
    let text = "title = \"Sales\"\nqueues = [\"chat/1\"]\n";
    let added = send(
        &begin(text),
        &[("add.queues", "sales"), ("add.show", "answered")],
    );
    assert_eq!(added.board.queues[1], Pattern("chat/2".into()));
    assert_eq!(added.board.show.last(), Some(&Metric::Answered.into()));

    let unknown = send(&begin(text), &[("add.queues", "Sale")]);
    assert_eq!(unknown.board.queues.len(), 1);
    assert_eq!(unknown.unknown["queues"], "Sale");
}

#[test]
fn widgets_are_added_moved_and_renamed() {
    let text = "title = \"Sales\"\n# At the end\nwidgets = [{ clock = \"Asia/Manila\" }, { text = \"a\", name = \"b\" }]\n";
    let begun = begin(text);
    assert_eq!(send(&begun, &[]).text, text);

    let figure = [("add.widgets", "figure"), ("add.widgets.metric", "waiting")];
    let added = send(&begun, &figure);
    let shown =
        |form: &BoardForm| -> Vec<_> { form.board.widgets.iter().map(Widget::to_toml).collect() };
    assert_eq!(shown(&added)[2], "{ figure = \"waiting\" }");
    assert_eq!(&*added.said, "Added: Waiting: Whole site");
    assert!(added.faults.is_none() && added.is_complete());
    let moved = send(
        &added,
        &[("do", "up:widgets:2"), ("widgets.0.name", "Team East")],
    );
    let expected = [
        "{ clock = \"Asia/Manila\", name = \"Team East\" }",
        "{ figure = \"waiting\" }",
        "{ text = \"a\", name = \"b\" }",
    ];
    assert_eq!(shown(&moved), expected);
    assert_eq!(&*moved.focus, "widgets-1-up");
    let removed = send(&moved, &[("do", "remove:widgets:1")]);
    assert_eq!(removed.board.widgets.len(), 2);

    // A text without its heading stays as it was, and a layout without tiles has none.
    let unnamed = send(&begun, &[("widgets.1.name", " "), ("do", "up:widgets:1")]);
    assert_eq!(shown(&unnamed)[0], "{ text = \"a\", name = \"b\" }");
    let refused = unnamed.refused_widgets[0].as_ref().unwrap();
    assert_eq!(refused.fields.name, " ");
    assert!(!unnamed.is_complete() && unnamed.faults.is_none());
    let list = send(&begun, &[("layout", "list")]);
    assert!(
        list.faults
            .unwrap()
            .to_string()
            .contains("widgets are tiles")
    );
    let refused = send(
        &begun,
        &[("add.widgets", "clock"), ("add.widgets.zone", "Manila")],
    );
    assert!(!refused.is_complete());
    assert_eq!(refused.new_widget.unwrap().fields.zone, "Manila");
}

#[test]
fn a_group_is_replaced_by_its_queues_which_are_there_once() {
    let text = "title = \"Team\"\nqueues = [\"chat/2\", \"group/sales\", \"chat/9\"]\n";
    let of_queues = send(&begin(text), &[("do", "members:queues:1")]);
    let queues: Vec<_> = (of_queues.board.queues.iter())
        .map(|pattern| pattern.0.as_str())
        .collect();
    assert_eq!(queues, ["chat/2", "chat/1", "chat/9"]);
    assert_eq!(of_queues.focus, "add-queues");
    let no_group = send(&begin(text), &[("do", "members:queues:0")]);
    assert_eq!(no_group.text, text);
}

#[test]
fn place_that_a_list_lacks_changes_nothing() {
    for button in [
        "up:queues:9",
        "remove:show:99",
        "up:names:0",
        "remove",
        "move:show:9:0",
        "move:queues:0:x",
        "down:queues:x",
        "",
    ] {
        let again = send(&begin(TEXT), &[("do", button)]);
        assert_eq!(again.text, TEXT, "{button}");
    }
}

#[test]
fn addresses_are_made_of_titles() {
    for (title, address) in [
        ("Sales (north)", "sales-north"),
        ("Anna’s Rückfragen", "annas-rueckfragen"),
        ("客服", ""),
        ("  A  ", "a"),
    ] {
        assert_eq!(address_of_title(title), address);
    }
}
