//! The file system under the record: whether it keeps SQLite's promises, and whether it has room.

use std::path::Path;

use rustix::fs::{statfs, statvfs};

use super::{Reader, Result, StoreError};
use crate::mailbox::WHOLE;

/// Room that must be free before mail is fetched, in bytes: a log of full length, and the pages it becomes.
const ROOM: u64 = 64 * 1024 * 1024;
/// How often the largest mail must fit into it: once in the log, once in the file, once for whoever reads it.
const TIMES: u64 = 3;

/// File systems of other machines, by the number that statfs(2) gives (linux/magic.h and the systems' own headers).
/// Their locks and shared memory do not hold what a write-ahead log needs (<https://sqlite.org/wal.html>, 1).
const NETWORK: &[(u32, &str)] = &[
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFE53_4D42, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0x5346_414F, "AFS"),
    (0x6B41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x564C, "NCP"),
    (0x0102_1997, "9P"),
    (0x00C3_6400, "Ceph"),
    (0x0BD0_0BD0, "Lustre"),
];

/// The name of a network file system.
fn network(magic: u32) -> Option<&'static str> {
    NETWORK.iter().find(|(number, _)| *number == magic).map(|(_, name)| *name)
}

/// Refuses a folder that another machine holds. One that cannot be asked is let through: opening will tell.
pub(super) fn is_of_this_machine(folder: &Path, record: &Path) -> Result<()> {
    // The field is signed on some architectures, the numbers are all of 32 bits.
    let magic = statfs(folder).map_or(0, |found| found.f_type as u32);
    match network(magic) {
        None => Ok(()),
        Some(name) => Err(StoreError::CannotOpen {
            path: record.to_owned(),
            why: format!(
                "it lies on {name}, and a record is only safe on a disk of this machine: put it there with [store] url"
            ),
        }),
    }
}

impl Reader {
    /// Makes sure that mails of at most `largest` bytes can be fetched without filling the disk.
    ///
    /// # Errors
    /// `Full`.
    pub(super) fn has_room_for(&self, largest: u64) -> Result<()> {
        // A disk that cannot be asked says it when it is written to.
        let free = statvfs(self.path()).map_or(u64::MAX, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        enough(free, largest)
    }
}

fn enough(free: u64, largest: u64) -> Result<()> {
    // A server may state any size; more than this of one mail is never fetched.
    let wanted = ROOM.max(largest.min(WHOLE) * TIMES);
    if free >= wanted {
        return Ok(());
    }
    let mib = |bytes: u64| bytes.div_ceil(1024 * 1024);
    Err(StoreError::Full(format!("{} MiB wanted before mail is fetched, {} MiB free", mib(wanted), free / 1024 / 1024)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_of_another_machine_is_known_by_its_number() {
        assert_eq!(network(0x6969), Some("NFS"));
        assert_eq!(network(0xFE53_4D42), Some("SMB"));
        for of_this_machine in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630, 0] {
            assert_eq!(network(of_this_machine), None);
        }
        assert!(is_of_this_machine(Path::new("/"), Path::new("/touchbase.db")).is_ok());
    }

    #[test]
    fn room_is_wanted_for_a_log_and_for_the_largest_mail_three_times() {
        const MIB: u64 = 1024 * 1024;
        assert!(enough(64 * MIB, 0).is_ok());
        assert!(matches!(enough(64 * MIB - 1, 0), Err(StoreError::Full(said)) if said.contains("64 MiB wanted")));
        assert!(enough(90 * MIB, 30 * MIB).is_ok());
        assert!(enough(90 * MIB - 1, 30 * MIB).is_err());
        assert!(enough(108 * MIB, u64::MAX).is_ok(), "a size that a server made up wants no more than is fetched");
    }
}
