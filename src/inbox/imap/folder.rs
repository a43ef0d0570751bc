//! A server's folders: which there are, what they are for, and opening one without changing it.

use std::collections::BTreeSet;

use super::response::{Code, Folder};
use super::session::{Answer, Opened, Session, Untagged, said};
use super::text;
use crate::inbox::{InboxError, named_like_sent};

/// What a search came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Searched {
    /// These UIDs.
    Found(BTreeSet<u32>),
    /// It was done and nothing was said of it.
    Silence,
    /// It was refused, or its answer cannot be read.
    Unknown,
}

impl Session {
    /// Searches the open folder: `UID 1:500 SINCE 1-Nov-2026`.
    pub async fn search(&mut self, keys: &str) -> Result<Searched, InboxError> {
        let mut answers = Vec::new();
        let mut note = |untagged| {
            if let Untagged::Search(found) = untagged {
                answers.push(found);
            }
        };
        let room = u64::from(self.folder.exists) * 12;
        let answer = self.exchange(&format!("UID SEARCH {keys}"), room, &mut note).await?;
        let found: Option<Vec<Vec<u32>>> = answers.into_iter().collect();
        Ok(match (answer, found) {
            (Answer::Done(_), Some(found)) if found.is_empty() => Searched::Silence,
            (Answer::Done(_), Some(found)) => Searched::Found(found.into_iter().flatten().collect()),
            _ => Searched::Unknown,
        })
    }

    /// Opens a folder for reading only (EXAMINE), so that nothing in it changes.
    pub async fn examine(&mut self, folder: &str) -> Result<Opened, InboxError> {
        self.open("EXAMINE", folder).await.map(|(opened, _)| opened)
    }

    /// Opens a folder to change it (SELECT).
    pub async fn select(&mut self, folder: &str) -> Result<Opened, InboxError> {
        match self.open("SELECT", folder).await? {
            (_, Some(Code::Other(code))) if code.eq_ignore_ascii_case("READ-ONLY") => Err(InboxError::Configuration {
                what: format!("{} lets nobody change the folder `{folder}`", self.host),
                hint: "ask for the right to change it, or set `after = \"leave\"`".into(),
            }),
            (opened, _) => Ok(opened),
        }
    }

    async fn open(&mut self, verb: &str, folder: &str) -> Result<(Opened, Option<Code>), InboxError> {
        self.folder = Opened::UNKNOWN;
        let name = text::quoted(&text::folder_name(folder)).unwrap_or_default();
        match self.command(&format!("{verb} {name}")).await? {
            Answer::Done(outcome) => {
                self.news = false;
                Ok((self.folder, outcome.code))
            }
            Answer::Refused(outcome) => Err(InboxError::Configuration {
                what: format!("{} does not open the folder `{folder}`: {}", self.host, said(&outcome)),
                hint: "check `folders`; `touchbase check` lists the folders there are".into(),
            }),
        }
    }

    /// Every folder there is: its name and attributes.
    pub async fn folders(&mut self) -> Result<Vec<(String, Vec<String>)>, InboxError> {
        let mut folders = Vec::new();
        let mut note = |untagged: Untagged| {
            if let Untagged::List(Folder { attributes, name }) = untagged {
                folders.push((text::folder_from(&name), attributes));
            }
        };
        self.exchange("LIST \"\" \"*\"", 0, &mut note).await?.or_retry("LIST")?;
        folders.sort();
        Ok(folders)
    }

    /// Whether the folder holds what its owner sent: by its special use (RFC 6154), else by its name.
    pub async fn is_sent(&mut self, folder: &str) -> Result<bool, InboxError> {
        let marks = if self.can("SPECIAL-USE") { " RETURN (SPECIAL-USE)" } else { "" };
        let name = text::quoted(&text::folder_name(folder)).unwrap_or_default();
        let mut sent = None;
        let mut note = |untagged: Untagged| {
            if let Untagged::List(found) = untagged
                && text::folder_from(&found.name) == folder
            {
                let special = ["\\all", "\\archive", "\\drafts", "\\flagged", "\\junk", "\\trash"];
                let other = found.attributes.iter().any(|a| special.contains(&a.as_str()));
                sent = if found.attributes.iter().any(|a| a == "\\sent") { Some(true) } else { other.then_some(false) };
            }
        };
        self.exchange(&format!("LIST \"\" {name}{marks}"), 0, &mut note).await?;
        Ok(sent.unwrap_or_else(|| named_like_sent(folder)))
    }
}
