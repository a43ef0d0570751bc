//! Values on their way into columns and back: instants, dates, words, addresses.

use jiff::{Timestamp, civil::Date};
use rusqlite::Row;
use rusqlite::types::{FromSql, Type};
use serde::Serialize;
use serde::de::value::{Error as PlainError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::{Result, StoreError};

/// The one word that a plain value (`Kind::Email`, an address) is in JSON and in a column.
pub(super) fn word(value: &impl Serialize) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Defect("a value is not one word".to_owned())),
    }
}

/// Takes a word back as it was written. Not parsed anew: a stricter reading tomorrow must not lose
/// what was recorded today.
pub(super) fn stored<T: DeserializeOwned>(word: &str) -> Option<T> {
    let plain: StrDeserializer<'_, PlainError> = word.into_deserializer();
    T::deserialize(plain).ok()
}

/// A column that holds one word.
pub(super) fn column<T: DeserializeOwned>(row: &Row<'_>, name: &str) -> rusqlite::Result<T> {
    stored(row.get_ref(name)?.as_str()?).ok_or_else(|| strange(name, Type::Text))
}

/// A column that may hold one word.
pub(super) fn maybe<T: DeserializeOwned>(row: &Row<'_>, name: &str) -> rusqlite::Result<Option<T>> {
    match row.get_ref(name)?.as_str_or_null()? {
        None => Ok(None),
        Some(word) => stored(word).map(Some).ok_or_else(|| strange(name, Type::Text)),
    }
}

/// A column of UTC seconds.
pub(super) fn instant(row: &Row<'_>, name: &str) -> rusqlite::Result<Timestamp> {
    Timestamp::from_second(row.get(name)?).map_err(|_| strange(name, Type::Integer))
}

/// A column that may hold UTC seconds.
pub(super) fn maybe_instant(row: &Row<'_>, name: &str) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(name)? {
        None => Ok(None),
        Some(seconds) => Timestamp::from_second(seconds).map(Some).map_err(|_| strange(name, Type::Integer)),
    }
}

/// A column that may hold a day, as `2026-11-20`.
pub(super) fn maybe_date(row: &Row<'_>, name: &str) -> rusqlite::Result<Option<Date>> {
    match row.get_ref(name)?.as_str_or_null()? {
        None => Ok(None),
        Some(day) => day.parse().map(Some).map_err(|_| strange(name, Type::Text)),
    }
}

/// The columns of a row from left to right: where rows are many, finding each by its name costs more than reading it.
pub(super) struct Columns<'r, 's> {
    row: &'r Row<'s>,
    next: usize,
}

impl<'r, 's> Columns<'r, 's> {
    /// Those of a row, from its first.
    pub(super) fn of(row: &'r Row<'s>) -> Columns<'r, 's> {
        Columns { row, next: 0 }
    }

    /// The next column, as it is.
    pub(super) fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        self.next += 1;
        self.row.get(self.next - 1)
    }

    /// The next column, which holds text.
    pub(super) fn text(&mut self) -> rusqlite::Result<&'r str> {
        self.maybe_text()?.ok_or_else(|| self.strange(Type::Null))
    }

    /// The next column, which may hold text.
    pub(super) fn maybe_text(&mut self) -> rusqlite::Result<Option<&'r str>> {
        self.next += 1;
        Ok(self.row.get_ref(self.next - 1)?.as_str_or_null()?)
    }

    /// The next column, which holds one word.
    pub(super) fn word<T: DeserializeOwned>(&mut self) -> rusqlite::Result<T> {
        let word = self.text()?;
        stored(word).ok_or_else(|| self.strange(Type::Text))
    }

    /// The next column, which may hold one word.
    pub(super) fn maybe_word<T: DeserializeOwned>(&mut self) -> rusqlite::Result<Option<T>> {
        let word = self.maybe_text()?;
        word.map(|word| stored(word).ok_or_else(|| self.strange(Type::Text))).transpose()
    }

    /// The next column, which holds UTC seconds.
    pub(super) fn instant(&mut self) -> rusqlite::Result<Timestamp> {
        let seconds = self.next()?;
        Timestamp::from_second(seconds).map_err(|_| self.strange(Type::Integer))
    }

    /// The next column, which may hold a day.
    pub(super) fn maybe_date(&mut self) -> rusqlite::Result<Option<Date>> {
        let day = self.maybe_text()?;
        day.map(|day| day.parse().map_err(|_| self.strange(Type::Text))).transpose()
    }

    /// The error for the column that was read last.
    fn strange(&self, kind: Type) -> rusqlite::Error {
        strange(self.row.as_ref().column_name(self.next.saturating_sub(1)).unwrap_or("a column"), kind)
    }
}

/// The error for a column whose content this program never writes.
pub(super) fn strange(name: &str, kind: Type) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, kind, format!("unexpected content of {name}").into())
}

/// Sizes are counted unsigned and stored signed.
pub(super) fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Outcome;
    use crate::mail::Address;

    #[test]
    fn words_come_back_as_they_went() {
        assert_eq!(word(&Outcome::SetAside).unwrap(), "set-aside");
        assert_eq!(stored::<Outcome>("set-aside"), Some(Outcome::SetAside));
        assert_eq!(stored::<Outcome>("lost"), None);
        let address: Address = stored("Ann@acme.example").unwrap();
        assert_eq!(address.as_str(), "Ann@acme.example");
    }
}
