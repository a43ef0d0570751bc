//! What an operator reads when something could not be done: message, causes, hint, and the exit code for scripts.

use std::fmt;
use std::process::ExitCode;

/// Why the program ends, as sysexits.h numbers it (product.md lists the codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// 1: `check` found problems.
    Problems = 1,
    /// 64: the command line is wrong.
    Usage = 64,
    /// 66: a named file, person or mail is not there.
    NoInput = 66,
    /// 69: a server cannot be reached, or the store is damaged.
    Unavailable = 69,
    /// 70: our bug.
    Bug = 70,
    /// 73: something cannot be written.
    CannotWrite = 73,
    /// 75: try later.
    TryLater = 75,
    /// 78: the configuration is wrong.
    Configuration = 78,
}

/// A failure for a person: what could not be done, why, what to do.
#[derive(Debug)]
pub struct Failure {
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
    code: Code,
}

impl Failure {
    /// What could not be done, and the exit code that says so.
    pub fn new(code: Code, message: impl Into<String>) -> Failure {
        Failure { message: message.into(), causes: Vec::new(), hint: None, code }
    }

    /// Adds why, and why that, as far as the error knows its sources.
    pub fn because(mut self, error: &(dyn std::error::Error + 'static)) -> Failure {
        let mut next = Some(error);
        while let Some(error) = next {
            let text = error.to_string();
            if self.causes.last() != Some(&text) {
                self.causes.push(text);
            }
            next = error.source();
        }
        self
    }

    /// Adds one cause in words.
    pub fn cause(mut self, cause: impl Into<String>) -> Failure {
        self.causes.push(cause.into());
        self
    }

    /// Says what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// What to do about it, if anything is known.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The message with its causes, on one line.
    pub fn in_one_line(&self) -> String {
        let mut line = self.message.clone();
        for cause in &self.causes {
            line += &format!(": {}", cause.replace('\n', "; "));
        }
        line
    }

    /// Why, outermost first.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// Puts what could not be done in other words; causes, hint and code stay.
    pub fn reworded(mut self, message: impl Into<String>) -> Failure {
        self.message = message.into();
        self
    }

    /// Changes what a script reads.
    pub fn with_code(mut self, code: Code) -> Failure {
        self.code = code;
        self
    }

    /// The exit code.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(self.code as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        for cause in &self.causes {
            write!(f, "\n  caused by: {}", cause.replace('\n', "\n             "))?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n\nhint: {}", hint.replace('\n', "\n      "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_reads_from_what_to_why_to_what_to_do() {
        let failure = Failure::new(Code::Unavailable, "cannot log in to imap.example.org as crm@example.org")
            .cause("server answered NO [AUTHENTICATIONFAILED] Invalid credentials")
            .hint("check `user` and the file named by `password-file`, then run `touchbase check`");
        assert_eq!(
            failure.to_string(),
            "error: cannot log in to imap.example.org as crm@example.org\n  \
             caused by: server answered NO [AUTHENTICATIONFAILED] Invalid credentials\n\n\
             hint: check `user` and the file named by `password-file`, then run `touchbase check`"
        );
    }
}
