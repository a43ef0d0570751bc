//! A server's folders: which there are, what they are for, and opening one without changing it.

use super::response::Folder;
use super::session::{Answer, Opened, Session, Untagged, said};
use super::text;
use crate::inbox::{InboxError, named_like_sent};

impl Session {
    /// Opens a folder for reading only (EXAMINE), so that nothing in it changes.
    pub async fn examine(&mut self, folder: &str) -> Result<Opened, InboxError> {
        self.folder = Opened::UNKNOWN;
        let name = text::quoted(&text::folder_name(folder)).unwrap_or_default();
        match self.command(&format!("EXAMINE {name}")).await? {
            Answer::Done(_) => {
                self.news = false;
                Ok(self.folder)
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
