//! How large jobs may be, how many there may be, and how long they are kept.

use shirushi_shared::{
    api::{StopCode, Stopped},
    time::UnixTime,
};

use crate::{registry::JobBounds, table};

/// How large jobs may be, and how long and how many of them are kept.
#[derive(Clone, Copy, Debug)]
pub struct JobLimits {
    /// Rows.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Days for which it is kept when it has ended.
    pub days: u16,
    pub(super) bounds: JobBounds,
    pub(super) keyed: bool,
}

impl JobLimits {
    /// The largest file of all: a million rows of a kilobyte.
    pub const MOST_BYTES: usize = 1 << 30;

    /// Of an organisation: a retailer's whole stock. Of anybody: what somebody tries out, or a small shop has; and all of
    /// them together as many as fit on any disk.
    pub(super) const fn of(keyed: bool, keep_days: u16) -> Self {
        if keyed {
            let bounds = JobBounds { kept: 100, open: 8 };
            Self { rows: 1_000_000, bytes: Self::MOST_BYTES as u64, days: keep_days, bounds, keyed }
        } else {
            let bounds = JobBounds { kept: 500, open: 200 };
            Self { rows: 1_000, bytes: 4 << 20, days: 1, bounds, keyed }
        }
    }

    const fn for_whom(self) -> &'static str {
        if self.keyed { "" } else { " without an API key" }
    }

    /// What is said of more bytes.
    pub fn too_many_bytes(self) -> String {
        format!("at most {} bytes are taken{}", self.bytes, self.for_whom())
    }

    pub(super) fn too_many_rows(self) -> Stopped {
        let detail = format!("at most {} rows are taken{}", self.rows, self.for_whom());
        Stopped { code: StopCode::TooManyRows, detail }
    }

    pub(super) fn too_many_jobs(self) -> String {
        let JobBounds { kept, open } = self.bounds;
        let whose = if self.keyed { "an organisation has" } else { "without an API key there are" };
        format!("{whose} at most {open} jobs that have not ended, and {kept} in all: erase one, or wait")
    }

    /// The limits of the file as a table; its heading is a row of it.
    pub(super) fn of_table(self) -> table::Limits {
        let most = table::Limits::default();
        if self.keyed {
            return table::Limits { bytes: self.bytes, rows: self.rows + 1, ..most };
        }
        table::Limits {
            bytes: self.bytes,
            rows: self.rows + 1,
            unpacked: 64 << 20,
            strings: 16 << 20,
            ..most
        }
    }

    pub(super) fn expiry(self, now: UnixTime) -> UnixTime {
        now.plus(i64::from(self.days) * 86_400)
    }
}
