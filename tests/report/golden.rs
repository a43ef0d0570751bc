//! Whole files against the ones we looked at (tests/golden); `INSTA_UPDATE=always` writes them anew.

use touchbase::report::File;

use crate::fixture::World;
use crate::worlds::{after_holidays, first_day, flood, one_customer, quiet, sparse, usual};

fn compare(name: &str, world: &World) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in world.files() {
            let snapshot = format!("report-{name}-{}", file.path.replace('/', "-"));
            insta::assert_snapshot!(snapshot, file.content);
        }
    });
}

#[test]
fn a_usual_day_reads_as_it_did() {
    compare("usual", &usual());
}

#[test]
fn a_quiet_day_reads_as_it_did() {
    let mut quiet = quiet();
    quiet.customers.truncate(1);
    compare("quiet", &quiet);
}

#[test]
fn the_first_day_reads_as_it_did() {
    compare("first", &first_day());
}

#[test]
fn the_day_after_the_holidays_reads_as_it_did() {
    compare("holidays", &after_holidays());
}

#[test]
fn a_year_with_little_in_it_reads_as_it_did() {
    compare("sparse", &sparse());
}

#[test]
fn the_same_facts_in_another_order_give_the_same_bytes() {
    let world = usual();
    let mut shuffled = usual();
    shuffled.recorded.reverse();
    shuffled.customers.reverse();
    shuffled.pledges.reverse();
    let sorted = |world: &World| {
        let mut files = world.files();
        files.sort_by_key(|file| file.path.clone());
        files
    };
    assert_eq!(sorted(&world), sorted(&shuffled));
}

#[test]
fn a_flood_is_cut_with_how_many_more_and_where() {
    let files = flood().files();
    let day = &files[0].content;
    assert!(day.contains("and 10 more"), "exchanges of one customer");
    assert!(day.contains("and <a href=\"index.html#customers\">68 more customers</a>"), "customers");
    assert!(day.contains("with <a href=\"index.html#customers\">108 more customers</a>"), "worth a look");
    assert!(day.contains("and <a href=\"index.html#customers\">168 more</a>"), "nothing stands out");
    assert!(day.contains("#listening-share\">and 5 more"), "items of one measure");
    for list in ["touchbase unmatched list", "touchbase promises list", "and 32 more: <a"] {
        assert!(day.contains(list), "{list}");
    }
    assert!(day.len() < 200_000, "{}", day.len());
    let week = files.iter().find(|file| file.path == "weeks/2026-W47.html").unwrap();
    assert!(week.content.len() < 150_000, "{}", week.content.len());
}

#[test]
fn a_quiet_day_is_a_short_page() {
    let files = quiet().files();
    let headings = |page: &str| page.matches("<h2").count();
    assert_eq!(headings(&files[0].content), 2, "what needs you, and the machinery");
    assert!(files[1].content.lines().count() < 15, "{}", files[1].content);
}

#[test]
fn every_format_tells_the_same_findings() {
    let files = usual().files();
    let [html, markdown, json] = [0, 1, 2].map(|at: usize| files[at].content.as_str());
    let spoken = [
        "they wrote 38 % of the words",
        "Small correction: gate 4.",
        "Bea Roth cannot work with something; answered, not yet solved",
        "usually every 9 days; 24 days now",
        "Wir melden uns bis Dienstag.",
        "Cleo Mann",
        "An automatic answer says that Kai Brandt has left",
        "We see about 60 % of this conversation",
        "Thanks, received",
    ];
    for words in &spoken[..8] {
        let unescaped = markdown.replace('\\', "");
        assert!(html.contains(words) && unescaped.contains(words) && json.contains(words), "{words}");
    }
    assert!(!html.contains(spoken[8]), "a test that could not fail");
    for number in ["[3]", "[4]", "[11]", "[12]"] {
        assert!(html.contains(number) && markdown.replace('\\', "").contains(number), "{number}");
    }
}

/// The pages and letters on disk, for a browser to look at.
#[test]
fn pages_are_laid_out_for_a_browser() {
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    let worlds = [
        ("usual", usual()),
        ("quiet", quiet()),
        ("first", first_day()),
        ("holidays", after_holidays()),
        ("one", one_customer()),
        ("sparse", sparse()),
        ("flood", flood()),
    ];
    for (name, world) in worlds {
        let settings = touchbase::publish::Settings { directory: root.join(name) };
        touchbase::publish::publish(&settings, &world.files()).unwrap();
        let letter = File { path: format!("{name}.html"), content: touchbase::report::letter(&world.report()).html };
        let settings = touchbase::publish::Settings { directory: root.join("letters") };
        touchbase::publish::publish(&settings, &[letter]).unwrap();
    }
}
