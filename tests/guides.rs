//! The guides in `docs/`, done as they say: every `sh` block is run in order, in a house of its own with a real mail
//! server, by the shell that a reader would have. What only a provider, another machine or systemd can do stands in by
//! name below, each with its reason; a stand-in that no guide needs fails.

#[path = "it/dovecot.rs"]
mod dovecot;

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dovecot::Dovecot;
use touchbase::config::{Config, Places};

/// A command that is not what it is elsewhere: its name, why, and its script. `note NAME` writes down that it was needed.
const STAND_INS: &[(&str, &str, &str)] = &[
    ("cargo", "the program of these tests is built already", ""),
    ("sudo", "the house belongs to whoever runs the tests, and has an /etc/touchbase of its own", SUDO),
    ("apt", "tests/service installs the package on a system of its own", ""),
    (
        "install",
        "there is no user touchbase here",
        r#"[ "$1 $2" = "-o touchbase" ] && shift 2; exec /usr/bin/install "$@""#,
    ),
    ("systemctl", "no systemd runs here; tests/service boots one", ""),
    ("journalctl", "no journal is kept here", ""),
    ("scp", "there is no second machine", r#"mkdir -p "$HOME/newbox"; shift; exec cp -r "$1" "$2" "$HOME/newbox""#),
    (
        "touchbase",
        "providers' servers, a person's answers and an endless `run` are not at hand; see the script",
        TOUCHBASE,
    ),
];

const SUDO: &str = r#"
mkdir -p "$HOME/etc/touchbase"
for word in "$@"; do
    shift
    case "$word" in /etc/touchbase*) word=$HOME$word ;; esac
    set -- "$@" "$word"
done
exec "$@"
"#;

const TOUCHBASE: &str = r#"
# Where a guide names a provider's server, the server of the tests stands, with its login and its password.
for file in "$HOME"/*/touchbase.toml; do
    [ -f "$file" ] || continue
    sed -i -E \
        -e 's/^host = "(imap\.ours\.example|imap\.gmail\.com|outlook\.office365\.com)"$/host = "localhost"\nport = PORT\nca-file = "CA"/' \
        -e 's/^user = ".*"$/user = "capture"/' -e 's/"\[Gmail\].Sent Mail"/"Ausgang"/' "$file"
done
# What a guide writes into a password file is an example; that it wrote one that only its owner can read is not.
for file in "$HOME"/*/*.password; do [ -s "$file" ] && echo 'secret pass' >"$file"; done
named=
for word in "$@"; do [ "$word" = --config ] && named=yes; done
case "$*" in
    # A person answers the questions, and types the password.
    "init $HOME/touchbase")
        "REAL" "$@" --yes --address log@ours.example --host imap.ours.example --team ours.example || exit
        (umask 077; echo 'secret pass' >"$HOME/touchbase/capture.password")
        exit ;;
    init*|explain*) exec "REAL" "$@" ;;
    # Only the provider can ask a person to agree; from here on the password does.
    *login*)
        grep -q '^oauth = ' "$HOME"/*/touchbase.toml || exit 65
        (umask 077; echo 'secret pass' >"$HOME/agreed.password")
        sed -i -E "s|^oauth = .*|password-file = \"$HOME/agreed.password\"|" "$HOME"/*/touchbase.toml
        exit ;;
esac
# The service's configuration lies in /etc/touchbase; here it is the house's.
[ -n "$named" ] || set -- --config "$HOME/touchbase/touchbase.toml" "$@"
case "$*" in
    # It ends when it is stopped: here once it watches.
    *" run")
        "REAL" "$@" 2>"$HOME/said" & daemon=$!
        for wait in $(seq 400); do grep -q 'tells of new mail' "$HOME/said" && break; sleep 0.1; done
        kill -TERM $daemon && wait $daemon
        exit ;;
esac
exec "REAL" "$@"
"#;

const MAILS: [&str; 3] = [
    "From: Ann Li <ann@acme.example>\nTo: mia@ours.example\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n\
     Message-ID: <one@acme.example>\nSubject: Delivery plan\n\nCould you send the crane on Friday?\n",
    "From: Mia <mia@ours.example>\nTo: Bo Birch <bo@birch.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n\
     Message-ID: <two@ours.example>\nSubject: Second crane\n\nI will send the plan by Friday.\n",
    "From: Sam Ode <sam@ode.example>\nTo: mia@ours.example\nDate: Wed, 4 Nov 2026 11:00:00 +0100\n\
     Message-ID: <three@ode.example>\nSubject: Hello\n\nMay I call you about the crane?\n",
];

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn guide(name: &str) -> String {
    fs::read_to_string(docs().join(name)).expect(name)
}

/// The fenced blocks of a text: what they hold, and their words.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(kind) if !inside => {
                blocks.push((kind.to_owned(), String::new()));
                inside = true;
            }
            Some(_) => inside = false,
            None if inside => {
                let block = &mut blocks.last_mut().expect("an open block").1;
                block.push_str(line);
                block.push('\n');
            }
            None => {}
        }
    }
    assert!(!inside, "a block does not end");
    blocks
}

/// A scratch home beside a server with mail in it.
struct Home {
    folder: tempfile::TempDir,
    _server: Dovecot,
}

impl Home {
    fn new() -> Home {
        let server = Dovecot::start();
        server.deliver_all("capture", &MAILS.map(|mail| mail.as_bytes().to_vec()));
        let folder = tempfile::Builder::new().prefix("tb-guide").tempdir().expect("a temporary folder");
        let home = Home { folder, _server: server };
        fs::create_dir(home.path("bin")).expect("a folder");
        for (name, _, script) in STAND_INS {
            let script = script
                .replace("REAL", env!("CARGO_BIN_EXE_touchbase"))
                .replace("PORT", &home._server.imaps_port.to_string())
                .replace("CA", &home._server.ca_file.display().to_string().replace('/', r"\/"));
            let text = format!("#!/bin/sh\necho {name} >>\"$HOME/needed\"\n{script}\n");
            fs::write(home.path("bin").join(name), text).expect("a stand-in");
            fs::set_permissions(home.path("bin").join(name), Permissions::from_mode(0o755)).expect("permissions");
        }
        fs::write(home.path("mail.eml"), MAILS[0]).expect("a mail");
        home
    }

    /// The same after the first guide was followed.
    fn lived_in() -> Home {
        let home = Home::new();
        home.does(
            "touchbase init ~/touchbase && cd ~/touchbase
             printf 'customer,name,address,domains\nAcme Foods,,,acme.example\nAcme Foods,Ann Li,ann@acme.example,\n' >contacts.csv
             touchbase once",
        );
        fs::remove_file(home.path("needed")).expect("what was needed");
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a script that has to succeed, line by line; gives what was needed for it.
    fn does(&self, script: &str) -> BTreeSet<String> {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        let output = Command::new("sh")
            .args(["-eux", "-c", script])
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("PATH", path)
            .env_remove("STATE_DIRECTORY")
            .env_remove("CREDENTIALS_DIRECTORY")
            .stdin(Stdio::null())
            .output()
            .expect("a shell");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}\n{said}", output.status);
        let needed = fs::read_to_string(self.path("needed")).unwrap_or_default();
        needed.lines().map(str::to_owned).collect()
    }
}

/// Guides that begin with nothing, and those for whoever has followed one of these.
const FROM_NOTHING: [&str; 4] = ["start.md", "gmail.md", "microsoft-365.md", "own-server.md"];
const LIVED_IN: [&str; 5] =
    ["sending-mail-in.md", "reading-the-report.md", "privacy.md", "backup-and-moving.md", "troubleshooting.md"];

#[test]
fn every_command_of_every_guide_does_what_it_says() {
    let follow = |name: &str| {
        let commands: String =
            blocks(&guide(name)).into_iter().filter(|(kind, _)| kind == "sh").map(|(_, block)| block).collect();
        assert!(!commands.is_empty(), "{name} shows no command");
        let home = if FROM_NOTHING.contains(&name) { Home::new() } else { Home::lived_in() };
        println!("{name}");
        home.does(&commands)
    };
    let needed: BTreeSet<String> = FROM_NOTHING.iter().chain(&LIVED_IN).flat_map(|name| follow(name)).collect();
    for (name, reason, _) in STAND_INS {
        assert!(needed.contains(*name), "{name} stands in for nothing any more ({reason})");
    }
}

#[test]
fn every_guide_is_followed_and_nothing_in_it_hides_from_these_tests() {
    let known: BTreeSet<&str> = FROM_NOTHING.into_iter().chain(LIVED_IN).collect();
    let of_makers = ["crash-safety.md", "faults.md", "phrases.md", "understanding.md"];
    // Typed anew by tests/service, on a machine of its own.
    let typed = ["sessions.md"];
    for entry in fs::read_dir(docs()).expect("the guides").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if of_makers.contains(&name.as_str()) || typed.contains(&name.as_str()) || !name.ends_with(".md") {
            continue;
        }
        assert!(known.contains(name.as_str()), "nobody follows docs/{name}");
        for (kind, block) in blocks(&guide(&name)) {
            assert!(["sh", "toml", "text"].contains(&kind.as_str()), "docs/{name}: a block of `{kind}`");
            assert!(kind == "sh" || !block.contains("touchbase --"), "docs/{name}: a command that is not run\n{block}");
        }
        for link in guide(&name).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(docs().join(link).exists(), "docs/{name} leads to {link}, which is not there");
        }
    }
}

#[test]
fn every_configuration_in_a_guide_is_accepted() {
    let places = Places { beside: "/etc/touchbase".into(), state: "/var/lib/touchbase".into() };
    let mut seen = 0;
    for name in FROM_NOTHING.iter().chain(&LIVED_IN) {
        for (_, block) in blocks(&guide(name)).into_iter().filter(|(kind, _)| kind == "toml") {
            let read = Config::read(&block, &places);
            assert!(read.is_ok(), "docs/{name}: {:?}\n{block}", read.err());
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen}");
}

#[test]
fn every_command_in_a_sentence_is_one() {
    for name in FROM_NOTHING.iter().chain(&LIVED_IN) {
        // Headings are messages, not commands.
        let text: String = guide(name)
            .lines()
            .filter(|line| !line.starts_with('#'))
            .fold(String::new(), |text, line| text + line + "\n");
        for code in text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("touchbase ")) {
            let words: Vec<&str> = code
                .split_whitespace()
                .skip(1)
                .take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
                .chain(code.split_whitespace().filter(|word| word.starts_with("--")))
                .filter(|word| *word != "--help")
                .collect();
            // Help is given only for commands that there are, and refused for flags that are not.
            let said = Command::new(env!("CARGO_BIN_EXE_touchbase")).args(&words).arg("--help").output().expect("it");
            assert_eq!(said.status.code(), Some(0), "docs/{name}: {code}: {}", String::from_utf8_lossy(&said.stderr));
        }
    }
}

#[test]
fn every_message_in_troubleshooting_is_one_that_the_program_says() {
    let mut sources = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).expect("src").map(|entry| entry.expect("an entry").path()) {
            match path.is_dir() {
                true => folders.push(path),
                false => sources += &fs::read_to_string(path).unwrap_or_default(),
            }
        }
    }
    let text = guide("troubleshooting.md");
    let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
    assert!(headings.len() >= 15, "{}", headings.len());
    for heading in headings {
        for part in heading.split('…').map(str::trim).filter(|part| part.len() > 2) {
            assert!(sources.contains(part), "nothing says {part:?} ({heading})");
        }
    }
}
