-- The registry. Instants are seconds since 1970 (UTC), documents are JSON, hashes and tokens are bytes.
-- Numbers are compared byte by byte (COLLATE "C"), as the program and SQLite do, whatever the database's language is.

-- What was approved. The columns beside the document are what is searched by.
CREATE TABLE registrations (
    number      TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- normalised registration number
    document    TEXT    NOT NULL,               -- shirushi_shared::registration::Registration
    registered  BIGINT  NOT NULL
);

-- The models of each registration, to be found by GTIN.
CREATE TABLE models (
    number      TEXT COLLATE "C" NOT NULL REFERENCES registrations (number),
    product     TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    gtin        TEXT                            -- 14 digits
);
CREATE INDEX models_by_gtin ON models (gtin, number) WHERE gtin IS NOT NULL;

-- The labels that were issued.
CREATE TABLE tokens (
    id           BYTEA   NOT NULL PRIMARY KEY,  -- SHA-256 of the bytes
    number       TEXT COLLATE "C" NOT NULL REFERENCES registrations (number),
    bytes        BYTEA   NOT NULL,
    registered   BIGINT  NOT NULL,
    status_index BIGINT  NOT NULL UNIQUE        -- no two labels share a place in the status list
);
CREATE INDEX tokens_by_number ON tokens (number, registered);

-- The present status: one look-up by primary key for each verification.
CREATE TABLE status (
    number      TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES registrations (number),
    revision    BIGINT  NOT NULL,
    record      TEXT    NOT NULL                -- shirushi_shared::status::StatusRecord
);

-- The append-only history, in the one order of all writes; it is its own outbox (ADR 0004).
CREATE TABLE history (
    position    BIGINT  NOT NULL PRIMARY KEY,   -- from 1, without a gap
    number      TEXT COLLATE "C" NOT NULL REFERENCES registrations (number),
    revision    BIGINT  NOT NULL,
    written_at  BIGINT  NOT NULL,
    actor       TEXT    NOT NULL,
    what        TEXT    NOT NULL,
    record      TEXT    NOT NULL,               -- the status record that followed
    hash        BYTEA   NOT NULL CHECK (length(hash) = 32),
    UNIQUE (number, revision)
);
CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the history is append-only'; END
$$;
CREATE TRIGGER history_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON history
FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();

-- Numbers that products had before they had a label; they must never pass as one.
CREATE TABLE pre_label_numbers (
    number       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL CHECK (kind IN ('application', 'acceptance', 'provisional')),
    registration TEXT COLLATE "C" NOT NULL REFERENCES registrations (number)
);

-- API keys: the public part, and the SHA-256 of the secret part.
CREATE TABLE api_keys (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    secret_sha256 BYTEA   NOT NULL CHECK (length(secret_sha256) = 32),
    scopes        TEXT    NOT NULL,             -- JSON list of words
    created       BIGINT  NOT NULL,
    revoked       BIGINT
);
