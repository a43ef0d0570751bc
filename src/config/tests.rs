use super::*;

fn places() -> Places {
    Places { beside: "/etc/touchbase".into(), state: "/var/lib/touchbase".into() }
}

fn read(text: &str) -> Config {
    Config::read(text, &places()).unwrap_or_else(|problems| panic!("{}", rendered(&problems)))
}

fn rendered(problems: &[Problem]) -> String {
    problems.iter().map(|p| format!("{p}\n")).collect()
}

fn refused(text: &str) -> String {
    rendered(&Config::read(text, &places()).expect_err("this should be refused"))
}

/// The sample with its `#key` lines in force: every default written out.
fn uncommented() -> String {
    let bare = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase()) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    SAMPLE.lines().map(bare).collect()
}

/// Each block of `##` lines, in force on its own.
fn examples() -> Vec<String> {
    let lines: Vec<&str> = SAMPLE.lines().collect();
    let mut examples = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let table = lines[at].starts_with("##[");
        let length = lines[at..].iter().take_while(|l| l.starts_with("##")).count().min(if table { 99 } else { 1 });
        if length == 0 {
            at += 1;
            continue;
        }
        let text = lines.iter().enumerate().map(|(i, line)| match (at..at + length).contains(&i) {
            true => format!("{}\n", &line[2..]),
            false => format!("{line}\n"),
        });
        examples.push(text.collect());
        at += length;
    }
    examples
}

#[test]
fn every_key_of_the_sample_stands_at_its_default() {
    assert_ne!(uncommented(), SAMPLE);
    assert_eq!(read(&uncommented()), read(SAMPLE));
}

#[test]
fn the_sample_without_its_five_lines_is_the_default() {
    let ours = [
        "addresses = [\"me",
        "files = [",
        "name =",
        "kind =",
        "host =",
        "user =",
        "password-file =",
        "capture-addresses",
        "[[mailbox]]",
        "port =",
        "tls =",
        "folders =",
        "poll =",
        "after =",
    ];
    let text = uncommented();
    let rest: String =
        text.lines().filter(|l| !ours.iter().any(|o| l.starts_with(o))).map(|l| format!("{l}\n")).collect();
    let config = read(&rest);
    let mut default = Config::default();
    default.store.path = places().writing(default.store.path);
    default.report.directory = places().writing(default.report.directory);
    assert_eq!(config, default);
}

#[test]
fn every_key_that_exists_is_explained_in_the_sample() {
    let mut all = SAMPLE.to_owned();
    all.push_str("[[mailbox]]\nname='y'\nkind='imap'\nhost='x'\nuser='x'\noauth={provider='generic'}\n");
    all.push_str("[[mailbox]]\nname='z'\nkind='imap'\nhost='x'\nuser='x'\noauth={provider='microsoft'}\n");
    all.push_str("[[mailbox]]\nname='x'\nkind='maildir'\npath='x'\n[report.mail]\nto=['a@b.example']\nsmtp='x'\n");
    let (_, notes) = walk(&all, &places()).expect("the sample is TOML");
    let written = |key: &str| {
        let beside = format!(", {key} =");
        SAMPLE.lines().any(|l| l.trim_start_matches('#').starts_with(&format!("{key} =")) || l.contains(&beside))
    };
    let missing: Vec<String> = notes
        .schema()
        .into_iter()
        .filter(|path| {
            !["team", "mailbox", "contacts", "trust", "privacy", "store", "report", "phrases", "metrics", "log"]
                .contains(&path.as_str())
        })
        .filter(|path| !["report.calendar", "report.mail"].contains(&path.as_str()))
        .filter(|path| !written(path.rsplit('.').next().unwrap_or_default()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_example_of_the_sample_has_a_known_key() {
    assert!(examples().len() >= 7);
    for example in examples() {
        match Config::read(&example, &places()) {
            Ok(config) => assert_ne!(config, read(SAMPLE), "this example changes nothing:\n{example}"),
            Err(problems) => {
                let told = rendered(&problems);
                assert!(!told.contains("unknown key"), "{told}");
                assert!(told.contains("several places") || told.contains("several ways"), "{told}");
            }
        }
    }
}

#[test]
fn five_changed_lines_are_enough() {
    let marked = |line: &str| (1..=5).any(|n| line.contains(&format!("# {n}: ")));
    assert_eq!(SAMPLE.lines().filter(|l| marked(l)).count(), 5);
    assert_eq!(SAMPLE.lines().filter(|l| !l.starts_with('#') && l.contains("us.example")).count(), 4);
    let config = read(SAMPLE);
    let Source::Imap(imap) = &config.mailboxes[0].source else { panic!("not IMAP") };
    assert_eq!((imap.host.as_str(), imap.port, imap.tls), ("imap.us.example", 993, Tls::Implicit));
    assert_eq!(imap.login, Login::Password(PasswordSource::File("/etc/touchbase/capture.password".into())));
}

#[test]
fn what_is_read_lies_beside_the_file_and_what_is_written_in_the_state_directory() {
    let config = read(SAMPLE);
    assert_eq!(config.contacts.files, [PathBuf::from("/etc/touchbase/contacts.csv")]);
    assert_eq!(config.store.path, PathBuf::from("/var/lib/touchbase/touchbase.db"));
    assert_eq!(config.report.directory, PathBuf::from("/var/lib/touchbase/reports"));
    let config = read("[store]\nurl = 'sqlite:/srv/tb.db'\n[report]\ndirectory = '/srv/www'");
    assert_eq!(config.store.path, PathBuf::from("/srv/tb.db"));
    assert_eq!(config.report.directory, PathBuf::from("/srv/www"));
}

#[test]
fn an_empty_file_is_the_default() {
    let mut default = Config::default();
    default.store.path = places().writing("touchbase.db");
    default.report.directory = places().writing("reports");
    assert_eq!(read(""), default);
    assert_eq!(read("\u{feff}"), default);
}

#[test]
fn starttls_moves_the_default_port() {
    let text = SAMPLE.replace("#tls = \"implicit\"", "tls = \"starttls\"");
    let config = read(&text);
    assert!(matches!(&config.mailboxes[0].source, Source::Imap(i) if i.port == 143 && i.tls == Tls::Starttls));
}

#[test]
fn the_team_holds_the_capture_addresses_of_every_mailbox_once() {
    let second = "[[mailbox]]\nname = 'b'\nkind = 'maildir'\npath = 'm'\ncapture-addresses = ['log@us.example', 'crm@us.example']\n";
    let team = read(&format!("{SAMPLE}\n{second}")).team();
    let capture: Vec<&str> = team.capture_addresses.iter().map(Address::as_str).collect();
    assert_eq!(capture, ["crm@us.example", "log@us.example"]);
    assert!(!team.assume);
}

#[test]
fn dates_and_times_may_stand_with_or_without_quotes() {
    let config = read("[report]\nat = 06:30:00\n[report.calendar]\nholidays = [2026-12-25, '2026-01-01']");
    assert_eq!(config.report.at, jiff::civil::time(6, 30, 0, 0));
    assert_eq!(config.report.calendar.holidays.first().map(ToString::to_string).as_deref(), Some("2026-01-01"));
}

#[test]
fn durations_add_up() {
    let poll =
        |text: &str| read(&SAMPLE.replace("#poll = \"60s\"", &format!("poll = {text:?}"))).mailboxes[0].poll.as_secs();
    assert_eq!((poll("90s"), poll("5m"), poll("1h30m"), poll("1d")), (90, 300, 5_400, 86_400));
}

#[test]
fn exclusion_ignores_case_and_tags_and_reaches_below_domains() {
    let config = read("[privacy]\nexclude = ['Bank.example', 'mum@home.example']");
    let covered = |a: &str| config.privacy.exclude.iter().any(|w| w.covers(&Address::parse(a).unwrap()));
    assert!(covered("x@bank.example") && covered("x@mail.bank.example") && covered("Mum+x@home.example"));
    assert!(!covered("dad@home.example") && !covered("x@notbank.example"));
}

#[test]
fn a_password_in_the_file_is_refused_and_never_repeated() {
    let canary = "hunter2-canary";
    let lines = [
        format!("password = \"{canary}\""),
        format!("passwd = \"{canary}\""),
        format!("pasword-file = \"{canary}\""),
        format!("password_file = \"{canary}\""),
        format!("secret = \"{canary}\""),
        format!("oauth-token = \"{canary}\""),
        format!("password-file = [\"{canary}\"]"),
        format!("password-credential = \"../{canary}\""),
        format!("password = {canary}"),
        format!("password = \"{canary}"),
        format!("wachtwoord = \"{canary}\""),
        format!("port = \"imap://u:{canary}@h\""),
    ];
    for line in lines {
        let text = SAMPLE.replace("password-file = \"capture.password\"", &line);
        let told = refused(&text);
        assert!(!told.contains(canary), "{told}");
        assert!(told.contains("line "), "{told}");
    }
}

#[test]
fn a_file_that_is_not_there_says_so() {
    let error = Config::load(Path::new("/nonexistent/touchbase.toml")).unwrap_err();
    assert!(error.render().contains("no such file") && error.render().contains("--config"), "{}", error.render());
    assert_eq!(error.to_string(), "/nonexistent/touchbase.toml cannot be used: 1 problem");
}

/// Each `tests/configs/valid/*.toml` is taken; each `invalid/*.toml` gives what stands in its `.expected`.
/// `UPDATE_EXPECTED=1` writes what is given, to be read before it is kept.
#[test]
fn the_collected_configurations_give_what_is_expected_of_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs");
    for path in tomls(&root.join("valid")) {
        read(&std::fs::read_to_string(&path).unwrap());
    }
    let mut wrong = Vec::new();
    for path in tomls(&root.join("invalid")) {
        let told = refused(&std::fs::read_to_string(&path).unwrap());
        let expected = path.with_extension("expected");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&expected, &told).unwrap();
        }
        if std::fs::read_to_string(&expected).unwrap_or_default() != told {
            wrong.push(format!("{}:\n{told}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn tomls(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[test]
fn the_providers_known_by_name_need_a_client_alone() {
    let of = |oauth: &str| {
        let config = read(&SAMPLE.replace("password-file = \"capture.password\"", &format!("oauth = {{ {oauth} }}")));
        let Source::Imap(imap) = &config.mailboxes[0].source else { panic!("not IMAP") };
        let Login::OAuth(oauth) = imap.login.clone() else { panic!("no OAuth") };
        *oauth
    };
    let google = of("provider = 'google', client-id = 'id', client-secret-file = 'google.secret'");
    assert_eq!((google.device_endpoint, google.scopes), (None, vec!["https://mail.google.com/".to_owned()]));
    assert_eq!(google.client_secret, Some(PasswordSource::File("/etc/touchbase/google.secret".into())));
    assert_eq!(google.tokens, PathBuf::from("/var/lib/touchbase/tokens/capture.json"));
    let microsoft = of("provider = 'microsoft', client-id = 'id', tenant = 'us.example'");
    let endpoint = "https://login.microsoftonline.com/us.example/oauth2/v2.0/devicecode";
    assert_eq!(microsoft.device_endpoint.as_deref(), Some(endpoint));
}

#[test]
fn the_tokens_of_a_mailbox_lie_in_the_state_directory_whatever_its_name() {
    let text = SAMPLE.replace("name = \"capture\"", "name = \"../a b\"");
    let config =
        read(&text.replace("password-file = \"capture.password\"", "oauth = {provider='google', client-id='x'}"));
    let Source::Imap(Imap { login: Login::OAuth(oauth), .. }) = &config.mailboxes[0].source else { panic!("no OAuth") };
    assert_eq!(oauth.tokens, PathBuf::from("/var/lib/touchbase/tokens/%2E%2E%2Fa%20b.json"));
}
