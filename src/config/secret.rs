//! Where passwords come from, and how they are read: never the file, the environment or an argument.
//!
//! A secret is read when a connection needs it and dropped after, so a changed
//! password needs no restart. It comes back as a [`SecretString`], which has
//! no text for logs, and no error here repeats what was read or printed.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::places::Places;
use super::section::{Fault, Section};
use super::value;

/// Longer than any password or token; more is the wrong file.
const LONGEST: u64 = 64 * 1024;
/// A password manager that has to ask somebody would block a service for ever.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Where a password is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// A systemd credential (systemd.exec(5), `LoadCredential=`), by its name.
    Credential(String),
    /// A file that only its owner can read, absolute.
    File(PathBuf),
    /// A shell command; the first line it prints.
    Command(String),
}

/// A credential without a name is found nowhere: what stands in for a source whose problem is noted.
impl Default for PasswordSource {
    fn default() -> PasswordSource {
        PasswordSource::Credential(String::new())
    }
}

/// Why no secret came back. None of these ends by trying again soon, except [`SecretError::Command`] perhaps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// systemd gave no credentials at all.
    #[error("no credentials were given to this process, so `{name}` cannot be read")]
    NoCredentials {
        /// The credential that was wanted.
        name: String,
    },
    /// It is not there or cannot be read.
    #[error("cannot read the password from {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: String,
    },
    /// Others may read it too.
    #[error("{} may be read by others (mode {mode:04o})", path.display())]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The command failed, was too slow, or printed nothing useful.
    #[error("`password-command` {why}")]
    Command {
        /// What happened, without its output.
        why: String,
    },
    /// There is nothing in it, or nothing that can be a password.
    #[error("{source_name} holds no password: {why}")]
    NoPassword {
        /// Which source, in words.
        source_name: String,
        /// What it holds instead, without showing it.
        why: &'static str,
    },
}

impl SecretError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            SecretError::NoCredentials { name } => format!(
                "add LoadCredential={name}:/etc/touchbase/{name} to the service, or use `password-file` outside systemd"
            ),
            SecretError::Unreadable { .. } => {
                "create it with the password as its only line, mode 0600, owned by the user that runs touchbase"
                    .to_owned()
            }
            SecretError::TooOpen { path, .. } => format!("chmod 600 {}", path.display()),
            SecretError::Command { .. } => {
                "run the command by hand as the user that runs touchbase; it must not ask anything".to_owned()
            }
            SecretError::NoPassword { .. } => "the first line is the password".to_owned(),
        }
    }
}

impl PasswordSource {
    /// Reads the password. Blocks: up to ten seconds for a command.
    ///
    /// # Errors
    /// See [`SecretError`]; none holds any of what was read.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        match self {
            PasswordSource::Credential(name) => credential(name, std::env::var_os("CREDENTIALS_DIRECTORY")),
            PasswordSource::File(path) => file(path),
            PasswordSource::Command(line) => command(line, PATIENCE),
        }
    }
}

/// The keys that name where a password is found.
pub(super) const PASSWORD_KEYS: [&str; 3] = ["password-credential", "password-file", "password-command"];

/// The one source of a password that a section names. When `needed`, none is a problem; several always are.
pub(super) fn read_source(section: &mut Section<'_>, places: &Places, needed: bool) -> Option<PasswordSource> {
    let problems_before = section.problems();
    let source = read_named(section, places, PASSWORD_KEYS);
    // A refused source or a literal password has its own problem already.
    let tried = section.problems() > problems_before || section.has("password");
    if source.is_none() && needed && !tried {
        let fault = Fault::new("is missing");
        section.refuse("password-file", fault.hint("or `password-credential` (systemd) or `password-command`"));
    }
    source
}

/// The one source of a secret that three keys may name: a credential, a file, a command. Several are a problem.
pub(super) fn read_named(
    section: &mut Section<'_>,
    places: &Places,
    [credential, file, command]: [&'static str; 3],
) -> Option<PasswordSource> {
    let sources = [
        section.get(credential, |v| {
            let name = value::text(v)?;
            match name.contains('/') || name == "." || name == ".." {
                true => Err(Fault::new("is no credential's name").hint("the name before the colon in LoadCredential=")),
                false => Ok(PasswordSource::Credential(name)),
            }
        }),
        section.get(file, value::text).map(|path| PasswordSource::File(places.reading(path))),
        section.get(command, value::text).map(PasswordSource::Command),
    ];
    let mut sources: Vec<_> = sources.into_iter().flatten().collect();
    if sources.len() > 1 {
        let fault = Fault::new("is one of several places for one password");
        section.refuse(credential, fault.hint(format!("keep one of `{credential}`, `{file}`, `{command}`")));
    }
    sources.pop()
}

fn credential(name: &str, directory: Option<std::ffi::OsString>) -> Result<SecretString, SecretError> {
    let directory = directory.ok_or_else(|| SecretError::NoCredentials { name: name.to_owned() })?;
    let path = Path::new(&directory).join(name);
    let bytes = read_limited(&path, std::fs::File::open(&path))?;
    first_line(bytes, format!("credential `{name}`"))
}

fn file(path: &Path) -> Result<SecretString, SecretError> {
    let opened = std::fs::File::open(path);
    if let Ok(meta) = opened.as_ref().map_err(|_| ()).and_then(|f| f.metadata().map_err(|_| ())) {
        let mode = meta.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(SecretError::TooOpen { path: path.to_owned(), mode });
        }
    }
    let bytes = read_limited(path, opened)?;
    first_line(bytes, path.display().to_string())
}

fn read_limited(path: &Path, opened: std::io::Result<std::fs::File>) -> Result<Vec<u8>, SecretError> {
    let mut bytes = Vec::new();
    opened
        .and_then(|file| file.take(LONGEST).read_to_end(&mut bytes))
        .map_err(|error| SecretError::Unreadable { path: path.to_owned(), why: error.to_string() })?;
    Ok(bytes)
}

/// Runs the line in a shell and a process group of its own, which ends with the patience.
fn command(line: &str, patience: Duration) -> Result<SecretString, SecretError> {
    let failed = |why: String| SecretError::Command { why };
    let mut child = Command::new("/bin/sh")
        .args(["-c", line])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let output = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        output.map(|pipe| pipe.take(LONGEST).read_to_end(&mut bytes));
        bytes
    });
    let status = wait(&mut child, patience);
    end_group(&child);
    let status = status.map_err(|error| failed(format!("was lost: {error}")))?;
    let _ = child.wait();
    let bytes = reader.join().unwrap_or_default();
    match status {
        None => Err(failed(format!("took longer than {} s", patience.as_secs_f32()))),
        Some(status) if !status.success() => Err(failed(match status.code() {
            Some(code) => format!("ended with code {code}"),
            None => "was killed".to_owned(),
        })),
        Some(_) => first_line(bytes, "what `password-command` printed".to_owned()),
    }
}

fn wait(child: &mut Child, patience: Duration) -> std::io::Result<Option<std::process::ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() >= patience {
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

/// Ends whatever the command left behind, so that the pipe closes.
fn end_group(child: &Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// The first line without its end, however it ends.
fn first_line(bytes: Vec<u8>, source_name: String) -> Result<SecretString, SecretError> {
    let nothing = |why| SecretError::NoPassword { source_name: source_name.clone(), why };
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| nothing("the first line is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text {
        "" => Err(nothing("the first line is empty")),
        text if text.contains('\0') => Err(nothing("the first line holds a NUL")),
        text => Ok(SecretString::from(text.to_owned())),
    }
}

#[cfg(test)]
#[path = "secret_tests.rs"]
mod tests;
