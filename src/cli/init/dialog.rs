//! Questions on standard error, answers from the terminal; without a terminal, what would be proposed.

use std::io::{BufRead, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::failure::{Code, Failure};

/// How often a question is put again before it is given up.
const TRIES: usize = 5;
/// What Ctrl-C comes to while a password is typed: the terminal must be seen to again before we end.
const INTERRUPT: char = '\u{3}';

/// Somebody to ask, or nobody.
pub(super) struct Dialog {
    person: bool,
    missing: Vec<&'static str>,
}

/// A question.
pub(super) struct Question<'q> {
    /// The flag that answers it.
    pub(super) flag: &'static str,
    /// What the flag says.
    pub(super) given: Option<&'q str>,
    /// The words.
    pub(super) words: &'q str,
    /// What an empty answer means; `None` when there has to be one.
    pub(super) proposed: Option<String>,
}

impl Dialog {
    /// With the person at the terminal, unless they want to be left alone.
    pub(super) fn new(quiet: bool) -> Dialog {
        Dialog { person: !quiet && std::io::stdin().is_terminal(), missing: Vec::new() }
    }

    /// Whether anybody can be asked.
    pub(super) fn has_person(&self) -> bool {
        self.person
    }

    /// Says something that is no fact.
    pub(super) fn say(&self, words: &str) {
        if self.person {
            eprintln!("{words}");
        }
    }

    /// Puts a question until its answer can be read. `None` when there is nobody to ask and nothing to propose:
    /// [`Dialog::end`] tells all of these at once.
    pub(super) fn ask<T>(
        &mut self,
        question: Question<'_>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failure> {
        let wrong = |answer: &str, why: String| {
            let said = format!("{} {answer:?}: {why}", question.flag);
            Failure::new(Code::Usage, said).hint("`touchbase init --help` shows what each flag may say")
        };
        if let Some(given) = question.given {
            return read(given).map(Some).map_err(|why| wrong(given, why));
        }
        if !self.person {
            let Some(proposed) = &question.proposed else {
                self.missing.push(question.flag);
                return Ok(None);
            };
            return read(proposed).map(Some).map_err(|why| wrong(proposed, why));
        }
        for _ in 0..TRIES {
            let answer = self.line(question.words, question.proposed.as_deref())?;
            match read(&answer) {
                Ok(value) => return Ok(Some(value)),
                Err(why) => eprintln!("  {why}"),
            }
        }
        Err(Failure::new(Code::Usage, format!("no answer to {:?} could be used", question.words)))
    }

    fn line(&self, words: &str, proposed: Option<&str>) -> Result<String, Failure> {
        match proposed.filter(|proposed| !proposed.is_empty()) {
            Some(proposed) => eprint!("{words} [{proposed}]: "),
            None => eprint!("{words}: "),
        }
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        match std::io::stdin().lock().read_line(&mut answer) {
            Ok(1..) if answer.trim().is_empty() => Ok(proposed.unwrap_or_default().to_owned()),
            Ok(1..) => Ok(answer.trim().to_owned()),
            _ => Err(Failure::new(Code::Usage, "the dialogue ended before every question was answered")
                .hint("nothing was written; `touchbase init --help` shows the flags that answer them")),
        }
    }

    /// Reads a secret, unseen where somebody types it; `None` for an empty line.
    pub(super) fn secret(&self, words: &str) -> Result<Option<SecretString>, Failure> {
        let stdin = std::io::stdin();
        let _hidden = if stdin.is_terminal() {
            eprint!("{words}: ");
            let _ = std::io::stderr().flush();
            Some(Unseen::begin()?)
        } else {
            None
        };
        let mut line = Zeroizing::new(String::new());
        let read = stdin.lock().read_line(&mut line);
        if read.is_err() || line.contains(INTERRUPT) {
            return Err(Failure::new(Code::Usage, "no password was read").hint("nothing was written"));
        }
        let typed = line.trim_end_matches(['\n', '\r']);
        Ok((!typed.is_empty()).then(|| SecretString::from(typed.to_owned())))
    }

    /// Everything that nobody said.
    ///
    /// # Errors
    /// The missing flags, all at once (64).
    pub(super) fn end(self) -> Result<(), Failure> {
        match self.missing.as_slice() {
            [] => Ok(()),
            missing => Err(Failure::new(Code::Usage, format!("init needs {}", missing.join(", ")))
                .hint("say it with these flags, or start it on a terminal and be asked")),
        }
    }
}

/// A terminal that shows nothing of what is typed, until dropped.
struct Unseen {
    before: Termios,
}

impl Unseen {
    fn begin() -> Result<Unseen, Failure> {
        let cannot = |error: rustix::io::Errno| {
            Failure::new(Code::CannotWrite, "cannot hide what is typed").because(&std::io::Error::from(error))
        };
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin).map_err(cannot)?;
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO | LocalModes::ISIG;
        tcsetattr(&stdin, OptionalActions::Flush, &hidden).map_err(cannot)?;
        Ok(Unseen { before })
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.before);
        eprintln!();
    }
}
