//! What `check` asks of a server, step by step, until one fails that the others need.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::certificate::Certificate;
use super::connect::{self, Dial};
use super::session::{Answer, Session, Untagged};
use super::wire::Stream;
use super::{After, Settings, Tls};
use crate::inbox::InboxError;
use crate::inbox::probe::{HEADER, Probe, Recent, Step, share};

/// A certificate that expires sooner than this is a worry: those that renew themselves are renewed a month before.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);
/// What a server may be able to do that makes a difference here (RFC 2177, 6851, 4315, 6154).
const USEFUL: [(&str, &str); 4] = [
    ("IDLE", "tells of new mail at once"),
    ("MOVE", "moves mails in one step"),
    ("UIDPLUS", "deletes single mails"),
    ("SPECIAL-USE", "says which folder holds sent mail"),
];

/// Finds the host, connects, checks the certificate, logs in, opens each folder for reading and reads recent headers.
pub async fn probe(settings: &Settings) -> Probe {
    let mut probe = Probe::default();
    if let Some(session) = way_in(settings, &mut probe.steps).await {
        look_around(settings, session, &mut probe).await;
    }
    probe
}

/// Logs in and out again.
///
/// # Errors
/// Why it cannot.
pub async fn try_login(settings: &Settings) -> Result<(), InboxError> {
    let mut session = Session::connect(settings, &Dial::Network).await?;
    session.login(settings).await?;
    session.logout().await;
    Ok(())
}

/// The steps to a session that is logged in; `None` once one has failed.
async fn way_in(settings: &Settings, steps: &mut Vec<Step>) -> Option<Session> {
    let addresses = tried(steps, format!("find {}", settings.host), connect::resolve(settings).await, |found| {
        found.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", ")
    })?;
    let what = format!("connect to port {}", settings.port);
    let (dial, peer) = match reach(settings, &addresses).await {
        Ok(reached) => reached,
        Err(error) => {
            steps.push(Step::wrong(what, &error));
            return None;
        }
    };
    steps.push(Step::fine(what, format!("{} answers", peer.ip())));
    let what = if settings.tls == Tls::None { "greeting" } else { "TLS" };
    let mut session = match Session::connect(settings, &dial).await {
        Ok(session) => session,
        Err(error) => {
            steps.push(Step::wrong(what, &error));
            return None;
        }
    };
    steps.push(match &session.certificate {
        Some(certificate) => of_certificate(certificate, (settings.clock)()),
        None if settings.tls == Tls::None => Step::fine(what, "none is needed to this very machine"),
        None => Step::fine(what, "the certificate is trusted"),
    });
    let logged_in = session.login(settings).await;
    tried(steps, format!("log in as {}", settings.user), logged_in, |()| "the server lets us in".to_owned())?;
    steps.push(Step::fine("capabilities", of_capabilities(&session)));
    Some(session)
}

/// Writes a step down; gives what it came to if it worked.
fn tried<T>(
    steps: &mut Vec<Step>,
    what: String,
    came_to: Result<T, InboxError>,
    told: impl Fn(&T) -> String,
) -> Option<T> {
    match came_to {
        Ok(value) => {
            steps.push(Step::fine(what, told(&value)));
            Some(value)
        }
        Err(error) => {
            steps.push(Step::wrong(what, &error));
            None
        }
    }
}

/// A connection, as a way to reach the server that works once.
async fn reach(settings: &Settings, addresses: &[SocketAddr]) -> Result<(Dial, SocketAddr), InboxError> {
    let stream = connect::tcp(settings, addresses).await?;
    let peer = stream.peer_addr().map_err(|error| InboxError::Retry(error.to_string()))?;
    let once: Mutex<Option<Box<dyn Stream>>> = Mutex::new(Some(Box::new(stream)));
    let open = move || {
        let taken = once.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or_else(|| std::io::Error::other("it was used already"))
    };
    Ok((Dial::Through(Arc::new(open)), peer))
}

fn of_certificate(certificate: &Certificate, now: Timestamp) -> Step {
    let until = certificate.valid_until.to_zoned(TimeZone::UTC).date();
    let issuer = if certificate.issuer.is_empty() { "somebody without a name" } else { &certificate.issuer };
    let detail = format!("the certificate is trusted, issued by {issuer}, valid until {until}");
    let left = certificate.valid_until.duration_since(now);
    if left >= SOON {
        return Step::fine("TLS", detail);
    }
    let days = left.as_hours().max(0) / 24;
    Step::doubtful("TLS", detail, format!("it expires in {days} days: have whoever runs the server renew it"))
}

fn of_capabilities(session: &Session) -> String {
    let told = |(name, what): &(&str, &str)| session.can(name).then(|| format!("{name} ({what})"));
    let mut words: Vec<String> = USEFUL.iter().filter_map(told).collect();
    if !session.can("IDLE") {
        words.insert(0, "no IDLE: new mail is asked for every `poll`".to_owned());
    }
    words.join(", ")
}

/// Everything that needs a session.
async fn look_around(settings: &Settings, mut session: Session, probe: &mut Probe) {
    for folder in &settings.folders {
        if let Err(error) = look_into(settings, folder, &mut session, probe).await {
            probe.steps.push(Step::wrong(format!("read the mails of {folder}"), &error));
            return;
        }
    }
    if settings.after != After::Leave {
        // Whether it may be done shows when it is done: opening a folder to change it changes it already (`\Recent`).
        probe.steps.push(Step::fine("afterwards", how(&settings.after, &session)));
    }
    session.logout().await;
}

/// What will be done, as far as the server can.
fn how(after: &After, session: &Session) -> String {
    let removal = if session.can("UIDPLUS") { "deleted" } else { "marked as deleted, since the server has no UIDPLUS" };
    match after {
        After::Leave => "nothing".to_owned(),
        After::Seen => "settled mails are marked as seen".to_owned(),
        After::Delete => format!("settled mails are {removal}"),
        After::Move(folder) if session.can("MOVE") => format!("settled mails are moved to {folder}"),
        After::Move(folder) => format!("settled mails are copied to {folder}, then {removal}"),
    }
}

/// Opens one folder and reads its newest headers. An error means that the connection is of no more use.
async fn look_into(
    settings: &Settings,
    folder: &str,
    session: &mut Session,
    probe: &mut Probe,
) -> Result<(), InboxError> {
    let what = format!("open {folder}");
    let sent_folder = session.is_sent(folder).await?;
    let opened = match session.examine(folder).await {
        Ok(opened) => opened,
        Err(error @ InboxError::Configuration { .. }) => {
            let mut step = Step::wrong(what, &error);
            let known = session.folders().await?;
            let names: Vec<String> = known.into_iter().take(30).map(|(name, _)| name).collect();
            step.hint = Some(format!("the folders there are: {}", names.join(", ")));
            probe.steps.push(step);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    probe.steps.push(Step::fine(what, format!("{} mails", opened.exists)));
    if opened.exists == 0 {
        return Ok(());
    }
    let headers = newest(session, share(settings.folders.len())).await?;
    let what = format!("read the mails of {folder}");
    probe.steps.push(match headers.len() {
        0 => Step::doubtful(what, "the server hands none of them over", "look at one of them in a mail program"),
        read => Step::fine(what, format!("the newest {read} can be read")),
    });
    probe.recent.extend(headers.into_iter().map(|header| Recent { header, sent_folder }));
    Ok(())
}

/// The headers of the newest mails of the open folder, the newest first, without marking any as seen.
async fn newest(session: &mut Session, most: u32) -> Result<Vec<Vec<u8>>, InboxError> {
    let last = session.folder.exists;
    let first = last.saturating_sub(most.max(1)).saturating_add(1);
    let mut headers = Vec::new();
    let mut note = |untagged| {
        if let Untagged::Fetch(mail) = untagged {
            headers.extend(mail.sections.into_values().next().filter(|header| !header.is_empty()));
        }
    };
    let command = format!("FETCH {first}:{last} (UID BODY.PEEK[HEADER]<0.{HEADER}>)");
    let answer = session.exchange(&command, u64::from(most) * HEADER, &mut note).await?;
    if let Answer::Refused(_) = answer {
        headers.clear();
    }
    headers.reverse();
    Ok(headers)
}
