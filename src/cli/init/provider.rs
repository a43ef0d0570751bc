//! Whose mailbox an address is, and what that provider wants: server, login, names of folders.
//!
//! Recognised by the domain of the address alone. A company's own domain may be served by any of them, which only its MX
//! records tell; asking for those would need a resolver of our own, so a person says it (`--provider`).

use clap::ValueEnum;

use crate::mail::{Address, Domain};

/// Who runs a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Provider {
    /// Gmail, or Google Workspace under a domain of your own
    Gmail,
    /// Microsoft 365, Outlook.com, Exchange Online
    #[value(name = "microsoft-365", alias = "outlook")]
    Microsoft365,
    /// Fastmail
    Fastmail,
    /// iCloud Mail
    Icloud,
    /// Zoho Mail
    Zoho,
    /// A server of your own or of another company
    Own,
}

/// What is known about a provider.
pub(super) struct Facts {
    /// Its name for people.
    pub(super) name: &'static str,
    /// Domains of its own addresses.
    domains: &'static [&'static str],
    /// Its IMAP server; empty when it has to be asked for.
    pub(super) host: &'static str,
    /// How it names the folder of sent mail.
    pub(super) sent: &'static str,
    /// Whether it takes tokens only.
    pub(super) tokens_only: bool,
    /// What to do there before touchbase can log in.
    pub(super) before: &'static str,
}

impl Provider {
    /// All of them, in the order in which they are offered.
    pub(super) const ALL: [Provider; 6] =
        [Provider::Gmail, Provider::Microsoft365, Provider::Fastmail, Provider::Icloud, Provider::Zoho, Provider::Own];

    /// The provider whose own domain an address has.
    pub(super) fn of(address: &Address) -> Option<Provider> {
        let domain = address.domain();
        let within = |own: &&str| Domain::parse(own).is_some_and(|own| domain.is_within(&own));
        Provider::ALL.into_iter().find(|provider| provider.facts().domains.iter().any(within))
    }

    pub(super) fn facts(self) -> Facts {
        match self {
            Provider::Gmail => Facts {
                name: "Gmail or Google Workspace",
                domains: &["gmail.com", "googlemail.com"],
                host: "imap.gmail.com",
                sent: "[Gmail]/Sent Mail",
                tokens_only: false,
                before: "Gmail wants an app password (16 letters, made under 2-Step Verification), or OAuth",
            },
            Provider::Microsoft365 => Facts {
                name: "Microsoft 365 or Outlook.com",
                domains: &["onmicrosoft.com", "outlook.com", "hotmail.com", "live.com", "msn.com"],
                host: "outlook.office365.com",
                sent: "Sent Items",
                tokens_only: true,
                before: "Microsoft takes no passwords for IMAP: register touchbase once and log in by OAuth",
            },
            Provider::Fastmail => Facts {
                name: "Fastmail",
                domains: &["fastmail.com", "fastmail.fm", "messagingengine.com"],
                host: "imap.fastmail.com",
                sent: "Sent",
                tokens_only: false,
                before: "Fastmail wants an app password (Settings, Privacy & Security) that may use IMAP",
            },
            Provider::Icloud => Facts {
                name: "iCloud Mail",
                domains: &["icloud.com", "me.com", "mac.com"],
                host: "imap.mail.me.com",
                sent: "Sent Messages",
                tokens_only: false,
                before: "iCloud wants an app-specific password (account.apple.com, Sign-In and Security)",
            },
            Provider::Zoho => Facts {
                name: "Zoho Mail",
                domains: &["zohomail.com", "zoho.com"],
                host: "imap.zoho.com",
                sent: "Sent",
                tokens_only: false,
                before: "Zoho wants IMAP switched on in its settings, and an app password where 2-step login is on; \
                         accounts of its European or paid services have another --host, which those settings name",
            },
            Provider::Own => Facts {
                name: "a server of our own, or another provider",
                domains: &[],
                host: "",
                sent: "Sent",
                tokens_only: false,
                before: "have the password of that mailbox at hand",
            },
        }
    }

    /// As whom one logs in there: iCloud knows people by the part before the @.
    pub(super) fn user(self, address: &Address) -> String {
        match self {
            Provider::Icloud => address.local().to_owned(),
            _ => address.as_str().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_recognised_by_their_domain_and_nothing_like_it() {
        let table = [
            ("a@gmail.com", Some(Provider::Gmail)),
            ("a@GoogleMail.com", Some(Provider::Gmail)),
            ("a@firm.onmicrosoft.com", Some(Provider::Microsoft365)),
            ("a@hotmail.com", Some(Provider::Microsoft365)),
            ("a@fastmail.fm", Some(Provider::Fastmail)),
            ("a@me.com", Some(Provider::Icloud)),
            ("a@zohomail.com", Some(Provider::Zoho)),
            ("a@us.example", None),
            ("a@notgmail.com", None),
            ("a@gmail.com.us.example", None),
        ];
        for (address, expected) in table {
            assert_eq!(Provider::of(&Address::parse(address).unwrap()), expected, "{address}");
        }
    }
}
