//! The connection ends: closed, reset, or silent, at every place of every answer.

use super::case::{Case, Scene};
use super::fault::{Act, Answer, Asked, Cut, Fault, Lasts, Step};

/// A place in an answer, behind which nothing comes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The command is heard and not answered.
    Nothing,
    /// The first untagged response has come.
    FirstLine,
    /// The untagged responses have come, the tagged one has not.
    Untagged,
    /// Half of the tagged line has come.
    HalfTagged,
    /// The whole answer has come.
    Whole,
    /// So many percent of the first literal have come.
    Literal(usize),
}

impl Place {
    /// Its name in the name of a case.
    pub fn name(self) -> String {
        match self {
            Place::Nothing => "nothing".into(),
            Place::FirstLine => "first-line".into(),
            Place::Untagged => "untagged".into(),
            Place::HalfTagged => "half-tagged".into(),
            Place::Whole => "whole".into(),
            Place::Literal(percent) => format!("literal-{percent}"),
        }
    }

    /// How many bytes of the answer come.
    fn bytes(self, answer: &Answer) -> usize {
        let untagged: usize = answer.untagged.iter().map(Vec::len).sum();
        match self {
            Place::Nothing => 0,
            Place::FirstLine => answer.untagged.first().map_or(0, Vec::len),
            Place::Untagged => untagged,
            Place::HalfTagged => untagged + answer.tagged.len() / 2,
            Place::Whole => untagged + answer.tagged.len(),
            Place::Literal(percent) => in_literal(&answer.bytes(), percent),
        }
    }
}

/// Where so many percent of the first literal have come.
fn in_literal(bytes: &[u8], percent: usize) -> usize {
    let Some(open) = bytes.iter().position(|byte| *byte == b'{') else { return bytes.len() };
    let digits: String = bytes[open + 1..].iter().take_while(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
    let size: usize = digits.parse().unwrap_or(0);
    open + digits.len() + 4 + size * percent / 100
}

/// The honest answer up to a place, and the end of the connection.
pub fn cut_at(place: Place, cut: Cut) -> impl Fn(Asked<'_>) -> Vec<Act> + Send + Sync {
    move |asked| {
        let whole = asked.answer.bytes();
        let bytes = whole[..place.bytes(&asked.answer)].to_vec();
        let told = if place == Place::Whole { asked.answer.listed } else { Vec::new() };
        vec![Act::Say(bytes), Act::Tell(told), Act::Close(cut)]
    }
}

/// How connections end.
pub const CUTS: [(Cut, &str); 3] = [(Cut::Fin, "fin"), (Cut::Rst, "rst"), (Cut::Blackhole, "blackhole")];

/// The places of each step's answer that differ.
pub fn places(step: Step) -> Vec<Place> {
    use Place::{FirstLine, HalfTagged, Literal, Nothing, Untagged, Whole};
    match step {
        Step::Greeting | Step::Authenticate | Step::Idle => vec![Nothing, Whole],
        Step::News => vec![Nothing, Whole],
        Step::Login | Step::Done | Step::Noop => vec![Nothing, HalfTagged, Whole],
        Step::Parts => vec![Nothing, Literal(50), Untagged, HalfTagged, Whole],
        Step::Fetch => {
            let literal = [0, 1, 50, 99, 100].map(Literal);
            [vec![Nothing, FirstLine, Untagged, HalfTagged, Whole], literal.to_vec()].concat()
        }
        Step::Examine | Step::Enumerate => vec![Nothing, FirstLine, Untagged, HalfTagged, Whole],
        _ => vec![Nothing, Untagged, HalfTagged, Whole],
    }
}

/// Which steps a scene comes to while the fault waits for them.
pub fn steps(scene: Scene) -> &'static [Step] {
    use Step::{
        Authenticate, Capability, Enumerate, Examine, Fetch, Greeting, Id, Idle, LastUid, List, Login, News, Parts,
        Search, Structure,
    };
    match scene {
        Scene::FirstFill => &[Greeting, Capability, Login, Id, List, Examine, Enumerate, Fetch, Idle],
        Scene::CatchUp => &[Greeting, Capability, Authenticate, Login, List, Examine, Enumerate, Fetch, Idle],
        Scene::Arrival => &[News, Step::Done, Enumerate, Fetch],
        Scene::Reconnect => &[Greeting, Login, Examine, Enumerate, Fetch],
        Scene::Large => &[Structure, Parts, Fetch],
        Scene::Sparse => &[Search, Enumerate],
        Scene::Flood => &[Fetch],
        Scene::Plain => &[Capability, Login, LastUid, Enumerate, Fetch],
        Scene::Once => &[Greeting, Capability, Login, Id, List, Examine, Enumerate, Fetch, Step::Logout],
        Scene::Seen => &[Step::Select, Step::Store],
        Scene::Deleted => &[Step::Select, Step::Store, Step::Expunge],
        Scene::Marked => &[Step::Select, Step::Store],
        Scene::Moved => &[Step::Select, Step::Create, Step::Move],
        Scene::Copied => &[Step::Select, Step::Create, Step::Copy, Step::Store, Step::Expunge],
    }
}

/// Every scene.
pub const SCENES: [Scene; 7] =
    [Scene::FirstFill, Scene::CatchUp, Scene::Arrival, Scene::Reconnect, Scene::Large, Scene::Sparse, Scene::Plain];

/// Every case of the group.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scene in SCENES {
        for &step in steps(scene) {
            for place in places(step) {
                for (cut, name) in CUTS {
                    let fault = Fault::once(step, cut_at(place, cut));
                    cases.push(Case::new(format!("cut/{name}/{}-{}", step.name(), place.name()), scene, fault));
                }
            }
        }
    }
    for scene in [Scene::FirstFill, Scene::CatchUp, Scene::Reconnect] {
        for (cut, name) in CUTS {
            // A server that goes on like this for a while: the pauses grow, and nobody is blamed.
            for step in [Step::Greeting, Step::Examine, Step::Enumerate] {
                let fault = Fault::once(step, cut_at(Place::Nothing, cut));
                let fault = fault.lasting(Lasts::For(std::time::Duration::from_secs(1_800)));
                cases.push(Case::new(format!("cut/{name}/{}-for-half-an-hour", step.name()), scene, fault));
            }
        }
        let refused = Fault::once(Step::Connect, |_| Vec::new()).lasting(Lasts::Times(5));
        cases.push(Case::new("cut/refused/connect", scene, refused));
    }
    for (cut, name) in CUTS {
        for place in [Place::Nothing, Place::FirstLine, Place::Whole] {
            let fault = Fault::once(Step::Fetch, cut_at(place, cut));
            cases.push(Case::new(format!("cut/{name}/fetch-{}", place.name()), Scene::Flood, fault));
        }
    }
    cases
}
