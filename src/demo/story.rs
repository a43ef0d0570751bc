//! The stories as text: one scene for each mail.
//!
//! ```text
//! -350 08:45 forward gmail-en acme-6      days from today, local time, the way in, [client-language], [name]
//! by: jonas +42                           who forwarded it, so many minutes later
//! from: ann
//! to: jonas
//! subject: Printer on line two
//! New at Acme for me, so for the log.     the forwarder's words
//! >>>
//! Hi Jonas, ...                           the original's words
//! %%
//! ```

/// A story that cannot be read, in words for whoever wrote it.
#[derive(Debug)]
pub struct Mistake(pub String);

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One mail of a story.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// Days from today, negative.
    pub day: i64,
    /// Local time.
    pub time: jiff::civil::Time,
    /// The way in: `bcc`, `in`, `forward`, ...
    pub way: String,
    /// `gmail-en` and so on, for forwards; empty otherwise.
    pub client: String,
    /// What other scenes call it; its Message-ID begins with it.
    pub name: String,
    /// The fields between the first line and the words.
    pub fields: Vec<(String, String)>,
    /// What the forwarder wrote, or all words where nobody forwarded.
    pub words: String,
    /// The words of the forwarded original.
    pub original: Option<String>,
}

impl Scene {
    /// A field's value.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The words of the exchange itself: the original's where there is one.
    pub fn own_words(&self) -> &str {
        self.original.as_deref().unwrap_or(&self.words)
    }

    /// The keys of a list field.
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.field(name).map(|v| v.split(", ").collect()).unwrap_or_default()
    }
}

/// Reads every scene of one story.
pub fn read(text: &str) -> Result<Vec<Scene>, Mistake> {
    text.split("\n%%\n").map(scene).collect()
}

fn scene(text: &str) -> Result<Scene, Mistake> {
    let mut lines = text.lines().skip_while(|line| line.is_empty() || line.starts_with('#')).peekable();
    let first = lines.next().ok_or_else(|| Mistake("an empty scene".into()))?;
    let mut scene = heading(first)?;
    while let Some((name, value)) = lines.peek().and_then(|line| field(line)) {
        scene.fields.push((name, value));
        lines.next();
    }
    let words = lines.collect::<Vec<_>>().join("\n");
    match words.split_once(">>>\n") {
        Some((comment, original)) => {
            scene.words = comment.trim().to_owned();
            scene.original = Some(original.trim().to_owned());
        }
        None => scene.words = words.trim().to_owned(),
    }
    Ok(scene)
}

fn heading(line: &str) -> Result<Scene, Mistake> {
    let mistake = || Mistake(format!("not a scene's first line: {line}"));
    let mut words = line.split_whitespace();
    let day = words.next().and_then(|w| w.parse().ok()).ok_or_else(mistake)?;
    let time = words.next().and_then(|w| w.parse().ok()).ok_or_else(mistake)?;
    let way = words.next().ok_or_else(mistake)?.to_owned();
    let mut rest: Vec<&str> = words.collect();
    let client = if way.starts_with("forward") && !rest.is_empty() { rest.remove(0).to_owned() } else { String::new() };
    let name = rest.first().map_or_else(|| format!("{way}{day}"), |name| (*name).to_owned());
    Ok(Scene { day, time, way, client, name, ..Scene::default() })
}

fn field(line: &str) -> Option<(String, String)> {
    const FIELDS: &[&str] = &["from", "to", "cc", "by", "subject", "quotes", "file", "starts", "place", "failed"];
    let (name, value) = line.split_once(": ")?;
    FIELDS.contains(&name).then(|| (name.to_owned(), value.to_owned()))
}
