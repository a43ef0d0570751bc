//! `login`: a person agrees, once, that touchbase may read a mailbox; the tokens are kept and renewed.

use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::args::LoginArgs;
use super::{office, output};
use crate::config::{self, Source};
use crate::failure::{Code, Failure};
use crate::inbox::imap;
use crate::mail::Untrusted;
use crate::oauth::{Browser, Device, Granted, OAuthError, Vault, Way};
use crate::wiring::{self, Inbox};

pub fn login(config: &Option<PathBuf>, args: LoginArgs) -> Result<ExitCode, Failure> {
    let config = office::config(config)?;
    let mailbox = config.mailboxes.iter().find(|mailbox| mailbox.name == args.mailbox).ok_or_else(|| {
        let names: Vec<&str> = config.mailboxes.iter().map(|mailbox| mailbox.name.as_str()).collect();
        Failure::new(Code::NoInput, format!("there is no mailbox {:?}", args.mailbox))
            .hint(format!("the configuration has: {}", names.join(", ")))
    })?;
    let vault = wiring::vault(mailbox).ok_or_else(|| {
        Failure::new(Code::Configuration, format!("mailbox {} does not log in by OAuth", mailbox.name))
            .hint("set `oauth` instead of the password; config/touchbase.toml shows how")
    })?;
    let failed = |error: OAuthError| wiring::oauth_failure(&mailbox.name, &error);
    let granted = agree(&vault, mailbox, args.json)?.map_err(failed)?;
    vault.keep(granted).map_err(failed)?;
    let expires = vault.expires_at().map(|at| at.to_string());
    try_it(mailbox)?;
    let words = format!("mailbox {} can be read; the token is renewed from now on\n", mailbox.name);
    output::done(args.json, &words, || json!({"mailbox": mailbox.name, "expires_at": expires}))?;
    Ok(ExitCode::SUCCESS)
}

/// Tells the person what to do, and waits.
fn agree(vault: &Vault, mailbox: &config::Mailbox, json: bool) -> Result<Result<Granted, OAuthError>, Failure> {
    match &vault.provider.way {
        Way::Device(endpoint) => match Device::begin(&vault.provider, endpoint) {
            Ok(device) => {
                tell_code(&device, &mailbox.name, json)?;
                Ok(device.wait(&vault.provider))
            }
            Err(error) => Ok(Err(error)),
        },
        Way::Browser { page, extra } => {
            let user = match &mailbox.source {
                Source::Imap(account) => account.user.as_str(),
                Source::Maildir(_) => "",
            };
            match Browser::begin(&vault.provider, page, extra, user) {
                Ok(browser) => {
                    tell_page(&browser, &mailbox.name, json)?;
                    take_pasted(&browser);
                    Ok(browser.wait(&vault.provider))
                }
                Err(error) => Ok(Err(error)),
            }
        }
    }
}

fn tell_code(device: &Device, mailbox: &str, as_json: bool) -> Result<(), Failure> {
    let shown = |words: &str| Untrusted::new(words).log();
    if as_json {
        return output::json_line(&json!({
            "verification_uri": device.page, "user_code": device.user_code,
            "verification_uri_complete": device.page_with_code, "expires_in": device.lifetime.as_secs(),
        }));
    }
    let minutes = device.lifetime.as_secs().div_ceil(60);
    output::aside(&format!(
        "To let touchbase read mailbox {mailbox}, open\n\n    {}\n\non any machine, enter the code\n\n    {}\n\nand \
         agree as the owner of the mailbox. The code holds for {minutes} min; waiting...",
        shown(&device.page),
        shown(&device.user_code),
    ));
    if let Some(page) = &device.page_with_code {
        output::aside(&format!("(With the code in it: {})", shown(page)));
    }
    Ok(())
}

fn tell_page(browser: &Browser, mailbox: &str, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json_line(&json!({"authorization_uri": browser.page}));
    }
    output::aside(&format!(
        "To let touchbase read mailbox {mailbox}, open\n\n    {}\n\nand agree as the owner of the mailbox. In a browser \
         on another machine the last page cannot\nbe shown: copy its address (http://127.0.0.1...) and paste it here. \
         Waiting...",
        browser.page
    ));
    Ok(())
}

/// Reads addresses from the terminal while the browser is waited for; the thread ends with the program.
fn take_pasted(browser: &Browser) {
    let paste = browser.paste();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if paste.send(line).is_err() {
                return;
            }
        }
    });
}

/// Logs in to the mail server, so that a person who agreed as somebody else hears of it now.
fn try_it(mailbox: &config::Mailbox) -> Result<(), Failure> {
    let runtime = wiring::runtime()?;
    let result = match wiring::inbox(mailbox)? {
        Inbox::Imap(settings) => runtime.block_on(imap::try_login(&settings)),
        Inbox::Maildir(_) => Ok(()),
    };
    runtime.shutdown_background();
    result.map_err(|error| {
        wiring::inbox_failure(&mailbox.name, &error)
            .reworded(format!("the token is kept, but mailbox {} does not let it in", mailbox.name))
    })
}
