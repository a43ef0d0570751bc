//! The tokens of one mailbox: a file of their owner alone, renewed before they expire.
//!
//! Renewing is done by one at a time, whichever process it is (a lock beside the file): a provider that replaces the
//! refresh token with every renewal takes a second use of the old one for theft, and revokes them all. The new tokens
//! are on disk before any of them is used; those of a program that ended before it could put them in place are taken
//! from where it wrote them, since the old ones may be worth nothing any more.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rustix::fs::FlockOperation;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::grant::{self, Answer, Granted};
use super::{OAuthError, Provider};
use crate::failpoint::{self, Step};

/// Tokens this close to their end are renewed, whatever their lifetime: a login takes its time.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// How long another process may take to renew.
const PATIENCE: Duration = Duration::from_secs(90);
/// More than any file of ours.
const MOST: u64 = 256 * 1024;

/// Where the tokens of one mailbox lie, and who renews them.
#[derive(Debug, Clone)]
pub struct Vault {
    /// Who gives them.
    pub provider: Provider,
    /// The file, in a folder of its own.
    pub path: PathBuf,
    /// The time.
    pub clock: fn() -> Timestamp,
}

/// What the file holds.
#[derive(Debug, Clone)]
struct Tokens {
    client_id: String,
    access: SecretString,
    refresh: Option<SecretString>,
    obtained_at: Timestamp,
    expires_at: Option<Timestamp>,
    /// Why the refresh token is of no more use, once the provider has said so.
    ended: Option<String>,
}

impl Vault {
    /// An access token that holds for a while yet. `refused` is one that the mail server did not take: it is renewed
    /// although it should hold, unless somebody else has done so meanwhile.
    ///
    /// # Errors
    /// Nobody has agreed, the permission has ended, or the provider cannot be asked.
    pub fn access(&self, refused: Option<&SecretString>) -> Result<SecretString, OAuthError> {
        let _lock = self.lock()?;
        self.take_up()?;
        let tokens = self.load()?.ok_or(OAuthError::NotAgreed)?;
        if tokens.client_id != self.provider.client_id {
            return Err(OAuthError::NotAgreed);
        }
        let now = (self.clock)();
        let known_bad = refused.is_some_and(|bad| bad.expose_secret() == tokens.access.expose_secret());
        if !known_bad && !tokens.is_stale(now) {
            return Ok(tokens.access);
        }
        match self.renew(&tokens, now) {
            // A token that still holds is better than none while the provider cannot be asked.
            Err(OAuthError::Unreachable(_)) if !known_bad && !tokens.has_expired(now) => Ok(tokens.access),
            renewed => renewed,
        }
    }

    /// Keeps what was agreed to.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&self, granted: Granted) -> Result<(), OAuthError> {
        let _lock = self.lock()?;
        self.save(&Tokens::of(&self.provider, granted, (self.clock)()))
    }

    /// Until when the access token holds; `None` when there is none, or nobody knows.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.load().ok().flatten().and_then(|tokens| tokens.expires_at)
    }

    fn renew(&self, tokens: &Tokens, now: Timestamp) -> Result<SecretString, OAuthError> {
        if let Some(why) = &tokens.ended {
            return Err(OAuthError::Ended(why.clone()));
        }
        let Some(refresh) = &tokens.refresh else {
            return Err(OAuthError::Ended("it has expired, and the provider gave no way to renew it".into()));
        };
        // The scope is left out: the same as before (RFC 6749, 6).
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose_secret())];
        match grant::ask(&self.provider, &fields)? {
            Answer::Granted(granted) => {
                let mut renewed = Tokens::of(&self.provider, granted, now);
                renewed.refresh = renewed.refresh.or_else(|| Some(refresh.clone()));
                self.save(&renewed)?;
                Ok(renewed.access)
            }
            Answer::Refused { code, words } if code == "invalid_grant" => {
                let why = grant::told(&code, &words);
                // Written down, so that nobody asks again before a person has agreed anew.
                self.save(&Tokens { ended: Some(why.clone()), ..tokens.clone() })?;
                Err(OAuthError::Ended(why))
            }
            Answer::Refused { code, words } => Err(grant::refused(&code, &words)),
        }
    }

    /// Puts in place what another process wrote whole and ended before it could. What is not whole tells nothing.
    fn take_up(&self) -> Result<(), OAuthError> {
        let beside = self.beside();
        if matches!(self.read(&beside), Ok(Some(_))) {
            return self.place(&beside).map_err(|error| self.unusable(&error));
        }
        Ok(())
    }

    fn load(&self) -> Result<Option<Tokens>, OAuthError> {
        self.read(&self.path)
    }

    fn read(&self, path: &Path) -> Result<Option<Tokens>, OAuthError> {
        let file = match OpenOptions::new().read(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.unusable(&error)),
        };
        let mode = file.metadata().map_err(|error| self.unusable(&error))?.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(self.wrong(format!("it may be read by others (mode {mode:04o})")));
        }
        let mut bytes = Vec::new();
        file.take(MOST).read_to_end(&mut bytes).map_err(|error| self.unusable(&error))?;
        let said: Option<Value> = serde_json::from_slice(&bytes).ok();
        // Its content is never repeated.
        let tokens = said.as_ref().and_then(Tokens::read);
        tokens.map(Some).ok_or_else(|| self.wrong("it holds no tokens of ours".into()))
    }

    /// Writes the file whole or not at all, and makes sure that it stays when the power goes.
    fn save(&self, tokens: &Tokens) -> Result<(), OAuthError> {
        self.write(&tokens.as_json()).map_err(|error| self.unusable(&error))
    }

    fn write(&self, value: &Value) -> io::Result<()> {
        let beside = self.beside();
        failpoint::before(Step::WriteTokens);
        // One name for all that is ever written, so that nothing secret lies about: whoever writes holds the lock.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        give_to_owner_of(self.folder(), &file)?;
        file.write_all(value.to_string().as_bytes())?;
        file.sync_all()?;
        failpoint::after(Step::WriteTokens);
        self.place(&beside)
    }

    fn place(&self, beside: &Path) -> io::Result<()> {
        failpoint::before(Step::PlaceTokens);
        fs::rename(beside, &self.path)?;
        failpoint::after(Step::PlaceTokens);
        File::open(self.folder())?.sync_all()
    }

    /// Where tokens are written before they are put in place.
    fn beside(&self) -> PathBuf {
        self.path.with_extension("new")
    }

    /// Keeps everybody else out until it is dropped.
    fn lock(&self) -> Result<File, OAuthError> {
        let failed = |error: io::Error| self.unusable(&error);
        let folder = self.folder();
        if !folder.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
            let above = folder.parent().unwrap_or(Path::new("/"));
            give_to_owner_of(above, &File::open(folder).map_err(failed)?).map_err(failed)?;
        }
        let path = self.path.with_extension("lock");
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).map_err(failed)?;
        give_to_owner_of(folder, &file).map_err(failed)?;
        let began = Instant::now();
        while rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            if began.elapsed() > PATIENCE {
                return Err(OAuthError::Unreachable("another process has been renewing the token for too long".into()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(file)
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    fn unusable(&self, error: &io::Error) -> OAuthError {
        self.wrong(error.to_string())
    }

    fn wrong(&self, why: String) -> OAuthError {
        OAuthError::File { path: self.path.display().to_string(), why }
    }
}

/// What root writes for a service belongs to the service, as the folder does.
fn give_to_owner_of(folder: &Path, file: &File) -> io::Result<()> {
    let (wanted, is) = (fs::metadata(folder)?, file.metadata()?);
    if rustix::process::geteuid().is_root() && (wanted.uid(), wanted.gid()) != (is.uid(), is.gid()) {
        std::os::unix::fs::fchown(file, Some(wanted.uid()), Some(wanted.gid()))?;
    }
    Ok(())
}

impl Tokens {
    fn of(provider: &Provider, granted: Granted, now: Timestamp) -> Tokens {
        let lifetime = granted.lifetime.and_then(|lifetime| SignedDuration::try_from(lifetime).ok());
        Tokens {
            client_id: provider.client_id.clone(),
            access: granted.access,
            refresh: granted.refresh,
            obtained_at: now,
            expires_at: lifetime.and_then(|lifetime| now.checked_add(lifetime).ok()),
            ended: None,
        }
    }

    /// Whether it is time for another one: four fifths of its lifetime are over, or a minute is left. A clock that
    /// was set back behind the beginning tells nothing, so then it is time as well.
    fn is_stale(&self, now: Timestamp) -> bool {
        let Some(end) = self.expires_at else { return false };
        let lifetime = end.duration_since(self.obtained_at);
        now < self.obtained_at || end.duration_since(now) < MARGIN.max(lifetime / 5)
    }

    fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    fn read(said: &Value) -> Option<Tokens> {
        let text = |key: &str| said.get(key).and_then(Value::as_str);
        let time = |key: &str| text(key).map(str::parse::<Timestamp>);
        Some(Tokens {
            client_id: text("client_id")?.to_owned(),
            access: SecretString::from(text("access_token")?),
            refresh: text("refresh_token").map(SecretString::from),
            obtained_at: time("obtained_at")?.ok()?,
            expires_at: time("expires_at").transpose().ok()?,
            ended: text("ended").map(str::to_owned),
        })
    }

    fn as_json(&self) -> Value {
        json!({
            "client_id": self.client_id,
            "access_token": self.access.expose_secret(),
            "refresh_token": self.refresh.as_ref().map(|token| token.expose_secret()),
            "obtained_at": self.obtained_at.to_string(),
            "expires_at": self.expires_at.map(|at| at.to_string()),
            "ended": self.ended,
        })
    }
}

#[cfg(test)]
mod tests;
