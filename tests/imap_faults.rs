//! The IMAP inbox against a server that does what no server should: each fault must end without a mail lost, doubled
//! or invented, and without a cursor that moved past what was not listed.

#[path = "it/ledger.rs"]
mod ledger;

use std::sync::Arc;
use std::time::Duration;

use ledger::{Fate, TestLedger, noon, uid_of};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use touchbase::inbox::imap::{self, After, Password, Patience, Settings, Tls};
use touchbase::inbox::{InboxError, State};
use touchbase::mailbox::Route;

/// What the server says to a command: `{tag}` is the command's tag, `{before}` that of the one before. `CUT` at the end
/// closes the connection.
type Answers = fn(connection: usize, command: &str) -> Option<String>;

/// Serves every connection by the script; what it does not answer, an ordinary server with mails 1 and 2 does.
async fn serve(greeting: &'static str, script: Answers) -> Settings {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("a port").port();
    tokio::spawn(async move {
        let mut connection = 0;
        while let Ok((stream, _)) = listener.accept().await {
            connection += 1;
            tokio::spawn(talk(stream, greeting, script, connection));
        }
    });
    let short = Duration::from_millis(400);
    let pause = Duration::from_millis(20);
    Settings {
        name: "faulty".into(),
        host: "127.0.0.1".into(),
        port,
        tls: Tls::None,
        ca_file: None,
        user: "capture".into(),
        password: Password::new(|| async { Ok(SecretString::from("secret")) }),
        folders: vec!["INBOX".into()],
        route: Route::Capture,
        poll: Duration::from_millis(50),
        after: After::Leave,
        since: None,
        patience: Patience { command: short, greeting: short, done: short, pause, ..Patience::default() },
        clock: noon,
    }
}

async fn talk(stream: TcpStream, greeting: &str, script: Answers, connection: usize) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let _ = writer.write_all(greeting.as_bytes()).await;
    let (mut idling, mut before) = (String::new(), String::new());
    while let Ok(Some(line)) = lines.next_line().await {
        let (tag, command) = line.split_once(' ').unwrap_or((&idling, &line));
        let answer = script(connection, command).unwrap_or_else(|| ordinary(command));
        if command == "IDLE" {
            let tag = tag.to_owned();
            let answer = answer.replace("{tag}", &tag);
            idling = tag;
            let _ = writer.write_all(answer.as_bytes()).await;
            continue;
        }
        let answer = answer.replace("{tag}", tag).replace("{before}", &before);
        before = tag.to_owned();
        let whole = answer.strip_suffix("CUT");
        if writer.write_all(whole.unwrap_or(&answer).as_bytes()).await.is_err() || whole.is_some() {
            return;
        }
    }
}

const LIST_1: &str = "* 1 FETCH (UID 1 RFC822.SIZE 4 INTERNALDATE \"19-Nov-2026 09:12:00 +0100\")\r\n";
const LIST_2: &str = "* 2 FETCH (UID 2 RFC822.SIZE 4 INTERNALDATE \"19-Nov-2026 09:12:00 +0100\")\r\n";
const BODY_1: &str = "* 1 FETCH (UID 1 BODY[] {4}\r\none\n)\r\n";
const BODY_2: &str = "* 2 FETCH (UID 2 BODY[] {4}\r\ntwo\n)\r\n";

fn ordinary(command: &str) -> String {
    let untagged = match command {
        "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE\r\n".to_owned(),
        "IDLE" => return "+ idling\r\n".into(),
        _ if command.starts_with("EXAMINE") => "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\n".into(),
        _ if command.contains("RFC822.SIZE") => format!("{LIST_1}{LIST_2}"),
        _ if command.contains("UID FETCH 1:2 (UID BODY") => format!("{BODY_1}{BODY_2}"),
        _ if command.contains("UID FETCH 1 (UID BODY") => BODY_1.into(),
        _ if command.contains("UID FETCH 2 (UID BODY") => BODY_2.into(),
        _ => String::new(),
    };
    format!("{untagged}{{tag}} OK done\r\n")
}

const HELLO: &str = "* OK hello\r\n";

async fn pass(script: Answers) -> (Result<(), InboxError>, Arc<TestLedger>) {
    let ledger = Arc::new(TestLedger::default());
    let settings = serve(HELLO, script).await;
    let result = tokio::time::timeout(Duration::from_secs(20), imap::pass(settings, Arc::clone(&ledger))).await;
    (result.expect("it ends"), ledger)
}

fn fates(ledger: &TestLedger) -> Vec<(u32, Fate, u32)> {
    ledger.rows().iter().map(|row| (uid_of(row).unwrap_or(0), row.fate.clone(), row.times)).collect()
}

fn both_delivered() -> Vec<(u32, Fate, u32)> {
    vec![(1, Fate::Delivered, 1), (2, Fate::Delivered, 1)]
}

#[tokio::test]
async fn an_ordinary_server_is_read() {
    let (result, ledger) = pass(|_, _| None).await;
    result.expect("a pass");
    assert_eq!(fates(&ledger), both_delivered());
}

#[tokio::test]
async fn a_refused_or_cut_listing_never_looks_like_an_empty_folder() {
    for (name, script) in [
        ("NO", (|_, c| c.contains("RFC822.SIZE").then(|| "{tag} NO [SERVERBUG] later\r\n".into())) as Answers),
        ("BAD", |_, c| c.contains("RFC822.SIZE").then(|| "{tag} BAD what\r\n".into())),
        ("cut", |_, c| c.contains("RFC822.SIZE").then(|| format!("{LIST_1}CUT"))),
        ("bye", |_, c| c.contains("RFC822.SIZE").then(|| "* BYE going down\r\nCUT".into())),
        ("silence", |_, c| c.contains("RFC822.SIZE").then(String::new)),
        ("another tag", |_, c| c.contains("RFC822.SIZE").then(|| "X1 OK done\r\n".into())),
        ("examine cut", |_, c| c.starts_with("EXAMINE").then(|| "* 2 EXISTS\r\nCUT".into())),
    ] {
        let (result, ledger) = pass(script).await;
        assert!(matches!(result, Err(InboxError::Retry(_))), "{name}: {result:?}");
        assert!(ledger.rows().is_empty(), "{name}");
        // Once the server is well again everything is there to be read.
        imap::pass(serve(HELLO, |_, _| None).await, Arc::clone(&ledger)).await.expect("a pass");
        assert_eq!(fates(&ledger), both_delivered(), "{name}");
    }
}

#[tokio::test]
async fn a_connection_cut_between_two_mails_costs_neither_of_them() {
    for script in [
        (|n, c| (n == 1 && c.contains("BODY")).then(|| format!("{BODY_1}CUT"))) as Answers,
        |n, c| (n == 1 && c.contains("BODY")).then(|| format!("{BODY_1}* 2 FETCH (UID 2 BODY[] {{4}}\r\ntwCUT")),
        |n, c| (n == 1 && c.contains("BODY")).then(|| format!("{BODY_1}* 2 FETCH (UID 2 BODY[] {{500000000}}\r\ntw")),
        |n, c| (n == 1 && c.contains("BODY")).then(|| format!("{BODY_1}* BYE [ALERT]é…\r\nCUT")),
    ] {
        let (result, ledger) = pass(script).await;
        result.expect("a pass");
        assert_eq!(fates(&ledger), both_delivered());
        assert!(ledger.rows().iter().all(|row| row.attempts == 1), "what the connection broke was given back");
    }
}

/// So many mails that they are asked for with two commands; and so many that they are listed with two.
const TWO_GROUPS: u32 = 201;
const TWO_WINDOWS: u32 = 1_001;

/// What an ordinary server with so many mails tells, without its tagged answer.
fn told(command: &str, mails: u32) -> String {
    let uids = || {
        let set = command.split(' ').nth(2).unwrap_or_default();
        let (low, high) = set.split_once(':').unwrap_or((set, set));
        low.parse::<u32>().unwrap_or(1)..=high.parse::<u32>().unwrap_or(0)
    };
    let size = |uid: u32| LIST_1.replace("* 1 ", &format!("* {uid} ")).replace("UID 1 ", &format!("UID {uid} "));
    match command {
        _ if command.starts_with("EXAMINE") => {
            let next = mails + 1;
            format!("* {mails} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {next}] x\r\n")
        }
        _ if command.starts_with("UID SEARCH") => {
            format!("* SEARCH{}\r\n", (1..=mails).map(|uid| format!(" {uid}")).collect::<String>())
        }
        _ if command.contains("RFC822.SIZE") => uids().map(size).collect(),
        _ if command.contains("(UID BODY") => uids().map(body).collect(),
        _ => String::new(),
    }
}

fn body(uid: u32) -> String {
    format!("* {uid} FETCH (UID {uid} BODY[] {{6}}\r\n{uid:05}\n)\r\n")
}

fn is_ordinary(command: &str) -> bool {
    matches!(command, "CAPABILITY" | "IDLE") || command.starts_with("LOGIN")
}

fn ordinary_with(mails: u32, command: &str) -> Option<String> {
    (!is_ordinary(command)).then(|| told(command, mails) + "{tag} OK\r\n")
}

/// As Dovecot does while its answers find no room: it works on several commands by turns.
#[tokio::test]
async fn mails_are_handed_over_in_their_order_when_those_of_a_later_command_come_first() {
    let (result, ledger) = pass(|_, c| match c {
        _ if c.contains("FETCH 1:200 (UID BODY") => Some(String::new()),
        // Once the second command is there, its mail comes, then those of the first.
        _ if c.contains("FETCH 201 (UID BODY") => {
            let first: String = (1..=200).map(body).collect();
            Some(body(201) + &first + "{before} OK\r\n{tag} OK\r\n")
        }
        _ => ordinary_with(TWO_GROUPS, c),
    })
    .await;
    result.expect("a pass");
    let uids: Vec<i64> = ledger.order().into_iter().map(|id| id.0).collect();
    assert_eq!(uids, (1..=i64::from(TWO_GROUPS)).collect::<Vec<_>>());
    let bodies: Vec<Vec<u8>> = ledger.delivered().into_iter().map(|mail| mail.bytes).collect();
    assert!(bodies.iter().zip(1..).all(|(body, uid)| *body == format!("{uid:05}\n").into_bytes()));
}

fn assert_each_once_at_its_first_attempt(ledger: &TestLedger, mails: u32) {
    let rows = ledger.rows();
    assert_eq!(rows.len(), mails as usize);
    let odd: Vec<_> =
        rows.iter().filter(|row| (&row.fate, row.times, row.attempts) != (&Fate::Delivered, 1, 1)).collect();
    assert!(odd.is_empty(), "{} mails, first {:?}", odd.len(), odd.first());
}

/// What came before the connection broke is not asked for again, though mails before it did not come.
#[tokio::test]
async fn a_mail_that_came_before_its_turn_is_not_lost_with_the_connection() {
    let (result, ledger) = pass(|n, c| match c {
        _ if n == 1 && c.contains("FETCH 1:200 (UID BODY") => Some(String::new()),
        _ if n == 1 && c.contains("FETCH 201 (UID BODY") => Some(body(201) + "CUT"),
        _ if c.contains("FETCH 201 (UID BODY") => panic!("it came before"),
        _ => ordinary_with(TWO_GROUPS, c),
    })
    .await;
    result.expect("a pass");
    assert_each_once_at_its_first_attempt(&ledger, TWO_GROUPS);
}

/// The next window is recorded while the mails of this one come. When the connection breaks meanwhile, no mail of either
/// is to blame.
#[tokio::test]
async fn a_connection_that_breaks_while_the_next_window_is_recorded_costs_no_attempt() {
    let (result, ledger) = pass(|n, c| match c {
        _ if n == 1 && c.contains("FETCH 1:200 (UID BODY") => Some("CUT".into()),
        _ => ordinary_with(TWO_WINDOWS, c),
    })
    .await;
    result.expect("a pass");
    assert_each_once_at_its_first_attempt(&ledger, TWO_WINDOWS);
}

#[tokio::test]
async fn a_mail_that_always_breaks_the_connection_is_given_up_and_the_one_behind_it_comes() {
    let (result, ledger) = pass(|_, c| {
        c.contains("BODY")
            .then(|| if c.contains("FETCH 2 ") { BODY_2.to_owned() + "{tag} OK\r\n" } else { "CUT".into() })
    })
    .await;
    result.expect("a pass");
    let rows = fates(&ledger);
    assert!(matches!(&rows[0].1, Fate::GivenUp(why) if why.contains("breaks")), "{rows:?}");
    assert_eq!(rows[1], (2, Fate::Delivered, 1), "{rows:?}");
}

#[tokio::test]
async fn a_group_that_is_refused_is_asked_for_mail_by_mail() {
    let (result, ledger) = pass(|_, c| match c {
        _ if c.contains("FETCH 1:2 (UID BODY") => {
            Some(format!("{BODY_1}{{tag}} NO Some of the messages no longer exist\r\n"))
        }
        _ => None,
    })
    .await;
    result.expect("a pass");
    assert_eq!(fates(&ledger), both_delivered());
}

#[tokio::test]
async fn a_mail_without_its_text_is_given_up_and_one_never_mentioned_has_vanished() {
    let (result, ledger) =
        pass(|_, c| c.contains("BODY").then(|| "* 1 FETCH (UID 1 BODY[] NIL)\r\n{tag} OK done\r\n".into())).await;
    result.expect("a pass");
    let rows = fates(&ledger);
    assert!(matches!(&rows[0].1, Fate::GivenUp(why) if why.contains("without its text")), "{rows:?}");
    assert_eq!(rows[1].1, Fate::Vanished);
}

#[tokio::test]
async fn what_was_not_asked_for_is_not_taken() {
    let (result, ledger) = pass(|_, c| match c {
        _ if c.contains("RFC822.SIZE") => Some(format!(
            "{LIST_1}* 9 FETCH (UID 99 RFC822.SIZE 4)\r\n* 3 FETCH (RFC822.SIZE 4)\r\n* 4 FETCH (UID 0 RFC822.SIZE 4)\r\n{{tag}} OK done\r\n"
        )),
        _ if c.contains("BODY") => Some(format!("* 9 FETCH (UID 99 BODY[] {{1}}\r\nx)\r\n{BODY_1}{BODY_1}{{tag}} OK done\r\n")),
        _ => None,
    })
    .await;
    result.expect("a pass");
    assert_eq!(fates(&ledger), [(1, Fate::Delivered, 1)]);
}

#[tokio::test]
async fn strange_remarks_between_answers_are_passed_over() {
    let (result, ledger) = pass(|_, c| {
        let strange = "* ESEARCH (TAG \"x\") UID\r\n* X\r\n\r\n* OK [WHAT\r\n* NO disk nearly full\r\n* 1 FETCH (FLAGS (\\Seen) UID 1)\r\n\n* STATUS x ()\r\n";
        c.starts_with("UID").then(|| format!("{strange}{}", ordinary(c)))
    })
    .await;
    result.expect("a pass");
    assert_eq!(fates(&ledger), both_delivered());
}

/// A folder whose two mails are numbered far apart, so that it is searched before it is listed.
fn far_apart(command: &str) -> Option<String> {
    match command {
        _ if command.starts_with("EXAMINE") => {
            Some("* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1003] x\r\n{tag} OK\r\n".into())
        }
        _ if command.contains("RFC822.SIZE") && !command.contains("FETCH 1:") => Some("{tag} OK\r\n".into()),
        _ => None,
    }
}

#[tokio::test]
async fn a_search_without_an_answer_that_can_be_read_does_not_hide_mails() {
    for script in [
        (|_, c| if c.contains("SEARCH") { Some("{tag} OK\r\n".into()) } else { far_apart(c) }) as Answers,
        |_, c| if c.contains("SEARCH") { Some("* SEARCH 1 x\r\n{tag} OK\r\n".into()) } else { far_apart(c) },
        |_, c| if c.contains("SEARCH") { Some("* ESEARCH UID ALL 1:2\r\n{tag} OK\r\n".into()) } else { far_apart(c) },
        |_, c| {
            if c.contains("SEARCH") { Some("* SEARCH 1\r\n* SEARCH 2\r\n{tag} OK\r\n".into()) } else { far_apart(c) }
        },
    ] {
        let (result, ledger) = pass(script).await;
        result.expect("a pass");
        assert_eq!(fates(&ledger), both_delivered());
    }
}

#[tokio::test]
async fn a_mail_described_in_a_way_that_cannot_be_read_is_read_all_the_same() {
    for script in [
        (|_, c| {
            c.contains("RFC822.SIZE").then(|| format!("{LIST_1}* 2 FETCH (UID 2 X ((a) (b (c))))\r\n{{tag}} OK\r\n"))
        }) as Answers,
        |_, c| {
            let nil = "* 2 FETCH (INTERNALDATE NIL RFC822.SIZE 4 UID 2)\r\n";
            c.contains("RFC822.SIZE").then(|| format!("{LIST_1}{nil}{{tag}} OK [READ-ONLY]é\r\n"))
        },
    ] {
        let (result, ledger) = pass(script).await;
        result.expect("a pass");
        assert_eq!(fates(&ledger), both_delivered());
    }
}

#[tokio::test]
async fn a_mail_handed_over_in_a_way_that_cannot_be_read_fails_and_the_one_behind_it_comes() {
    let (result, ledger) = pass(|_, c| {
        let odd = "* 1 FETCH (UID 1 X ((a) (b (c))) BODY[] {4}\r\none\n)\r\n";
        match c {
            _ if c.contains("FETCH 1:2 (UID BODY") => Some(format!("{odd}{BODY_2}{{tag}} OK\r\n")),
            _ if c.contains("FETCH 1 (UID BODY") => Some(format!("{odd}{{tag}} OK\r\n")),
            _ => None,
        }
    })
    .await;
    result.expect("a pass");
    let rows = fates(&ledger);
    assert!(matches!(&rows[0].1, Fate::GivenUp(why) if why.contains("without its text")), "{rows:?}");
    assert_eq!(rows[1], (2, Fate::Delivered, 1), "{rows:?}");
}

const LARGE_1: &str = "* 1 FETCH (UID 1 RFC822.SIZE 100000 INTERNALDATE \"19-Nov-2026 09:12:00 +0100\")\r\n";
const STRUCTURE_1: &str = "* 1 FETCH (UID 1 BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 4 1)\
    (\"application\" \"pdf\" NIL NIL NIL \"base64\" 99000) \"mixed\" (\"boundary\" \"b\")))\r\n{tag} OK\r\n";

/// The ordinary server, but its first mail is said to be large.
fn large(command: &str) -> Option<String> {
    command.contains("RFC822.SIZE").then(|| format!("{LARGE_1}{LIST_2}{{tag}} OK\r\n"))
}

#[tokio::test]
async fn a_structure_that_is_a_trap_refused_or_missing_costs_nothing_but_the_saving() {
    fn nested(deep: usize) -> String {
        format!("* 1 FETCH (UID 1 BODYSTRUCTURE {}{})\r\n{{tag}} OK\r\n", "(".repeat(deep), ")".repeat(deep))
    }
    fn asked(command: &str, answer: impl Fn() -> String) -> Option<String> {
        if command.contains("BODYSTRUCTURE") { Some(answer()) } else { large(command) }
    }
    for script in [
        (|_, c| asked(c, || nested(200_000))) as Answers,
        |_, c| asked(c, || nested(20_000)),
        |_, c| asked(c, || "* 1 FETCH (UID 1 BODYSTRUCTURE NIL)\r\n{tag} OK\r\n".into()),
        |_, c| asked(c, || "* 1 FETCH (UID 1 BODYSTRUCTURE (\"a\" {5}\r\n".into()),
        |_, c| asked(c, || "{tag} OK\r\n".into()),
        |_, c| asked(c, || "{tag} NO not today\r\n".into()),
        |_, c| asked(c, || "{tag} BAD what\r\n".into()),
        |_, c| asked(c, || "CUT".into()),
    ] {
        let (result, ledger) = pass(script).await;
        result.expect("a pass");
        let mut fates = fates(&ledger);
        fates.sort_by_key(|(uid, ..)| *uid);
        assert_eq!(fates, both_delivered());
    }
}

#[tokio::test]
async fn parts_that_are_refused_cut_or_incomplete_are_followed_by_the_whole_mail() {
    fn parts(command: &str, answer: &str) -> Option<String> {
        match command {
            _ if command.contains("BODYSTRUCTURE") => Some(STRUCTURE_1.into()),
            _ if command.contains("[HEADER]") => Some(answer.to_owned()),
            _ => large(command),
        }
    }
    for script in [
        (|_, c| parts(c, "{tag} NO no parts\r\n")) as Answers,
        |_, c| parts(c, "{tag} OK\r\n"),
        |_, c| parts(c, "* 1 FETCH (UID 1 BODY[HEADER]<0> {4}\r\na: bCUT"),
        |_, c| parts(c, "* 1 FETCH (UID 1 BODY[HEADER]<0> \"a: b\" BODY[1.MIME]<0> NIL)\r\n{tag} OK\r\n"),
        // A header that declares another boundary than the structure.
        |_, c| {
            parts(
                c,
                "* 1 FETCH (UID 1 BODY[HEADER]<0> \"x: y\" BODY[1.MIME]<0> \"\" BODY[1]<0> \"one\" BODY[2.MIME]<0> \"\" BODY[2]<98982> \"QQ==\")\r\n{tag} OK\r\n",
            )
        },
    ] {
        let (result, ledger) = pass(script).await;
        result.expect("a pass");
        assert_eq!(fates(&ledger), both_delivered());
        assert_eq!(ledger.rows()[0].delivery.as_ref().map(|d| d.bytes.as_slice()), Some(&b"one\n"[..]));
    }
}

#[tokio::test]
async fn a_server_that_does_not_tell_the_next_uid_is_asked_for_the_last() {
    let (result, ledger) = pass(|_, c| match c {
        _ if c.starts_with("EXAMINE") => Some("* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK\r\n".into()),
        "FETCH 2 (UID)" => Some("* 2 FETCH (UID 2)\r\n{tag} OK\r\n".into()),
        _ => None,
    })
    .await;
    result.expect("a pass");
    assert_eq!(fates(&ledger), both_delivered());
}

#[tokio::test]
async fn throttling_is_told_from_failure_with_the_time_the_server_wants() {
    let (result, ledger) = pass(|_, c| {
        c.contains("BODY")
            .then(|| "{tag} NO Request is throttled. Suggested Backoff Time: 299910 milliseconds\r\n".into())
    })
    .await;
    assert!(
        matches!(result, Err(InboxError::BackOff { wait, .. }) if wait == Duration::from_millis(299_910)),
        "{result:?}"
    );
    assert!(ledger.rows().iter().all(|row| row.attempts == 0 && row.fate == Fate::Pending), "given back");
}

#[tokio::test]
async fn a_refused_login_says_what_the_server_said_and_nothing_secret() {
    let (result, _) =
        pass(|_, c| c.starts_with("LOGIN").then(|| "{tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n".into()))
            .await;
    let error = result.expect_err("refused");
    assert_eq!(error.to_string(), "cannot log in to 127.0.0.1 as capture: [AUTHENTICATIONFAILED] Invalid credentials");
    assert!(!format!("{error:?}").contains("secret"));
}

#[tokio::test]
async fn greetings_that_are_none_are_refused() {
    for (greeting, permanent) in
        [("* PREAUTH hi\r\n", true), ("* BYE busy\r\n", false), ("220 smtp\r\n", false), ("", false)]
    {
        let settings = serve(greeting, |_, _| None).await;
        let result = imap::pass(settings, Arc::new(TestLedger::default())).await;
        assert_eq!(matches!(result, Err(InboxError::Configuration { .. })), permanent, "{greeting}: {result:?}");
        assert!(result.is_err());
    }
}

#[tokio::test]
async fn bytes_behind_the_answer_to_starttls_end_the_connection() {
    let settings =
        serve(HELLO, |_, c| (c == "STARTTLS").then(|| "{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n".into()))
            .await;
    let result = imap::pass(Settings { tls: Tls::StartTls, ..settings }, Arc::new(TestLedger::default())).await;
    assert!(matches!(&result, Err(InboxError::Retry(what)) if what.contains("in between")), "{result:?}");
}

async fn idles_through(script: Answers) -> Arc<TestLedger> {
    let ledger = Arc::new(TestLedger::default());
    let (stop, stopping) = watch::channel(false);
    let task = tokio::spawn(imap::watch(serve(HELLO, script).await, Arc::clone(&ledger), stopping));
    let quiet = |l: &TestLedger| l.states().iter().any(|s| matches!(s, State::Polling | State::Idle));
    let came = ledger.until(Duration::from_secs(20), |l| l.delivered().len() >= 3 && quiet(l)).await;
    assert!(came, "{:?} {:?}", fates(&ledger), ledger.states());
    stop.send(true).expect("still watching");
    tokio::time::timeout(Duration::from_secs(3), task).await.expect("it stops").expect("no panic");
    ledger
}

fn third_mail(command: &str) -> Option<String> {
    match command {
        _ if command.contains("FETCH 3:") && command.contains("(UID RFC822.SIZE") => {
            Some("* 3 FETCH (UID 3 RFC822.SIZE 4)\r\n{tag} OK\r\n".into())
        }
        _ if command.contains("UID FETCH 3 (UID BODY") => {
            Some("* 3 FETCH (UID 3 BODY[] \"tri\")\r\n{tag} OK\r\n".into())
        }
        _ => None,
    }
}

#[tokio::test]
async fn new_mail_announced_before_the_server_idles_is_not_missed() {
    let ledger = idles_through(|_, c| match c {
        "IDLE" => Some("* 3 EXISTS\r\n+ idling\r\n".into()),
        _ => third_mail(c),
    })
    .await;
    assert_eq!(ledger.delivered().len(), 3);
}

#[tokio::test]
async fn new_mail_announced_while_idling_is_read_at_once() {
    let ledger = idles_through(|_, c| match c {
        "IDLE" => Some("+ idling\r\n* OK Still here\r\n* 3 EXISTS\r\n* 1 RECENT\r\n".into()),
        _ => third_mail(c),
    })
    .await;
    assert_eq!(ledger.delivered()[2].bytes, b"tri");
}

#[tokio::test]
async fn a_server_that_refuses_or_ends_idle_is_polled() {
    fn later(command: &str) -> Option<String> {
        match command {
            _ if command.starts_with("EXAMINE") => {
                Some("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n{tag} OK\r\n".into())
            }
            _ if command.contains("FETCH 1:3 (UID BODY") => {
                Some(format!("{BODY_1}{BODY_2}* 3 FETCH (UID 3 BODY[] \"tri\")\r\n{{tag}} OK\r\n"))
            }
            _ if command.contains("RFC822.SIZE") => {
                Some(format!("{LIST_1}{LIST_2}* 3 FETCH (UID 3 RFC822.SIZE 4)\r\n{{tag}} OK\r\n"))
            }
            _ => None,
        }
    }
    for script in [
        (|_, c| if c == "IDLE" { Some("{tag} NO not now\r\n".into()) } else { later(c) }) as Answers,
        |_, c| if c == "IDLE" { Some("{tag} BAD\r\n".into()) } else { later(c) },
        |_, c| if c == "IDLE" { Some("+ idling\r\n{tag} OK enough\r\n".into()) } else { later(c) },
    ] {
        let ledger = idles_through(script).await;
        assert!(ledger.states().iter().any(|s| *s == State::Polling || *s == State::Idle));
    }
}

#[tokio::test]
async fn a_uidvalidity_that_changes_under_our_hands_ends_the_connection() {
    let (result, ledger) = pass(|n, c| {
        (n == 1 && c.contains("RFC822.SIZE")).then(|| format!("* OK [UIDVALIDITY 8] x\r\n{LIST_1}{{tag}} OK\r\n"))
    })
    .await;
    result.expect("a pass");
    assert_eq!(fates(&ledger), both_delivered());
}
