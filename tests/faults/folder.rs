//! The mailbox of the fault server: mails with numbers of their own, which they keep whatever UID they get.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::clock;

/// One mail as it lies in the folder.
#[derive(Clone)]
pub struct Mail {
    /// Who it is, for the oracle: the number in its subject.
    pub number: usize,
    /// Its UID.
    pub uid: u64,
    /// The size the server states.
    pub size: u64,
    /// When it arrived, as INTERNALDATE says it.
    pub arrived: String,
    /// All of it.
    pub bytes: Arc<Vec<u8>>,
    /// BODYSTRUCTURE.
    pub structure: Arc<String>,
    /// What BODY[section] is.
    pub sections: Arc<BTreeMap<String, Vec<u8>>>,
    /// Whether it is marked as seen.
    pub seen: bool,
    /// Whether it is marked to be removed.
    pub deleted: bool,
}

/// What a client has done to mails, by UID.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Marks them as seen.
    See(Vec<u64>),
    /// Marks them to be removed.
    Mark(Vec<u64>),
    /// Removes those of them that are marked.
    Expunge(Vec<u64>),
    /// Puts copies into the other folder.
    Copy(Vec<u64>),
    /// Moves them there.
    Move(Vec<u64>),
    /// Makes that folder.
    Create,
}

impl Deed {
    /// The UIDs it names.
    pub fn uids(&self) -> &[u64] {
        match self {
            Deed::See(uids) | Deed::Mark(uids) | Deed::Expunge(uids) | Deed::Copy(uids) | Deed::Move(uids) => uids,
            Deed::Create => &[],
        }
    }
}

/// The folder.
pub struct Folder {
    /// UIDVALIDITY.
    pub validity: u64,
    /// UIDNEXT.
    pub next: u64,
    /// In the order of their UIDs.
    pub mails: Vec<Mail>,
    /// Every mail there ever was, by number.
    pub ever: BTreeSet<usize>,
    /// Mails the server said are not there although they are, by number.
    pub denied: BTreeSet<usize>,
    /// Mails that somebody else has removed, by number.
    pub taken: BTreeSet<usize>,
    /// The folder mails are moved to, once it is there: their numbers.
    pub other: Option<Vec<usize>>,
}

impl Folder {
    /// An empty one.
    pub fn new() -> Folder {
        Folder {
            validity: 7,
            next: 1,
            mails: Vec::new(),
            ever: BTreeSet::new(),
            denied: BTreeSet::new(),
            taken: BTreeSet::new(),
            other: None,
        }
    }

    /// A small mail arrives.
    pub fn arrive(&mut self) -> usize {
        let number = self.ever.len() + 1;
        let text = format!("{}\r\n{}", head(number, "Content-Type: text/plain\r\n"), words(number));
        let header = head(number, "Content-Type: text/plain\r\n") + "\r\n";
        let structure = format!(r#"("text" "plain" NIL NIL NIL "7bit" {} 1)"#, words(number).len());
        let sections = [("HEADER", header), ("1", words(number))];
        self.put(number, text, structure, sections)
    }

    /// A mail with a large file arrives.
    pub fn arrive_large(&mut self) -> usize {
        let number = self.ever.len() + 1;
        let header = head(number, "Content-Type: multipart/mixed; boundary=\"b\"\r\n") + "\r\n";
        let (text, file) = (
            words(number),
            "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n".repeat(1_500),
        );
        let text_head = "Content-Type: text/plain\r\n\r\n".to_owned();
        let file_head = "Content-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\
                         Content-Disposition: attachment; filename=\"plan.pdf\"\r\n\r\n"
            .to_owned();
        let whole = format!("{header}--b\r\n{text_head}{text}\r\n--b\r\n{file_head}{file}\r\n--b--\r\n");
        let structure = format!(
            r#"(("text" "plain" NIL NIL NIL "7bit" {} 1)("application" "pdf" ("name" "plan.pdf") NIL NIL "base64" {} NIL ("attachment" ("filename" "plan.pdf"))) "mixed" ("boundary" "b"))"#,
            text.len(),
            file.len()
        );
        let sections = [("HEADER", header), ("1.MIME", text_head), ("1", text), ("2.MIME", file_head), ("2", file)];
        self.put(number, whole, structure, sections)
    }

    fn put<const N: usize>(
        &mut self,
        number: usize,
        text: String,
        structure: String,
        sections: [(&str, String); N],
    ) -> usize {
        let sections = sections.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
        self.mails.push(Mail {
            number,
            uid: self.next,
            size: text.len() as u64,
            arrived: clock::internal_date(),
            bytes: Arc::new(text.into_bytes()),
            structure: Arc::new(structure),
            sections: Arc::new(sections),
            seen: false,
            deleted: false,
        });
        self.next += 1;
        self.ever.insert(number);
        number
    }

    /// The mail at a place is gone.
    pub fn expunge(&mut self, place: usize) {
        if place < self.mails.len() {
            self.taken.insert(self.mails.remove(place).number);
        }
    }

    /// Does what a client wants.
    pub fn perform(&mut self, deed: &Deed) {
        let named = |mail: &Mail| deed.uids().contains(&mail.uid);
        match deed {
            Deed::See(_) => self.mails.iter_mut().filter(|mail| named(mail)).for_each(|mail| mail.seen = true),
            Deed::Mark(_) => self.mails.iter_mut().filter(|mail| named(mail)).for_each(|mail| mail.deleted = true),
            Deed::Expunge(_) => self.mails.retain(|mail| !(named(mail) && mail.deleted)),
            Deed::Copy(_) | Deed::Move(_) => {
                let numbers = self.mails.iter().filter(|mail| named(mail)).map(|mail| mail.number);
                self.other.get_or_insert_default().extend(numbers);
                if matches!(deed, Deed::Move(_)) {
                    self.mails.retain(|mail| !named(mail));
                }
            }
            Deed::Create => drop(self.other.get_or_insert_default()),
        }
    }

    /// UIDVALIDITY changes, and with it every number.
    pub fn renumber(&mut self, validity: u64) {
        self.validity = validity;
        for (place, mail) in self.mails.iter_mut().enumerate() {
            mail.uid = place as u64 + 1;
        }
        self.next = self.mails.len() as u64 + 1;
    }
}

/// The words that have to be on record.
pub fn words(number: usize) -> String {
    format!("The words of mail {number}, which nobody else wrote.\r\n")
}

fn head(number: usize, more: &str) -> String {
    format!(
        "From: Ann Li <ann@acme.example>\r\nTo: me@us.example\r\nSubject: Mail {number}\r\nDate: {}\r\n\
         Message-ID: <{number}@acme.example>\r\nMIME-Version: 1.0\r\n{more}",
        clock::date()
    )
}
