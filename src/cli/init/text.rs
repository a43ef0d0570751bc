//! The configuration as a person reads it: what was answered, why each line is there, and what else there is.

use super::Provider;
use super::answers::{Answers, Colleague, Proof};

/// The configuration file.
pub(super) fn configuration(answers: &Answers) -> String {
    let Answers { provider, host, user, team, capture, proof, time_zone, reports } = answers;
    let (mut addresses, mut domains) = (Vec::new(), Vec::new());
    for colleague in team {
        match colleague {
            Colleague::Address(address) => addresses.push(quoted(address.as_str())),
            Colleague::Domain(domain) => domains.push(quoted(domain.as_str())),
        }
    }
    let (addresses, domains) = (addresses.join(", "), domains.join(", "));
    let name = quoted(mailbox(answers));
    let (host, user) = (quoted(host), quoted(user));
    let (proof, place) = (login(proof, *provider), place(capture.as_ref().map(|a| a.as_str()), *provider));
    let (time_zone, reports) = (quoted(time_zone), quoted(reports));
    format!(
        "# touchbase: whose mail is read, and who we are. `touchbase check` says whether all of it works; the sample
# configuration that comes with touchbase (config/touchbase.toml) explains every key there is.

[team]
# Our people: only they may BCC and forward, and what they write is outbound.
addresses = [{addresses}]
# Domains where everybody is a colleague.
domains = [{domains}]

[[mailbox]]
# Where reading stopped is remembered by this name: keep it.
name = {name}
kind = \"imap\"
host = {host}
user = {user}
{proof}
{place}
# The mailbox is opened read-only. \"seen\" marks what is recorded; {{ move = \"Recorded\" }} moves it there.
#after = \"leave\"

[contacts]
# Customers and their people, read again whenever the file changes.
files = [\"contacts.csv\"]

[trust]
# Who vouches for colleagues: `touchbase check` reads recent mail and prints the very line to write here.
#authentication-results = []

[report]
directory = {reports}
# When yesterday's page is written.
at = \"07:00\"
time-zone = {time_zone}
"
    )
}

/// The mailbox's name in the configuration.
pub(super) fn mailbox(answers: &Answers) -> &'static str {
    if answers.capture.is_some() { "capture" } else { "mail" }
}

/// The first lines of a contacts file; a person replaces them.
pub(super) const CONTACTS: &str = "customer,name,address,role,phone,since,cadence-days,domains,notes\n";

fn login(proof: &Proof, provider: Provider) -> String {
    match proof {
        Proof::File(file) => {
            format!(
                "# A file that only its owner can read (chmod 600); its first line is the password.\npassword-file = {}",
                quoted(file)
            )
        }
        Proof::Command(command) => {
            format!("# A command that prints the password.\npassword-command = {}", quoted(command))
        }
        Proof::Credential(name) => format!(
            "# The service is given it: LoadCredential={name}:/etc/touchbase/{name}\npassword-credential = {}",
            quoted(name)
        ),
        Proof::OAuth(client) => {
            let who = if provider == Provider::Gmail { "google" } else { "microsoft" };
            let secret = match provider {
                Provider::Gmail => ", client-secret-file = \"google.secret\"",
                _ => "",
            };
            format!(
                "# Tokens instead of a password; `touchbase login` gets the first and they are renewed from then on.\n\
                 oauth = {{ provider = \"{who}\", client-id = {}{secret} }}",
                quoted(client)
            )
        }
    }
}

fn place(capture: Option<&str>, provider: Provider) -> String {
    match capture {
        Some(address) => format!(
            "# Nobody is behind this address: what you BCC or forward to it is recorded.\ncapture-addresses = [{}]",
            quoted(address)
        ),
        None => format!(
            "# Somebody's own mailbox: what came and what was sent. `touchbase check` lists the folders there are.\n\
             folders = [\"INBOX\", {}]",
            quoted(provider.facts().sent)
        ),
    }
}

/// Text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
