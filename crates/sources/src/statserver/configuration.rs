//! `[[sources.*.statistics]]`: maps a vendor's statistics to our metrics.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use wallboard_domain::{
    AgentId, AgentStatus, Id, Metric, MetricOwner, MetricSubject, SourceId, Unit,
};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, nearest_word};

use super::{DeliveredUnit, Measure, ObjectClass, Statistic, known_statistics};

/// Stat Server's types of objects.
const TYPES: [&str; 14] = [
    "Queue",
    "RoutePoint",
    "GroupQueues",
    "Agent",
    "AgentPlace",
    "GroupAgents",
    "GroupPlaces",
    "RegularDN",
    "StagingArea",
    "Tenant",
    "Switch",
    "Campaign",
    "CallingList",
    "Workbin",
];

/// Reads the entries of one source and detects duplicates.
pub(crate) struct StatisticReader<'s> {
    source: &'s SourceId,
    /// The key of the vendor's name: `name`, `stat`.
    name_key: &'static str,
    seen: HashSet<(MetricSubject, Measure)>,
}

impl<'s> StatisticReader<'s> {
    /// Reads all statistics of `section`, one per object of an entry. `request` reads the
    /// entry's vendor name and the keys that only this kind of source has.
    pub(crate) fn read_all<A: Clone>(
        source: &'s SourceId,
        name_key: &'static str,
        section: &ConfigSection<'_, '_>,
        example: &str,
        request: impl Fn(&ConfigSection<'_, '_>, Option<Measure>) -> Option<(Arc<str>, A)>,
    ) -> Vec<(Statistic, A)> {
        let Some(entry) = section.entry("statistics") else {
            let fix = format!(
                "write [[{}]] with {example}",
                section.key_path("statistics")
            );
            section.record_fault("statistics", "there is none", &fix);
            return Vec::new();
        };
        let items = entry.read_items(r#"tables, each under [[…]], or [{ metric = "…", … }, …]"#);
        if items.as_ref().is_some_and(Vec::is_empty) {
            entry.report_fault("is empty", &format!("write one with {example}"));
        }
        let mut entries = Self {
            source,
            name_key,
            seen: HashSet::new(),
        };
        items
            .unwrap_or_default()
            .iter()
            .filter_map(|item| entries.read_entry(item.as_section()?, &request))
            .flatten()
            .collect()
    }

    /// Reads every key before it fails on a missing one, so that one run reports all faults.
    fn read_entry<A: Clone>(
        &mut self,
        section: ConfigSection<'_, '_>,
        request: impl Fn(&ConfigSection<'_, '_>, Option<Measure>) -> Option<(Arc<str>, A)>,
    ) -> Option<Vec<(Statistic, A)>> {
        let metric = section.required_entry("metric", r#"metric = "waiting""#);
        let measure = metric
            .as_ref()
            .and_then(|entry| read_measure(entry, self.name_key));
        let object_type = section
            .required_entry("object_type", r#"object_type = "Queue""#)
            .and_then(|entry| Some((read_class(&entry)?, entry.read_text()?)));
        let class = object_type.as_ref().map(|(class, _)| *class);
        let queue = section.entry("queue");
        let queue_id = queue.as_ref().and_then(|entry| self.read_id(entry));
        if let (Some((ObjectClass::Group | ObjectClass::Other, name)), None) =
            (&object_type, &queue)
        {
            let fix = "set queue = \"…\": the queue this value belongs to";
            section.record_fault(
                "queue",
                &format!("is missing: {name:?} is neither a queue nor an agent"),
                fix,
            );
        }
        if let (Some(queue), Some(ObjectClass::Agent)) = (&queue, class) {
            let fix = "remove it: agent values have no queue";
            queue.report_key_fault("doesn't apply to an agent", fix);
        }
        let objects = section.required_entry("objects", r#"objects = ["9002@SIP_Switch"]"#);
        if let (Some(metric), Some(measure), Some(class)) = (&metric, measure, class) {
            check_subject(metric, measure, class);
        }
        let unit = section.entry("unit");
        let unit = measure.and_then(|measure| read_unit(unit.as_ref(), measure));
        let limit = section.entry("no_estimate_above");
        let no_estimate_above = limit.and_then(|limit| read_no_estimate(&limit, measure));
        let request = request(&section, measure);
        section.finish_section();

        let class = class?;
        let measure = measure?;
        let (delivered, (name, request)) = (unit?, request?);
        let object_type: Arc<str> = object_type?.1.into();
        let objects = self.read_objects(&objects?, class, queue_id.as_ref(), measure);
        let statistic = |(object, subject): (Arc<str>, MetricSubject)| Statistic {
            name: name.clone(),
            object_type: object_type.clone(),
            object,
            subject,
            measure,
            delivered,
            no_estimate_above,
        };
        let objects = objects.into_iter();
        let statistics = objects.map(|object| (statistic(object), request.clone()));
        Some(statistics.collect())
    }

    fn read_objects(
        &mut self,
        entry: &ConfigEntry<'_, '_>,
        class: ObjectClass,
        queue_id: Option<&Arc<str>>,
        measure: Measure,
    ) -> Vec<(Arc<str>, MetricSubject)> {
        let items = entry.read_items(r#"a list of strings such as ["9002@SIP_Switch"]"#);
        if items.as_ref().is_some_and(Vec::is_empty) {
            entry.report_fault("is empty", "use the vendor's IDs of the objects");
        }
        let mut objects = Vec::new();
        for item in items.unwrap_or_default() {
            let Some(object) = self.read_id(&item) else {
                continue;
            };
            let id: AgentId = Id::new(self.source, queue_id.unwrap_or(&object));
            let subject = if class == ObjectClass::Agent {
                MetricSubject::Agent(id.clone())
            } else {
                MetricSubject::Queue(id.clone())
            };
            if !self.seen.insert((subject.clone(), measure)) {
                let what = format!("{} of {id} is set twice", measure.name());
                item.report_fault(
                    &what,
                    "two statistics can't provide the same value: remove one of the objects",
                );
            }
            objects.push((object, subject));
        }
        objects
    }

    /// Reads a vendor's id, which must not have our source id as a prefix.
    fn read_id(&self, entry: &ConfigEntry<'_, '_>) -> Option<Arc<str>> {
        let text = entry.parse_with("an ID as the vendor writes it, in quotes", |text| {
            let text = text.trim();
            (1..=255).contains(&text.len()).then(|| text.to_owned())
        })?;
        let prefix = format!("{}/", self.source);
        if let Some(bare) = text.strip_prefix(&prefix) {
            entry.report_fault(
                &format!("{text:?} is a Wallboard ID, not the vendor's"),
                &format!("write {bare:?}"),
            );
        }
        Some(text.into())
    }
}

/// `name_key` is the key of the vendor's name, which is easily taken for a metric.
fn read_measure(entry: &ConfigEntry<'_, '_>, name_key: &str) -> Option<Measure> {
    let mut words: Vec<_> = Metric::all().map(Metric::name).collect();
    words.extend([Measure::State.name(), Measure::TimeInState.name()]);
    let explain = |name: &str| {
        let metric = known_statistics::find_measure(name)?.name();
        Some((
            format!("{name:?} is the vendor's name of a statistic"),
            format!("write {name_key} = {name:?} and metric = \"{metric}\""),
        ))
    };
    match entry.read_word_or(&words, explain)? {
        "state" => Some(Measure::State),
        "time_in_state" => Some(Measure::TimeInState),
        word => Metric::from_name(word).map(Measure::Figure),
    }
}

/// Reads the object type, which is case-sensitive at the vendor.
fn read_class(entry: &ConfigEntry<'_, '_>) -> Option<ObjectClass> {
    let text = entry.read_text()?;
    let kind = TYPES.iter().find(|name| name.eq_ignore_ascii_case(&text));
    if let Some(kind) = kind.filter(|kind| **kind != text) {
        entry.report_fault(
            &format!("{text:?} is unknown"),
            &format!("write \"{kind}\""),
        );
    }
    if let Some(kind) = kind {
        return Some(ObjectClass::from_type(kind));
    }
    let near = nearest_word(&text, TYPES)
        .map(|near| format!("did you mean \"{near}\"? "))
        .unwrap_or_default();
    let fix = format!("{near}allowed: {}", TYPES.join(", "));
    entry.report_fault(&format!("{text:?} is unknown"), &fix);
    None
}

/// Checks that queues have queue metrics and agents have agent metrics.
fn check_subject(metric: &ConfigEntry<'_, '_>, measure: Measure, class: ObjectClass) {
    let (wrong_owner, subject, wanted) = if class == ObjectClass::Agent {
        ("a queue", "an agent", MetricOwner::Agent)
    } else {
        ("an agent", "a queue", MetricOwner::Queue)
    };
    let fits = |owner| [wanted, MetricOwner::Both].contains(&owner);
    let owner = match measure {
        Measure::Figure(metric) => metric.owner(),
        Measure::State | Measure::TimeInState => MetricOwner::Agent,
    };
    if fits(owner) {
        return;
    }
    let mut allowed: Vec<_> = Metric::all()
        .filter(|metric| fits(metric.owner()))
        .map(Metric::name)
        .collect();
    if wanted == MetricOwner::Agent {
        allowed.extend([Measure::State.name(), Measure::TimeInState.name()]);
    }
    metric.report_fault(
        &format!(
            "{:?} is a metric of {wrong_owner}, and this is {subject}",
            measure.name()
        ),
        &format!("allowed here: {}", allowed.join(", ")),
    );
}

/// Reads the configured unit. Defaults to the metric's unit, which is the first that fits.
fn read_unit(entry: Option<&ConfigEntry<'_, '_>>, measure: Measure) -> Option<DeliveredUnit> {
    use DeliveredUnit::{Count, Milliseconds, Percent, Ratio, Seconds, State};

    let allowed: &[DeliveredUnit] = match measure {
        Measure::State => &[State],
        Measure::TimeInState => &[Seconds, Milliseconds],
        Measure::Figure(metric) => match metric.unit() {
            Unit::Count => &[Count],
            Unit::Seconds => &[Seconds, Milliseconds],
            Unit::Percent => &[Percent, Ratio],
        },
    };
    let Some(entry) = entry else {
        return allowed.first().copied();
    };
    let unit: DeliveredUnit = entry.read_variant()?;
    if !allowed.contains(&unit) {
        let words: Vec<_> = allowed.iter().map(DeliveredUnit::into_str).collect();
        entry.report_fault(
            &format!("{:?} doesn't fit {}", unit.into_str(), measure.name()),
            &format!("allowed here: {}", words.join(", ")),
        );
        return None;
    }
    Some(unit)
}

fn read_no_estimate(entry: &ConfigEntry<'_, '_>, measure: Option<Measure>) -> Option<f64> {
    if measure.is_some_and(|measure| measure != Measure::Figure(Metric::ExpectedWait)) {
        entry.report_key_fault("belongs to metric = \"expected_wait\"", "remove it");
    }
    entry.read_positive()
}

/// Reads how often values are requested.
pub(crate) fn read_interval(entry: &ConfigEntry<'_, '_>) -> Option<Duration> {
    entry.read_duration(Duration::from_secs(1)..=Duration::from_hours(1))
}

/// Maps Stat Server's states, in lowercase, to our statuses.
pub(crate) fn read_states(entry: &ConfigEntry<'_, '_>) -> HashMap<String, AgentStatus> {
    let mut states = HashMap::new();
    let Some(section) = entry.as_section() else {
        return states;
    };
    for entry in section.all_entries() {
        let state = entry.read_variant();
        let word = entry.name.trim().to_lowercase();
        if word.is_empty() {
            entry.report_key_fault("isn't a state", "use Stat Server's name or number for it");
        }
        if let Some(state) = state
            && states.insert(word, state).is_some()
        {
            entry.report_key_fault("is listed twice", "remove one: case doesn't matter");
        }
    }
    states
}
