//! A small household: one watched Maildir with four mails, one known customer, and touchbase started in it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

const CONFIG: &str = r#"
[team]
addresses = ["me@us.example"]
[[mailbox]]
name = "mine"
kind = "maildir"
path = "Maildir"
[contacts]
files = ["contacts.csv"]
[trust]
authentication-results = ["mx.us.example"]
[report]
time-zone = "Europe/Brussels"
"#;

const CONTACTS: &str = "customer,name,address,role\nAcme,Ann Li,ann@acme.example,Packing\n";

/// From a customer, from a stranger, forged in our name, and no mail at all.
const MAILS: [(&str, &str); 4] = [
    (
        "1.known",
        "From: Ann Li <ann@acme.example>\nTo: me@us.example\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n\
         Message-ID: <one@acme.example>\nSubject: Delivery plan\n\nCould you send the crane on Friday?\n",
    ),
    (
        "2.stranger",
        "From: Sam Ode <sam@ode.example>\nTo: me@us.example\nDate: Tue, 3 Nov 2026 11:00:00 +0100\n\
         Message-ID: <two@ode.example>\nSubject: Hello\n\nMay I call you about the crane?\n",
    ),
    (
        "3.forged",
        "Authentication-Results: mx.us.example; dmarc=fail header.from=us.example\n\
         From: me@us.example\nTo: Ann Li <ann@acme.example>\nDate: Wed, 4 Nov 2026 12:00:00 +0100\n\
         Message-ID: <three@us.example>\nSubject: New bank account\n\nPlease pay elsewhere.\n",
    ),
    ("4.broken", "\u{0}\u{1}\u{2} nothing that a mail begins with\n"),
];

/// A folder with a configuration, contacts and mail; gone when dropped.
pub struct House {
    folder: TempDir,
}

/// What a command came to.
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// The facts.
    pub out: String,
    /// Everything else.
    pub err: String,
}

impl House {
    /// Furnished as above; nothing read yet.
    pub fn new() -> House {
        let house = House::empty();
        house.write("touchbase.toml", CONFIG);
        house.write("contacts.csv", CONTACTS);
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(house.path("Maildir").join(part)).expect("a Maildir");
        }
        for (name, mail) in MAILS {
            house.write(&format!("Maildir/new/{name}"), mail);
        }
        house
    }

    /// The same, with its mail read.
    pub fn lived_in() -> House {
        let house = House::new();
        assert_eq!(house.run(&["once"]).code, 0);
        house
    }

    /// An empty folder.
    pub fn empty() -> House {
        House { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A place in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file there.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    /// Adds lines to the configuration, or replaces it when they begin with `[team]`.
    pub fn configure(&self, text: &str) {
        let whole = if text.trim_start().starts_with("[team]") { text.to_owned() } else { format!("{CONFIG}{text}") };
        self.write("touchbase.toml", &whole);
    }

    /// Everything that lies there, sorted.
    pub fn contents(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Runs a command with the household's configuration.
    pub fn run(&self, words: &[&str]) -> Said {
        self.run_with(words, "")
    }

    /// The same with something on standard input.
    pub fn run_with(&self, words: &[&str], input: &str) -> Said {
        let config = self.path("touchbase.toml");
        let mut all = vec!["--config", config.to_str().expect("a path in UTF-8")];
        all.extend(words);
        touchbase(&all, input, self.folder.path())
    }

    /// The JSON that a successful command prints.
    pub fn json(&self, words: &[&str]) -> Value {
        let said = self.run(words);
        assert_eq!(said.code, 0, "{}", said.err);
        serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{words:?} prints no JSON ({e}): {}", said.out))
    }

    /// A command that succeeds; its facts.
    pub fn facts(&self, words: &[&str]) -> String {
        let said = self.run(words);
        assert_eq!(said.code, 0, "{words:?}: {}", said.err);
        said.out
    }

    /// A command that fails: with this code, nothing on standard output, and all of these words in what it says.
    pub fn refuses(&self, words: &[&str], code: i32, tells: &[&str]) -> String {
        let said = self.run(words);
        assert_eq!(said.code, code, "{words:?}: {}{}", said.out, said.err);
        assert_eq!(said.out, "", "{words:?}");
        for word in tells {
            assert!(said.err.contains(word), "{words:?} does not tell {word:?}: {}", said.err);
        }
        said.err
    }
}

/// Runs touchbase in a folder, without what systemd would give it.
pub fn touchbase(words: &[&str], input: &str, folder: &Path) -> Said {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_touchbase"));
    command.args(words).write_stdin(input).current_dir(folder);
    command.env_remove("STATE_DIRECTORY").env_remove("CREDENTIALS_DIRECTORY");
    let output = command.output().expect("touchbase starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { code: output.status.code().expect("an exit code"), out: text(output.stdout), err: text(output.stderr) }
}
