//! `init`: a few questions, or flags for all of them, and a configuration that `check` accepts.
//!
//! Nothing that exists is ever overwritten, except the sample that a package has installed, as long as it is nothing but
//! that. A password is only written into a file when somebody types it for that.

mod answers;
mod args;
mod dialog;
mod provider;
mod text;

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::demo::{program, quoted};
use super::output;
use crate::config::{Config, Places, Problem, SAMPLE};
use crate::failure::{Code, Failure};
use answers::{Answers, Proof};
pub use args::InitArgs;
use dialog::Dialog;
pub use provider::Provider;

/// The file's name in its folder.
const NAME: &str = "touchbase.toml";

pub fn init(config: &Option<PathBuf>, args: InitArgs) -> Result<ExitCode, Failure> {
    let file = place(config, &args)?;
    let dialog = Dialog::new(args.yes);
    dialog.say(&format!("This writes {}. Press Enter to take what stands in [brackets].\n", file.display()));
    let asks = dialog.has_person();
    let answers = answers::gather(&args, dialog)?;
    let text = text::configuration(&answers);
    let made = Config::read(&text, &Places::of(&file)).map_err(refused)?;
    let secret = match &answers.proof {
        Proof::File(name) => typed(&args, asks, &Places::of(&file).reading(name))?,
        _ => None,
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    let made_folder = DirBuilder::new().recursive(true).mode(0o750).create(folder);
    made_folder.map_err(|error| cannot(folder, &error))?;
    if let Some((path, secret)) = &secret {
        write_new(path, 0o600, format!("{}\n", secret.expose_secret()).as_bytes())?;
    }
    for contacts in made.contacts.files.iter().filter(|file| !file.exists()) {
        write_new(contacts, 0o640, text::CONTACTS.as_bytes())?;
    }
    match is_untouched(&file) {
        true => write_over(&file, text.as_bytes())?,
        false => write_new(&file, 0o640, text.as_bytes())?,
    }
    tell(&file, &answers, secret.map(|(path, _)| path), args.json)?;
    Ok(ExitCode::SUCCESS)
}

/// Where the configuration is to lie; refused before anything is asked where one lies already.
fn place(config: &Option<PathBuf>, args: &InitArgs) -> Result<PathBuf, Failure> {
    let file = match (&args.dir, config) {
        (Some(_), Some(_)) => {
            return Err(Failure::new(Code::Usage, "both a folder and --config say where the configuration is to lie")
                .hint("keep one of them"));
        }
        (Some(dir), None) => dir.join(NAME),
        (None, Some(file)) => file.clone(),
        (None, None) => PathBuf::from(NAME),
    };
    let file = std::path::absolute(&file).unwrap_or(file);
    match file.symlink_metadata() {
        Ok(_) if !is_untouched(&file) => Err(exists(&file)),
        _ => Ok(file),
    }
}

/// Whether a file is the sample, with nothing in it that somebody has written.
fn is_untouched(file: &Path) -> bool {
    std::fs::read(file).is_ok_and(|bytes| bytes == SAMPLE.as_bytes())
}

/// The password and where it goes, if somebody wants it written.
fn typed(args: &InitArgs, asks: bool, path: &Path) -> Result<Option<(PathBuf, SecretString)>, Failure> {
    if !args.write_password && (!asks || path.exists()) {
        return Ok(None);
    }
    if path.symlink_metadata().is_ok() {
        return Err(exists(path));
    }
    let words = match args.write_password {
        true => "The password".to_owned(),
        false => format!("The password, to be written into {}; nothing to do that yourself", path.display()),
    };
    match Dialog::new(false).secret(&words)? {
        Some(secret) => Ok(Some((path.to_owned(), secret))),
        None if args.write_password => {
            Err(Failure::new(Code::Usage, "no password was given").hint("nothing was written"))
        }
        None => Ok(None),
    }
}

/// Answers that are each in order and cannot stand together.
fn refused(problems: Vec<Problem>) -> Failure {
    let failure = Failure::new(Code::Usage, "these answers make no configuration");
    let whys = problems.iter().map(|problem| Problem { line: None, ..problem.clone() }.to_string());
    whys.fold(failure, Failure::cause).hint("nothing was written; answer differently")
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, mode: u32, content: &[u8]) -> Result<(), Failure> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let written = opened.and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()));
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path),
        _ => cannot(path, &error),
    })
}

/// Writes into a file that is there: its mode and its owners let the service read it.
fn write_over(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let opened = OpenOptions::new().write(true).truncate(true).open(path);
    let written = opened.and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()));
    written.map_err(|error| cannot(path, &error))
}

fn exists(path: &Path) -> Failure {
    Failure::new(Code::CannotWrite, format!("{} exists already, and init overwrites nothing", path.display()))
        .hint("name another folder, or change that file and run `touchbase check`")
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::CannotWrite, format!("cannot write {}", path.display()))
        .because(error)
        .hint("name a folder that you may write to: touchbase init DIR")
}

/// What was written, what is left to do, and the next three commands.
fn tell(file: &Path, answers: &Answers, secret: Option<PathBuf>, as_json: bool) -> Result<(), Failure> {
    let touchbase = format!("{} --config {}", program(), quoted(file.as_os_str()));
    let login = format!("login {}", text::mailbox(answers));
    let next = match answers.proof {
        Proof::OAuth(_) => [login.as_str(), "check", "run"],
        _ => ["check", "run", "status"],
    };
    let places = Places::of(file);
    // What an installed touchbase writes lies elsewhere: there a service runs it, as a user of its own.
    let service = places.state != places.beside;
    let command = |word: &&str| match (*word, service) {
        ("run", true) => "systemctl enable --now touchbase".to_owned(),
        (word, _) => format!("{touchbase} {word}"),
    };
    let next: Vec<String> = next.iter().map(command).collect();
    let mut todo = vec![format!("put your customers into {}", places.reading("contacts.csv").display())];
    match &answers.proof {
        Proof::File(name) if secret.is_none() && !places.reading(name).exists() => {
            let path = places.reading(name);
            todo.push(format!("put the password into {} and chmod 600 it", path.display()));
        }
        Proof::OAuth(_) if answers.provider == Provider::Gmail => {
            todo.push(format!(
                "put the client's secret into {} (chmod 600)",
                places.reading("google.secret").display()
            ));
        }
        _ => {}
    }
    if let Proof::File(name) = &answers.proof
        && service
    {
        todo.push(format!("let the service's user own it: chown touchbase {}", places.reading(name).display()));
    }
    let words = format!("{} written\n\n{}\n\nthen:\n  {}\n", file.display(), todo.join("\n"), next.join("\n  "));
    output::done(as_json, &words, || json!({"config": file, "password_file": secret, "to_do": todo, "next": next}))
}
