use super::*;

/// Text and signature of a mail without quotes.
fn cut(mail: &str) -> (String, String) {
    let lines: Vec<&str> = mail.lines().collect();
    let at = find(&lines, Some("Ann Li"), Above::Nothing).map_or(lines.len(), |(at, _)| at);
    (lines[..at].join("\n").trim_end().to_owned(), lines[at..].join("\n"))
}

fn signature(mail: &str) -> String {
    cut(mail).1
}

#[test]
fn a_delimiter_begins_the_signature() {
    assert_eq!(signature("Fine.\n\n-- \nAnn Li\nAcme"), "-- \nAnn Li\nAcme");
    assert_eq!(signature("Fine.\n--\nAnn"), "--\nAnn");
    assert_eq!(signature("Fine.\n\n_____\nAnn Li\n+32 2 555 01 02"), "_____\nAnn Li\n+32 2 555 01 02");
}

#[test]
fn dashes_between_paragraphs_are_text() {
    let mail = "One point.\n\n----\n\nThe second point is longer, and it is certainly a sentence.";
    assert_eq!(signature(mail), "");
    assert_eq!(signature("We need:\n-- paper\n-- ink for both of the printers"), "");
}

#[test]
fn closings_of_many_languages_begin_the_signature() {
    for closing in [
        "Best regards,",
        "Mit freundlichen Grüßen",
        "Cordialement,",
        "Un saludo,",
        "Atenciosamente,",
        "Cordiali saluti",
        "Met vriendelijke groet,",
        "Med vänlig hälsning",
        "Venlig hilsen",
        "Ystävällisin terveisin",
        "Lugupidamisega",
        "Ar cieņu",
        "Pagarbiai",
        "Z poważaniem",
        "S pozdravem",
        "S pozdravom",
        "Üdvözlettel,",
        "Cu stimă,",
        "С уважение,",
        "С уважением,",
        "З повагою,",
        "С поштовањем,",
        "Srdačan pozdrav,",
        "Lep pozdrav",
        "Με εκτίμηση,",
        "Saygılarımla,",
        "Atentament,",
        "בברכה,",
        "مع خالص التحيات،",
        "با احترام",
        "सादर,",
        "Hormat saya,",
        "Trân trọng,",
        "ขอแสดงความนับถือ",
        "此致",
        "敬具",
        "드림",
    ] {
        let mail = format!("The draft is ready.\n\n{closing}\nAnn Li");
        assert_eq!(signature(&mail), format!("{closing}\nAnn Li"));
    }
}

#[test]
fn closings_inside_sentences_are_text() {
    for mail in [
        "I write with regards to the payment, which is late.",
        "Fine.\n\nBest of all would be a call tomorrow at nine.",
        "Fine.\n\nThanks for the draft, I will read it today and answer you.",
        "Thanks!",
        "It works now.\n\nThanks a lot!",
        "Sent from my desk, is much easier than my mobile phone.",
        "Gruß aus Wien und bis morgen früh, wir sehen uns dann im Büro wieder!",
    ] {
        assert_eq!(signature(mail), "", "{mail}");
    }
}

#[test]
fn thanks_with_a_name_close_a_mail() {
    assert_eq!(signature("It works.\n\nThanks,\nBob"), "Thanks,\nBob");
    assert_eq!(signature("It works.\n\nDanke und Gruß\nBob"), "Danke und Gruß\nBob");
    assert_eq!(signature("It works.\n\nRegards, Bob"), "Regards, Bob");
    assert_eq!(signature("It works.\n\n/Bob"), "/Bob");
    assert_eq!(signature("It works.\n\n-Bob Ray"), "-Bob Ray");
}

#[test]
fn phones_and_their_programs_sign_in_their_language() {
    for line in [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPad",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "Отправлено с iPhone",
        "Надіслано з iPhone",
        "iPhone'umdan gönderildi",
        "Στάλθηκε από το iPhone μου",
        "נשלח מה-iPhone שלי",
        "أرسل من الـ iPhone",
        "发自我的 iPhone",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "Get Outlook for Android",
        "Sent from Mail for Windows",
    ] {
        assert_eq!(signature(&format!("Fine by me.\n\n{line}")), line);
    }
}

#[test]
fn a_name_above_ways_to_reach_it_is_a_card() {
    let card = "Bob Ray\nHead of Sales\nbob@acme.example\n+32 2 555 01 02";
    assert_eq!(signature(&format!("The plan is attached.\n\n{card}")), card);
    assert_eq!(signature("Please call:\n\nBob Ray\nor the office, whoever answers first is fine"), "");
}

#[test]
fn only_the_authors_name_signs_alone() {
    assert_eq!(signature("See you there.\n\nAnn"), "Ann");
    assert_eq!(signature("Which city?\n\nBrussels"), "");
}

#[test]
fn a_card_a_closing_and_a_notice_are_one_signature() {
    let (text, signature) = cut(
        "Done.\n\nKind regards,\nAnn\n\n-- \nAnn Li\nAcme\n\nThis e-mail and any attachments are confidential and intended for the addressee.",
    );
    assert_eq!(text, "Done.");
    assert!(signature.starts_with("Kind regards,") && signature.ends_with("addressee."));
}

#[test]
fn a_mail_that_is_nothing_else_keeps_its_words() {
    assert_eq!(signature("--\nAnn"), "");
    let lines = ["Sent from my iPhone"];
    assert!(find(&lines, None, Above::Quotes).is_some());
}
