//! A colleague's answer to a mailed report, and what it asks for.

use jiff::Timestamp;

use super::Context;
use crate::mail::{MessageId, Role};
use crate::understand::{Capture, Command, Reading};

/// What a believed colleague asks for in an answer to a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The report's identifier by its shape. Whether this record sent it, the store knows.
    pub report: MessageId,
    /// The answer's own identifier.
    pub mail: Option<MessageId>,
    /// When it was sent, and never later than it arrived: a clock that runs ahead must not outvote what others say.
    pub said: Timestamp,
    /// `done 3` and the like; of several about one matter the last.
    pub orders: Vec<Command>,
}

/// The answer that a mail is. Asked only of a mail whose author is believed.
pub(super) fn of(reading: &Reading, context: Context) -> Option<Answer> {
    let report = reading.answers.clone().filter(|_| reading.author_is_team)?;
    let mut orders: Vec<Command> = Vec::new();
    for command in &reading.commands {
        let Some(number) = matter(command) else { continue };
        orders.retain(|earlier| matter(earlier) != Some(number));
        orders.push(command.clone());
    }
    let stated = reading.envelope.date.map(|date| date.timestamp);
    let said = stated.into_iter().chain(context.arrived).min()?;
    Some(Answer { report, mail: reading.envelope.message_id.clone(), said, orders })
}

/// Whether a mail is such an answer and nothing besides: to colleagues alone, and without other people's mails in it.
pub(super) fn is_only_that(reading: &Reading, context: Context) -> bool {
    let among_us = |role| {
        let mut people = reading.envelope.participants.iter().filter(move |p| p.role == role);
        people.all(|p| p.address.as_ref().is_none_or(|a| context.team.has(a) || context.team.is_capture(a)))
    };
    let reports = |capture| matches!(capture, Capture::Forward | Capture::Attached);
    reading.author_is_team
        && reading.answers.is_some()
        && among_us(Role::To)
        && among_us(Role::Cc)
        && !reading.exchanges.iter().any(|exchange| reports(exchange.capture))
}

/// Which matter an order is about; `None` for other commands.
fn matter(command: &Command) -> Option<i64> {
    match command {
        Command::Done(number) | Command::Dismiss(number) | Command::Later(number, _) | Command::Reopen(number) => {
            Some(*number)
        }
        Command::Private | Command::Skip | Command::Customer(_) => None,
    }
}
