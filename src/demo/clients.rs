//! How mail clients write a forward's header block and a reply's attribution, in a few languages.

use jiff::Zoned;

use super::cast::Who;

/// The original that a client shows.
pub struct Original<'a> {
    /// Its author.
    pub from: &'a Who,
    /// Its recipients.
    pub to: &'a [Who],
    /// When it was sent.
    pub sent: &'a Zoned,
    /// Its subject.
    pub subject: &'a str,
    /// Its words.
    pub words: &'a str,
}

/// Month names, then weekday names from Monday, in lower case where the language writes them so.
struct Names {
    months: [&'static str; 12],
    days: [&'static str; 7],
}

fn names(language: &str) -> Names {
    match language {
        "de" => Names {
            months: [
                "Januar",
                "Februar",
                "März",
                "April",
                "Mai",
                "Juni",
                "Juli",
                "August",
                "September",
                "Oktober",
                "November",
                "Dezember",
            ],
            days: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        },
        "fr" => Names {
            months: [
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ],
            days: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        },
        "es" => Names {
            months: [
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ],
            days: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        },
        "nl" => Names {
            months: [
                "januari",
                "februari",
                "maart",
                "april",
                "mei",
                "juni",
                "juli",
                "augustus",
                "september",
                "oktober",
                "november",
                "december",
            ],
            days: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
        },
        _ => Names {
            months: [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        },
    }
}

/// The labels From, Date, Subject, To of a client in a language, and the line that announces the forward.
struct Labels {
    announce: &'static str,
    from: &'static str,
    date: &'static str,
    subject: &'static str,
    to: &'static str,
}

#[rustfmt::skip]
fn labels(client: &str) -> Labels {
    let (announce, from, date, subject, to) = match client {
        "gmail-de" => ("---------- Forwarded message ---------", "Von:", "Date:", "Subject:", "To:"),
        "gmail-fr" => ("---------- Forwarded message ---------", "De :", "Date:", "Subject:", "To:"),
        "gmail-es" => ("---------- Forwarded message ---------", "De:", "Date:", "Subject:", "To:"),
        "outlook-en" => ("________________________________", "From:", "Sent:", "Subject:", "To:"),
        "outlook-de" => ("________________________________", "Von:", "Gesendet:", "Betreff:", "An:"),
        "outlook-nl" => ("________________________________", "Van:", "Verzonden:", "Onderwerp:", "Aan:"),
        "outlook-es" => ("________________________________", "De:", "Enviado:", "Asunto:", "Para:"),
        "apple-en" => ("Begin forwarded message:", "From:", "Date:", "Subject:", "To:"),
        "apple-de" => ("Anfang der weitergeleiteten Nachricht:", "Von:", "Datum:", "Betreff:", "An:"),
        "apple-fr" => ("Début du message réexpédié :", "De:", "Date:", "Objet:", "À:"),
        "thunderbird-de" => ("-------- Weitergeleitete Nachricht --------", "Von: ", "Datum: ", "Betreff: ", "An: "),
        "thunderbird-fr" => ("-------- Message transféré --------", "De : ", "Date : ", "Sujet : ", "Pour : "),
        "thunderbird-en" => ("-------- Forwarded Message --------", "From: ", "Date: ", "Subject: ", "To: "),
        "yahoo-nl" => ("----- Doorgestuurd bericht -----", "Van:", "Verzonden:", "Onderwerp:", "Aan:"),
        "yahoo-es" => ("----- Mensaje reenviado -----", "De:", "Enviado:", "Asunto:", "Para:"),
        _ => ("---------- Forwarded message ---------", "From:", "Date:", "Subject:", "To:"),
    };
    Labels { announce, from, date, subject, to }
}

/// What the client puts before a forwarded subject.
pub fn prefix(client: &str) -> &'static str {
    match client {
        "outlook-de" => "WG: ",
        "outlook-en" | "outlook-nl" => "FW: ",
        "outlook-es" => "RV: ",
        "yahoo-nl" | "yahoo-es" => "Fw: ",
        _ => "Fwd: ",
    }
}

/// The forwarded original as the client's plain text shows it.
pub fn forwarded(client: &str, original: &Original) -> String {
    let l = labels(client);
    let to = original.to.iter().map(Who::shown).collect::<Vec<_>>().join(if client.starts_with("outlook") {
        "; "
    } else {
        ", "
    });
    let from = format!("{} {}", l.from, original.from.shown());
    let date = format!("{} {}", l.date, stated(client, original.sent));
    let subject = format!("{} {}", l.subject, original.subject);
    let to = format!("{} {to}", l.to);
    match client.split('-').next().unwrap_or_default() {
        "apple" => {
            let quoted = original.words.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
            format!("{}\n\n> {from}\n> {subject}\n> {date}\n> {to}\n>\n{quoted}\n", l.announce)
        }
        "thunderbird" => format!("{}\n{subject}\n{date}\n{from}\n{to}\n\n\n\n{}\n", l.announce, original.words),
        "yahoo" => format!("{}\n{from}\n{to}\n{date}\n{subject}\n\n{}\n", l.announce, original.words),
        "outlook" => format!("{}\n{from}\n{date}\n{to}\n{subject}\n\n{}\n", l.announce, original.words),
        _ => format!("{}\n{from}\n{date}\n{subject}\n{to}\n\n\n{}\n", l.announce, original.words),
    }
}

/// The instant as the client states it. Most say neither zone nor seconds.
fn stated(client: &str, at: &Zoned) -> String {
    let (name, language) = client.split_once('-').unwrap_or((client, "en"));
    let n = names(language);
    let month = n.months[usize::from(at.month().unsigned_abs()) - 1];
    let day = n.days[usize::from(at.weekday().to_monday_zero_offset().unsigned_abs())];
    let (y, d, hm) = (at.year(), at.day(), at.strftime("%H:%M").to_string());
    let zone = at.strftime("%Z").to_string();
    match (name, language) {
        ("gmail", "de") => format!("{}., {d}. {}. {y} um {hm} Uhr", short(day, 2), short(month, 3)),
        ("gmail", "fr") => format!("{}. {d} {} {y} à {hm}", short(day, 3), month),
        ("gmail", "es") => format!("{}, {d} {} {y} a las {hm}", short(day, 3), short(month, 3)),
        ("gmail", _) => at.strftime("%a, %b %-d, %Y at %-I:%M %p").to_string(),
        ("outlook", "de") => format!("{day}, {d}. {month} {y} {hm}"),
        ("outlook", "nl") => format!("{day} {d} {month} {y} {hm}"),
        ("outlook", "es") => format!("{day}, {d} de {month} de {y} {hm}"),
        ("outlook", _) => at.strftime("%A, %B %-d, %Y %-I:%M %p").to_string(),
        ("apple", "de") => format!("{d}. {month} {y} um {hm}:00 {}", if zone == "CEST" { "MESZ" } else { "MEZ" }),
        ("apple", "fr") => format!(
            "{d} {month} {y} à {hm}:00 UTC{}",
            at.strftime("%:z").to_string().replace(":00", "").replace("+0", "+")
        ),
        ("apple", _) => format!("{d} {month} {y} at {hm}:00 {zone}"),
        ("yahoo", "nl") => format!("{day} {d} {month} {y} om {hm}:00 {zone}"),
        ("yahoo", "es") => format!("{day}, {d} de {month} de {y}, {hm}:00 {zone}"),
        _ => at.strftime("%a, %-d %b %Y %H:%M:%S %z").to_string(),
    }
}

fn short(word: &str, letters: usize) -> String {
    word.chars().take(letters).collect()
}

/// A reply's quote of an earlier mail, in the language of its words' author.
pub fn quoted(original: &Original) -> String {
    let at = original.sent;
    let attribution = match original.from.domain() {
        "delta-robotics.example" => {
            format!("Am {} schrieb {}:", at.strftime("%d.%m.%Y um %H:%M"), original.from.shown())
        }
        "garonne-sante.example" => {
            format!("Le {}, {} a écrit :", at.strftime("%d/%m/%Y à %H:%M"), original.from.shown())
        }
        "polder-logistics.example" => {
            format!("Op {} schreef {}:", at.strftime("%d-%m-%Y om %H:%M"), original.from.shown())
        }
        "mirador-viajes.example" => {
            format!("El {}, {} escribió:", at.strftime("%d/%m/%Y a las %H:%M"), original.from.shown())
        }
        _ => format!("On {}, {} wrote:", at.strftime("%a, %b %-d, %Y at %H:%M"), original.from.shown()),
    };
    let words = original.words.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
    format!("{attribution}\n{words}\n")
}
