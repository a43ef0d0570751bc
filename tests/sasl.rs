//! What is said while logging in, word by word, against a server that writes it down.

#[path = "it/ledger.rs"]
mod ledger;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ledger::{TestLedger, noon};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use touchbase::inbox::InboxError;
use touchbase::inbox::imap::{self, After, Password, Patience, Settings, Tls};
use touchbase::mailbox::Route;

/// `{"status":"invalid_token","schemes":"bearer"}`
const INVALID: &str = "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NoZW1lcyI6ImJlYXJlciJ9";
/// `user=log@us.example\x01auth=Bearer old\x01\x01` and the same with `new`.
const XOAUTH2_OLD: &str = "dXNlcj1sb2dAdXMuZXhhbXBsZQFhdXRoPUJlYXJlciBvbGQBAQ==";
const XOAUTH2_NEW: &str = "dXNlcj1sb2dAdXMuZXhhbXBsZQFhdXRoPUJlYXJlciBuZXcBAQ==";

/// A server with these capabilities that takes whoever says one of `good`; everything said is written down.
async fn serve(capabilities: &'static str, good: &'static [&'static str]) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let said = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&said);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            talk(stream, capabilities, good, &written).await;
        }
    });
    (port, said)
}

async fn talk(stream: TcpStream, capabilities: &str, good: &[&str], said: &Mutex<Vec<String>>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let _ = writer.write_all(format!("* OK [CAPABILITY IMAP4rev1 {capabilities}] hello\r\n").as_bytes()).await;
    while let Ok(Some(line)) = lines.next_line().await {
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        let mut answer = format!("{tag} OK done\r\n");
        if let Some(mechanism) = command.strip_prefix("AUTHENTICATE ") {
            said.lock().unwrap().push(command.to_owned());
            let (name, first) = mechanism.split_once(' ').unwrap_or((mechanism, ""));
            let mut words = vec![first.to_owned()];
            let questions: &[&str] = match (name, first) {
                ("LOGIN", _) => &["VXNlcm5hbWU6", "UGFzc3dvcmQ6"],
                (_, "") => &[""],
                _ => &[],
            };
            for question in questions {
                let _ = writer.write_all(format!("+ {question}\r\n").as_bytes()).await;
                let word = lines.next_line().await.ok().flatten().unwrap_or_default();
                said.lock().unwrap().push(word.clone());
                words.push(word);
            }
            if !words.iter().any(|word| good.contains(&word.as_str())) {
                if name.contains("OAUTH") {
                    let _ = writer.write_all(format!("+ {INVALID}\r\n").as_bytes()).await;
                    let word = lines.next_line().await.ok().flatten().unwrap_or_default();
                    said.lock().unwrap().push(word);
                }
                answer = format!("{tag} NO [AUTHENTICATIONFAILED] no\r\n");
            }
        }
        if command.starts_with("EXAMINE") {
            answer = format!("* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x\r\n{answer}");
        }
        if writer.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn settings(port: u16, password: Password) -> Settings {
    Settings {
        name: "capture".into(),
        host: "127.0.0.1".into(),
        port,
        tls: Tls::None,
        ca_file: None,
        user: "log@us.example".into(),
        password,
        folders: vec!["INBOX".into()],
        route: Route::Capture,
        poll: Duration::from_secs(60),
        after: After::Leave,
        since: None,
        patience: Patience { command: Duration::from_secs(2), ..Patience::default() },
        clock: noon,
    }
}

/// `old`, and once that was refused `new`; counts how often a new one was wanted.
fn tokens(renewals: &Arc<AtomicUsize>) -> Password {
    let renewals = Arc::clone(renewals);
    Password::token(move |refused| {
        let token = match refused {
            None => "old",
            Some(refused) => {
                assert_eq!(refused.expose_secret(), "old");
                renewals.fetch_add(1, Ordering::Relaxed);
                "new"
            }
        };
        async move { Ok(SecretString::from(token)) }
    })
}

async fn log_in(port: u16, password: Password) -> Result<(), InboxError> {
    imap::pass(settings(port, password), Arc::new(TestLedger::default())).await
}

#[tokio::test]
async fn a_token_goes_out_with_the_command_where_the_server_takes_it_and_after_the_question_elsewhere() {
    for (capabilities, expected) in [
        ("SASL-IR AUTH=XOAUTH2", vec![format!("AUTHENTICATE XOAUTH2 {XOAUTH2_OLD}")]),
        ("AUTH=XOAUTH2", vec!["AUTHENTICATE XOAUTH2".into(), XOAUTH2_OLD.into()]),
    ] {
        let (port, said) = serve(capabilities, &[XOAUTH2_OLD]).await;
        log_in(port, tokens(&Arc::default())).await.expect("a login");
        assert_eq!(*said.lock().unwrap(), expected, "{capabilities}");
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_servers_reason_is_answered_first() {
    let (port, said) = serve("SASL-IR AUTH=XOAUTH2", &[XOAUTH2_NEW]).await;
    let renewals = Arc::new(AtomicUsize::new(0));
    log_in(port, tokens(&renewals)).await.expect("a login");
    let expected =
        [format!("AUTHENTICATE XOAUTH2 {XOAUTH2_OLD}"), String::new(), format!("AUTHENTICATE XOAUTH2 {XOAUTH2_NEW}")];
    assert_eq!(*said.lock().unwrap(), expected);
    assert_eq!(renewals.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_token_that_is_refused_again_is_told_in_words_and_never_shown() {
    for capabilities in ["SASL-IR AUTH=XOAUTH2", "AUTH=XOAUTH2", "SASL-IR AUTH=OAUTHBEARER", "AUTH=OAUTHBEARER"] {
        let (port, said) = serve(capabilities, &[]).await;
        let renewals = Arc::new(AtomicUsize::new(0));
        let error = log_in(port, tokens(&renewals)).await.expect_err("a refusal");
        let InboxError::RefusedToken { said: words, .. } = &error else { panic!("{error:?}") };
        assert!(words.contains("not valid") && words.contains("AUTHENTICATIONFAILED"), "{words}");
        assert!(error.hint().is_some_and(|hint| hint.contains("touchbase login capture")), "{error:?}");
        assert_eq!(renewals.load(Ordering::Relaxed), 1, "{capabilities}");
        let answer = if capabilities.contains("BEARER") { "AQ==" } else { "" };
        assert!(said.lock().unwrap().iter().any(|word| word == answer), "{capabilities}: {said:?}");
    }
}

#[tokio::test]
async fn a_password_that_cannot_be_quoted_is_said_by_sasl_login() {
    let (port, said) = serve("AUTH=LOGIN", &["cMOkc3M="]).await;
    log_in(port, Password::new(|| async { Ok(SecretString::from("päss")) })).await.expect("a login");
    assert_eq!(*said.lock().unwrap(), ["AUTHENTICATE LOGIN", "bG9nQHVzLmV4YW1wbGU=", "cMOkc3M="]);
}

#[tokio::test]
async fn where_the_server_offers_nothing_for_what_we_have_nothing_is_said() {
    let password = || Password::new(|| async { Ok(SecretString::from("secret")) });
    for (capabilities, given, words) in [
        ("AUTH=PLAIN AUTH=LOGIN", tokens(&Arc::default()), "does not take OAuth tokens"),
        ("LOGINDISABLED AUTH=XOAUTH2", password(), "OAuth tokens"),
        ("LOGINDISABLED", password(), "unprotected"),
    ] {
        let (port, said) = serve(capabilities, &[]).await;
        let error = log_in(port, given).await.expect_err("no way in");
        let InboxError::Configuration { what, .. } = &error else { panic!("{error:?}") };
        assert!(what.contains(words), "{what}");
        assert!(said.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_asks_without_end_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("a port").port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        let _ = writer.write_all(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n").await;
        while let Ok(Some(_)) = lines.next_line().await {
            let _ = writer.write_all(b"+ more\r\n").await;
        }
    });
    let result = tokio::time::timeout(
        Duration::from_secs(10),
        log_in(port, Password::new(|| async { Ok(SecretString::from("secret")) })),
    );
    assert!(matches!(result.await.expect("it ends"), Err(InboxError::Retry(_))));
}
