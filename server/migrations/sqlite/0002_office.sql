-- Cases of the office; a history that says who, for whom, why, and of what kind; leases and signed files.

DROP TRIGGER history_is_never_changed;
DROP TRIGGER history_is_never_removed;
ALTER TABLE history RENAME TO history_before;

-- The append-only history, in the one order of all writes; it is its own outbox (ADR 0004).
CREATE TABLE history (
    position     INTEGER NOT NULL PRIMARY KEY,  -- from 1, without a gap
    kind         TEXT    NOT NULL,              -- registry::Kind
    subject      TEXT    NOT NULL,              -- registration number, or name of the case
    revision     INTEGER NOT NULL,
    written_at   INTEGER NOT NULL,
    actor        TEXT    NOT NULL,
    organisation TEXT,
    key_id       TEXT,                          -- public part of the API key
    what         TEXT    NOT NULL,
    why          TEXT,
    record       TEXT    NOT NULL,              -- the status record, or the case, that followed
    document     TEXT,                          -- the registration, where it was put on record or changed
    format       INTEGER NOT NULL,              -- layout of the hashed bytes (registry/chain.rs)
    hash         BLOB    NOT NULL CHECK (length(hash) = 32),
    UNIQUE (kind, subject, revision)
) STRICT;
INSERT INTO history
SELECT position, 'label', number, revision, written_at, actor, NULL, NULL, what, NULL, record,
       -- Until now a registration could not be changed: it is as it was put on record.
       CASE what WHEN 'registered' THEN (SELECT document FROM registrations r WHERE r.number = h.number) END,
       1, hash
FROM history_before h ORDER BY position;
DROP TABLE history_before;
CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER history_is_never_removed BEFORE DELETE ON history
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;

-- All that the office keeps beside labels, as it is now; every change of it is in the history.
CREATE TABLE cases (
    kind     TEXT    NOT NULL,                  -- registry::Kind
    id       TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    owner    TEXT,                              -- organisation
    number   TEXT,                              -- registration
    state    TEXT    NOT NULL,
    document TEXT    NOT NULL,
    opened   INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_by_owner ON cases (kind, owner, id) WHERE owner IS NOT NULL;
CREATE INDEX cases_by_number ON cases (kind, number, id) WHERE number IS NOT NULL;

-- API keys become cases. Those of before belong to the operator, and keep their scopes.
INSERT INTO cases
SELECT 'api_key', id, 1, 'operator', NULL, CASE WHEN revoked IS NULL THEN 'active' ELSE 'revoked' END,
       json_object('id', id, 'person', name, 'organisation', 'operator',
                   'roles', json_array('administrator', 'reviewer', 'approver'),
                   'scopes', json(scopes), 'secret_sha256', lower(hex(secret_sha256)),
                   'created', strftime('%Y-%m-%dT%H:%M:%SZ', created, 'unixepoch'),
                   'expires', NULL,
                   'revoked', strftime('%Y-%m-%dT%H:%M:%SZ', revoked, 'unixepoch'), 'replaces', NULL),
       created, COALESCE(revoked, created)
FROM api_keys;
DROP TABLE api_keys;

-- When each API key was used last.
CREATE TABLE key_uses (
    id        TEXT    NOT NULL PRIMARY KEY,
    last_used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Work that one node at a time does.
CREATE TABLE leases (
    name   TEXT    NOT NULL PRIMARY KEY,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Signed files, the same for every node.
CREATE TABLE publications (
    name     TEXT    NOT NULL PRIMARY KEY,
    version  INTEGER NOT NULL,
    position INTEGER NOT NULL,                  -- all that was written up to here is in it
    signed   INTEGER NOT NULL,
    bytes    BLOB    NOT NULL
) STRICT;
