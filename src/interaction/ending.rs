//! The signature that an author's earlier mails tell.

use super::Interaction;
use crate::mail::{Address, Untrusted};
use crate::understand::signal::Lists;
use crate::understand::signature::learned::{self, LastLetters, Latest};
use crate::understand::{Automation, Evidence, Kind, Signal};

/// Bytes of a text that may be a closer as a whole (measures.md).
const SHORT: usize = 400;

impl Interaction {
    /// Whose earlier mails may tell where its signature begins: the author's, if a person wrote a mail of which all
    /// words are kept.
    pub fn whose_ending(&self) -> Option<&Address> {
        let told = self.kind == Kind::Email && self.automation == Automation::None;
        let whole = !self.body.is_blank() && !self.text.is_blank();
        self.author.as_ref().filter(|_| told && whole)?.participant.address.as_ref()
    }

    /// What is remembered of how it ends, by which it is known that a later mail does not end so.
    pub fn last_letters(&self) -> LastLetters {
        if self.kind != Kind::Email || self.automation != Automation::None {
            return LastLetters::NOBODYS;
        }
        LastLetters::of(self.text.raw(), self.signature.as_ref().map(Untrusted::raw))
    }

    /// The same with the lines that ended earlier mails of its author taken off its text, and why; `None` when they
    /// tell nothing new. `lists`: those it was read with.
    pub fn signed_as(&self, earlier: &Latest, lists: &Lists) -> Option<(Interaction, Evidence)> {
        let address = self.whose_ending()?;
        let name = self.author.as_ref().and_then(|author| author.participant.name.as_ref());
        let name = name.map_or(address.as_str(), |name| name.raw());
        let found = learned::find(self.text.raw(), Some(name), earlier)?;
        let lines: Vec<&str> = self.text.raw().lines().collect();
        let (words, ending) = lines.split_at_checked(found.line)?;
        let text = words.join("\n").trim_end().to_owned();
        let ending = ending.join("\n");
        let shown = self.signature.as_ref().map(|shown| format!("\n{}", shown.raw())).unwrap_or_default();
        let signed = Interaction {
            signals: self.signals_in(&text, &ending, lists),
            text: Untrusted::new(text),
            signature: Some(Untrusted::new(ending + &shown)),
            ..self.clone()
        };
        Some((signed, Evidence::new("signature", "found", found.rule)))
    }

    /// The signals of its text without the ending. Looked for again where the ending may have been part of a sentence,
    /// or have hidden that the whole is a word of thanks.
    fn signals_in(&self, text: &str, ending: &str, lists: &Lists) -> Vec<Signal> {
        let apart = |s: &Signal| text.contains(s.sentence.raw()) || ending.contains(s.sentence.raw());
        if text.len() <= SHORT || !self.signals.iter().all(apart) {
            return lists.phrases().find(text, Some(self.occurred_at));
        }
        self.signals.iter().filter(|s| text.contains(s.sentence.raw())).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Person;
    use crate::mail::{Moment, Participant, Role};
    use crate::understand::signature::learned::Earlier;
    use crate::understand::{Capture, Direction};

    const ENDING: &str = "the yellow gate\ncrates & more";

    fn mail(text: &str, signature: Option<&str>) -> Interaction {
        let address = Address::parse("ann@acme.example");
        let participant = Participant { role: Role::From, name: None, address };
        Interaction {
            kind: Kind::Email,
            direction: Direction::Inbound,
            capture: Capture::Direct,
            message_id: None,
            occurred_at: Moment::from_header("20 Nov 2026 10:00:00 +0100").unwrap(),
            exact: true,
            subject: Untrusted::new("Plan"),
            author: Some(Person { participant, contact: None, customer: None, team: false }),
            recipients: vec![],
            customers: vec![],
            body: Untrusted::new(text),
            text: Untrusted::new(text),
            signature: signature.map(Untrusted::new),
            comment: None,
            automation: Automation::None,
            conversation: vec![],
            signals: vec![],
            attachments: vec![],
            interleaved: false,
            answered: vec![],
            left: None,
            failed: vec![],
        }
    }

    fn earlier() -> Latest {
        let sent = Moment::from_header("4 Nov 2026 10:00:00 +0100").unwrap();
        let mail = |words| Earlier { text: Untrusted::new(format!("{words}\n\n{ENDING}")), signature: None, sent };
        Latest { alike: ["One.", "Two."].map(mail).into(), others: 0 }
    }

    #[test]
    fn lines_move_from_the_text_to_the_signature_and_signals_follow() {
        let whole = format!("Could you send the crane?\n\n{ENDING}");
        let (signed, evidence) =
            mail(&whole, Some("Sent from my iPhone")).signed_as(&earlier(), &Lists::default()).unwrap();
        assert_eq!(signed.text.raw(), "Could you send the crane?");
        assert_eq!(signed.signature.unwrap().raw(), format!("{ENDING}\nSent from my iPhone"));
        assert_eq!(signed.body.raw(), whole);
        assert_eq!(signed.signals[0].sentence.raw(), "Could you send the crane?");
        assert!(evidence.rule.ends_with("2026-11-04"), "{}", evidence.rule);
    }

    #[test]
    fn only_whole_mails_of_people_are_asked_about() {
        let whole = mail(&format!("Three.\n\n{ENDING}"), None);
        assert!(whole.whose_ending().is_some());
        for other in [
            Interaction { kind: Kind::Note, ..whole.clone() },
            Interaction { automation: Automation::AutoReply, ..whole.clone() },
            Interaction { body: Untrusted::default(), ..whole.clone() },
            Interaction { author: None, ..whole.clone() },
        ] {
            assert!(other.whose_ending().is_none() && other.signed_as(&earlier(), &Lists::default()).is_none());
        }
    }
}
