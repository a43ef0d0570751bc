//! Who is in the sample: `sample/people.toml`.

use serde::Deserialize;

use super::story::Mistake;

/// Our team and the customers with their people.
#[derive(Debug, Deserialize)]
pub struct Cast {
    team: Vec<Colleague>,
    customer: Vec<Firm>,
}

#[derive(Debug, Deserialize)]
struct Colleague {
    key: String,
    name: String,
    address: String,
}

#[derive(Debug, Deserialize)]
struct Firm {
    name: String,
    domain: String,
    people: Vec<Person>,
}

#[derive(Debug, Deserialize)]
struct Person {
    key: String,
    name: String,
    role: String,
}

/// A name and an address, as a mail client writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Display name, possibly empty.
    pub name: String,
    /// `local@domain`.
    pub address: String,
    /// Whether it is one of us.
    pub team: bool,
}

impl Who {
    /// `Ann Li <ann.li@acme-foods.example>`, as text shows it.
    pub fn shown(&self) -> String {
        match self.name.is_empty() {
            true => self.address.clone(),
            false => format!("{} <{}>", self.name, self.address),
        }
    }

    /// The domain of the address.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl Cast {
    /// The people bundled with the program.
    pub fn bundled() -> Result<Cast, Mistake> {
        toml::from_str(include_str!("sample/people.toml")).map_err(|e| Mistake(e.to_string()))
    }

    /// The person a story calls `key`, or writes out as `"Name" <address>`.
    pub fn who(&self, key: &str) -> Result<Who, Mistake> {
        let key = key.trim();
        if let Some((name, rest)) = key.trim_start_matches('"').split_once("\" <") {
            let address = rest.trim_end_matches('>').to_owned();
            return Ok(Who { name: name.to_owned(), address, team: false });
        }
        let colleague = self.team.iter().find(|c| c.key == key);
        if let Some(c) = colleague {
            return Ok(Who { name: c.name.clone(), address: c.address.clone(), team: true });
        }
        self.customer
            .iter()
            .flat_map(|firm| firm.people.iter().map(move |person| (firm, person)))
            .find(|(_, person)| person.key == key)
            .map(|(firm, person)| Who { name: person.name.clone(), address: address(firm, person), team: false })
            .ok_or_else(|| Mistake(format!("nobody is called {key}")))
    }

    /// The directory that the demonstration starts with.
    pub fn contacts_csv(&self) -> String {
        let mut csv = String::from("customer,name,address,role,phone,since,cadence-days,domains,notes\n");
        for firm in &self.customer {
            for person in &firm.people {
                csv += &format!(
                    "{},{},{},{},,,,{},\n",
                    firm.name,
                    person.name,
                    address(firm, person),
                    person.role,
                    firm.domain
                );
            }
        }
        csv
    }
}

/// `ann.li@acme-foods.example`: the name in lower case without marks, at the firm's domain.
fn address(firm: &Firm, person: &Person) -> String {
    use unicode_normalization::UnicodeNormalization;
    let plain: String = person.name.nfd().filter(char::is_ascii).collect();
    let mut words = plain.split_whitespace().map(str::to_lowercase);
    let first = words.next().unwrap_or_default();
    let last: String = words.collect();
    format!("{first}.{last}@{}", firm.domain)
}
