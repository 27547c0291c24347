-- Files that are verified in the background, with their rows and answers (ADR 0023). No facts about labels: they are in no
-- history and in no backup, and are erased after a while.
CREATE TABLE jobs (
    id       TEXT    NOT NULL PRIMARY KEY,
    secret   BYTEA   NOT NULL UNIQUE CHECK (length(secret) = 32),  -- SHA-256 of what opens its page
    owner    TEXT    NOT NULL,                  -- the organisation; empty: anybody
    state    TEXT    NOT NULL,                  -- registry::JobState
    revision BIGINT  NOT NULL,
    created  BIGINT  NOT NULL,
    changed  BIGINT  NOT NULL,
    expires  BIGINT  NOT NULL,                  -- when it is erased
    holder   TEXT    NOT NULL,                  -- the worker that has it
    lease    BIGINT  NOT NULL,                  -- until when
    attempts BIGINT  NOT NULL,                  -- claims since the last slice of answers
    results  BIGINT  NOT NULL,                  -- slices of answers
    document TEXT    NOT NULL
);
CREATE INDEX jobs_by_owner ON jobs (owner, created);
CREATE INDEX jobs_by_expiry ON jobs (expires);

-- What was handed in, and what was answered, in pieces; compressed.
CREATE TABLE job_parts (
    job       TEXT    NOT NULL,
    kind      TEXT    NOT NULL,                 -- registry::PartKind
    number    BIGINT  NOT NULL,                 -- from 0, without a gap
    row_count BIGINT  NOT NULL,
    counts    TEXT    NOT NULL,
    bytes     BYTEA   NOT NULL,
    PRIMARY KEY (job, kind, number)
);

-- Whose turn was when: whoever was served longest ago comes next.
CREATE TABLE job_turns (
    owner  TEXT    NOT NULL PRIMARY KEY,
    served BIGINT  NOT NULL
);
