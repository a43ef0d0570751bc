//! `touchbase login` and the tokens it keeps, through the built program, a real Dovecot that takes tokens, and a
//! provider of our own.

#[path = "it/dovecot.rs"]
mod dovecot;
#[path = "it/ledger.rs"]
mod ledger;
#[path = "it/oauth.rs"]
mod oauth;
#[path = "it/program.rs"]
mod program;

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Command, Stdio};
use std::time::Duration;

use dovecot::Dovecot;
use ledger::mail;
use oauth::Provider;
use program::Program;
use serde_json::{Value, json};

fn configuration(server: &Dovecot, provider: &Provider, way: &str) -> String {
    format!(
        "[team]\ndomains = [\"us.example\"]\n[[mailbox]]\nname = \"capture\"\nkind = \"imap\"\nhost = \"localhost\"\n\
         port = {}\nca-file = \"{}\"\nuser = \"capture\"\ncapture-addresses = [\"log@us.example\"]\n{}",
        server.imaps_port,
        server.ca_file.display(),
        provider.configuration(way)
    )
}

/// A server that takes tokens by these mechanisms, a provider, and a program that is configured for both.
fn household(mechanisms: &str, way: &str) -> (Dovecot, Provider, Program) {
    let provider = Provider::start("capture");
    let server = Dovecot::start_with_tokens(mechanisms, &provider.url("tokeninfo?access_token="));
    let program = Program::new(&configuration(&server, &provider, way), "customer,address\n", "unused");
    (server, provider, program)
}

const BOTH: &str = "plain login xoauth2 oauthbearer";

/// What is kept, as it stands in the file.
fn kept(program: &Program) -> Value {
    serde_json::from_slice(&fs::read(program.path("tokens/capture.json")).expect("tokens")).expect("JSON")
}

/// Makes the kept access token look as if it had expired.
fn expire(program: &Program) {
    let mut tokens = kept(program);
    tokens["expires_at"] = json!("2020-01-01T00:00:00Z");
    tokens["obtained_at"] = json!("2019-12-31T23:00:00Z");
    fs::write(program.path("tokens/capture.json"), tokens.to_string()).expect("tokens");
}

#[test]
fn a_device_code_leads_to_tokens_and_the_mailbox_is_read_with_either_mechanism() {
    for mechanisms in ["plain xoauth2", "plain oauthbearer"] {
        let (server, provider, program) = household(mechanisms, "device");
        server.place(None, &[mail(1)]);
        let before = program.run(&["once"]);
        assert_eq!(before.code, 78, "{}", before.err);
        assert!(before.err.contains("touchbase login capture"), "{}", before.err);
        let told = program.run(&["login", "capture"]);
        assert_eq!(told.code, 0, "{}{}", told.out, told.err);
        assert!(told.err.contains("http://127.0.0.1/enter") && told.err.contains("WDJB-MJHT"), "{}", told.err);
        assert_eq!(program.json(&["once", "--json"])["mails"], 1, "{mechanisms}");
        assert_eq!(provider.renewals(), 0);
        let mode = |name: &str| fs::metadata(program.path(name)).expect("a file").permissions().mode() & 0o777;
        assert_eq!((mode("tokens"), mode("tokens/capture.json")), (0o700, 0o600));
        for said in [told.out, told.err, before.err] {
            assert!(!said.contains("canary"), "{said}");
        }
    }
}

#[test]
fn a_token_is_renewed_before_it_expires_and_the_replaced_refresh_token_is_kept() {
    let (_server, provider, program) = household(BOTH, "device");
    program.does(&["login", "capture"]);
    for round in 1..=3 {
        expire(&program);
        program.does(&["once"]);
        assert_eq!(provider.renewals(), round);
        assert_eq!(kept(&program)["refresh_token"].as_str(), provider.state().refresh.as_deref());
    }
    // A provider that gives no new refresh token means the old one.
    provider.state().rotates = false;
    let refresh = kept(&program)["refresh_token"].clone();
    expire(&program);
    program.does(&["once"]);
    assert_eq!(kept(&program)["refresh_token"], refresh);
}

#[test]
fn a_token_that_the_mail_server_refuses_is_renewed_once_although_it_should_hold() {
    for mechanisms in ["plain xoauth2", "plain oauthbearer"] {
        let (server, provider, program) = household(mechanisms, "device");
        program.does(&["login", "capture"]);
        provider.forget_access();
        server.place(None, &[mail(1)]);
        assert_eq!(program.json(&["once", "--json"])["mails"], 1);
        assert_eq!(provider.renewals(), 1);
        // The provider goes on giving tokens, but for somebody else.
        provider.state().user = "nobody".into();
        provider.forget_access();
        let refused = program.run(&["once"]);
        assert_eq!(refused.code, 69, "{}", refused.err);
        assert!(refused.err.contains("touchbase login capture"), "{}", refused.err);
        assert!(!refused.err.contains("canary"), "{}", refused.err);
        assert_eq!(provider.renewals(), 2, "once");
    }
}

#[test]
fn a_permission_that_has_ended_is_told_with_what_to_do_and_not_asked_about_again() {
    let (server, provider, program) = household(BOTH, "device");
    program.does(&["login", "capture"]);
    provider.revoke();
    for _ in 0..2 {
        let ended = program.run(&["once"]);
        assert_eq!(ended.code, 78, "{}", ended.err);
        assert!(ended.err.contains("has ended") && ended.err.contains("touchbase login capture"), "{}", ended.err);
        assert!(!ended.err.contains("canary") && !ended.err.contains("Trace"), "{}", ended.err);
    }
    assert_eq!(provider.renewals(), 1, "once it is known, the provider is left alone");
    let status = program.json(&["status", "--json"]);
    let reason = status["mailboxes"][0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("touchbase login capture"), "{reason}");
    let checked = program.run(&["check"]);
    assert_eq!(checked.code, 1);
    assert!(checked.out.contains("WRONG") && checked.out.contains("touchbase login capture"), "{}", checked.out);
    program.does(&["login", "capture"]);
    server.place(None, &[mail(1)]);
    assert_eq!(program.json(&["once", "--json"])["mails"], 1);
}

#[test]
fn a_provider_that_does_not_answer_costs_nothing_but_time() {
    let (server, provider, program) = household(BOTH, "device");
    program.does(&["login", "capture"]);
    server.place(None, &[mail(1)]);
    provider.state().refuses = Some((503, json!({"oops": "canary"})));
    expire(&program);
    let later = program.run(&["once"]);
    assert_eq!(later.code, 69, "{}", later.err);
    assert!(later.err.contains("503") && !later.err.contains("canary"), "{}", later.err);
    provider.state().refuses = None;
    assert_eq!(program.json(&["once", "--json"])["mails"], 1);
}

#[test]
fn whoever_declines_or_agrees_as_somebody_else_hears_of_it_at_once() {
    let (_server, provider, program) = household(BOTH, "device");
    provider.state().declines = true;
    let declined = program.run(&["login", "capture"]);
    assert_eq!(declined.code, 75, "{}", declined.err);
    assert!(!program.path("tokens/capture.json").exists());
    (provider.state().declines, provider.state().user) = (false, "me".into());
    let other = program.run(&["login", "capture"]);
    assert_eq!(other.code, 69, "{}", other.err);
    assert!(other.err.contains("does not let it in"), "{}", other.err);
    let nowhere = program.run(&["login", "nowhere"]);
    assert_eq!(nowhere.code, 66, "{}", nowhere.err);
}

#[test]
fn the_daemon_goes_on_when_a_token_is_replaced_and_nothing_secret_is_said_at_any_level() {
    let (mut server, provider, program) = household(BOTH, "device");
    let with_logs = configuration(&server, &provider, "device") + "[log]\nlevel = \"trace\"\n";
    program.write("touchbase.toml", &with_logs);
    program.does(&["login", "capture"]);
    let mut daemon = program.start(&[]);
    daemon.says("the server tells of new mail", Duration::from_secs(30));
    provider.forget_access();
    server.stop();
    server.place(None, &[mail(1)]);
    server.run();
    daemon.says("mail settled", Duration::from_secs(30));
    assert_eq!(provider.renewals(), 1);
    daemon.signal(rustix::process::Signal::TERM);
    let said = daemon.said();
    daemon.ends(Duration::from_secs(20));
    assert!(!said.contains("canary"), "a token, a code or a secret was logged");
}

#[test]
fn many_folders_and_commands_at_once_renew_one_after_the_other() {
    let (_server, provider, program) = household(BOTH, "device");
    program.does(&["login", "capture"]);
    expire(&program);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| program.run(&["check"]));
        }
    });
    assert_eq!(provider.renewals(), 1, "a second use of a replaced token would have revoked everything");
    assert!(provider.state().refresh.is_some());
}

#[test]
fn what_root_writes_belongs_to_the_service() {
    let (_server, _provider, program) = household(BOTH, "device");
    let folder = program.path("touchbase.toml").parent().expect("a folder").to_owned();
    std::os::unix::fs::chown(&folder, Some(4711), Some(4712)).expect("root");
    program.does(&["login", "capture"]);
    for name in ["tokens", "tokens/capture.json", "tokens/capture.lock"] {
        let meta = fs::metadata(program.path(name)).expect("a file");
        assert_eq!((meta.uid(), meta.gid()), (4711, 4712), "{name}");
    }
}

#[test]
fn a_client_shows_its_secret_and_a_missing_one_is_named() {
    let (server, provider, program) = household(BOTH, "device");
    provider.state().client_secret = Some("canary-client".into());
    let text = configuration(&server, &provider, "device") + "client-secret-file = \"client\"\n";
    program.write("touchbase.toml", &text);
    let missing = program.run(&["login", "capture"]);
    assert_eq!(missing.code, 78, "{}", missing.err);
    assert!(missing.err.contains("client"), "{}", missing.err);
    program.write("client", "canary-client\n");
    fs::set_permissions(program.path("client"), Permissions::from_mode(0o600)).expect("permissions");
    program.does(&["login", "capture"]);
    program.write("client", "canary-wrong\n");
    fs::set_permissions(program.path("client"), Permissions::from_mode(0o600)).expect("permissions");
    let wrong = program.run(&["login", "capture"]);
    assert_eq!(wrong.code, 78, "{}", wrong.err);
    assert!(wrong.err.contains("invalid_client") && !wrong.err.contains("canary"), "{}", wrong.err);
}

/// What a browser does with a page: opens it and says where it is led.
fn open(page: &str) -> String {
    let address = page.strip_prefix("http://").expect("a page on this machine");
    let (host, path) = address.split_once('/').expect("a path");
    let mut stream = TcpStream::connect(host).expect("a server");
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let location = answer.lines().find_map(|line| line.strip_prefix("Location: "));
    location.map(|to| to.trim().to_owned()).unwrap_or(answer)
}

#[test]
fn a_browser_is_led_back_or_its_address_is_pasted() {
    let (_server, _provider, program) = household(BOTH, "authorization");
    let text = fs::read_to_string(program.path("touchbase.toml")).expect("a file");
    program.write("touchbase.toml", &text.replace("/authorization\"", "/authorize\""));
    for pasted in [false, true] {
        let mut login = Command::new(env!("CARGO_BIN_EXE_touchbase"))
            .arg("--config")
            .arg(program.path("touchbase.toml"))
            .args(["login", "capture", "--json"])
            .env_remove("STATE_DIRECTORY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut told = BufReader::new(login.stdout.take().expect("a pipe"));
        let mut line = String::new();
        told.read_line(&mut line).expect("a line");
        let said: Value = serde_json::from_str(&line).expect("JSON");
        let back = open(said["authorization_uri"].as_str().expect("a page"));
        assert!(back.starts_with("http://127.0.0.1:"), "{back}");
        match pasted {
            true => writeln!(login.stdin.as_mut().expect("a pipe"), "{back}").expect("a pipe"),
            false => assert!(open(&back).contains("You can close this page")),
        }
        let mut rest = String::new();
        told.read_to_string(&mut rest).expect("the rest");
        assert!(login.wait().expect("an end").success(), "{rest}");
        assert_eq!(serde_json::from_str::<Value>(&rest).expect("JSON")["mailbox"], "capture");
        assert_eq!(kept(&program)["client_id"], "touchbase-tests");
        fs::remove_file(program.path("tokens/capture.json")).expect("tokens");
    }
}
