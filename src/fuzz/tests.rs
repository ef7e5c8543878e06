//! Fuzzing without a fuzzer: each target gets its seeds, unbroken and broken at random. The
//! smallest input that fails is written to `fuzz/artifacts`; copied to the target's seeds, it is
//! tried each time. `PROPTEST_RNG_SEED` repeats a run.

use std::{collections::BTreeSet, fmt, fs, path::PathBuf, thread, time::Duration};

use proptest::{prelude::*, sample::Index};
use rustix::time::{ClockId, clock_gettime};

use super::{TARGETS, run};

/// The longest that one input may take, in seconds of processor time.
const SECONDS_MAX: u64 = 1;
/// How much one input may add to the process' peak memory, in KiB.
const PEAK_KIB_MAX: u64 = 512 * 1024;
/// Repeated pieces grow an input up to this, in bytes.
const INPUT_BYTES_MAX: usize = 256 * 1024;

/// Pieces that mean something to some format, and bytes that aren't text.
const PIECES: [&[u8]; 35] = [
    b"", b" ", b",", b";", b":", b"=", b"\"", b"'", b"\\", b"\n", b"\r\n", b"\t", b"{", b"}", b"[",
    b"]", b"[[", b"<a>", b"</", b"&amp;", b"<!--", b"*", b"-", b"0", b"9", b".", b"1e999", b"null",
    b"true", b"%2F", b"%ff", b"\0", b"\xff", b"\xc3", b"../",
];
const LONGER_PIECES: [&str; 5] = [
    "18446744073709551616",
    "{\"a\":",
    "\\ud800",
    "\u{feff}",
    "😀",
];

fn fuzz_folder(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fuzz", name].iter().collect()
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(fuzz_folder("seeds").join(target)).expect("each target has seeds");
    // In one order, so that a run can be repeated.
    let files: BTreeSet<_> = files.map(|file| file.unwrap().path()).collect();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// One change: some bytes are replaced by a piece, rarely by thousands of them.
fn edit() -> impl Strategy<Value = (Index, usize, Vec<u8>)> {
    let piece = prop_oneof![
        7 => prop::sample::select(&PIECES[..]).prop_map(<[u8]>::to_vec),
        1 => prop::sample::select(&LONGER_PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
        2 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    let count = prop_oneof![40 => Just(1), 4 => 2..40_usize, 1 => 1_000..20_000_usize];
    let cut = prop_oneof![8 => 0..4_usize, 1 => 0..200_usize];
    (any::<Index>(), cut, piece, count)
        .prop_map(|(at, cut, piece, count)| (at, cut, piece.repeat(count)))
}

/// An input that is short when it's printed.
#[derive(Clone)]
struct Input(Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.0[..self.0.len().min(300)].escape_ascii();
        write!(f, "{} bytes: {start}", self.0.len())
    }
}

/// A seed with some changes, and sometimes with the end of another seed.
fn broken_seed(target: &str) -> impl Strategy<Value = Input> {
    let seed = prop::sample::select(seeds(target));
    let other = prop_oneof![4 => Just(None), 1 => (seed.clone(), any::<Index>(), any::<Index>()).prop_map(Some)];
    (seed, other, prop::collection::vec(edit(), 0..6)).prop_map(|(mut bytes, other, edits)| {
        if let Some((other, at, from)) = other {
            bytes.truncate(at.index(bytes.len() + 1));
            bytes.extend_from_slice(&other[from.index(other.len() + 1)..]);
        }
        for (at, cut, piece) in edits {
            let at = at.index(bytes.len() + 1);
            let end = bytes.len().min(at + cut);
            bytes.splice(at..end, piece);
        }
        bytes.truncate(INPUT_BYTES_MAX);
        Input(bytes)
    })
}

/// The processor time of this thread.
fn processor_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

/// The peak memory of this process, in KiB.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.unwrap().trim_end_matches("kB").trim().parse().unwrap()
}

/// The input of a target, written to a file if its test fails. While an input is made smaller,
/// the last one that fails is the smallest.
struct Attempt<'a>(&'a str, &'a [u8]);

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let file = fuzz_folder("artifacts").join(self.0).join("smallest");
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, self.1).unwrap();
        }
    }
}

fn check_input(target: &str, data: &[u8]) {
    let _attempt = Attempt(target, data);
    let (started, peak) = (processor_time(), peak_memory());
    run(target, data);
    assert!(
        processor_time() < started + Duration::from_secs(SECONDS_MAX),
        "too slow"
    );
    assert!(peak_memory() < peak + PEAK_KIB_MAX, "too much memory");
}

/// Unless `PROPTEST_CASES` says how many. A failing one is in `fuzz/artifacts`, and not stored as
/// numbers too.
fn many_cases() -> ProptestConfig {
    ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

macro_rules! broken_inputs {
    ($($name:ident)*) => {
        const TESTED: &[&str] = &[$(stringify!($name)),*];

        $(mod $name {
            use super::*;

            #[test]
            fn seeds_are_read() {
                for seed in seeds(stringify!($name)) {
                    check_input(stringify!($name), &seed);
                }
            }

            proptest! {
                #![proptest_config(many_cases())]

                #[test]
                fn broken_input_does_no_harm(input in broken_seed(stringify!($name))) {
                    check_input(stringify!($name), &input.0);
                }
            }
        })*
    };
}

broken_inputs! {
    board_file
    channel_answer
    configuration
    file_names
    genesys_reply
    gms_reply
    history_query
    holidays
    log_bytes
    object_listing
    pattern
    picture
    plan_file
    sangoma_file
    sangoma_name
    settings_upload
    values_batch
    vergic_file
    viewer_frames
    viewer_message
    vngage_messages
}

#[test]
fn every_target_has_seeds_tests_and_a_binary() {
    let names: Vec<_> = TARGETS.iter().map(|target| target.0).collect();
    assert_eq!(TESTED, names);
    let folder = fs::read_dir(fuzz_folder("seeds")).unwrap();
    let folders: BTreeSet<_> = folder
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders.into_iter().collect::<Vec<_>>(), names);
    let package = fs::read_to_string(fuzz_folder("Cargo.toml")).unwrap();
    let package: toml::Table = package.parse().unwrap();
    let binaries: Vec<_> = package["bin"]
        .as_array()
        .unwrap()
        .iter()
        .map(|binary| binary["name"].as_str().unwrap())
        .collect();
    assert_eq!(binaries, names);
}
