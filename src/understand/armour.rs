//! The lines that OpenPGP puts around signed words (RFC 9580, 7): nobody wrote them.

use crate::mail::text::Line;

/// For each line whether it is armour: the head with its `Hash:` fields, and the signature's block.
pub fn find(lines: &[Line]) -> Vec<bool> {
    let mut armour = vec![false; lines.len()];
    let mut inside = None;
    for (line, armoured) in lines.iter().zip(&mut armour).filter(|(line, _)| line.depth == 0) {
        inside = inside.or_else(|| begins(&line.text));
        *armoured = inside.is_some();
        let ends = match inside {
            Some(Part::Head) => line.is_blank(),
            Some(Part::Signature) => line.text.trim_end() == "-----END PGP SIGNATURE-----",
            None => false,
        };
        if ends {
            inside = None;
        }
    }
    // A block that nothing ends was cut off or is talked about.
    if inside.is_some() { vec![false; lines.len()] } else { armour }
}

/// A line as it was before it was signed: dashes at its beginning were escaped.
pub fn unescaped(words: &str) -> &str {
    words.strip_prefix("- ").filter(|words| words.starts_with('-')).unwrap_or(words)
}

#[derive(Clone, Copy)]
enum Part {
    Head,
    Signature,
}

fn begins(line: &str) -> Option<Part> {
    match line.trim_end() {
        "-----BEGIN PGP SIGNED MESSAGE-----" => Some(Part::Head),
        "-----BEGIN PGP SIGNATURE-----" => Some(Part::Signature),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::text;

    fn kept(mail: &str) -> Vec<String> {
        let lines = text::body(mail, None).lines;
        let armour = find(&lines);
        lines.iter().zip(armour).filter(|(_, armoured)| !armoured).map(|(line, _)| line.text.clone()).collect()
    }

    #[test]
    fn only_what_was_signed_is_kept() {
        let mail = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nFine.\n- -- \nAnn\n\
                    -----BEGIN PGP SIGNATURE-----\n\niQEcBAEBCAAG\n=Qx7a\n-----END PGP SIGNATURE-----\n_____\nlist";
        assert_eq!(kept(mail), ["Fine.", "- -- ", "Ann", "_____", "list"]);
        assert_eq!((unescaped("- -- "), unescaped("- pears")), ("-- ", "- pears"));
    }

    #[test]
    fn armour_that_is_quoted_or_talked_about_stays() {
        for mail in ["> -----BEGIN PGP SIGNATURE-----\n> x", "What is\n-----BEGIN PGP SIGNATURE-----\nfor?"] {
            assert_eq!(kept(mail), mail.lines().collect::<Vec<_>>());
        }
    }
}
