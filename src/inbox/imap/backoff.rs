//! How long to leave a server alone: after a failure, after a refused login, and when it says so itself.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::response::{Code, Outcome};
use crate::mailbox::{Wait, Waiting};

/// The longest a server is left alone because it says so.
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Refused logins in a row that are taken for an accident.
pub const TRIES: u32 = 3;
/// The shortest time between tries that restarting cannot shorten.
const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// Pauses of a folder's connection, decorrelated so that folders and daemons do not come back all at once.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    last: Duration,
}

impl Backoff {
    /// From `first` to `longest`.
    pub fn new(first: Duration, longest: Duration) -> Backoff {
        Backoff { first, longest, last: Duration::ZERO }
    }

    /// The next pause: between `first` and three times the last one, by `chance` in 0..1.
    pub fn next(&mut self, chance: f64) -> Duration {
        let most = self.last.saturating_mul(3).clamp(self.first, self.longest);
        self.last = self.first + (most - self.first).mul_f64(chance.clamp(0.0, 1.0));
        self.last.min(self.longest)
    }

    /// Goes on from the last pause before a restart.
    pub fn resume(&mut self, last: Duration) {
        self.last = last.min(self.longest);
    }

    /// All is well again.
    pub fn reset(&mut self) {
        self.last = Duration::ZERO;
    }
}

/// How much longer to leave a server alone after a restart. What it asked for itself is kept to the end, an hour at
/// most, should the clock have jumped. Otherwise somebody may have restarted us because it will work now: one try a
/// minute, however often that happens; and none is held back when it was a person who had to act.
pub fn resumed(waiting: &Waiting, now: Timestamp) -> Duration {
    let until = match waiting.wait {
        Wait::Server => waiting.until,
        Wait::Login | Wait::Network => waiting.until.min(waiting.since.saturating_add(MINUTE).unwrap_or(waiting.until)),
        Wait::Person => return Duration::ZERO,
    };
    Duration::try_from(until.duration_since(now)).unwrap_or_default().min(HOUR)
}

/// Refused logins lock accounts: three tries, then a quarter of an hour each.
pub fn after_refusals(refusals: u32, pause: Duration) -> Duration {
    const LOCKOUT: Duration = Duration::from_secs(15 * 60);
    if refusals < TRIES { pause } else { LOCKOUT }
}

/// How long a server that refuses wants to be left alone; `None` when it refuses for another reason.
pub fn asked_for(outcome: &Outcome) -> Option<Duration> {
    let text = outcome.text.to_ascii_lowercase();
    if let Some(milliseconds) = suggested(&text) {
        // A server cannot switch us off.
        return Some(Duration::from_millis(milliseconds).min(HOUR));
    }
    let code = match &outcome.code {
        Some(Code::Other(code)) => code.split(' ').next().unwrap_or_default().to_ascii_uppercase(),
        _ => String::new(),
    };
    let throttled = matches!(code.as_str(), "OVERQUOTA" | "THROTTLED" | "LIMIT" | "UNAVAILABLE" | "INUSE")
        || ["throttled", "too many simultaneous", "maximum number of connections", "bandwidth limit", "rate limit"]
            .iter()
            .any(|words| text.contains(words));
    throttled.then_some(Duration::from_secs(15 * 60))
}

/// `Suggested Backoff Time: 299910 milliseconds`, as Exchange Online says.
fn suggested(text: &str) -> Option<u64> {
    let (_, after) = text.split_once("suggested backoff time:")?;
    let digits: String = after.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::response::Verdict;
    use super::*;

    fn no(code: &str, text: &str) -> Outcome {
        let code = Some(Code::Other(code.into())).filter(|_| !code.is_empty());
        Outcome { verdict: Verdict::No, code, text: text.into() }
    }

    #[test]
    fn pauses_grow_from_two_seconds_to_five_minutes_and_start_again() {
        let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(300));
        let pauses: Vec<u64> = (0..7).map(|_| backoff.next(1.0).as_secs()).collect();
        assert_eq!(pauses, [2, 6, 18, 54, 162, 300, 300]);
        backoff.reset();
        assert_eq!(backoff.next(1.0).as_secs(), 2);
        assert_eq!(backoff.next(0.0).as_secs(), 2);
    }

    #[test]
    fn a_restart_shortens_no_wait_a_server_asked_for_and_others_to_a_minute() {
        let at = |second: i64| Timestamp::from_second(1_795_000_000 + second).unwrap();
        let left = |wait, until, now| {
            resumed(&Waiting { since: at(0), until: at(until), wait, reason: String::new() }, at(now)).as_secs()
        };
        assert_eq!((left(Wait::Server, 900, 5), left(Wait::Server, 900, 901)), (895, 0));
        assert_eq!(left(Wait::Server, 900_000, 5), 3_600, "the clock has jumped");
        assert_eq!((left(Wait::Login, 900, 5), left(Wait::Login, 900, 61)), (55, 0));
        assert_eq!((left(Wait::Network, 6, 5), left(Wait::Network, 300, 5)), (1, 55));
        assert_eq!(left(Wait::Person, 300, 5), 0);
    }

    #[test]
    fn pauses_go_on_from_where_they_were() {
        let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(300));
        backoff.resume(Duration::from_secs(54));
        assert_eq!(backoff.next(1.0).as_secs(), 162);
    }

    #[test]
    fn a_server_that_names_a_time_is_obeyed_up_to_an_hour() {
        let exchange = "Request is throttled. Suggested Backoff Time: 299910 milliseconds";
        assert_eq!(asked_for(&no("", exchange)), Some(Duration::from_millis(299_910)));
        let absurd = "Suggested Backoff Time: 99999999999 milliseconds";
        assert_eq!(asked_for(&no("", absurd)), Some(Duration::from_secs(3600)));
    }

    #[test]
    fn a_limit_without_a_time_costs_a_quarter_of_an_hour() {
        assert_eq!(asked_for(&no("LIMIT", "")), Some(Duration::from_secs(900)));
        assert_eq!(asked_for(&no("", "Too many simultaneous connections. (Failure)")), Some(Duration::from_secs(900)));
        assert_eq!(asked_for(&no("NONEXISTENT", "no such mailbox")), None);
    }

    #[test]
    fn the_fourth_refused_login_waits() {
        let pause = Duration::from_secs(2);
        assert_eq!(after_refusals(2, pause), pause);
        assert_eq!(after_refusals(3, pause), Duration::from_secs(900));
    }
}
