//! Values on their way into columns and back: instants, dates, words, addresses.

use jiff::{Timestamp, civil::Date};
use rusqlite::Row;
use rusqlite::types::Type;
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
    stored(&row.get::<_, String>(name)?).ok_or_else(|| strange(name, Type::Text))
}

/// A column that may hold one word.
pub(super) fn maybe<T: DeserializeOwned>(row: &Row<'_>, name: &str) -> rusqlite::Result<Option<T>> {
    match row.get::<_, Option<String>>(name)? {
        None => Ok(None),
        Some(word) => stored(&word).map(Some).ok_or_else(|| strange(name, Type::Text)),
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
    match row.get::<_, Option<String>>(name)? {
        None => Ok(None),
        Some(day) => day.parse().map(Some).map_err(|_| strange(name, Type::Text)),
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
