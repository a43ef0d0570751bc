//! Which server could vouch here: whose `Authentication-Results` stand on top of recent mails.
//!
//! RFC 8601, 7.1 wants nobody believed who was not named. To name a server, a person has to know what it calls itself,
//! and whether it marks every mail: on one that it leaves unmarked, a stranger's line in its name would be on top. So
//! what counts is a name that stands on all of them, where only our own servers can have written.

use std::collections::BTreeMap;

use super::block;
use super::results::{Results, claimed_id};
use crate::mail::Headers;

/// What stands on top of recent mails.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Mails that came over a server; others were put there by a mail program.
    pub arrived: usize,
    /// On how many of them the first line that our servers can have written is of this authserv-id; ASCII lower case.
    pub on_top: BTreeMap<String, usize>,
    /// On how many that line names no server, as Microsoft 365 writes it.
    pub nameless: usize,
}

impl Survey {
    /// Counts the headers of mails.
    pub fn of<'h>(mails: impl IntoIterator<Item = &'h Headers>) -> Survey {
        let mut survey = Survey::default();
        for headers in mails.into_iter().filter(|headers| headers.has("received")) {
            survey.arrived += 1;
            match top(headers) {
                Some(Top::Named(id)) => *survey.on_top.entry(id).or_default() += 1,
                Some(Top::Nameless) => survey.nameless += 1,
                None => {}
            }
        }
        survey
    }

    /// The server whose line is on top of every mail that arrived.
    pub fn always(&self) -> Option<&str> {
        self.on_top.iter().find(|(_, mails)| **mails == self.arrived).map(|(id, _)| id.as_str())
    }

    /// On how many mails the line of one of these servers is on top.
    pub fn marked_by(&self, ids: &[String]) -> usize {
        ids.iter().map(|id| self.on_top.get(&id.to_ascii_lowercase()).copied().unwrap_or_default()).sum()
    }

    /// The servers on top, the most frequent first.
    pub fn by_frequency(&self) -> Vec<(&str, usize)> {
        let mut found: Vec<(&str, usize)> = self.on_top.iter().map(|(id, mails)| (id.as_str(), *mails)).collect();
        found.sort_by_key(|(_, mails)| std::cmp::Reverse(*mails));
        found
    }
}

/// The first line of results.
enum Top {
    Named(String),
    Nameless,
}

/// The first line, where the server that it names can have written it. A name that could not be configured is none.
fn top(headers: &Headers) -> Option<Top> {
    let first = headers.first("authentication-results")?;
    let id = Results::parse(first).map_or_else(|| claimed_id(first).to_owned(), |line| line.id).to_ascii_lowercase();
    if id.contains('=') {
        return block::results(headers, &[]).contains(&first).then_some(Top::Nameless);
    }
    let sound = !id.is_empty() && id.bytes().all(|b| b.is_ascii_graphic() && !b";\"()*".contains(&b));
    let ours = sound && block::results(headers, std::slice::from_ref(&id)).contains(&first);
    ours.then_some(Top::Named(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(mails: &[&str]) -> Survey {
        let headers: Vec<Headers> = mails.iter().map(|mail| Headers::split(mail.as_bytes()).0).collect();
        Survey::of(&headers)
    }

    const HOP: &str = "Received: from x.example (x.example [203.0.113.5]) by mx.us.example with ESMTPS; date\n";

    #[test]
    fn a_name_on_top_of_all_that_arrived_is_told() {
        let above = format!(
            "Authentication-Results: MX.us.example; dmarc=pass header.from=x.example\n{HOP}From: a@x.example\n"
        );
        let below = format!("{HOP}Authentication-Results: mx.us.example; none\nFrom: a@x.example\n");
        let draft = "From: me@us.example\n";
        let found = survey(&[&above, &below, draft]);
        assert_eq!((found.arrived, found.always()), (2, Some("mx.us.example")));
        assert_eq!(found.marked_by(&["MX.US.example".to_owned()]), 2);
        let bare = survey(&[&above, HOP]);
        assert_eq!((bare.arrived, bare.always()), (2, None));
    }

    #[test]
    fn a_line_that_only_its_sender_can_have_written_is_not_on_top() {
        let forged =
            format!("{HOP}Authentication-Results: mx.evil.example; dmarc=pass\nReceived: from a by mx.evil.example\n");
        // Directly below our hop a milter of ours could have written it; the name tells that it was none of ours
        // only when our server marks the other mails.
        let marked = format!("Authentication-Results: mx.us.example; none\n{HOP}");
        let found = survey(&[&forged, &marked]);
        assert_eq!(found.always(), None);
        let deep = format!("{HOP}Received: from b by mx.evil.example\nAuthentication-Results: mx.evil.example; none\n");
        assert_eq!(survey(&[&deep]).on_top.len(), 0);
    }

    #[test]
    fn lines_without_a_server_and_names_that_nobody_could_configure_are_not_proposed() {
        let nameless = format!(
            "Authentication-Results: spf=pass (sender IP is 203.0.113.5) smtp.mailfrom=x.example; dkim=pass\n{HOP}"
        );
        let found = survey(&[&nameless]);
        assert_eq!((found.nameless, found.always()), (1, None));
        let odd = format!("Authentication-Results: \"a b\"; none\n{HOP}");
        assert_eq!(survey(&[&odd]).always(), None);
        assert_eq!(survey(&[]).always(), None);
    }
}
