//! `kind = "sangoma-export"`: the nightly files of Sangoma Contact Center.

use std::time::Duration;

use jiff::tz::{Offset, TimeZone};

use crate::domain::Ending;

use super::{
    Secret, address,
    entry::Entry,
    export::{self, Folder, Pace},
    reader::Section,
    site,
};

/// One `[sources.*]` of this kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Sangoma {
    pub tenant: u64,
    /// Of the nightly run.
    pub zone: TimeZone,
    /// Of the files' dates; the rows themselves are epochs.
    pub file_zone: TimeZone,
    pub pace: Pace,
    pub depot: Depot,
    /// What the export's wordings mean, in the order of the file.
    pub end_by: Vec<(String, Ending)>,
}

/// Where the files are.
#[derive(Clone, Debug, PartialEq)]
pub enum Depot {
    S3(S3),
    Azure(Azure),
    /// A folder of this machine, for files that arrive some other way.
    Folder(Folder),
}

/// `[sources.*.s3]`.
#[derive(Clone, Debug, PartialEq)]
pub struct S3 {
    pub bucket: String,
    pub region: String,
    pub access_key_id: Secret,
    pub secret_access_key: Secret,
    /// Of a store that is like S3. Without a slash at its end.
    pub endpoint: Option<String>,
}

/// `[sources.*.azure]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Azure {
    pub connection_string: Secret,
    pub container: String,
}

const ZONE: &str = "America/New_York";

/// Every key is looked at before anything missing ends it, so that one run tells all.
pub(super) fn read(section: Section<'_, '_>) -> Option<Sangoma> {
    let tenant = section
        .required("tenant", "tenant = 1234, the number in the files' names")
        .and_then(|entry| entry.number("the number of your tenant, such as 1234"));
    let zone = section.entry("time_zone").map(|entry| zone(&entry));
    let file_zone = section.entry("file_zone").map(|entry| file_zone(&entry));
    let usual = Pace {
        interval: Duration::from_mins(30),
        history: Duration::from_hours(400 * 24),
        settle: Duration::from_secs(10),
    };
    let pace = Pace::read(&section, usual);
    let depot = depot(&section);
    let end_by = section.section_at("end_by").map(|section| end_by(&section));
    section.end();

    let zone = match zone {
        Some(given) => given?,
        None => TimeZone::get(ZONE).ok()?,
    };
    Some(Sangoma {
        tenant: tenant?,
        file_zone: match file_zone {
            Some(given) => given?,
            None => zone.clone(),
        },
        zone,
        pace,
        depot: depot?,
        end_by: end_by.unwrap_or_default(),
    })
}

/// What people write and mean a place; in the database they know no summer.
const WITHOUT_SUMMER: [(&str, &str, &str); 3] = [
    ("EST", "America/New_York", "Etc/GMT+5"),
    ("MST", "America/Denver", "Etc/GMT+7"),
    ("HST", "Pacific/Honolulu", "Etc/GMT+10"),
];

/// A place, or the same offset all year: `EST` is -05:00, in summer too.
fn file_zone(entry: &Entry<'_, '_>) -> Option<TimeZone> {
    const WANTED: &str =
        r#"a time zone such as "America/New_York", or the same offset all year: "EST" or "-05:00""#;
    entry.parsed(WANTED, |text| {
        let text = text.trim();
        let mut fixed = WITHOUT_SUMMER.iter();
        let name = match fixed.find(|(short, ..)| *short == text) {
            Some((_, _, fixed)) => fixed,
            None => text,
        };
        offset(name).or_else(|| TimeZone::get(name).ok())
    })
}

/// `-05:00`
fn offset(text: &str) -> Option<TimeZone> {
    let sign = match text.chars().next()? {
        '-' => -1,
        '+' => 1,
        _ => return None,
    };
    let (hours, minutes) = text[1..].split_once(':')?;
    let number = |digits: &str| {
        let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<i32>().ok())?
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let is_one = hours <= 14 && minutes < 60;
    let seconds = sign * (hours * 3_600 + minutes * 60);
    let offset = Offset::from_seconds(seconds).ok().filter(|_| is_one)?;
    Some(offset.to_time_zone())
}

/// Sangoma writes "EST" and means New York; the database's EST knows no summer.
fn zone(entry: &Entry<'_, '_>) -> Option<TimeZone> {
    let zones = WITHOUT_SUMMER;
    let name = entry.text()?;
    if let Some((short, place, fixed)) = zones.iter().find(|(short, ..)| *short == name.trim()) {
        entry.fault(
            &format!("\"{short}\" knows no summer time, neither here nor in the IANA database"),
            &format!(
                "write the place, \"{place}\", or \"{fixed}\" if the same offset all year is meant"
            ),
        );
        return None;
    }
    site::zone(entry)
}

/// Exactly one.
fn depot(section: &Section<'_, '_>) -> Option<Depot> {
    let given: Vec<_> = ["s3", "azure", "folder"]
        .into_iter()
        .filter_map(|key| section.entry(key))
        .collect();
    for other in given.iter().skip(1) {
        let what = format!("stands beside `{}`", given[0].name);
        other.fault_at_key(&what, "files come from one of them: remove the other");
    }
    let Some(first) = given.first() else {
        let at = |key| section.at(key);
        let mend = format!(
            "write [{}] with bucket, access_key_id and secret_access_key, or [{}] with connection_string and container, or folder = \"path\"",
            at("s3"),
            at("azure")
        );
        section.fault("s3", "is missing", &mend);
        return None;
    };
    match first.name {
        "s3" => s3(first.section()?).map(Depot::S3),
        "azure" => azure(first.section()?).map(Depot::Azure),
        _ => export::folder(first).map(Depot::Folder),
    }
}

fn s3(section: Section<'_, '_>) -> Option<S3> {
    let bucket = section
        .required("bucket", "bucket = \"acme-export\"")
        .and_then(|entry| bucket(&entry));
    let region = section.entry("region").map(|entry| {
        entry.parsed("a region such as \"us-east-1\"", |text| {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let is_region = !text.is_empty() && text.chars().all(is_plain);
            is_region.then(|| text.to_owned())
        })
    });
    let access_key_id = section
        .required("access_key_id", r#"access_key_id = { env = "S3_KEY_ID" }"#)
        .and_then(|entry| entry.secret());
    let secret_access_key = section
        .required(
            "secret_access_key",
            r#"secret_access_key = { env = "S3_SECRET" }"#,
        )
        .and_then(|entry| entry.secret());
    let endpoint = section.entry("endpoint").map(|entry| endpoint(&entry));
    section.end();
    Some(S3 {
        bucket: bucket?,
        region: region.unwrap_or_else(|| Some("us-east-1".to_owned()))?,
        access_key_id: access_key_id?,
        secret_access_key: secret_access_key?,
        endpoint: match endpoint {
            Some(given) => Some(given?),
            None => None,
        },
    })
}

fn bucket(entry: &Entry<'_, '_>) -> Option<String> {
    let wanted = "the bucket's name alone, such as \"acme-export\" (letters, digits, `-` and `.`)";
    entry.parsed(wanted, |text| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let is_name = (3..=255).contains(&text.len()) && text.chars().all(is_plain);
        is_name.then(|| text.to_owned())
    })
}

fn endpoint(entry: &Entry<'_, '_>) -> Option<String> {
    let http = address::http(entry, "https://storage.example.com", &[])?;
    if http.credentials.is_some() {
        entry.fault(
            "holds a user and a password (they are not repeated here)",
            "leave them out of the address; give access_key_id and secret_access_key",
        );
        return None;
    }
    if http.is_open {
        entry.fault(
            "http:// would send calls and callers in the clear",
            "write https://; http:// is for this machine alone",
        );
        return None;
    }
    Some(http.url)
}

fn azure(section: Section<'_, '_>) -> Option<Azure> {
    let connection_string = section
        .required(
            "connection_string",
            r#"connection_string = { env = "AZURE_CONNECTION_STRING" }"#,
        )
        .and_then(|entry| connection_string(&entry));
    let container = section
        .required("container", "container = \"ccaas-export\"")
        .and_then(|entry| container(&entry));
    section.end();
    Some(Azure {
        connection_string: connection_string?,
        container: container?,
    })
}

/// Checked as far as its form goes, and never repeated: it holds a key.
fn connection_string(entry: &Entry<'_, '_>) -> Option<Secret> {
    let secret = entry.secret()?;
    let said = |key| said(&secret, key);
    let keys = ["AccountName", "BlobEndpoint", "UseDevelopmentStorage"];
    if keys.into_iter().all(|key| said(key).is_none()) {
        entry.fault(
            "is not a connection string (it is not repeated here: it may hold a key)",
            "copy it whole from Access keys of the storage account: DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net",
        );
        return None;
    }
    let is_open = |url: &str| {
        let scheme = url.get(.."http://".len());
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
            && !address::is_loopback(url)
    };
    let is_open = match said("BlobEndpoint").or(said("DevelopmentStorageProxyUri")) {
        Some(endpoint) => is_open(endpoint),
        None => {
            said("DefaultEndpointsProtocol").is_some_and(|word| word.eq_ignore_ascii_case("http"))
        }
    };
    if is_open {
        entry.fault(
            "http:// would send calls and callers in the clear",
            "write https:// in its BlobEndpoint, or DefaultEndpointsProtocol=https; http:// is for this machine alone",
        );
        return None;
    }
    Some(secret)
}

/// What a connection string says of one thing.
fn said<'s>(secret: &'s Secret, key: &str) -> Option<&'s str> {
    let mut parts = secret.reveal().split(';');
    parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let is_it = name.trim().eq_ignore_ascii_case(key);
        is_it.then(|| value.trim())
    })
}

fn container(entry: &Entry<'_, '_>) -> Option<String> {
    let wanted = "the container's name: 3 to 63 lower-case letters, digits and `-`";
    entry.parsed(wanted, |text| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_name = (3..=63).contains(&text.len()) && text.chars().all(is_plain);
        (is_name || text == "$root").then(|| text.to_owned())
    })
}

fn end_by(section: &Section<'_, '_>) -> Vec<(String, Ending)> {
    let mut read: Vec<(String, Ending)> = Vec::new();
    for entry in section.entries() {
        let word = entry.word(&Ending::ALL.map(Ending::name));
        let Some(ending) = word.and_then(Ending::from_name) else {
            continue;
        };
        let plain = |wording: &str| wording.trim().to_lowercase();
        let mut before = read.iter();
        if let Some((other, _)) =
            before.find(|(other, meaning)| plain(other) == plain(entry.name) && *meaning != ending)
        {
            let what = format!("is the same wording as {other:?}, and means something else");
            let mend = "capitals and the spaces around it do not matter: remove one of them";
            entry.fault_at_key(&what, mend);
        }
        read.push((entry.name.to_owned(), ending));
    }
    read
}
