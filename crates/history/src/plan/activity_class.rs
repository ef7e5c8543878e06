//! Classes of activities in schedules: each expects something else of an agent.

use strum::{EnumString, IntoStaticStr, VariantNames};

use wallboard_domain::Patterns;

/// The class of an activity. Where several overlap, the first here counts.
#[derive(EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActivityClass {
    /// Not scheduled.
    Absence,
    /// On a break or signed out.
    Break,
    /// Work without contacts: on a break or signed out, too.
    OffPhone,
    /// Signed in for contacts.
    Work,
}

/// How words of activities begin or end, by class. The first class with any of them counts.
const STEMS: [(ActivityClass, &[&str]); 4] = [
    (
        ActivityClass::Absence,
        &[
            "absen",
            "abwesen",
            "frånvaro",
            "vacation",
            "holiday",
            "leave",
            "sick",
            "pto",
            "semester",
            "sjuk",
            "ledig",
            "urlaub",
            "krank",
            "unavailable",
        ],
    ),
    (
        ActivityClass::Break,
        &[
            "break", "lunch", "meal", "rast", "paus", "pause", "fika", "mittag",
        ],
    ),
    (
        ActivityClass::OffPhone,
        &[
            "meeting",
            "training",
            "coaching",
            "project",
            "admin",
            "offline",
            "backoffice",
            "möte",
            "utbildning",
            "projekt",
            "besprechung",
            "schulung",
            "workshop",
        ],
    ),
    (
        ActivityClass::Work,
        &[
            "work",
            "phone",
            "call",
            "chat",
            "mail",
            "queue",
            "shift",
            "overtime",
            "available",
            "inbound",
            "outbound",
            "arbete",
            "telefon",
            "chatt",
            "skift",
            "samtal",
            "övertid",
            "arbeit",
            "anruf",
            "schicht",
            "dienst",
        ],
    ),
];

/// Phrases that tell more than their words.
const PHRASES: [(ActivityClass, &[&str]); 2] = [
    (ActivityClass::Absence, &["time off", "day off", "days off"]),
    (
        ActivityClass::OffPhone,
        &[
            "off phone",
            "off-phone",
            "back office",
            "back-office",
            "off queue",
            "off-queue",
        ],
    ),
];

impl ActivityClass {
    /// Finds the class of an activity: as configured, in lower case, or by its words.
    pub fn find(activity: &str, configured: &Patterns<Self>) -> Option<Self> {
        let activity = activity.trim().to_lowercase();
        if let Some(class) = configured.get(&activity) {
            return Some(*class);
        }
        let has_phrase = |(_, phrases): &&(Self, &[&str])| {
            phrases.iter().any(|phrase| activity.contains(phrase))
        };
        if let Some((class, _)) = PHRASES.iter().find(has_phrase) {
            return Some(*class);
        }
        let words = || activity.split(|c: char| !c.is_alphanumeric());
        let has_stem = |(_, stems): &&(Self, &[&str])| {
            let is_stem = |word: &str| {
                let mut stems = stems.iter();
                stems.any(|stem| word.starts_with(stem) || word.ends_with(stem))
            };
            words().any(is_stem)
        };
        STEMS.iter().find(has_stem).map(|(class, _)| *class)
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::Pattern;

    use super::*;

    #[test]
    fn activities_have_the_class_of_their_words_in_three_languages() {
        let none = Patterns::default();
        let table = [
            (
                ActivityClass::Absence,
                "Vacation (paid) Semester Krankheit Sjukfrånvaro",
            ),
            (
                ActivityClass::Break,
                "Lunch Kaffeepause Lunchrast Break Mittagspause",
            ),
            (
                ActivityClass::OffPhone,
                "Meeting Teammöte Produktschulung Training",
            ),
            (
                ActivityClass::Work,
                "Work Phone Telefonschicht Chatt Frühdienst",
            ),
        ];
        for (class, activities) in table {
            for activity in activities.split(' ').filter(|one| !one.starts_with('(')) {
                assert_eq!(
                    ActivityClass::find(activity, &none),
                    Some(class),
                    "{activity}"
                );
            }
        }
        let find = |activity| ActivityClass::find(activity, &none);
        assert_eq!(find("Day off"), Some(ActivityClass::Absence));
        assert_eq!(find("Off-phone work"), Some(ActivityClass::OffPhone));
        assert_eq!(find("Infrastruktur"), None);
        assert_eq!(find("A7"), None);
    }

    #[test]
    fn the_configuration_comes_first_and_the_closest_pattern_of_it() {
        let patterns = [
            ("*", ActivityClass::Work),
            ("lunch*", ActivityClass::OffPhone),
        ];
        let patterns = patterns.map(|(text, class)| (Pattern(text.to_owned()), class));
        let configured = Patterns(patterns.into());

        let find = |activity| ActivityClass::find(activity, &configured);
        assert_eq!(find("LUNCH with team"), Some(ActivityClass::OffPhone));
        assert_eq!(find("Vacation"), Some(ActivityClass::Work));
    }
}
