//! Faults of sources that compute statistics, and of settings that combine several sources.

use std::time::Duration;

use wallboard_domain::{AgentStatus, Id, Metric, MetricSubject, RedactedText};
use wallboard_sources::{
    genesys::{
        self, GenesysMode, GenesysStatistic, NotificationTransport, OAuthGrant, OAuthSettings,
        StatisticReference,
    },
    gms,
    statserver::{DeliveredUnit, Measure, Statistic},
};

use super::{test_file::OPEN_CHAT as HEAD, *};

const VOICE: &str = r#"[sources.voice]
kind = "genesys"
base_url = "https://api.example.com/"
auth = { client_id = "c", client_secret = "hunter2", username = 't\u', password = "hunter3" }
statistics = [{ metric = "waiting", object_type = "Queue", objects = ["9001@S", "9002@S"], name = "W" }]
"#;

const GMS: &str = r#"[sources.gms]
kind = "gms"
base_url = ["http://localhost:8080/genesys/1/"]
statistics = [{ metric = "waiting", object_type = "Queue", objects = ["9001@S"], stat = "W" }]
"#;

fn read_text(text: &str) -> Result<AppSettings, ConfigFaults> {
    parse_configuration(text, Path::new("w.toml"), |_| None)
}

fn fault_text(text: &str) -> String {
    read_text(text).map_or_else(|faults| faults.to_string(), |_| "no faults".to_owned())
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of all faults")]
fn every_fault_is_reported_with_position_and_fix() {
    let voice = |from: &str, to: &str| format!("{VOICE}{HEAD}").replacen(from, to, 1);
    let gms = |from: &str, to: &str| format!("{GMS}{HEAD}").replacen(from, to, 1);
    let after = |more: &str| format!("{VOICE}{HEAD}{more}\n");
    let entry = |from: &str, to: &str| voice(from, to);
    let more = |entry: &str| {
        voice(
            "name = \"W\" }]",
            &format!("name = \"W\" }},\n {{ {entry} }}]"),
        )
    };
    let table = [
        // URLs.
        (
            voice("https://api.example.com/", "api.example.com"),
            "3:12: sources.voice.base_url: the address is invalid (not shown: it may contain a password); use the form https://api.example.com",
        ),
        (
            voice(
                "https://api.example.com/",
                "https://u:hunter2@api.example.com",
            ),
            "3:12: sources.voice.base_url: contains a user and password (not shown); remove them from the address; set them in `auth`",
        ),
        (
            voice("https://api.example.com/", "http://api.example.com"),
            "3:12: sources.voice.base_url: http:// would send passwords and tokens unencrypted; use https://, or set allow_plaintext = true to accept that",
        ),
        (
            voice(
                "https://api.example.com/",
                "https://api.example.com/statistics/v3/",
            ),
            "3:12: sources.voice.base_url: ends in /statistics/v3, which is added automatically; remove it: the address has the form https://api.example.com",
        ),
        (
            voice(
                "client_id",
                "token_url = \"http://api.example.com/t\", client_id",
            ),
            "4:22: sources.voice.auth.token_url: http:// would send passwords and tokens unencrypted; use https://, or set allow_plaintext = true to accept that",
        ),
        // Keys.
        (
            voice("client_id", "clientid"),
            "4:1: sources.voice.auth.client_id: is missing; write client_id = \"…\"\n4:10: sources.voice.auth.clientid: unknown key; did you mean `client_id`? allowed here: client_id, client_secret, grant, password, token_url, username",
        ),
        (
            voice("username = 't\\u', ", ""),
            "4:1: sources.voice.auth.username: is missing; write username = \"tenant\\\\user\"",
        ),
        (
            voice("client_id", "grant = \"client_credentials\", client_id"),
            "4:84: sources.voice.auth.username: belongs to grant = \"password\"; remove it\n4:102: sources.voice.auth.password: belongs to grant = \"password\"; remove it",
        ),
        (
            voice("kind = \"genesys\"", "kind = \"genesys\"\nmode = \"pull\""),
            "3:8: sources.voice.mode: \"pull\" is unknown; did you mean \"poll\"? allowed: subscribe, poll",
        ),
        (
            voice(
                "kind = \"genesys\"",
                "kind = \"genesys\"\nmode = \"poll\"\ninterval = \"500ms\"",
            ),
            "4:12: sources.voice.interval: \"500ms\" isn't allowed; it must be between 1s and 1h",
        ),
        (
            voice("kind = \"genesys\"", "kind = \"genesys\"\nchunk = 0"),
            "3:9: sources.voice.chunk: 0 isn't allowed; it must be a whole number from 1 to 10000",
        ),
        (
            voice(
                "kind = \"genesys\"",
                "kind = \"genesys\"\ntransport = \"web-socket\"",
            ),
            "3:13: sources.voice.transport: \"web-socket\" is unknown; did you mean \"websocket\"? allowed: auto, long-polling, websocket",
        ),
        (
            voice("kind = \"genesys\"", "kind = \"genesys\"\napikey = \"\""),
            "3:1: sources.voice.apikey: unknown key; did you mean `api_key`? allowed here: allow_plaintext, api_key, auth, base_url, ca_file, chunk, interval, kind, mode, name, paused_by, reasons, states, statistics, transport",
        ),
        (
            voice(
                "kind = \"genesys\"",
                "kind = \"genesys\"\nstates = { \"27\" = \"buzy\" }",
            ),
            "3:19: sources.voice.states.27: \"buzy\" is unknown; did you mean \"busy\"? allowed: available, ringing, talking, hold, wrap_up, not_ready, busy, unknown, logged_out",
        ),
        (
            voice(
                "kind = \"genesys\"",
                "kind = \"genesys\"\nstates = { Ready = \"busy\", ready = \"hold\" }",
            ),
            "3:28: sources.voice.states.ready: is listed twice; remove one: case doesn't matter",
        ),
        (
            VOICE.split("auth = ").take(1).collect::<String>() + HEAD,
            "1:10: sources.voice.auth: is missing; write [sources.voice.auth] with client_id, client_secret, username and password\n1:10: sources.voice.statistics: there is none; write [[sources.voice.statistics]] with metric = \"waiting\", object_type = \"Queue\", objects = [\"…\"] and name = \"CurrNumberWaitingCalls\"",
        ),
        // Statistics.
        (
            voice("statistics = [", "statistics = []\nx = ["),
            "5:14: sources.voice.statistics: is empty; write one with metric = \"waiting\", object_type = \"Queue\", objects = [\"…\"] and name = \"CurrNumberWaitingCalls\"\n6:1: sources.voice.x: unknown key; allowed here: allow_plaintext, api_key, auth, base_url, ca_file, chunk, interval, kind, mode, name, paused_by, reasons, states, statistics, transport",
        ),
        (
            voice("[{ metric", "{ metric").replacen("}]", "}", 1),
            "5:14: sources.voice.statistics: has a value of the wrong type; it must be tables, each under [[…]], or [{ metric = \"…\", … }, …]",
        ),
        (
            entry("\"waiting\"", "\"waitin\""),
            "5:26: sources.voice.statistics.metric: \"waitin\" is unknown; did you mean \"waiting\"? allowed: waiting, in_conversation, longest_wait, average_wait, expected_wait, agents_available, agents_logged_in, agents_not_ready, agents_in_conversation, offered, answered, abandoned, short_abandoned, flow_outs, abandon_rate, service_level, average_speed_of_answer, average_handle_time, average_talk_time, average_wrap_up, first_response_time, transferred, outcome_positive, outcome_negative, outcome_neutral, outcome_unresolved, occupancy, cases, handled, missed, logged_in_time, ready_time, not_ready_time, talk_time, hold_time, wrap_up_time, state, time_in_state",
        ),
        (
            entry("\"waiting\"", "\"CurrNumberWaitingCalls\""),
            "5:26: sources.voice.statistics.metric: \"CurrNumberWaitingCalls\" is the vendor's name of a statistic; write name = \"CurrNumberWaitingCalls\" and metric = \"waiting\"",
        ),
        (
            entry("\"waiting\"", "\"state\""),
            "5:26: sources.voice.statistics.metric: \"state\" is a metric of an agent, and this is a queue; allowed here: waiting, in_conversation, longest_wait, average_wait, expected_wait, agents_available, agents_logged_in, agents_not_ready, agents_in_conversation, offered, answered, abandoned, short_abandoned, flow_outs, abandon_rate, service_level, average_speed_of_answer, average_handle_time, average_talk_time, average_wrap_up, first_response_time, transferred, outcome_positive, outcome_negative, outcome_neutral, outcome_unresolved, occupancy",
        ),
        (
            entry("\"waiting\"", "\"handled\""),
            "5:26: sources.voice.statistics.metric: \"handled\" is a metric of an agent, and this is a queue; allowed here: waiting, in_conversation, longest_wait, average_wait, expected_wait, agents_available, agents_logged_in, agents_not_ready, agents_in_conversation, offered, answered, abandoned, short_abandoned, flow_outs, abandon_rate, service_level, average_speed_of_answer, average_handle_time, average_talk_time, average_wrap_up, first_response_time, transferred, outcome_positive, outcome_negative, outcome_neutral, outcome_unresolved, occupancy",
        ),
        (
            entry("\"Queue\"", "\"Agent\""),
            "5:26: sources.voice.statistics.metric: \"waiting\" is a metric of a queue, and this is an agent; allowed here: average_handle_time, transferred, occupancy, cases, handled, missed, logged_in_time, ready_time, not_ready_time, talk_time, hold_time, wrap_up_time, state, time_in_state",
        ),
        (
            entry("\"Queue\"", "\"Qeue\""),
            "5:51: sources.voice.statistics.object_type: \"Qeue\" is unknown; did you mean \"Queue\"? allowed: Queue, RoutePoint, GroupQueues, Agent, AgentPlace, GroupAgents, GroupPlaces, RegularDN, StagingArea, Tenant, Switch, Campaign, CallingList, Workbin",
        ),
        (
            entry("\"Queue\"", "\"queue\""),
            "5:51: sources.voice.statistics.object_type: \"queue\" is unknown; write \"Queue\"",
        ),
        (
            entry("\"Queue\"", "\"GroupAgents\""),
            "5:15: sources.voice.statistics.queue: is missing: \"GroupAgents\" is neither a queue nor an agent; set queue = \"…\": the queue this value belongs to",
        ),
        (
            entry("\"Queue\"", "\"Agent\", queue = \"9001@S\"").replacen("waiting", "handled", 1),
            "5:60: sources.voice.statistics.queue: doesn't apply to an agent; remove it: agent values have no queue\n5:99: sources.voice.statistics.objects: handled of voice/9001@S is set twice; two statistics can't provide the same value: remove one of the objects",
        ),
        (
            entry("\"9002@S\"", "\"9001@S\""),
            "5:81: sources.voice.statistics.objects: waiting of voice/9001@S is set twice; two statistics can't provide the same value: remove one of the objects",
        ),
        (
            entry("\"9002@S\"", "\"voice/9002@S\""),
            "5:81: sources.voice.statistics.objects: \"voice/9002@S\" is a Wallboard ID, not the vendor's; write \"9002@S\"",
        ),
        (
            entry("[\"9001@S\", \"9002@S\"]", "[]"),
            "5:70: sources.voice.statistics.objects: is empty; use the vendor's IDs of the objects",
        ),
        (
            entry("\"9002@S\"", "\"\""),
            "5:81: sources.voice.statistics.objects: \"\" isn't allowed; it must be an ID as the vendor writes it, in quotes",
        ),
        (
            entry("\"9002@S\"", "7"),
            "5:81: sources.voice.statistics.objects: has a value of the wrong type; it must be an ID as the vendor writes it, in quotes",
        ),
        (
            entry("objects =", "object ="),
            "5:15: sources.voice.statistics.objects: is missing; write objects = [\"9002@SIP_Switch\"]\n5:60: sources.voice.statistics.object: unknown key; did you mean `objects`? allowed here: definition, metric, name, no_estimate_above, object_type, objects, queue, unit",
        ),
        (
            entry("name = \"W\"", "nmae = \"W\""),
            "5:15: sources.voice.statistics.name: is missing; set name = \"CurrNumberWaitingCalls\", as configured at the vendor, or a definition\n5:92: sources.voice.statistics.nmae: unknown key; did you mean `name`? allowed here: definition, metric, name, no_estimate_above, object_type, objects, queue, unit",
        ),
        (
            entry("name = \"W\"", "name = \"W\", unit = \"percent\""),
            "5:111: sources.voice.statistics.unit: \"percent\" doesn't fit waiting; allowed here: count",
        ),
        (
            entry("name = \"W\"", "name = \"W\", unit = \"second\""),
            "5:111: sources.voice.statistics.unit: \"second\" is unknown; did you mean \"seconds\"? allowed: count, seconds, milliseconds, percent, ratio, state",
        ),
        (
            entry("name = \"W\"", "name = \"W\", no_estimate_above = 10000"),
            "5:104: sources.voice.statistics.no_estimate_above: belongs to metric = \"expected_wait\"; remove it",
        ),
        (
            entry("name = \"W\"", "name = \"W\", queue = \"9001@S\""),
            "5:81: sources.voice.statistics.objects: waiting of voice/9001@S is set twice; two statistics can't provide the same value: remove one of the objects",
        ),
        (
            more(
                "metric = \"waiting\", object_type = \"GroupQueues\", objects = [\"G\"], queue = \"9002@S\", name = \"V\"",
            ),
            "6:64: sources.voice.statistics.objects: waiting of voice/9002@S is set twice; two statistics can't provide the same value: remove one of the objects",
        ),
        // Definitions.
        (
            entry(
                "name = \"W\"",
                "name = \"W\", definition = { category = \"C\", subject = \"S\" }",
            ),
            "5:104: sources.voice.statistics.definition: conflicts with `name`; remove one of them",
        ),
        (
            entry("name = \"W\"", "definition = { category = \"C\" }"),
            "5:92: sources.voice.statistics.definition.subject: is missing; write subject = \"DNAction\"",
        ),
        (
            entry(
                "name = \"W\"",
                "definition = { category = \"C\", subject = \"S\", notificationMode = \"Periodic\" }",
            ),
            "5:157: sources.voice.statistics.definition.notificationMode: \"Periodic\" is unknown; did you mean \"Periodical\"? allowed: Periodical, Immediate",
        ),
        (
            entry(
                "name = \"W\"",
                "definition = { category = \"C\", subject = \"S\", notificationMode = \"NoNotification\" }",
            ),
            "5:157: sources.voice.statistics.definition.notificationMode: \"NoNotification\" reports no changes, so its value would be out of date; write \"Immediate\", or \"Periodical\" with notificationFrequency",
        ),
        (
            entry(
                "name = \"W\"",
                "definition = { category = \"C\", subject = \"S\", notificationMode = \"Reset\" }",
            ),
            "5:157: sources.voice.statistics.definition.notificationMode: \"Reset\" reports no changes, so its value would be out of date; write \"Immediate\", or \"Periodical\" with notificationFrequency",
        ),
        (
            voice(
                "kind = \"genesys\"",
                "kind = \"genesys\"\nca_file = \"none.pem\"",
            ),
            "3:11: sources.voice.ca_file: \"none.pem\" can't be read (No such file or directory (os error 2)); paths are relative to the configuration file",
        ),
        (
            gms("kind = \"gms\"", "kind = \"gms\"\nca_file = \"none.pem\""),
            "3:11: sources.gms.ca_file: \"none.pem\" can't be read (No such file or directory (os error 2)); paths are relative to the configuration file",
        ),
        (
            entry(
                "name = \"W\"",
                "definition = { category = \"C\", subject = \"S\", notificationFrequency = \"10\" }",
            ),
            "5:162: sources.voice.statistics.definition.notificationFrequency: has a value of the wrong type; it must be a whole number from 1 to 86400, without quotes",
        ),
        (
            entry(
                "name = \"W\"",
                "definition = { category = \"C\", subject = \"S\", mainmask = \"M\" }",
            ),
            "5:138: sources.voice.statistics.definition.mainmask: is unknown; did you mean `mainMask`?",
        ),
        (
            entry(
                "name = \"W\"",
                "definition = { category = \"C\", subject = \"S\", timeRange = 1979-05-27 }",
            ),
            "5:150: sources.voice.statistics.definition.timeRange: has a value of the wrong type; put dates and times in quotes",
        ),
        (
            entry(
                "name = \"W\"",
                "definition = { category = \"C\", subject = \"S\" }",
            )
            .replacen(
                "kind = \"genesys\"",
                "kind = \"genesys\"\nmode = \"poll\"",
                1,
            ),
            "6:92: sources.voice.statistics.definition: can't be polled; have the vendor configure it and use its name, or set mode = \"subscribe\"",
        ),
        // GMS.
        (
            gms("[\"http://localhost:8080/genesys/1/\"]", "[]"),
            "3:12: sources.gms.base_url: is empty; it must be a list of addresses such as [\"http://gms.example.com:8080/genesys/1\"]",
        ),
        (
            gms("[\"http://localhost:8080/genesys/1/\"]", "7"),
            "3:12: sources.gms.base_url: has a value of the wrong type; it must be a list of addresses such as [\"http://gms.example.com:8080/genesys/1\"]",
        ),
        (
            gms("localhost:8080/genesys/1/", "gms:8080/genesys/1/statistic"),
            "3:13: sources.gms.base_url: ends in /statistic, which is added automatically; remove it: the address has the form http://gms.example.com:8080/genesys/1",
        ),
        (
            gms("http://localhost", "http://u:hunter2@gms"),
            "3:13: sources.gms.base_url: http:// would send the password unencrypted; use https://, or set allow_plaintext = true to accept that",
        ),
        (
            gms(
                "localhost:8080/genesys/1/\"]",
                "localhost/1\", \"http://localhost/1/\"]",
            ),
            "3:35: sources.gms.base_url: is listed twice; remove one of them",
        ),
        (
            gms(
                "http://localhost:8080/genesys/1/\"]",
                "http://u:hunter2@localhost/1\", \"http://u:hunter3@localhost/2\"]",
            ),
            "3:45: sources.gms.base_url: has a different user or password than an earlier address; all addresses are nodes of one GMS: set `username` and `password` once",
        ),
        (
            gms("base_url", "username = \"u\"\nbase_url"),
            "3:1: sources.gms.username: is set alone; set `password` too",
        ),
        (
            gms(
                "base_url",
                "username = \"u\"\npassword = \"hunter2\"\nbase_url",
            )
            .replacen("localhost", "gms", 1),
            "5:13: sources.gms.base_url: http:// would send the password unencrypted; use https://, or set allow_plaintext = true to accept that",
        ),
        (
            gms(
                "base_url",
                "username = \"u\"\npassword = \"hunter2\"\nbase_url",
            )
            .replacen("localhost", "a:hunter3@localhost", 1),
            "5:13: sources.gms.base_url: contains a user and password, and so do `username` and `password`; remove them from the address",
        ),
        (
            gms("base_url", "max_age = \"1500ms\"\nbase_url"),
            "3:11: sources.gms.max_age: isn't in whole seconds; write \"1s\", \"2s\" or more",
        ),
        (
            gms("base_url", "interval = \"999ms\"\nbase_url"),
            "3:12: sources.gms.interval: \"999ms\" isn't allowed; it must be between 1s and 1h",
        ),
        (
            gms("stat = \"W\"", "name = \"W\""),
            "4:15: sources.gms.statistics.stat: is missing; write stat = \"CurrNumberWaitingCalls\"\n4:82: sources.gms.statistics.name: unknown key; allowed here: metric, no_estimate_above, notification_mode, object_type, objects, queue, stat, tenant, tenant_password, unit",
        ),
        (
            gms(
                "stat = \"W\"",
                "stat = \"W\", notification_mode = \"Periodical\"",
            ),
            "4:114: sources.gms.statistics.notification_mode: \"Periodical\" is unknown; allowed: NoNotification, Reset, Immediate",
        ),
        // Settings that combine several sources.
        (
            after("[groups]\nSales = { name = \"S\", queues = [\"chat/1\"] }"),
            "13:1: groups.Sales: can't be part of an ID; use lowercase letters, digits and `-`",
        ),
        (
            after("[groups]\nsales = { name = \"S\", queues = [] }"),
            "13:32: groups.sales.queues: is empty; write ids such as [\"chat/3f2b…\", \"voice/9002@SIP_Switch\"]",
        ),
        (
            after("[groups]\nsales = { name = \"\", queues = [\"chat/1\", \"chat/1\"] }"),
            "13:18: groups.sales.name: \"\" isn't allowed; it must be text that isn't empty\n13:42: groups.sales.queues: \"chat/1\" is listed twice; remove one of them",
        ),
        (
            after(
                "[groups]\nsales = { name = \"S\", queues = [\"group/all\"] }\nall = { name = \"A\", queues = [\"group/sales\"] }",
            ),
            "13:33: groups.sales.queues: \"group/all\" is a queue group; name its queues\n14:31: groups.all.queues: \"group/sales\" is a queue group; name its queues",
        ),
        (
            after("[people]\nanna = { name = \"A\", agents = [\"person/anna\"] }"),
            "13:32: people.anna.agents: \"person/anna\" is a person; name the agents",
        ),
        (
            after("[groups]\nsales = { queues = [\"chta/1\"] }"),
            "13:1: groups.sales.name: is missing; write name = \"…\"\n13:21: groups.sales.queues: \"chta/1\": there's no source \"chta\"; did you mean \"chat/1\"? sources in this file: voice, chat",
        ),
        (
            after("[groups]\nsales = { name = \"S\", queues = [\"voice/9003@S\", \"9001@S\"] }"),
            "13:33: groups.sales.queues: \"voice/9003@S\": unknown queue; did you mean \"voice/9001@S\"? no statistic in [sources.voice] provides values for it\n13:49: groups.sales.queues: \"9001@S\" isn't the ID of a queue; ids begin with their source: [\"chat/3f2b…\", \"voice/9002@SIP_Switch\"]",
        ),
        (
            after("[groups]\nsales = { name = \"S\", queue = [\"voice/9002@S\"] }"),
            "13:1: groups.sales.queues: is missing; write queues = [\"chat/3f2b…\", \"voice/9002@SIP_Switch\"]\n13:23: groups.sales.queue: unknown key; did you mean `queues`? allowed here: name, queues",
        ),
        (
            after(
                "[people]\nanna = { name = \"A\", agents = [\"chat/1\"] }\nbo = { name = \"B\", agents = [\"chat/2\", \"chat/1\"] }",
            ),
            "14:1: people.bo: \"chat/1\" is also anna; an agent belongs to one person: remove one of them",
        ),
        (
            after("[people]\nanna = { name = \"A\", agents = [\"voice/9001@S\"] }"),
            "13:32: people.anna.agents: \"voice/9001@S\": unknown agent; no statistic in [sources.voice] provides values for it",
        ),
        (
            after("[links]\n\"voice/9001@S\" = [\"voice/9001@S\"]"),
            "13:18: links.\"voice/9001@S\": links a queue to itself; remove it from the list",
        ),
        (
            after("[links]\n\"voice/9001@S\" = \"chat/1\""),
            "13:18: links.\"voice/9001@S\": has a value of the wrong type; it must be a list of ids such as [\"chat/3f2b…\", \"voice/9002@SIP_Switch\"]",
        ),
        (
            after("[links]\n\"vice/9001@S\" = [\"vergic/Sales\"]"),
            "13:1: links.\"vice/9001@S\": \"vice/9001@S\": there's no source \"vice\"; did you mean \"voice/9001@S\"? sources in this file: voice, chat\n13:18: links.\"vice/9001@S\": \"vergic/Sales\": there's no source \"vergic\"; sources in this file: voice, chat",
        ),
        (
            after("[links]\n\"voice/9001@S\" = [\"chat/1\"]\n\"voice/9002@S\" = [\"chat/1\"]"),
            "14:18: links.\"voice/9002@S\": \"chat/1\" is also linked to \"voice/9001@S\"; a queue can be linked to one other: remove one of them",
        ),
    ];
    for (text, expected) in table {
        let message = fault_text(&text);
        assert_eq!(message.replace("w.toml:", ""), expected, "in\n{text}");
        assert!(!message.contains("hunter"), "{message}");
    }
}

fn genesys_table(text: &str) -> genesys::GenesysSettings {
    let sources = read_text(&format!("{text}{HEAD}")).unwrap().sources;
    let genesys = sources.into_iter().find_map(|source| match source {
        SourceConfig::Genesys(genesys) => Some(*genesys),
        _ => None,
    });
    genesys.unwrap()
}

fn gms_table(text: &str) -> gms::GmsSettings {
    let sources = read_text(&format!("{text}{HEAD}")).unwrap().sources;
    let gms = sources.into_iter().find_map(|source| match source {
        SourceConfig::Gms(gms) => Some(*gms),
        _ => None,
    });
    gms.unwrap()
}

#[test]
fn genesys_defaults_are_as_documented() {
    let genesys = genesys_table(VOICE);

    assert_eq!(genesys.base_url, "https://api.example.com");
    assert_eq!(genesys.api_key, RedactedText::default());
    assert_eq!(genesys.mode, GenesysMode::Subscribe);
    assert_eq!(genesys.transport, NotificationTransport::Auto);
    assert_eq!(genesys.chunk, 200);
    assert_eq!(
        genesys.auth,
        OAuthSettings {
            token_url: "https://api.example.com/auth/v3/oauth/token".to_owned(),
            grant: OAuthGrant::Password {
                username: "t\\u".to_owned(),
                password: RedactedText("hunter3".to_owned()),
            },
            client_id: "c".to_owned(),
            client_secret: RedactedText("hunter2".to_owned()),
        }
    );
    let statistic = |object: &str| GenesysStatistic {
        statistic: Statistic {
            name: "W".into(),
            object_type: "Queue".into(),
            object: object.into(),
            subject: MetricSubject::Queue(Id::new(&"voice".into(), object)),
            measure: Measure::Figure(Metric::Waiting),
            delivered: DeliveredUnit::Count,
            no_estimate_above: None,
        },
        reference: StatisticReference::Name,
    };
    assert_eq!(
        *genesys.statistics,
        [statistic("9001@S"), statistic("9002@S")]
    );
}

#[test]
fn genesys_settings_are_applied() {
    let text = VOICE
        .replace("https://api.example.com/", "http://10.0.0.1/gw/")
        .replace("client_id", "grant = \"client_credentials\", client_id")
        .replace(", username = 't\\u', password = \"hunter3\"", "")
        .replace(
            "kind = \"genesys\"",
            "kind = \"genesys\"\nallow_plaintext = true\nmode = \"poll\"\ntransport = \"long-polling\"\nstates = { OffHook = \"available\" }",
        );

    let genesys = genesys_table(&text);

    assert_eq!(genesys.base_url, "http://10.0.0.1/gw");
    assert_eq!(
        genesys.auth.token_url,
        "http://10.0.0.1/gw/auth/v3/oauth/token"
    );
    assert_eq!(genesys.auth.grant, OAuthGrant::ClientCredentials);
    assert_eq!(genesys.mode, GenesysMode::Poll(Duration::from_secs(5)));
    assert_eq!(genesys.transport, NotificationTransport::LongPolling);
    assert_eq!(genesys.states["offhook"], AgentStatus::Available);
}

#[test]
fn definition_is_passed_on_with_its_other_keys() {
    let definition = "definition = { category = \"C\", subject = \"S\", notificationFrequency = 10, relMask = \"M\", timeRange = \"0-20\", objects = [1, 2.5, true, { a = \"b\" }] }";

    let genesys = genesys_table(&VOICE.replace("name = \"W\"", definition));

    let expected = serde_json::json!({
        "category": "C", "subject": "S", "notificationFrequency": 10, "relMask": "M",
        "timeRange": "0-20", "objects": [1, 2.5, true, {"a": "b"}],
    });
    assert_eq!(
        genesys.statistics[0].reference,
        StatisticReference::Definition(Arc::new(expected))
    );
    assert_eq!(&*genesys.statistics[0].statistic.name, "waiting");
}

#[test]
fn queue_key_assigns_a_value_to_another_queue() {
    let text = VOICE.replace(
        "\"Queue\", objects = [\"9001@S\", \"9002@S\"]",
        "\"GroupAgents\", objects = [\"Support\"], queue = \"9002@S\"",
    );

    let statistics = genesys_table(&text).statistics;

    assert_eq!(statistics.len(), 1);
    let Statistic {
        object, subject, ..
    } = &statistics[0].statistic;
    let queue = MetricSubject::Queue(Id::new(&"voice".into(), "9002@S"));
    assert_eq!((&**object, subject), ("Support", &queue));
}

#[test]
fn credentials_are_removed_from_gms_urls() {
    let url = "http://localhost:8080/genesys/1/";
    let text = GMS.replace(
        &format!("[\"{url}\"]"),
        "[\"https://us%40er:hunter2%2F@a/1\", \"https://us%40er:hunter2%2F@b/1\", \"https://c/1\"]",
    );

    let gms = gms_table(&text);

    assert_eq!(gms.base_urls, ["https://a/1", "https://b/1", "https://c/1"]);
    let secret = RedactedText("hunter2/".to_owned());
    assert_eq!(gms.credentials, Some(("us@er".to_owned(), secret)));
    assert!(!format!("{gms:?}").contains("hunter"));
}

#[test]
fn gms_defaults_are_as_documented() {
    let gms = gms_table(&GMS.replace("[\"http://localhost", "[\"http://gms"));

    assert_eq!(gms.base_urls, ["http://gms:8080/genesys/1"]);
    assert_eq!(gms.credentials, None);
    assert_eq!(
        (gms.interval, gms.max_age),
        (Duration::from_secs(5), Duration::from_secs(2))
    );
    assert_eq!(gms.statistics[0].tenant, "Environment");
    assert_eq!(gms.statistics[0].notification_mode, None);
}

#[test]
fn single_gms_url_needs_no_list() {
    let gms = gms_table(&GMS.replace(
        "[\"http://localhost:8080/genesys/1/\"]",
        "\"http://[::1]:1/genesys/1\"",
    ));

    assert_eq!(gms.base_urls, ["http://[::1]:1/genesys/1"]);
}

#[test]
fn statistics_tables_are_reported_at_their_own_position() {
    let text = VOICE.lines().filter(|line| !line.starts_with("statistics"));
    let text: String = text.flat_map(|line| [line, "\n"]).collect();
    let table = "[[sources.voice.statistics]]\nmetric = \"waiting\"\nobject_type = \"Queue\"\n";

    let message = fault_text(&format!(
        "{HEAD}{text}{table}name = \"W\"\nobjects = [\"1\"]\n\n{table}nam = \"W\"\n"
    ));

    let expected = "w.toml:17:1: sources.voice.statistics.objects: is missing";
    assert!(message.contains(expected), "{message}");
    assert!(
        message.contains(
            "w.toml:20:1: sources.voice.statistics.nam: unknown key; did you mean `name`?"
        ),
        "{message}"
    );
}
