//! The bytes of mails that wait for a person, compressed.

use std::io::Read;

use rusqlite::params;
use zstd::bulk::Compressor;

use super::epochs::DeliveryId;
use super::writing::Writing;
use super::{Result, StoreError};

/// How hard to press (zstd).
const LEVEL: i32 = 3;

/// Keeps a mail's bytes, compressed.
pub(super) fn keep(w: &Writing<'_>, id: DeliveryId, raw: &[u8]) -> Result<()> {
    let mut press = w.press.borrow_mut();
    let press = match &mut *press {
        Some(press) => press,
        none => none.insert(Compressor::new(LEVEL).map_err(damaged)?),
    };
    let packed = press.compress(raw).map_err(damaged)?;
    let sql = "INSERT INTO raw (delivery, zstd) VALUES (?1, ?2) ON CONFLICT (delivery) DO UPDATE SET zstd = ?2";
    w.run(sql, params![id.0, packed])?;
    Ok(())
}

/// Lets a mail's bytes go, if there are any.
pub(super) fn discard(w: &Writing<'_>, id: DeliveryId) -> Result<()> {
    w.run("DELETE FROM raw WHERE delivery = ?1", [id.0])?;
    Ok(())
}

/// The bytes of a compressed mail, as a stream.
pub(super) fn unpack(packed: &[u8]) -> Result<impl Read> {
    zstd::stream::read::Decoder::new(packed).map_err(damaged)
}

/// Compression fails only on content that this program did not write.
pub(super) fn damaged(error: std::io::Error) -> StoreError {
    StoreError::Broken(format!("the bytes of a mail: {error}"))
}
