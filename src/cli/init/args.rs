//! The arguments of `init`: a flag for each question, so that scripts need no dialogue.

use std::path::PathBuf;

use clap::Args;

use super::Provider;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder for touchbase.toml; made if need be [default: the current one, or that of --config]
    pub dir: Option<PathBuf>,
    /// The address of the mailbox to read
    #[arg(long)]
    pub address: Option<String>,
    /// Who runs it [default: recognised by the address]
    #[arg(long, value_enum)]
    pub provider: Option<Provider>,
    /// Its IMAP server [default: the provider's]
    #[arg(long)]
    pub host: Option<String>,
    /// The login, where it is not the address
    #[arg(long)]
    pub user: Option<String>,
    /// A colleague's address, or a domain where everybody is a colleague; may be given several times
    #[arg(long, value_name = "ADDRESS|DOMAIN")]
    pub team: Vec<String>,
    /// The address you BCC and forward to, behind which is nobody
    #[arg(long, value_name = "ADDRESS", conflicts_with = "own_mailbox")]
    pub capture: Option<String>,
    /// It is somebody's own mailbox: inbox and sent mail are read, and there is no capture address
    #[arg(long)]
    pub own_mailbox: bool,
    /// A file whose first line is the password
    #[arg(long, value_name = "FILE", group = "proof")]
    pub password_file: Option<String>,
    /// A command that prints the password
    #[arg(long, value_name = "COMMAND", group = "proof")]
    pub password_command: Option<String>,
    /// The systemd credential that holds the password
    #[arg(long, value_name = "NAME", group = "proof")]
    pub password_credential: Option<String>,
    /// Log in by OAuth (Gmail, Microsoft 365), as the program registered under this client-id
    #[arg(long, value_name = "ID", group = "proof")]
    pub oauth_client_id: Option<String>,
    /// Read the password from standard input, unseen on a terminal, and write it into the password file (0600)
    #[arg(long, conflicts_with_all = ["password_command", "password_credential", "oauth_client_id"])]
    pub write_password: bool,
    /// Where a day begins and ends, such as Europe/Brussels [default: this machine's zone]
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// The folder for the reports
    #[arg(long, value_name = "FOLDER")]
    pub reports: Option<String>,
    /// Ask nothing: what no flag says is taken as it would be proposed
    #[arg(long)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
