//! Who is there, and who are we: certificates, STARTTLS, logins.
//!
//! A server that is not to be trusted is told nothing: no login reaches it, however long it tries.

use std::time::Duration;

use secrecy::SecretString;
use touchbase::inbox::imap::{Denied, Password, Settings, Tls};

use super::case::{Case, Scene};
use super::certificates;
use super::fault::{Act, Asked, Cut, Fault, Lasts, Step, before, instead, swap, then_cut};
use super::server::{ServerTls, Traits};

const HOUR: Duration = Duration::from_secs(3_600);
const SCENES: [Scene; 3] = [Scene::FirstFill, Scene::CatchUp, Scene::Reconnect];

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scene in SCENES {
        cases.extend(wrong_certificates(scene));
        cases.extend(no_tls(scene));
        cases.extend(start_tls(scene));
        cases.extend(refused_logins(scene));
    }
    cases.extend(tokens());
    cases
}

fn over(tls: Tls) -> impl Fn(Settings) -> Settings + Send + Sync + 'static {
    move |settings| Settings { tls, ca_file: Some(certificates::folder().join("ca.pem")), ..settings }
}

fn implicit() -> Traits {
    Traits { tls: ServerTls::Implicit(certificates::server("good")), ..Traits::ordinary() }
}

fn starting() -> Traits {
    Traits { tls: ServerTls::Start(certificates::server("good")), ..Traits::ordinary() }
}

/// For an hour the server shows another certificate.
fn wrong_certificates(scene: Scene) -> Vec<Case> {
    let words = [
        ("expired", "expired"),
        ("future", "not valid yet"),
        ("other-host", "another host name"),
        ("self-signed", "certificate"),
        ("stranger", "nobody trusted has signed it"),
    ];
    let case = |(name, told): (&'static str, &'static str)| {
        let shown = certificates::server(name);
        let fault = Fault::once(Step::Secure, move |_| vec![Act::Show(shown.clone())]).lasting(Lasts::Times(3));
        [(Tls::Implicit, implicit(), "implicit"), (Tls::StartTls, starting(), "starttls")].map(|(tls, traits, way)| {
            let case = Case::new(format!("auth/certificate-{name}/{way}"), scene, fault.clone());
            case.at(traits).tuned(over(tls)).expecting(|expect| {
                (expect.told, expect.no_login) = (Some(told), true);
            })
        })
    };
    words.into_iter().flat_map(case).collect()
}

/// What is said instead of TLS, or of TLS as it is now.
fn no_tls(scene: Scene) -> Vec<Case> {
    let hello_1_0 =
        b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01".iter().copied().chain([7; 32]).chain(*b"\x00\x00\x2f\x00");
    let hello_1_1 =
        b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02".iter().copied().chain([7; 32]).chain(*b"\x00\x00\x2f\x00");
    let said: [(&str, Vec<u8>); 7] = [
        ("only-tls-1.0", hello_1_0.collect()),
        ("only-tls-1.1", hello_1_1.collect()),
        ("too-old-alert", b"\x15\x03\x01\x00\x02\x02\x46".to_vec()),
        ("no-cipher-in-common", b"\x15\x03\x03\x00\x02\x02\x28".to_vec()),
        ("plain-text", b"* OK ready\r\n".to_vec()),
        ("http", b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
        ("nothing", Vec::new()),
    ];
    let case = |(name, bytes): (&str, Vec<u8>)| {
        let twist =
            move |_: Asked<'_>| vec![Act::Say(bytes.clone()), Act::Wait(Duration::from_secs(1)), Act::Close(Cut::Fin)];
        let fault = Fault::once(Step::Secure, twist).lasting(Lasts::Times(3));
        let case = Case::new(format!("auth/{name}/implicit"), scene, fault).at(implicit()).tuned(over(Tls::Implicit));
        case.expecting(|expect| (expect.no_login, expect.within) = (true, Duration::from_secs(1_500)))
    };
    said.into_iter().map(case).collect()
}

/// Somebody in between tampers with what is said before TLS.
fn start_tls(scene: Scene) -> Vec<Case> {
    let stripped =
        |name: &str, step: Step, twist: Box<dyn Fn(Asked<'_>) -> Vec<Act> + Send + Sync>, told: &'static str| {
            let fault = Fault::once(step, twist).lasting(Lasts::Times(3));
            let case = Case::new(format!("auth/{name}/{}", step.name()), scene, fault)
                .at(starting())
                .tuned(over(Tls::StartTls));
            case.expecting(|expect| {
                (expect.told, expect.no_login, expect.within) = (Some(told), true, Duration::from_secs(1_500));
            })
        };
    vec![
        stripped(
            "starttls-refused",
            Step::StartTls,
            Box::new(then_cut(instead("{tag} NO not here\r\n"), Cut::Fin)),
            "STARTTLS",
        ),
        stripped(
            "starttls-unknown",
            Step::StartTls,
            Box::new(then_cut(instead("{tag} BAD what\r\n"), Cut::Fin)),
            "STARTTLS",
        ),
        stripped(
            "starttls-injected",
            Step::StartTls,
            Box::new(then_cut(instead("{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"), Cut::Fin)),
            "in between",
        ),
        stripped(
            "starttls-injected-line",
            Step::StartTls,
            Box::new(then_cut(instead("{tag} OK go\r\nT2 OK logged in\r\n"), Cut::Fin)),
            "in between",
        ),
        stripped(
            "preauth",
            Step::Greeting,
            Box::new(then_cut(instead("* PREAUTH welcome\r\n"), Cut::Fin)),
            "logged in before",
        ),
        stripped("bye", Step::Greeting, Box::new(then_cut(instead("* BYE [ALERT] closed\r\n"), Cut::Fin)), "closed"),
        stripped("wrong-tag", Step::StartTls, Box::new(then_cut(instead("T9 OK go\r\n"), Cut::Fin)), "not asked"),
    ]
}

/// The password is refused, or nobody can say whether it is right.
fn refused_logins(scene: Scene) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, words) in [
        ("invalid", "{tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n"),
        ("invalid-no-code", "{tag} NO Login failed.\r\n"),
        ("bad", "{tag} BAD Login failed\r\n"),
        ("expired", "{tag} NO [EXPIRED] the password has expired\r\n"),
        ("web-login", "{tag} NO [WEBALERT https://accounts.example/] Web login required.\r\n"),
        ("eight-bit", "{tag} NO [ALERT]Anmeldung gescheitert – \u{fc}\r\n"),
    ] {
        let fault = Fault::once(Step::Login, instead(words)).lasting(Lasts::For(2 * HOUR));
        cases.push(Case::new(format!("auth/login-{name}-for-two-hours/login"), scene, fault).expecting(|expect| {
            // Three tries, then one every quarter of an hour: accounts are locked for less.
            (expect.within, expect.told) = (Duration::from_secs(1_800), Some("cannot log in"));
            expect.logins = Some(3 + 2 * 4 + 1);
        }));
    }
    let echo = format!("{{tag}} NO wrong password {}\r\n", "x".repeat(5_000));
    cases.push(Case::new("auth/login-long-words/login", scene, Fault::once(Step::Login, instead(echo))));
    let disabled = Fault::once(Step::Capability, swap("IMAP4rev1", "IMAP4rev1 LOGINDISABLED")).lasting(Lasts::Times(2));
    cases.push(Case::new("auth/login-disabled/capability", scene, disabled).at(Traits::ordinary()));
    let asks = Fault::once(Step::Login, before("+ and once more\r\n"));
    cases.push(Case::new("auth/a-question-too-many/login", scene, asks));
    cases
}

/// OAuth tokens end while the mailbox is watched.
fn tokens() -> Vec<Case> {
    let traits = || Traits { capabilities: "IMAP4rev1 IDLE AUTH=XOAUTH2", ..Traits::ordinary() };
    let token = |settings: Settings| Settings {
        password: Password::token(|refused| async move {
            Ok(SecretString::from(if refused.is_some() { "a-newer-token" } else { "a-token" }))
        }),
        ..settings
    };
    let provider_down = |settings: Settings| Settings {
        password: Password::token(|refused| async move {
            match refused {
                Some(_) => Err(Denied::Later("the provider does not answer".into())),
                None => Ok(SecretString::from("a-token")),
            }
        }),
        ..settings
    };
    let revoked = |settings: Settings| Settings {
        password: Password::token(|refused| async move {
            match refused {
                Some(_) => Err(Denied::Person { what: "the grant was revoked".into(), hint: "log in".into() }),
                None => Ok(SecretString::from("a-token")),
            }
        }),
        ..settings
    };
    let mut cases = Vec::new();
    for scene in SCENES {
        let refused = Fault::once(Step::Login, instead("{tag} NO AUTHENTICATE failed.\r\n"));
        let twice = refused.clone().lasting(Lasts::Times(2));
        let hour = refused.clone().lasting(Lasts::For(HOUR));
        cases.push(Case::new("auth/token-expired/login", scene, refused.clone()).at(traits()).tuned(token));
        cases.push(Case::new("auth/token-refused-twice/login", scene, twice).at(traits()).tuned(token));
        cases.push(Case::new("auth/token-refused-for-an-hour/login", scene, hour).at(traits()).tuned(token).expecting(
            |expect| (expect.within, expect.logins) = (Duration::from_secs(1_800), Some(2 * (3 + 4 + 1) + 2)),
        ));
        cases.push(
            Case::new("auth/token-provider-down/login", scene, refused.clone()).at(traits()).tuned(provider_down),
        );
        cases.push(Case::new("auth/token-revoked/login", scene, refused).at(traits()).tuned(revoked));
    }
    cases
}
