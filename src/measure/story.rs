//! Records for tests, one line for each mail.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{
    Entry, Findings, Left, Matter, Mentioned, PersonNo, Question, Record, Relation, Said, Someone, Undelivered,
    Wording, WorkingTime,
};
use crate::contacts::{ContactId, CustomerId};
use crate::understand::{Automation, Kind, SignalKind};

/// A record in Brussels, its words, and the day it is told as of.
pub struct Story {
    pub record: Record,
    pub words: Words,
    pub working: WorkingTime,
    pub day: Date,
}

/// Content words as numbers.
#[derive(Default)]
pub struct Words {
    questions: HashMap<i64, Vec<Question>>,
    sentences: HashMap<(i64, u32), Vec<u32>>,
    said: HashMap<i64, Said>,
}

impl Wording for Words {
    fn questions(&self, interaction: i64) -> Vec<Question> {
        self.questions.get(&interaction).cloned().unwrap_or_default()
    }
    fn sentence(&self, interaction: i64, position: u32) -> Vec<u32> {
        self.sentences.get(&(interaction, position)).cloned().unwrap_or_default()
    }
    fn said(&self, interaction: i64) -> Said {
        self.said.get(&interaction).cloned().unwrap_or_default()
    }
}

impl Story {
    /// Mails as of a day's end, `11-18T10:00 in ann@acme,bea?@acme conversation` each and then what is in them:
    /// `w40` words, `ask thanks closer money ...` signals, `issue correction hint promise=2026-11-20:1+2` matters,
    /// `says=1+2`, `quotes=3`, `asks=1+2/3` content words, `by=max` of us, `cc=bea?@acme`, `re=heading`, `robot note
    /// interleaved`. The year is the day's unless it stands before. A `?` marks who is in no contact list.
    pub fn of<S: AsRef<str>>(day: &str, mails: &[S]) -> Story {
        let working = WorkingTime::usual(TimeZone::get("Europe/Brussels").unwrap());
        let mut story =
            Story { record: Record::default(), words: Words::default(), working, day: day.parse().unwrap() };
        mails.iter().for_each(|mail| story.add(mail.as_ref()));
        story.record.entries.sort_by_key(Entry::order);
        story
    }

    pub fn as_of(&self) -> Timestamp {
        self.at(&format!("{}T00:00", self.day.tomorrow().unwrap()))
    }

    pub fn findings(&self) -> Findings {
        Findings::of(&self.record, &self.words, &self.working, self.as_of())
    }

    /// What is said of the first customer.
    pub fn told(&self) -> Relation {
        self.findings().relations.into_iter().next().unwrap()
    }

    /// A local time, the year left out if it is the day's.
    pub fn at(&self, local: &str) -> Timestamp {
        let full = if local.len() == 11 { format!("{}-{local}", self.day.year()) } else { local.to_owned() };
        let zoned = full.parse::<jiff::civil::DateTime>().unwrap().to_zoned(self.working.zone.clone());
        zoned.unwrap().timestamp()
    }

    /// Somebody's number, `ann@acme`; new people and customers get the next one.
    pub fn person(&mut self, name: &str) -> PersonNo {
        let (who, home) = name.split_once('@').unwrap_or((name, ""));
        let address = format!("{}@{home}.example", who.trim_end_matches('?'));
        let roster = &mut self.record.roster;
        let known = (0..roster.people() as u32).map(PersonNo);
        let found = known.into_iter().find(|n| roster.person(*n).unwrap().address.as_deref() == Some(address.as_str()));
        found.unwrap_or_else(|| {
            let customer = (!home.is_empty()).then(|| roster.customer(&CustomerId(home.into())));
            roster.add(Someone {
                contact: (!home.is_empty() && !who.ends_with('?')).then(|| ContactId(who.into())),
                customer,
                team: home.is_empty(),
                name: Some(who.trim_end_matches('?').to_owned()),
                address: Some(address),
            })
        })
    }

    pub fn bounce(&mut self, when: &str, name: &str, status: &str) {
        let (person, at) = (self.person(name), self.at(when));
        let interaction = 9_000 + self.record.undelivered.len() as i64;
        let status = Some(status.to_owned());
        self.record.undelivered.push(Undelivered { interaction, at, person, permanent: true, status });
    }

    pub fn left(&mut self, when: &str, name: &str, successors: &[&str]) {
        let (person, at) = (self.person(name), self.at(when));
        let interaction = 8_000 + self.record.left.len() as i64;
        let successors = successors.iter().map(|s| (*s).to_owned()).collect();
        self.record.left.push(Left { interaction, at, person, successors });
    }

    /// Of so many ids in the mails of the first customer, so many were never seen.
    pub fn mentioned(mut self, ids: u32, unseen: u32) -> Story {
        self.record.mentioned.push(Mentioned { customer: super::CustomerNo(0), ids, unseen });
        self
    }

    fn add(&mut self, mail: &str) {
        let words: Vec<&str> = mail.split(' ').collect();
        let interaction = self.record.entries.len() as i64 + 1;
        let option = |key: &str| words.iter().find_map(|w| w.strip_prefix(key));
        let (inbound, people) = (words[1] == "in", self.people(words[2]));
        let us = option("by=").unwrap_or("max");
        let author = if inbound { people[0] } else { self.person(us) };
        let cc = option("cc=").map(|cc| self.people(cc)).unwrap_or_default();
        let on_it: Vec<PersonNo> = people.iter().chain(&cc).copied().collect();
        let mut customers: Vec<_> =
            on_it.iter().filter_map(|p| self.record.roster.person(*p).unwrap().customer).collect();
        customers.sort_unstable();
        customers.dedup();
        let entry = Entry {
            interaction,
            at: self.at(words[0]),
            conversation: number(words[3]) as i64,
            heading: number(option("re=").unwrap_or(words[3])),
            customers: customers.into(),
            author: Some(author),
            to: people.iter().copied().filter(|p| *p != author).collect(),
            cc: cc.into(),
            words: option("w").and_then(|w| w.parse().ok()).unwrap_or(10),
            signals: words.iter().filter_map(|w| signal(w)).collect(),
            kind: if words.contains(&"note") { Kind::Note } else { Kind::Email },
            automation: if words.contains(&"robot") { Automation::AutoReply } else { Automation::None },
            inbound,
            interleaved: words.contains(&"interleaved"),
        };
        self.add_matters(interaction, &words[4..]);
        let said = Said { text: list(option("says=")), quoted: list(option("quotes=")) };
        self.words.said.insert(interaction, said);
        let questions = option("asks=").map(|asks| asks.split('/').collect::<Vec<_>>()).unwrap_or_default();
        let question = |(n, q): (usize, &&str)| Question { position: n as u32, words: list(Some(q)) };
        self.words.questions.insert(interaction, questions.iter().enumerate().map(question).collect());
        self.record.entries.push(entry);
    }

    fn add_matters(&mut self, interaction: i64, words: &[&str]) {
        for (position, word) in words.iter().enumerate() {
            let position = position as u32;
            let kind = match word.split('=').next() {
                Some("promise") => SignalKind::Promise,
                Some("correction") => SignalKind::Correction,
                Some("hint") => SignalKind::CorrectionHint,
                Some("issue") => SignalKind::Issue,
                _ => continue,
            };
            let (due, says) = word.split_once('=').map_or(("", ""), |(_, v)| v.split_once(':').unwrap_or((v, "")));
            self.words.sentences.insert((interaction, position), list(Some(says)));
            let number = self.record.matters.len() as i64 + 1;
            let due = due.parse().ok();
            self.record.matters.push(Matter {
                number,
                interaction,
                position,
                kind,
                due,
                closed: None,
                not_before: None,
            });
        }
    }

    fn people(&mut self, list: &str) -> Vec<PersonNo> {
        list.split(',').filter(|name| !name.is_empty()).map(|name| self.person(name)).collect()
    }
}

fn number(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish() >> 1
}

fn list(words: Option<&str>) -> Vec<u32> {
    words.unwrap_or("").split('+').filter_map(|w| w.parse().ok()).collect()
}

fn signal(word: &str) -> Option<SignalKind> {
    Some(match word.split('=').next()? {
        "ask" | "asks" => SignalKind::Ask,
        "closer" => SignalKind::Closer,
        "thanks" => SignalKind::Thanks,
        "money" => SignalKind::Money,
        "dunning" => SignalKind::Dunning,
        "bad" => SignalKind::BadNews,
        "solved" => SignalKind::Solved,
        "success" => SignalKind::Success,
        "congratulates" => SignalKind::Congratulation,
        "leaves" => SignalKind::LeftCompany,
        "noted" => SignalKind::Acknowledgement,
        "promise" => SignalKind::Promise,
        "correction" => SignalKind::Correction,
        "hint" => SignalKind::CorrectionHint,
        "issue" => SignalKind::Issue,
        _ => return None,
    })
}
