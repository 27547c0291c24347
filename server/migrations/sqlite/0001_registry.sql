-- The registry. Instants are seconds since 1970 (UTC), documents are JSON, hashes and tokens are bytes.

-- What was approved. The columns beside the document are what is searched by.
CREATE TABLE registrations (
    number      TEXT    NOT NULL PRIMARY KEY,   -- normalised registration number
    document    TEXT    NOT NULL,               -- shirushi_shared::registration::Registration
    registered  INTEGER NOT NULL
) STRICT;

-- The models of each registration, to be found by GTIN.
CREATE TABLE models (
    number      TEXT    NOT NULL REFERENCES registrations (number),
    product     TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    gtin        TEXT                            -- 14 digits
) STRICT;
CREATE INDEX models_by_gtin ON models (gtin, number) WHERE gtin IS NOT NULL;

-- The labels that were issued.
CREATE TABLE tokens (
    id           BLOB    NOT NULL PRIMARY KEY,  -- SHA-256 of the bytes
    number       TEXT    NOT NULL REFERENCES registrations (number),
    bytes        BLOB    NOT NULL,
    registered   INTEGER NOT NULL,
    status_index INTEGER NOT NULL UNIQUE        -- no two labels share a place in the status list
) STRICT;
CREATE INDEX tokens_by_number ON tokens (number, registered);

-- The present status: one look-up by primary key for each verification.
CREATE TABLE status (
    number      TEXT    NOT NULL PRIMARY KEY REFERENCES registrations (number),
    revision    INTEGER NOT NULL,
    record      TEXT    NOT NULL                -- shirushi_shared::status::StatusRecord
) STRICT, WITHOUT ROWID;

-- The append-only history, in the one order of all writes; it is its own outbox (ADR 0004).
CREATE TABLE history (
    position    INTEGER NOT NULL PRIMARY KEY,   -- from 1, without a gap
    number      TEXT    NOT NULL REFERENCES registrations (number),
    revision    INTEGER NOT NULL,
    written_at  INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    what        TEXT    NOT NULL,
    record      TEXT    NOT NULL,               -- the status record that followed
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    UNIQUE (number, revision)
) STRICT;
CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER history_is_never_removed BEFORE DELETE ON history
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;

-- Numbers that products had before they had a label; they must never pass as one.
CREATE TABLE pre_label_numbers (
    number       TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL CHECK (kind IN ('application', 'acceptance', 'provisional')),
    registration TEXT   NOT NULL REFERENCES registrations (number)
) STRICT, WITHOUT ROWID;

-- API keys: the public part, and the SHA-256 of the secret part.
CREATE TABLE api_keys (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    secret_sha256 BLOB    NOT NULL CHECK (length(secret_sha256) = 32),
    scopes        TEXT    NOT NULL,             -- JSON list of words
    created       INTEGER NOT NULL,
    revoked       INTEGER
) STRICT, WITHOUT ROWID;
