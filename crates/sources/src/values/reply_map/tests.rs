use super::*;

fn place(metric: Metric, pointer: &str, units: f64) -> MetricPlace {
    let number = NumberPlace {
        pointer: pointer.to_owned(),
        units,
        is_duration: false,
    };
    MetricPlace { metric, number }
}

fn queues() -> ListMap {
    ListMap {
        list: "/queues".to_owned(),
        id: Some("/number".to_owned()),
        name: Some("/title".to_owned()),
        metrics: vec![
            place(Metric::Waiting, "/calls", 1.0),
            place(Metric::LongestWait, "/oldest_ms", 1_000.0),
        ],
        ..ListMap::default()
    }
}

fn agents() -> ListMap {
    ListMap {
        list: "/people".to_owned(),
        state: Some("/status/code".to_owned()),
        states: [("Redo".to_owned(), AgentStatus::Available)].into(),
        ..ListMap::default()
    }
}

fn read(queues: ListMap, agents: Option<ListMap>, reply: &Value) -> Result<MappedReply, MapError> {
    let map = ReplyMap {
        time: Some("/at".to_owned()),
        figures: Vec::new(),
        queues: Some(queues),
        agents,
    };
    map.read(&"pbx".into(), &reply.clone().into())
}

#[test]
fn lists_and_objects_of_a_reply_become_queues_and_agents() {
    let reply = json!({
        "at": "2026-11-20T08:00:00Z",
        "queues": [
            { "number": 9001, "title": "Sales", "calls": "3", "oldest_ms": 41_500 },
            { "number": "9002", "calls": null },
        ],
        "people": {
            "anna": { "status": { "code": "Redo" } },
            "bo": { "status": { "code": "hold" } },
            "cleo": { "status": { "code": 7 } },
            "dan": {},
        },
    });

    let mapped = read(queues(), Some(agents()), &reply).unwrap();

    let expected = json!({
        "time": "2026-11-20T08:00:00Z",
        "queues": [
            { "id": "pbx/9001", "name": "Sales", "metrics": { "waiting": 3.0, "longest_wait": 41.5 } },
            { "id": "pbx/9002", "metrics": { "waiting": null, "longest_wait": null } },
        ],
        "agents": [
            { "id": "pbx/anna", "state": "available" },
            { "id": "pbx/bo", "state": "hold" },
            { "id": "pbx/cleo", "state": "unknown" },
            { "id": "pbx/dan", "state": null },
        ],
    });
    assert_eq!(mapped.batch, expected);
    assert_eq!((mapped.queues, mapped.agents), (2, 4));
    assert_eq!(mapped.notes, [r#"the state "7" isn't in `states`"#]);
}

#[test]
fn what_the_map_expects_and_a_reply_lacks_is_noted() {
    let reply = json!({ "queues": [
        { "number": "9001", "title": "Sales", "calls": [1], "oldest": 1 },
        { "title": "Without a number", "calls": 2 },
    ] });

    let mapped = read(queues(), None, &reply).unwrap();

    let expected = [
        "items without an ID in \"/queues\": 1",
        "there's nothing at \"/at\" (`time`)",
        "there's nothing at \"/oldest_ms\" (`longest_wait`)",
        "what is at \"/calls\" isn't a number (`waiting`)",
    ];
    assert_eq!(mapped.notes, expected);
    assert_eq!(mapped.batch["queues"][0]["metrics"]["waiting"], Value::Null);
}

#[test]
fn a_reply_of_another_shape_is_an_error_that_names_the_place() {
    let error = |reply: Value| read(queues(), None, &reply).unwrap_err().to_string();

    let none = "its reply has no list at \"/queues\"; check `list`";
    assert_eq!(error(json!({ "queue": [] })), none);
    assert_eq!(error(json!({ "queues": 7 })), none);
    assert_eq!(
        error(json!({ "queues": [{ "id": 1 }, 7, null] })),
        "none of the items of its list \"/queues\" has an ID; check `id`"
    );
    assert_eq!(
        error(json!({ "queues": [] })),
        "its reply has neither a queue nor an agent"
    );
}
