-- Cases of the office; a history that says who, for whom, why, and of what kind; leases and signed files.

DROP TRIGGER history_is_never_changed ON history;
ALTER TABLE history RENAME COLUMN number TO subject;
ALTER TABLE history
    DROP CONSTRAINT history_number_fkey,
    DROP CONSTRAINT history_number_revision_key,
    ADD COLUMN kind         TEXT COLLATE "C" NOT NULL DEFAULT 'label',  -- registry::Kind
    ADD COLUMN organisation TEXT,
    ADD COLUMN key_id       TEXT,                                       -- public part of the API key
    ADD COLUMN why          TEXT,
    ADD COLUMN document     TEXT,           -- the registration, where it was put on record or changed
    ADD COLUMN format       BIGINT NOT NULL DEFAULT 1,                  -- layout of the hashed bytes (registry/chain.rs)
    ADD UNIQUE (kind, subject, revision);
ALTER TABLE history ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN format DROP DEFAULT;
-- Until now a registration could not be changed: it is as it was put on record.
UPDATE history SET document = r.document FROM registrations r WHERE r.number = subject AND what = 'registered';
CREATE TRIGGER history_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON history
FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();

-- All that the office keeps beside labels, as it is now; every change of it is in the history.
CREATE TABLE cases (
    kind     TEXT COLLATE "C" NOT NULL,         -- registry::Kind
    id       TEXT COLLATE "C" NOT NULL,
    revision BIGINT  NOT NULL,
    owner    TEXT COLLATE "C",                  -- organisation
    number   TEXT COLLATE "C",                  -- registration
    state    TEXT    NOT NULL,
    document TEXT    NOT NULL,
    opened   BIGINT  NOT NULL,
    changed  BIGINT  NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX cases_by_owner ON cases (kind, owner, id) WHERE owner IS NOT NULL;
CREATE INDEX cases_by_number ON cases (kind, number, id) WHERE number IS NOT NULL;

-- API keys become cases. Those of before belong to the operator, and keep their scopes.
INSERT INTO cases
SELECT 'api_key', id, 1, 'operator', NULL, CASE WHEN revoked IS NULL THEN 'active' ELSE 'revoked' END,
       json_build_object('id', id, 'person', name, 'organisation', 'operator',
                   'roles', json_build_array('administrator', 'reviewer', 'approver'),
                   'scopes', scopes::json, 'secret_sha256', encode(secret_sha256, 'hex'),
                   'created', to_char(to_timestamp(created) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                   'expires', NULL,
                   'revoked', to_char(to_timestamp(revoked) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                   'replaces', NULL)::text,
       created, COALESCE(revoked, created)
FROM api_keys;
DROP TABLE api_keys;

-- When each API key was used last.
CREATE TABLE key_uses (
    id        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    last_used BIGINT NOT NULL
);

-- Work that one node at a time does.
CREATE TABLE leases (
    name   TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    until  BIGINT NOT NULL
);

-- Signed files, the same for every node.
CREATE TABLE publications (
    name     TEXT   NOT NULL PRIMARY KEY,
    version  BIGINT NOT NULL,
    position BIGINT NOT NULL,                   -- all that was written up to here is in it
    signed   BIGINT NOT NULL,
    bytes    BYTEA  NOT NULL
);
