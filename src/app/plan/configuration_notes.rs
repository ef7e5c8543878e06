//! Warnings about settings that are valid but probably mistakes, above all ids and patterns that
//! match nothing: such a slip hides, names or shows nothing, and nothing else reports it. They
//! aren't errors, because a source may be missing from the file for a while.

use std::collections::BTreeSet;

use wallboard_boards::{BoardDefinition, Widget};
use wallboard_domain::{Id, MetricSubject, Pattern, SiteConfig, SourceSetup};
use wallboard_history::import;
use wallboard_sources::SourceConfig;
use wallboard_toml_reader::nearest_word;

/// All ids that the configuration knows.
struct KnownIds<'p> {
    site: &'p SiteConfig,
    /// Every source, including file sources, and the prefixes of groups and people.
    sources: BTreeSet<&'p str>,
}

/// Returns one sentence per warning, in the order of the configuration, then of the boards.
pub(super) fn notes(
    site: &SiteConfig,
    exports: &[import::FileSource],
    boards: &[BoardDefinition],
    upstreams: &[SourceConfig],
) -> Vec<String> {
    let live = site.sources.iter().map(|source| source.id.as_str());
    let files = exports.iter().map(|source| source.id.as_str());
    let known = KnownIds {
        site,
        sources: live.chain(files).chain(["group", "person"]).collect(),
    };
    let mut notes = Vec::new();
    if upstreams.is_empty() && exports.is_empty() {
        notes.push(
            "there's no data source, so boards stay empty: add one, for example [sources.chat]; the home page shows the first steps".to_owned(),
        );
    }
    let mut check = |place: &str, text: &str| {
        let why = if place.ends_with("[names]") && text.contains('*') {
            Some("a name applies to one ID; * doesn't work here".to_owned())
        } else {
            known.explain_unknown(text)
        };
        notes.extend(why.map(|why| format!("{place} {text:?}: {why}")));
    };

    for (pattern, _) in &site.targets.0 {
        check("[targets]", &pattern.0);
    }
    for (pattern, _) in &site.thresholds.0 {
        check("[thresholds]", &pattern.0);
    }
    for (pattern, _) in &site.hours.0 {
        check("[hours]", &pattern.0);
    }
    let names: BTreeSet<_> = site.names.keys().collect();
    for id in names {
        check("[names]", id);
    }
    for pattern in &site.hidden_queues {
        check("[hide] queues", &pattern.0);
    }
    for pattern in &site.hidden_agents {
        check("[hide] agents", &pattern.0);
    }
    for board in boards {
        let mut check = |key: &str, text: &str| check(&format!("{}.toml: {key}", board.id), text);
        let lists = [
            ("queues", &board.queues),
            ("agents", &board.agents),
            ("order", &board.order),
            ("hide", &board.hide),
        ];
        for (key, patterns) in lists {
            for pattern in patterns {
                check(key, &pattern.0);
            }
        }
        for id in board.widgets.iter().filter_map(Widget::queue) {
            check("widgets", &id.to_string());
        }
        let names: BTreeSet<_> = board.names.keys().collect();
        for id in names {
            check("[names]", id);
        }
    }
    for upstream in upstreams {
        notes.extend(upstream.notes());
    }
    notes
}

impl KnownIds<'_> {
    /// Explains why an id or pattern can't match anything, if that's known.
    fn explain_unknown(&self, text: &str) -> Option<String> {
        let (source, external) = text.split_once('/')?;
        if source.contains('*') {
            return None;
        }
        if !self.sources.contains(source) {
            let near = nearest_word(source, self.sources.iter().copied());
            let near = near.map(|near| format!("; did you mean \"{near}/{external}\"?"));
            return Some(format!(
                "there's no source \"{source}\"{}",
                near.unwrap_or_default()
            ));
        }
        let all = self.ids_of_source(source)?;
        let pattern = Pattern(text.to_owned());
        if all.iter().any(|id| pattern.matches(id)) {
            return None;
        }
        let near = nearest_word(text, all.iter().map(String::as_str));
        let near = near.map(|near| format!("; did you mean {near:?}?"));
        let why = match source {
            "group" => "[groups] has no table with this name".to_owned(),
            "person" => "[people] has no table with this name".to_owned(),
            _ => format!("no statistic in [sources.{source}] provides values for it"),
        };
        Some(why + &near.unwrap_or_default())
    }

    /// Returns all ids that begin with `source`, if the configuration alone determines them.
    fn ids_of_source(&self, source: &str) -> Option<Vec<String>> {
        let ids: Vec<&Id> = match source {
            "group" => self.site.groups.iter().map(|group| &group.id).collect(),
            "person" => self.site.people.iter().map(|person| &person.id).collect(),
            _ => {
                let setups = self.site.sources.iter();
                let mut setups = setups.filter(|setup| setup.id.as_str() == source);
                let SourceSetup { provides, .. } = setups.next()?;
                let id = |subject| match subject {
                    &MetricSubject::Queue(ref id) | &MetricSubject::Agent(ref id) => id,
                };
                provides
                    .iter()
                    .map(|provided| id(&provided.subject))
                    .collect()
            }
        };
        // Vngage and exports report their ids later.
        let is_configured_here = matches!(source, "group" | "person");
        (is_configured_here || !ids.is_empty())
            .then(|| ids.iter().map(ToString::to_string).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::{self, test_file::OPEN_CHAT};
    use wallboard_boards::board_file;

    use super::super::RuntimeConfig;

    const VOICE: &str = r#"
        [sources.voice]
        kind = "gms"
        base_url = "http://127.0.0.1/genesys/1"
        [[sources.voice.statistics]]
        metric = "waiting"
        stat = "W"
        object_type = "Queue"
        objects = ["9002@S"]
        [groups]
        sales = { name = "Sales", queues = ["chat/1", "voice/9002@S"] }
    "#;

    fn notes(more: &str, board: &str) -> Vec<String> {
        let text = format!("{OPEN_CHAT}{VOICE}{more}");
        let settings = settings::parse_configuration(&text, Path::new("w.toml"), |_| None).unwrap();
        let plan = RuntimeConfig::from_settings(settings);
        let board = board_file::parse_board(board, "north.toml").unwrap();
        super::notes(&plan.site, &plan.imports, &[board], &plan.sources)
    }

    #[test]
    fn unknown_ids_are_reported_with_a_suggestion() {
        let warnings = notes(
            r#"
            [targets]
            "voise/*" = { service_level = 90 }
            [thresholds]
            "voice/9" = { waiting = { warn = 5 } }
            [names]
            "caht/1" = "Support"
            "chat/*" = "All"
            "voice/9003@S" = "Sales"
            [hide]
            queues = ["voice/1*"]
            agents = ["person/anna", "caht/7"]
            "#,
            "queues = [\"group/sale\", \"caht/*\"]\n",
        );

        let no_values = "no statistic in [sources.voice] provides values for it";
        let expected = [
            "[targets] \"voise/*\": there's no source \"voise\"; did you mean \"voice/*\"?",
            &format!("[thresholds] \"voice/9\": {no_values}"),
            "[names] \"caht/1\": there's no source \"caht\"; did you mean \"chat/1\"?",
            "[names] \"chat/*\": a name applies to one ID; * doesn't work here",
            &format!("[names] \"voice/9003@S\": {no_values}; did you mean \"voice/9002@S\"?"),
            &format!("[hide] queues \"voice/1*\": {no_values}"),
            "[hide] agents \"person/anna\": [people] has no table with this name",
            "[hide] agents \"caht/7\": there's no source \"caht\"; did you mean \"chat/7\"?",
            "north.toml: queues \"group/sale\": [groups] has no table with this name; did you mean \"group/sales\"?",
            "north.toml: queues \"caht/*\": there's no source \"caht\"; did you mean \"chat/*\"?",
        ];
        assert_eq!(warnings, expected);
    }

    #[test]
    fn unusual_gms_address_and_lone_queue_are_reported() {
        let agents = "[[sources.gms.statistics]]\nmetric = \"agents_available\"\nstat = \"R\"\nobject_type = \"GroupAgents\"\nobjects = [\"G\"]\nqueue = \"9003@S\"\n";
        let queue = "[[sources.gms.statistics]]\nmetric = \"waiting\"\nstat = \"W\"\nobject_type = \"Queue\"\nobjects = [\"9002@S\"]\n";
        let gms = "[sources.gms]\nkind = \"gms\"\nbase_url = \"http://127.0.0.1\"\n";

        let warnings = notes(&format!("{gms}{queue}{agents}"), "");
        let right = format!("{gms}{queue}{agents}").replace("9003", "9002");
        let right = right.replace("127.0.0.1", "127.0.0.1/genesys/1");

        assert_eq!(
            warnings,
            [
                "[sources.gms] base_url: GMS addresses end in /genesys/1; is it missing?",
                "[sources.gms] queue \"9003@S\": no statistic uses it; did you mean \"9002@S\"?",
            ]
        );
        assert_eq!(notes(&right, ""), [""; 0]);
    }

    #[test]
    fn ids_that_only_the_source_knows_are_not_reported() {
        let warnings = notes(
            "[names]\n\"chat/1\" = \"Support\"\n\"voice/9002@S\" = \"Sales\"\n[hide]\nqueues = [\"*test*\", \"chat/9*\", \"voice/9*\"]\n",
            "queues = [\"*\", \"group/sales\", \"chat/9\"]\n",
        );

        assert_eq!(warnings, [""; 0]);
    }
}
