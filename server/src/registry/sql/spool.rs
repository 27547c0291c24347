//! Jobs in SQL.

use async_trait::async_trait;
use shirushi_shared::time::UnixTime;

use super::{Database, Row, SqlRegistry, Value};
use crate::registry::{
    JobBounds, JobChange, JobState, NewJob, PartHead, PartKind, RegistryError, Slice, Spool, StoredJob,
    stored::{Cell, to_signed},
};

/// A selection of jobs.
macro_rules! jobs {
    ($which:literal) => {
        concat!(
            "SELECT id, owner, state, revision, created, changed, expires, attempts, results, document FROM jobs ",
            $which
        )
    };
}

/// A job that could be claimed, in the order of turns.
const NEXT: &str = "SELECT j.id FROM jobs j LEFT JOIN job_turns t ON t.owner = j.owner
                    WHERE j.state IN ('waiting', 'running') AND j.lease <= $1
                    ORDER BY COALESCE(t.served, 0), j.created, j.id LIMIT 1";

/// Kinds of files of which an organisation's word is kept.
const SAID: i64 = 100;

/// So many parts are removed by one statement: a large file is not one large write.
const AT_ONCE: &str = "DELETE FROM job_parts WHERE (job, kind, number) IN
                       (SELECT job, kind, number FROM job_parts WHERE job = $1 AND ($2 = '' OR kind = $2) LIMIT 32)";

#[async_trait]
impl<D: Database> Spool for SqlRegistry<D> {
    async fn open(&self, new: &NewJob, bounds: JobBounds, at: UnixTime) -> Result<bool, RegistryError> {
        let sql =
            "INSERT INTO jobs (id, secret, owner, state, revision, created, changed, expires, holder, lease,
                                     attempts, results, document)
                   SELECT $1, $2, $3, 'uploading', 1, $4, $4, $5, '', 0, 0, 0, $6
                   WHERE (SELECT COUNT(*) FROM jobs WHERE owner = $3) < $7
                   AND (SELECT COUNT(*) FROM jobs
                        WHERE owner = $3 AND state IN ('uploading', 'mapping', 'waiting', 'running')) < $8";
        let values = vec![
            new.id.as_str().into(),
            new.secret.as_slice().into(),
            owner(new.owner.as_deref()).into(),
            at.as_secs().into(),
            new.expires.as_secs().into(),
            new.document.as_str().into(),
            to_signed(bounds.kept).into(),
            to_signed(bounds.open).into(),
        ];
        Ok(self.db.execute(sql, values).await? > 0)
    }

    async fn job(&self, id: &str) -> Result<Option<StoredJob>, RegistryError> {
        first(self.db.rows(jobs!("WHERE id = $1"), vec![id.into()]).await?)
    }

    async fn job_by_secret(&self, secret: &[u8; 32]) -> Result<Option<StoredJob>, RegistryError> {
        first(self.db.rows(jobs!("WHERE secret = $1"), vec![secret.as_slice().into()]).await?)
    }

    async fn jobs_of(&self, owner: &str, limit: u32) -> Result<Vec<StoredJob>, RegistryError> {
        let sql = jobs!("WHERE owner = $1 ORDER BY created DESC, id LIMIT $2");
        let rows = self.db.rows(sql, vec![owner.into(), i64::from(limit).into()]).await?;
        rows.into_iter().map(job).collect()
    }

    async fn put(
        &self,
        job: &str,
        kind: PartKind,
        number: u64,
        bytes: Vec<u8>,
    ) -> Result<bool, RegistryError> {
        let sql = "INSERT INTO job_parts (job, kind, number, row_count, counts, bytes)
                   SELECT $1, $2, $3, 0, '', $4
                   WHERE EXISTS (SELECT 1 FROM jobs WHERE id = $1 AND state = 'uploading')";
        let values =
            vec![job.into(), kind.as_str().into(), to_signed(number).into(), Value::Bytes(Some(bytes))];
        Ok(self.db.execute(sql, values).await? > 0)
    }

    async fn set(
        &self,
        job: &str,
        revision: u64,
        change: &JobChange,
        at: UnixTime,
    ) -> Result<bool, RegistryError> {
        let sql =
            "UPDATE jobs SET state = $1, expires = $2, document = $3, changed = $4, revision = revision + 1,
                                   holder = '', lease = 0
                   WHERE id = $5 AND revision = $6";
        let values = vec![
            change.state.as_str().into(),
            change.expires.as_secs().into(),
            change.document.as_str().into(),
            at.as_secs().into(),
            job.into(),
            to_signed(revision).into(),
        ];
        Ok(self.db.execute(sql, values).await? > 0)
    }

    async fn claim(
        &self,
        holder: &str,
        now: UnixTime,
        until: UnixTime,
    ) -> Result<Option<StoredJob>, RegistryError> {
        // Looked at first without the turn of writers: mostly there is nothing.
        if self.db.rows(NEXT, vec![now.as_secs().into()]).await?.is_empty() {
            return Ok(None);
        }
        let mut tx = self.db.begin().await?;
        let Some(mut next) = tx.rows(NEXT, vec![now.as_secs().into()]).await?.into_iter().next() else {
            return Ok(None);
        };
        let id: String = next.take()?;
        let sql = "UPDATE jobs SET state = 'running', holder = $1, lease = $2, attempts = attempts + 1
                   WHERE id = $3";
        tx.execute(sql.to_owned(), vec![holder.into(), until.as_secs().into(), id.as_str().into()]).await?;
        let Some(claimed) = first(tx.rows(jobs!("WHERE id = $1"), vec![id.into()]).await?)? else {
            return Ok(None);
        };
        let sql = "INSERT INTO job_turns (owner, served)
                   VALUES ($1, (SELECT COALESCE(MAX(served), 0) + 1 FROM job_turns))
                   ON CONFLICT (owner) DO UPDATE SET served = excluded.served";
        tx.execute(sql.to_owned(), vec![owner(claimed.owner.as_deref()).into()]).await?;
        tx.commit().await?;
        Ok(Some(claimed))
    }

    async fn prolong(&self, job: &str, holder: &str, until: UnixTime) -> Result<bool, RegistryError> {
        let sql = "UPDATE jobs SET lease = $1 WHERE id = $2 AND holder = $3 AND state = 'running'";
        Ok(self.db.execute(sql, vec![until.as_secs().into(), job.into(), holder.into()]).await? > 0)
    }

    async fn release(
        &self,
        job: &str,
        holder: &str,
        until: UnixTime,
        innocent: bool,
    ) -> Result<(), RegistryError> {
        let sql = "UPDATE jobs SET lease = $1, holder = '', attempts = attempts - $2
                   WHERE id = $3 AND holder = $4 AND state = 'running'";
        let values = vec![until.as_secs().into(), i64::from(innocent).into(), job.into(), holder.into()];
        self.db.execute(sql, values).await.map(drop)
    }

    async fn hand_in(&self, slice: Slice, at: UnixTime) -> Result<bool, RegistryError> {
        let added = i64::from(slice.answers.is_some());
        let sql =
            "UPDATE jobs SET state = $1, expires = $2, document = $3, changed = $4, revision = revision + 1,
                                   results = results + $5, attempts = 0, holder = '', lease = 0
                   WHERE id = $6 AND holder = $7 AND results = $8 AND state = 'running'";
        let values = vec![
            slice.state.as_str().into(),
            slice.expires.as_secs().into(),
            slice.document.into(),
            at.as_secs().into(),
            added.into(),
            slice.job.as_str().into(),
            slice.holder.into(),
            to_signed(slice.after).into(),
        ];
        let mut tx = self.db.begin().await?;
        if tx.execute(sql.to_owned(), values).await? == 0 {
            return Ok(false);
        }
        if let Some(answers) = slice.answers {
            let sql = "INSERT INTO job_parts (job, kind, number, row_count, counts, bytes)
                       VALUES ($1, 'result', $2, $3, $4, $5)";
            let values = vec![
                slice.job.into(),
                to_signed(slice.after).into(),
                to_signed(answers.rows).into(),
                answers.counts.into(),
                Value::Bytes(Some(answers.bytes)),
            ];
            tx.execute(sql.to_owned(), values).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn parts(&self, job: &str, kind: PartKind) -> Result<Vec<PartHead>, RegistryError> {
        let sql =
            "SELECT number, row_count, counts FROM job_parts WHERE job = $1 AND kind = $2 ORDER BY number";
        let rows = self.db.rows(sql, vec![job.into(), kind.as_str().into()]).await?;
        let head = |mut row: Row| {
            let cell = |column| Cell { table: "job_parts", column, row: &job };
            Ok(PartHead {
                number: cell("number").unsigned(row.take()?)?,
                rows: cell("row_count").unsigned(row.take()?)?,
                counts: row.take()?,
            })
        };
        rows.into_iter().map(head).collect()
    }

    async fn part(&self, job: &str, kind: PartKind, number: u64) -> Result<Option<Vec<u8>>, RegistryError> {
        let sql = "SELECT bytes FROM job_parts WHERE job = $1 AND kind = $2 AND number = $3";
        let values = vec![job.into(), kind.as_str().into(), to_signed(number).into()];
        self.db.rows(sql, values).await?.into_iter().next().map(|mut row| row.take()).transpose()
    }

    async fn remove(&self, job: &str, kind: PartKind) -> Result<(), RegistryError> {
        while self.db.execute(AT_ONCE, vec![job.into(), kind.as_str().into()]).await? > 0 {}
        Ok(())
    }

    async fn erase(&self, job: &str) -> Result<bool, RegistryError> {
        let erased = self.db.execute("DELETE FROM jobs WHERE id = $1", vec![job.into()]).await? > 0;
        while self.db.execute(AT_ONCE, vec![job.into(), "".into()]).await? > 0 {}
        Ok(erased)
    }

    async fn keep_columns(
        &self,
        owner: &str,
        headings: &[u8; 32],
        mapping: &str,
        at: UnixTime,
    ) -> Result<(), RegistryError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO columns_said (owner, headings, mapping, said) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (owner, headings) DO UPDATE SET mapping = excluded.mapping, said = excluded.said";
        let values = vec![owner.into(), headings.as_slice().into(), mapping.into(), at.as_secs().into()];
        tx.execute(sql.to_owned(), values).await?;
        let sql = "DELETE FROM columns_said WHERE owner = $1 AND headings NOT IN
                   (SELECT headings FROM columns_said WHERE owner = $1 ORDER BY said DESC, headings LIMIT $2)";
        tx.execute(sql.to_owned(), vec![owner.into(), SAID.into()]).await?;
        tx.commit().await
    }

    async fn columns(&self, owner: &str, headings: &[u8; 32]) -> Result<Option<String>, RegistryError> {
        let sql = "SELECT mapping FROM columns_said WHERE owner = $1 AND headings = $2";
        let rows = self.db.rows(sql, vec![owner.into(), headings.as_slice().into()]).await?;
        rows.into_iter().next().map(|mut row| row.take()).transpose()
    }

    async fn sweep(&self, now: UnixTime) -> Result<u64, RegistryError> {
        let expired = "SELECT id FROM jobs WHERE expires <= $1 ORDER BY expires LIMIT 100";
        let mut erased = 0;
        for mut row in self.db.rows(expired, vec![now.as_secs().into()]).await? {
            erased += u64::from(self.erase(&row.take::<String>()?).await?);
        }
        let left = "SELECT DISTINCT p.job FROM job_parts p
                    WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = p.job) LIMIT 100";
        for mut row in self.db.rows(left, Vec::new()).await? {
            self.erase(&row.take::<String>()?).await?;
        }
        // Whoever has no jobs any more begins with a turn.
        let idle =
            "DELETE FROM job_turns WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.owner = job_turns.owner)";
        self.db.execute(idle, Vec::new()).await?;
        Ok(erased)
    }
}

/// An owner as it is stored.
fn owner(owner: Option<&str>) -> &str {
    owner.unwrap_or_default()
}

fn first(rows: Vec<Row>) -> Result<Option<StoredJob>, RegistryError> {
    rows.into_iter().next().map(job).transpose()
}

fn job(mut row: Row) -> Result<StoredJob, RegistryError> {
    let (id, owner, state): (String, String, String) = (row.take()?, row.take()?, row.take()?);
    let cell = |column| Cell { table: "jobs", column, row: &id };
    Ok(StoredJob {
        owner: Some(owner).filter(|owner| !owner.is_empty()),
        state: JobState::parse(&state).ok_or_else(|| cell("state").corrupt())?,
        revision: cell("revision").unsigned(row.take()?)?,
        created: cell("created").instant(row.take()?)?,
        changed: cell("changed").instant(row.take()?)?,
        expires: cell("expires").instant(row.take()?)?,
        attempts: cell("attempts").unsigned(row.take()?)?,
        results: cell("results").unsigned(row.take()?)?,
        document: row.take()?,
        id,
    })
}
