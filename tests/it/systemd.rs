//! What the service manager is told, and whether the unit and the image hold
//! what they promise.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        net::UnixDatagram,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use tokio::task::block_in_place;

use crate::support::{Process, ports, until};

const SOON: Duration = Duration::from_secs(30);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn configuration(folder: &Path) -> PathBuf {
    let file = folder.join("wallboard.toml");
    let port = ports::free();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\n[access]\nmode = \"open\"\n\
         [store]\nurl = \"sqlite:{}/wallboard.db\"\n[sources.chat]\nkind = \"vngage\"\n\
         url = \"amqp://nobody@127.0.0.1:{}/\"\nexchange = \"integration\"\n",
        folder.display(),
        ports::free(),
    );
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn systemd_is_told_of_the_start_of_life_of_a_reload_and_of_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
    socket.set_read_timeout(Some(SOON)).unwrap();
    let mut running = Process::start(
        Command::new(env!("CARGO_BIN_EXE_wallboard"))
            .args(["serve", "--config"])
            .arg(configuration(folder.path()))
            .env("NOTIFY_SOCKET", folder.path().join("notify"))
            .env("WATCHDOG_USEC", "200000")
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    let hears = |awaited: &str| {
        let mut said = [0; 1024];
        loop {
            let length = socket.recv(&mut said).unwrap();
            let said = str::from_utf8(&said[..length]).unwrap();
            if said.lines().any(|line| line == awaited) {
                return said.to_owned();
            }
        }
    };

    assert!(hears("READY=1").contains("STATUS=Listening on 127.0.0.1:"));
    for _ in 0..3 {
        hears("WATCHDOG=1");
    }
    running.signal("-HUP");
    assert!(hears("RELOADING=1").contains("MONOTONIC_USEC="));
    hears("READY=1");
    running.signal("-TERM");
    hears("STOPPING=1");

    assert!(running.wait().unwrap().success());
}

#[test]
fn the_unit_is_one_that_systemd_takes_and_is_well_hardened() {
    let unit = fs::read_to_string(root().join("packaging/wallboard.service")).unwrap();
    let says = |line: &str| unit.lines().any(|said| said == line);

    for line in [
        "Type=notify",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=always",
        "DynamicUser=yes",
        "ProtectSystem=strict",
        "MemoryDenyWriteExecute=yes",
    ] {
        assert!(says(line), "{line}");
    }
    if !Path::new("/usr/bin/systemd-analyze").exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.service");
    let program = env!("CARGO_BIN_EXE_wallboard");
    let start = format!("ExecStart={program}");
    fs::write(&file, unit.replace("ExecStart=wallboard", &start)).unwrap();
    let analyze = |arguments: &[&str]| {
        let mut command = Command::new("systemd-analyze");
        let output = command.args(arguments).arg(&file).output().unwrap();
        let text = [&output.stdout[..], &output.stderr[..]].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    };
    assert_eq!(analyze(&["verify"]), (true, String::new()));
    let (well, text) = analyze(&["security", "--offline=true", "--threshold=20"]);
    assert!(well, "{text}");
}

#[test]
fn all_that_the_image_is_built_from_is_there_and_sent_to_the_builder() {
    let dockerfile = fs::read_to_string(root().join("Dockerfile")).unwrap();
    let ignore = fs::read_to_string(root().join(".dockerignore")).unwrap();
    let copied: Vec<_> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--from"))
        .flat_map(|line| line.split_whitespace().rev().skip(1))
        .collect();

    assert!(copied.contains(&"src") && copied.contains(&"Cargo.lock"));
    for path in &copied {
        assert!(root().join(path).exists(), "{path}");
        assert!(
            ignore.lines().any(|line| line == format!("!{path}")),
            "{path}"
        );
    }
    // What the program takes in while it is compiled.
    let taken_in = ["templates", "static", "migrations", "boards"];
    for folder in taken_in
        .into_iter()
        .filter(|folder| root().join(folder).exists())
    {
        assert!(copied.contains(&folder), "{folder} is not copied");
    }
    for line in [
        "USER 65532:65532",
        "STOPSIGNAL SIGTERM",
        "VOLUME /var/lib/wallboard",
    ] {
        assert!(dockerfile.lines().any(|said| said == line), "{line}");
    }
}

/// As in a container: a foreign user where we may be one, nothing to write to but
/// the one folder, no home and no environment.
#[tokio::test(flavor = "multi_thread")]
async fn it_runs_as_nobody_in_a_folder_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    let program = folder.path().join("wallboard");
    fs::copy(env!("CARGO_BIN_EXE_wallboard"), &program).unwrap();
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = if is_root {
        for path in [folder.path(), &state] {
            let owner = (path == state).then_some(65532);
            chown(path, owner, owner).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65532", "--regid=65532", "--clear-groups"]);
        command.args(["--no-new-privs", "--bounding-set=-all"]);
        command.arg(&program);
        command
    } else {
        Command::new(&program)
    };
    let port = ports::free();
    let running = Process::start(
        command
            .args(["demo", "--listen", &format!("127.0.0.1:{port}")])
            .env_clear()
            .env("TMPDIR", &state)
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/proc")
            .stdout(Stdio::null()),
    );
    let url = format!("http://127.0.0.1:{port}");
    let health = || {
        let mut health = Command::new(&program);
        health.arg("health").env("WALLBOARD_URL", &url);
        block_in_place(|| health.output().unwrap())
    };

    until("it is well", SOON, async || {
        let output = health();
        if output.status.success() {
            Ok(())
        } else {
            Err(output)
        }
    })
    .await;
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    running.signal("-TERM");

    assert_eq!(names, ["state", "wallboard"]);
}
