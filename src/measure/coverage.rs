//! Measure 13: really listening is answering what was asked.

use jiff::Timestamp;

use super::PersonNo;
use super::answer::{Answer, Share};
use super::dealings::{Dealings, Place};
use super::promises::shared;
use super::sight::{Sight, evidence};
use crate::understand::SignalKind;

/// How many questions it takes.
const NEEDS: usize = 5;

/// Within how many working days nobody expects an answer yet.
const FRESH: i64 = 1;

/// How many questions of their mails our answers took up.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// Those taken up, of all in W(90).
    pub covered: Share,
    /// Mails with a question that was not, by time.
    pub missed: Vec<Missed>,
    /// Some question was not.
    pub flagged: bool,
    /// The mails that asked.
    pub evidence: Vec<i64>,
}

/// A mail whose questions were not all taken up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The mail that asked.
    pub interaction: i64,
    /// Who asked.
    pub person: Option<PersonNo>,
    /// When.
    pub at: Timestamp,
    /// How many questions it has that can be judged.
    pub asked: usize,
    /// Which of its signals are the questions that were not taken up.
    pub positions: Vec<u32>,
    /// Our answer; `None` when there is none.
    pub answer: Option<i64>,
}

/// The coverage of W(90). A question without a single content word ("Why?") cannot be told from another and is not
/// counted. One that was not answered at all was not taken up, but only after a working day: before that it is an
/// open loop like any other.
pub fn coverage(dealings: &Dealings<'_>, sight: &Sight<'_>) -> Answer<Coverage> {
    let asking = || {
        let theirs = dealings.since(sight.at.since(90)).filter(|place| place.entry.inbound);
        theirs.filter(|place| place.entry.says(SignalKind::Ask))
    };
    let (mut asked, mut missed) = (0, Vec::new());
    for place in asking() {
        let judged = judge(&place, sight);
        asked += judged.asked;
        missed.extend(Some(judged).filter(|judged| !judged.positions.is_empty()));
    }
    if asked < NEEDS {
        return Answer::TooLittle { n: asked, needs: NEEDS };
    }
    let uncovered: usize = missed.iter().map(|missed| missed.positions.len()).sum();
    let covered = Share::new(asked - uncovered, asked);
    Answer::Known(Coverage { covered, flagged: !missed.is_empty(), missed, evidence: evidence(asking()) })
}

fn judge(place: &Place<'_, '_>, sight: &Sight<'_>) -> Missed {
    let answer = place.answer();
    let waits = answer.is_none() && !sight.at.passed(place.entry.at, FRESH);
    let mut questions = if waits { Vec::new() } else { sight.wording.questions(place.entry.interaction) };
    questions.retain(|question| !question.words.is_empty());
    let said = match answer {
        Some(answer) if !questions.is_empty() => sight.wording.said(answer.entry.interaction),
        _ => Default::default(),
    };
    let is_missed = |words: &[u32]| shared(words, &said.text) == 0 && shared(words, &said.quoted) == 0;
    Missed {
        interaction: place.entry.interaction,
        person: place.entry.author,
        at: place.entry.at,
        asked: questions.len(),
        positions: questions.iter().filter(|q| is_missed(&q.words)).map(|q| q.position).collect(),
        answer: answer.map(|answer| answer.entry.interaction),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::story::Story;

    fn of(mails: &[&str]) -> Answer<Coverage> {
        Story::of("2026-11-20", mails).told().coverage
    }

    const FIVE: &str = "11-10T10:00 in ann@acme a asks=1+2/3/4/5/6+7";

    fn covered(mails: &[&str]) -> Option<Share> {
        of(&[&[FIVE], mails].concat()).known().map(|told| told.covered)
    }

    #[test]
    fn a_question_is_taken_up_by_one_of_its_words_in_our_next_mail() {
        assert_eq!(covered(&["11-10T11:00 out ann@acme a says=1+3+4+5+6"]), Some(Share::new(5, 5)));
        assert_eq!(covered(&["11-10T11:00 out ann@acme a says=2+9"]), Some(Share::new(1, 5)));
        assert_eq!(
            covered(&["11-10T11:00 out ann@acme a says=2 quotes=3+7"]),
            Some(Share::new(3, 5)),
            "or answered inline"
        );
        let second = ["11-10T11:00 out ann@acme a says=9", "11-10T12:00 out ann@acme a says=1+3+4+5+6"];
        assert_eq!(covered(&second), Some(Share::new(0, 5)), "the next is the one that counts");
        assert_eq!(covered(&["11-10T11:00 out ann@acme b says=1+3+4+5+6"]), Some(Share::new(0, 5)), "elsewhere");
    }

    #[test]
    fn what_was_missed_is_listed_by_its_place() {
        let told = of(&[FIVE, "11-10T11:00 out ann@acme a says=1+4+6"]);
        let told = told.known().unwrap();
        assert_eq!((told.missed.len(), told.flagged), (1, true));
        assert_eq!(
            (told.missed[0].positions.as_slice(), told.missed[0].asked, told.missed[0].answer),
            (&[1, 3][..], 5, Some(2))
        );
        let all = of(&[FIVE, "11-10T11:00 out ann@acme a says=1+3+4+5+6"]);
        assert!(!all.known().unwrap().flagged);
    }

    #[test]
    fn five_questions_that_can_be_judged_are_the_minimum() {
        assert_eq!(of(&["11-10T10:00 in ann@acme a asks=1/2/3/4"]), Answer::TooLittle { n: 4, needs: 5 });
        let without_words = of(&["11-10T10:00 in ann@acme a asks=1/2/3/4/"]);
        assert_eq!(without_words, Answer::TooLittle { n: 4, needs: 5 });
    }

    #[test]
    fn nobody_expects_an_answer_within_a_working_day() {
        let n = |when: &str| match of(&[&format!("{when} in ann@acme a asks=1/2/3/4/5")]) {
            Answer::Known(told) => told.covered.whole,
            Answer::TooLittle { n, .. } | Answer::Withheld { n } => n as u64,
        };
        assert_eq!((n("11-20T09:00"), n("11-20T09:01")), (5, 0));
    }

    #[test]
    fn the_window_is_of_ninety_days() {
        assert!(of(&["08-23T00:00 in ann@acme a asks=1/2/3/4/5"]).known().is_some());
        assert!(of(&["08-22T23:59 in ann@acme a asks=1/2/3/4/5"]).known().is_none());
    }

    #[test]
    fn it_is_withheld_above_half_unseen_and_told_at_half() {
        let blind = |unseen| Story::of("2026-11-20", &[FIVE]).mentioned(4, unseen).told().coverage;
        assert!(matches!(blind(2), Answer::Known(_)));
        assert_eq!(blind(3), Answer::Withheld { n: 5 });
    }
}
