//! Every language's ways to name a day, for a mail sent on Wednesday 18 November 2026 at ten in Paris.

use std::collections::BTreeMap;

use super::*;
use crate::understand::phrases::fold;
use crate::understand::prepared::Text;

mod beside;

fn dates() -> Dates {
    let lists = [
        include_str!("../../../config/phrases/de.toml"),
        include_str!("../../../config/phrases/en.toml"),
        include_str!("../../../config/phrases/es.toml"),
        include_str!("../../../config/phrases/fr.toml"),
        include_str!("../../../config/phrases/it.toml"),
        include_str!("../../../config/phrases/nl.toml"),
        include_str!("../../../config/phrases/pt.toml"),
    ]
    .map(|file| {
        let lists: toml::Table = toml::from_str(file).unwrap();
        let words: BTreeMap<String, Vec<Text<'static>>> = lists["dates"].clone().try_into().unwrap();
        words
    });
    Dates::of(lists.iter().map(|words| (words, 0))).unwrap()
}

fn check(rows: &[(&str, &str)]) {
    check_of("2026-11-18T09:00:00Z", rows);
}

fn check_of(sent: &str, rows: &[(&str, &str)]) {
    let dates = dates();
    let sent = Moment::new(sent.parse().unwrap(), 3600);
    let day = |words: &str| find(&dates, &fold(words), 0, Some(sent), |_| false).flatten().map(|day| day.to_string());
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(words, expected)| day(words).as_deref().unwrap_or("none") != *expected)
        .map(|(words, expected)| format!("{words}: {:?}, not {expected}", day(words)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn english() {
    check(&[
        ("today", "2026-11-18"),
        ("before noon", "2026-11-18"),
        ("by 5 pm", "2026-11-18"),
        ("tomorrow before noon", "2026-11-19"),
        ("the day after tomorrow", "2026-11-20"),
        ("by Friday", "2026-11-20"),
        ("on Wednesday", "2026-11-25"),
        ("Friday next week", "2026-11-27"),
        ("next week on Tuesday", "2026-11-24"),
        ("next Friday", "2026-11-27"),
        ("next Monday", "2026-11-23"),
        ("by the end of the week", "2026-11-20"),
        ("over the weekend", "2026-11-22"),
        ("next week", "2026-11-27"),
        ("early next week", "2026-11-23"),
        ("the week after next", "2026-12-04"),
        ("by the end of the month", "2026-11-30"),
        ("by the end of next month", "2026-12-31"),
        ("by the end of January", "2027-01-31"),
        ("by mid-December", "2026-12-15"),
        ("before the end of the year", "2026-12-31"),
        ("on 3 December", "2026-12-03"),
        ("on the 3rd of December", "2026-12-03"),
        ("by December 3rd, 2027", "2027-12-03"),
        ("on Friday, 4 December", "2026-12-04"),
        ("by the 15th", "2026-12-15"),
        ("by the 20th at the latest", "2026-11-20"),
        ("in two days", "2026-11-20"),
        ("within 48 hours", "2026-11-20"),
        ("within the next two weeks", "2026-12-02"),
        ("within three working days", "2026-11-23"),
        ("in a month", "2026-12-18"),
        ("by 2026-12-04", "2026-12-04"),
        ("by 15/12", "2026-12-15"),
        ("by 12/15/2026", "2026-12-15"),
        ("by 3/4", "none"),
        ("round the clock, 24/7", "none"),
        ("in november", "none"),
        ("we may march on", "none"),
        ("soon, version 1.2.3.4", "none"),
        ("in the coming days", "none"),
        ("the 3rd floor", "none"),
    ]);
}

#[test]
fn german() {
    check(&[
        ("heute noch", "2026-11-18"),
        ("vor dem Mittag", "2026-11-18"),
        ("bis 17 Uhr", "2026-11-18"),
        ("morgen früh", "2026-11-19"),
        ("übermorgen", "2026-11-20"),
        ("bis Freitag", "2026-11-20"),
        ("bis Freitagmittag", "2026-11-20"),
        ("Freitag nächster Woche", "2026-11-27"),
        ("bis Ende der Woche", "2026-11-20"),
        ("Anfang nächster Woche", "2026-11-23"),
        ("Mitte nächster Woche", "2026-11-25"),
        ("kommende Woche", "2026-11-27"),
        ("bis Ende des Monats", "2026-11-30"),
        ("bis Ende Januar", "2027-01-31"),
        ("bis Mitte Dezember", "2026-12-15"),
        ("am 3. Dezember", "2026-12-03"),
        ("bis zum 3.12.", "2026-12-03"),
        ("bis 3.12. um 12 Uhr", "2026-12-03"),
        ("am Freitag, den 04.12.2026", "2026-12-04"),
        ("bis zum 15.", "2026-12-15"),
        ("in zwei Tagen", "2026-11-20"),
        ("innerhalb von 48 Stunden", "2026-11-20"),
        ("binnen drei Werktagen", "2026-11-23"),
        ("in einer Woche", "2026-11-25"),
        ("in den nächsten Tagen", "none"),
        ("wie am letzten Montag", "none"),
        ("Version 3.12", "none"),
    ]);
}

#[test]
fn french() {
    check(&[
        ("aujourd'hui", "2026-11-18"),
        ("avant midi", "2026-11-18"),
        ("avant 17h", "2026-11-18"),
        ("demain matin", "2026-11-19"),
        ("après-demain", "2026-11-20"),
        ("d'ici vendredi", "2026-11-20"),
        ("vendredi de la semaine prochaine", "2026-11-27"),
        ("d'ici la fin de la semaine", "2026-11-20"),
        ("la semaine prochaine", "2026-11-27"),
        ("en début de semaine prochaine", "2026-11-23"),
        ("avant la fin du mois", "2026-11-30"),
        ("fin janvier", "2027-01-31"),
        ("mi-décembre", "2026-12-15"),
        ("le 3 décembre", "2026-12-03"),
        ("le 1er décembre", "2026-12-01"),
        ("le 03/12", "2026-12-03"),
        ("vendredi 4 décembre", "2026-12-04"),
        ("avant le 15", "2026-12-15"),
        ("dans deux jours", "2026-11-20"),
        ("sous 48 heures", "2026-11-20"),
        ("d'ici une semaine", "2026-11-25"),
        ("sous trois jours ouvrés", "2026-11-23"),
        ("comme lundi dernier", "none"),
        ("dans les prochains jours", "none"),
    ]);
}

#[test]
fn spanish() {
    check(&[
        ("hoy mismo", "2026-11-18"),
        ("antes del mediodía", "2026-11-18"),
        ("mañana por la mañana", "2026-11-19"),
        ("pasado mañana", "2026-11-20"),
        ("antes del viernes", "2026-11-20"),
        ("el viernes por la mañana", "2026-11-20"),
        ("el viernes de la semana que viene", "2026-11-27"),
        ("la próxima semana", "2026-11-27"),
        ("a principios de la próxima semana", "2026-11-23"),
        ("a finales de mes", "2026-11-30"),
        ("a finales de enero", "2027-01-31"),
        ("a mediados de diciembre", "2026-12-15"),
        ("el 3 de diciembre", "2026-12-03"),
        ("el 3 de diciembre de 2027", "2027-12-03"),
        ("el 03/12", "2026-12-03"),
        ("el día 15", "2026-12-15"),
        ("en dos días", "2026-11-20"),
        ("dentro de 48 horas", "2026-11-20"),
        ("en un plazo de tres días hábiles", "2026-11-23"),
        ("dentro de una semana", "2026-11-25"),
        ("como el lunes pasado", "none"),
        ("en los próximos días", "none"),
    ]);
}

#[test]
fn italian() {
    check(&[
        ("oggi", "2026-11-18"),
        ("entro mezzogiorno", "2026-11-18"),
        ("domani mattina", "2026-11-19"),
        ("dopodomani", "2026-11-20"),
        ("entro venerdì", "2026-11-20"),
        ("venerdì della prossima settimana", "2026-11-27"),
        ("entro la fine della settimana", "2026-11-20"),
        ("la prossima settimana", "2026-11-27"),
        ("a metà della prossima settimana", "2026-11-25"),
        ("entro fine mese", "2026-11-30"),
        ("entro fine gennaio", "2027-01-31"),
        ("a metà dicembre", "2026-12-15"),
        ("il 3 dicembre", "2026-12-03"),
        ("entro il 03/12", "2026-12-03"),
        ("entro il 15", "2026-12-15"),
        ("tra due giorni", "2026-11-20"),
        ("entro 48 ore", "2026-11-20"),
        ("entro tre giorni lavorativi", "2026-11-23"),
        ("fra una settimana", "2026-11-25"),
        ("come lunedì scorso", "none"),
        ("nei prossimi giorni", "none"),
    ]);
}

#[test]
fn dutch() {
    check(&[
        ("vandaag nog", "2026-11-18"),
        ("voor de middag", "2026-11-18"),
        ("voor 17 uur", "2026-11-18"),
        ("morgenochtend of morgen", "2026-11-19"),
        ("overmorgen", "2026-11-20"),
        ("tegen vrijdag", "2026-11-20"),
        ("vrijdagmiddag", "2026-11-20"),
        ("volgende vrijdag", "2026-11-27"),
        ("vrijdag volgende week", "2026-11-27"),
        ("voor het einde van de week", "2026-11-20"),
        ("begin volgende week", "2026-11-23"),
        ("volgende week", "2026-11-27"),
        ("tegen het einde van de maand", "2026-11-30"),
        ("eind januari", "2027-01-31"),
        ("half december", "2026-12-15"),
        ("op 3 december", "2026-12-03"),
        ("op 3/12", "2026-12-03"),
        ("uiterlijk 03-12-2026", "2026-12-03"),
        ("voor de 15de", "2026-12-15"),
        ("binnen twee dagen", "2026-11-20"),
        ("binnen 48 uur", "2026-11-20"),
        ("binnen drie werkdagen", "2026-11-23"),
        ("over een week", "2026-11-25"),
        ("zoals vorige maandag", "none"),
        ("in de komende dagen", "none"),
    ]);
}

#[test]
fn portuguese() {
    check(&[
        ("ainda hoje", "2026-11-18"),
        ("antes do meio-dia", "2026-11-18"),
        ("amanhã de manhã", "2026-11-19"),
        ("depois de amanhã", "2026-11-20"),
        ("até sexta-feira", "2026-11-20"),
        ("sexta da próxima semana", "2026-11-27"),
        ("até ao fim da semana", "2026-11-20"),
        ("na próxima semana", "2026-11-27"),
        ("no início da próxima semana", "2026-11-23"),
        ("até o final do mês", "2026-11-30"),
        ("até ao final de janeiro", "2027-01-31"),
        ("em meados de dezembro", "2026-12-15"),
        ("no dia 3 de dezembro", "2026-12-03"),
        ("até dia 03/12", "2026-12-03"),
        ("até dia 15", "2026-12-15"),
        ("em dois dias", "2026-11-20"),
        ("dentro de 48 horas", "2026-11-20"),
        ("no prazo de três dias úteis", "2026-11-23"),
        ("daqui a uma semana", "2026-11-25"),
        ("como na segunda passada", "none"),
        ("nos próximos dias", "none"),
    ]);
}

#[test]
fn days_are_counted_from_where_the_author_was() {
    // A Wednesday, late in the evening in New York: already Thursday at Greenwich.
    let sent = Moment::new("2026-11-19T02:00:00Z".parse().unwrap(), -5 * 3600);
    let found = find(&dates(), "i will send it tomorrow", 0, Some(sent), |_| false);
    assert_eq!(found.flatten().map(|day| day.to_string()).as_deref(), Some("2026-11-19"));
    assert_eq!(find(&dates(), "i will send it tomorrow", 0, None, |_| false), Some(None));
}

#[test]
fn the_day_behind_the_promise_counts_before_the_one_above_it() {
    let sent = Moment::new("2026-11-18T09:00:00Z".parse().unwrap(), 3600);
    let day = |words: &str| {
        let said = words.find("i will").unwrap();
        find(&dates(), words, said, Some(sent), |_| false).flatten().map(|day| day.to_string())
    };
    assert_eq!(day("as discussed on monday i will send it by friday").as_deref(), Some("2026-11-20"));
    assert_eq!(day("on monday i will send it").as_deref(), Some("2026-11-23"));
}

#[test]
fn a_passed_day_comes_again_next_year() {
    check(&[("on 5 November", "2027-11-05"), ("am 5.11.", "2027-11-05"), ("on 5 November 2026", "2026-11-05")]);
}

#[test]
fn impossible_days_and_hostile_numbers_are_none() {
    check(&[
        ("31 november", "none"),
        ("2026-13-45", "none"),
        ("in 99999999999999999999 days", "none"),
        ("99/99/9999", "none"),
    ]);
    for piece in ["1.", "1/", "in ", "friday ", "december 1 ", "in 3 ", "-"] {
        let sent = Moment::new("2026-11-18T09:00:00Z".parse().unwrap(), 3600);
        let _day = find(&dates(), &piece.repeat(5_000), 0, Some(sent), |_| false);
    }
}

#[test]
fn an_unknown_name_is_refused_by_name() {
    let words = BTreeMap::from([("fryday".to_owned(), vec!["friday".into()])]);
    assert!(Dates::of([(&words, 0)]).is_err_and(|error| error.contains("fryday")));
}
