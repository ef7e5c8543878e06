//! Notifications to the service manager, the unit file and the container image.

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

use crate::support::{Process, ports, quiet_site::quiet_source, wait_until};

const SOON: Duration = Duration::from_secs(30);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn configuration(folder: &Path) -> PathBuf {
    let file = folder.join("wallboard.toml");
    let port = ports::free();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\n{}",
        quiet_source(folder),
    );
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn systemd_is_notified_of_start_watchdog_reload_and_stop() {
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
    let wait_for_message = |awaited: &str| {
        let mut message = [0; 1024];
        loop {
            let length = socket.recv(&mut message).unwrap();
            let message = str::from_utf8(&message[..length]).unwrap();
            if message.lines().any(|line| line == awaited) {
                return message.to_owned();
            }
        }
    };

    assert!(wait_for_message("READY=1").contains("STATUS=Listening on 127.0.0.1:"));
    for _ in 0..3 {
        wait_for_message("WATCHDOG=1");
    }
    running.signal("-HUP");
    assert!(wait_for_message("RELOADING=1").contains("MONOTONIC_USEC="));
    wait_for_message("READY=1");
    running.signal("-TERM");
    wait_for_message("STOPPING=1");

    assert!(running.wait().unwrap().success());
}

#[test]
fn unit_file_is_valid_and_hardened() {
    let unit = fs::read_to_string(root().join("packaging/wallboard.service")).unwrap();
    let has_line = |line: &str| unit.lines().any(|other| other == line);

    for line in [
        "Type=notify",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=always",
        "DynamicUser=yes",
        "ProtectSystem=strict",
        "MemoryDenyWriteExecute=yes",
    ] {
        assert!(has_line(line), "{line}");
    }
    if !Path::new("/usr/bin/systemd-analyze").exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.service");
    let program = env!("CARGO_BIN_EXE_wallboard");
    let start = format!("ExecStart={program}");
    fs::write(&file, unit.replace("ExecStart=wallboard", &start)).unwrap();
    let socket = folder.path().join("wallboard.socket");
    fs::copy(root().join("packaging/wallboard.socket"), &socket).unwrap();
    let analyze = |arguments: &[&str], file: &Path| {
        let mut command = Command::new("systemd-analyze");
        let output = command.args(arguments).arg(file).output().unwrap();
        let text = [&output.stdout[..], &output.stderr[..]].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    };
    for file in [&file, &socket] {
        assert_eq!(analyze(&["verify"], file), (true, String::new()));
    }
    let (is_hardened, text) = analyze(&["security", "--offline=true", "--threshold=20"], &file);
    assert!(is_hardened, "{text}");
}

#[test]
fn packaged_socket_has_the_packaged_configurations_address() {
    let read = |name: &str| fs::read_to_string(root().join("packaging").join(name)).unwrap();
    let (socket, configuration) = (read("wallboard.socket"), read("wallboard.toml"));

    let mut addresses = socket
        .lines()
        .filter_map(|line| line.strip_prefix("ListenStream="));
    let listen = format!("listen = \"{}\"", addresses.next().unwrap());

    assert_eq!(addresses.next(), None);
    assert!(configuration.lines().any(|line| line == listen), "{listen}");
}

#[test]
fn image_inputs_exist_and_are_not_ignored() {
    let dockerfile = fs::read_to_string(root().join("Dockerfile")).unwrap();
    let ignore = fs::read_to_string(root().join(".dockerignore")).unwrap();
    let copied: Vec<_> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--from"))
        .flat_map(|line| line.split_whitespace().rev().skip(1))
        .collect();

    for path in ["src", "simulator", "Cargo.lock"] {
        assert!(copied.contains(&path), "{path} is not copied");
    }
    for path in &copied {
        assert!(root().join(path).exists(), "{path}");
        assert!(
            ignore.lines().any(|line| line == format!("!{path}")),
            "{path}"
        );
    }
    // Included at compile time.
    let included = ["templates", "static", "migrations", "boards"];
    for folder in included
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
        assert!(dockerfile.lines().any(|other| other == line), "{line}");
    }
}

/// As in a container: an unprivileged user where we may switch to one, a single writable folder, no
/// home and no environment.
#[tokio::test(flavor = "multi_thread")]
async fn runs_unprivileged_in_its_own_folder() {
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

    wait_until("the health check succeeds", SOON, async || {
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
