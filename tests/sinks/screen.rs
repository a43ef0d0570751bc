//! What a person sees on a terminal, run through a terminal's own state machine.

use vte::{Params, Parser, Perform};

use super::mails;

/// Notes everything that would do more than show a character or begin a line.
#[derive(Default)]
struct Screen {
    steered: Vec<String>,
}

impl Perform for Screen {
    fn print(&mut self, c: char) {
        if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}') {
            self.steered.push(format!("shown {c:?}"));
        }
    }

    fn execute(&mut self, byte: u8) {
        if !matches!(byte, b'\n' | b'\t') {
            self.steered.push(format!("control {byte:#x}"));
        }
    }

    fn csi_dispatch(&mut self, params: &Params, _: &[u8], _: bool, action: char) {
        self.steered.push(format!("CSI {params:?} {action}"));
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        self.steered.push(format!("ESC {byte:#x}"));
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        self.steered.push(format!("OSC {params:?}"));
    }

    fn hook(&mut self, _: &Params, _: &[u8], _: bool, action: char) {
        self.steered.push(format!("DCS {action}"));
    }
}

fn steered(output: &str) -> Vec<String> {
    let mut screen = Screen::default();
    Parser::new().advance(&mut screen, output.as_bytes());
    screen.steered.truncate(10);
    screen.steered
}

#[test]
fn no_payload_steers_a_terminal() {
    let (program, logged) = mails::read();
    assert_eq!(steered(logged), Vec::<String>::new(), "the log, at its most talkative");
    let day = mails::days()[0].to_string();
    let commands: &[&[&str]] = &[
        &["timeline", "acme"],
        &["timeline", "ann@acme.example"],
        &["search", "hello"],
        &["unmatched", "list"],
        &["quarantine", "list"],
        &["quarantine", "show", "3"],
        &["contacts", "list"],
        &["customers", "list"],
        &["status"],
        &["export"],
        &["export", "--format", "csv"],
        &["report", "--date", &day, "--output", "-", "--format", "markdown"],
        &["explain", "Maildir/cur"],
    ];
    for words in commands {
        let ran = program.run(words);
        assert!(!ran.out.is_empty() || ran.code != 0, "{words:?} says nothing");
        assert_eq!(steered(&(ran.out + &ran.err)), Vec::<String>::new(), "{words:?}");
    }
}

#[test]
fn mails_are_explained_without_steering_either() {
    let (program, _) = mails::read();
    let folder = std::fs::read_dir(program.path("Maildir/new")).expect("a folder");
    let files: Vec<String> = folder.map(|file| file.expect("a file").path().display().to_string()).collect();
    let mut words = vec!["explain"];
    words.extend(files.iter().map(String::as_str));
    for json in [false, true] {
        let mut words = words.clone();
        words.extend(json.then_some("--json"));
        let said = program.does(&words);
        assert!(said.lines().count() >= files.len());
        assert_eq!(steered(&said), Vec::<String>::new(), "json: {json}");
    }
}

#[test]
fn the_judge_sees_every_kind_of_sequence() {
    for steering in ["\u{1b}[31m", "\u{1b}c", "\u{1b}]0;x\u{7}", "\u{7}", "\r", "\u{1b}Pq\u{1b}\\", "\u{202e}"] {
        assert!(!steered(steering).is_empty(), "{steering:?}");
    }
    assert!(steered("words\n\tand ü 漢\n").is_empty());
}
