-- What an organisation said its files' columns mean, by their headings: its next file of the same kind is understood so.
CREATE TABLE columns_said (
    owner    TEXT COLLATE "C" NOT NULL,           -- organisation
    headings BYTEA  NOT NULL,                     -- SHA-256 of the first row
    mapping  TEXT   NOT NULL,                     -- JSON of table::mapping
    said     BIGINT NOT NULL,
    PRIMARY KEY (owner, headings)
);
