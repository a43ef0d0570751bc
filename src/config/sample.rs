//! The configuration that comes with touchbase, which is also its manual, and whether it is still that.

use super::Config;
use super::mailbox::Source;

/// `config/touchbase.toml`, installed as `/etc/touchbase/touchbase.toml`.
pub const SAMPLE: &str = include_str!("../../config/touchbase.toml");

/// The sample's server. Nobody can have one of that name (RFC 2606, section 2).
const HOST: &str = "imap.us.example";

impl Config {
    /// Whether a mailbox still is the sample's: somebody has yet to fill it in.
    pub fn is_sample(&self) -> bool {
        self.mailboxes.iter().any(|mailbox| matches!(&mailbox.source, Source::Imap(imap) if imap.host == HOST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Places;

    #[test]
    fn the_sample_is_known_until_its_server_is_another() {
        let read = |text: &str| {
            Config::read(text, &Places { beside: "/etc/touchbase".into(), state: "/var/lib/touchbase".into() })
                .unwrap_or_else(|problems| panic!("{problems:?}"))
        };
        assert!(read(SAMPLE).is_sample());
        assert!(!read(&SAMPLE.replace(HOST, "imap.ours.net")).is_sample());
        assert!(!Config::default().is_sample());
    }
}
