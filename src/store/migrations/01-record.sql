-- Instants are UTC seconds. A column is nullable only where "unknown" is an answer.

-- What this file is: the salt of every hashed key, the lease of whoever may write, the last sequence
-- number given out, and whether an erasure still has to sweep free pages.
CREATE TABLE instance (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    salt BLOB NOT NULL,
    lease INTEGER NOT NULL DEFAULT 0,
    sequence INTEGER NOT NULL DEFAULT 0,
    sweep INTEGER NOT NULL DEFAULT 0 CHECK (sweep IN (0, 1))
) STRICT;
INSERT INTO instance (id, salt) VALUES (1, randomblob(32));

CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folder TEXT NOT NULL,
    last_success INTEGER,
    last_failure INTEGER,
    failure TEXT,
    next_try INTEGER,
    UNIQUE (name, folder)
) STRICT;

-- One lifetime of the promise that UIDs mean the same; the newest of a mailbox is the current one.
CREATE TABLE epoch (
    id INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL REFERENCES mailbox,
    validity INTEGER NOT NULL,
    low_uid INTEGER NOT NULL DEFAULT 1,
    uid_next INTEGER,
    opened_at INTEGER NOT NULL
) STRICT;
CREATE INDEX epoch_of_mailbox ON epoch (mailbox);

-- One mail at (mailbox, epoch, key). A key is a UID or a name; the other one is 0 or empty.
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL REFERENCES epoch,
    uid INTEGER NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'settled', 'vanished', 'dropped')),
    attempts INTEGER NOT NULL,
    not_before INTEGER,
    outcome TEXT CHECK (outcome IN ('recorded', 'unmatched', 'set-aside', 'untrusted', 'unreadable')),
    reason TEXT,
    digest BLOB,
    settled_at INTEGER,
    subject TEXT,
    author TEXT,
    UNIQUE (epoch, uid, name),
    CHECK (state <> 'settled' OR outcome IS NOT NULL)
) STRICT;
CREATE INDEX delivery_pending ON delivery (epoch) WHERE state = 'pending';
CREATE INDEX delivery_in_quarantine ON delivery (id)
    WHERE state = 'settled' AND outcome IN ('untrusted', 'unreadable');
CREATE INDEX delivery_by_digest ON delivery (digest) WHERE digest IS NOT NULL;

-- A provider asks whether somebody's mail may be forwarded here; the report shows how to confirm it.
CREATE TABLE forwarding_request (
    delivery INTEGER PRIMARY KEY REFERENCES delivery ON DELETE CASCADE,
    account TEXT,
    code TEXT NOT NULL,
    link TEXT
) STRICT;

-- The bytes of what waits for a person, zstd-compressed.
CREATE TABLE raw (
    delivery INTEGER PRIMARY KEY REFERENCES delivery ON DELETE CASCADE,
    zstd BLOB NOT NULL
) STRICT;

-- Conversations that turned out to be one point at the one that stays.
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    current INTEGER
) STRICT;
CREATE INDEX conversation_merged ON conversation (current) WHERE current IS NOT NULL;

-- Message-IDs as salted hashes: enough to join what belongs together, nothing to read.
CREATE TABLE thread (
    message INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversation
) STRICT;

-- (customer, base subject) as a salted hash: the latest conversation under that heading.
CREATE TABLE topic (
    heading INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversation,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;

-- `body` is NULL where it is the same as `text`. `people` repeats the participants for the full-text
-- index. `sequence` is given when the interaction joins the record; the unmatched have none yet.
CREATE TABLE interaction (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sequence INTEGER,
    outcome TEXT NOT NULL CHECK (outcome IN ('recorded', 'unmatched', 'set-aside')),
    recorded_at INTEGER NOT NULL,
    mailbox INTEGER NOT NULL REFERENCES mailbox,
    kind TEXT NOT NULL,
    direction TEXT NOT NULL,
    capture TEXT NOT NULL,
    automation TEXT NOT NULL,
    message_id TEXT,
    occurred_at INTEGER NOT NULL,
    offset_seconds INTEGER NOT NULL,
    exact INTEGER NOT NULL CHECK (exact IN (0, 1)),
    conversation INTEGER NOT NULL REFERENCES conversation,
    words INTEGER NOT NULL,
    asks INTEGER NOT NULL CHECK (asks IN (0, 1)),
    closes INTEGER NOT NULL CHECK (closes IN (0, 1)),
    base_subject TEXT NOT NULL,
    people TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    body TEXT,
    signature TEXT,
    comment TEXT
) STRICT;
CREATE UNIQUE INDEX interaction_by_sequence ON interaction (sequence) WHERE sequence IS NOT NULL;
CREATE INDEX interaction_by_time ON interaction (occurred_at);
CREATE INDEX interaction_of_conversation ON interaction (conversation);
CREATE INDEX interaction_unmatched ON interaction (recorded_at) WHERE outcome = 'unmatched';

-- Position 0 is the author; recipients follow in the order they were named.
CREATE TABLE participant (
    interaction INTEGER NOT NULL REFERENCES interaction ON DELETE CASCADE,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    name TEXT,
    address TEXT COLLATE NOCASE,
    contact TEXT,
    customer TEXT,
    team INTEGER NOT NULL CHECK (team IN (0, 1)),
    PRIMARY KEY (interaction, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX participant_by_address ON participant (address) WHERE address IS NOT NULL AND team = 0;
CREATE INDEX participant_by_name ON participant (name) WHERE address IS NULL;
CREATE INDEX participant_author ON participant (address, interaction) WHERE position = 0 AND address IS NOT NULL;

-- `said`: a colleague named the customer (`@customer`), or nobody on it explains it any more.
CREATE TABLE interaction_customer (
    interaction INTEGER NOT NULL REFERENCES interaction ON DELETE CASCADE,
    customer TEXT NOT NULL,
    said INTEGER NOT NULL CHECK (said IN (0, 1)),
    PRIMARY KEY (interaction, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX interaction_of_customer ON interaction_customer (customer);

CREATE TABLE reference (
    interaction INTEGER NOT NULL REFERENCES interaction ON DELETE CASCADE,
    position INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (interaction, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE signal (
    interaction INTEGER NOT NULL REFERENCES interaction ON DELETE CASCADE,
    position INTEGER NOT NULL,
    signal TEXT NOT NULL,
    sentence TEXT NOT NULL,
    due TEXT,
    PRIMARY KEY (interaction, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (
    interaction INTEGER NOT NULL REFERENCES interaction ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (interaction, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE failed_recipient (
    interaction INTEGER NOT NULL REFERENCES interaction ON DELETE CASCADE,
    position INTEGER NOT NULL,
    address TEXT NOT NULL COLLATE NOCASE,
    permanent INTEGER NOT NULL CHECK (permanent IN (0, 1)),
    status TEXT,
    PRIMARY KEY (interaction, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery_interaction (
    delivery INTEGER NOT NULL REFERENCES delivery ON DELETE CASCADE,
    interaction INTEGER NOT NULL REFERENCES interaction ON DELETE CASCADE,
    PRIMARY KEY (delivery, interaction)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_of_interaction ON delivery_interaction (interaction);

-- What tells one exchange from another: a salted hash of its Message-ID, or of its author and base
-- subject; the original minute (0 under a Message-ID); a salted hash of how its new words begin.
CREATE TABLE identity (
    likeness BLOB NOT NULL,
    minute INTEGER NOT NULL,
    beginning INTEGER NOT NULL,
    interaction INTEGER NOT NULL REFERENCES interaction ON DELETE CASCADE,
    PRIMARY KEY (likeness, minute, beginning)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_of_interaction ON identity (interaction);

-- Full text. The words stay in `interaction`; triggers keep the index from ever telling another story.
CREATE VIRTUAL TABLE fulltext USING fts5 (
    subject, text, comment, people,
    content = 'interaction', content_rowid = 'id',
    columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO fulltext (fulltext, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER fulltext_come AFTER INSERT ON interaction BEGIN
    INSERT INTO fulltext (rowid, subject, text, comment, people)
    VALUES (new.id, new.subject, new.text, new.comment, new.people);
END;
CREATE TRIGGER fulltext_go AFTER DELETE ON interaction BEGIN
    INSERT INTO fulltext (fulltext, rowid, subject, text, comment, people)
    VALUES ('delete', old.id, old.subject, old.text, old.comment, old.people);
END;
CREATE TRIGGER fulltext_change AFTER UPDATE OF subject, text, comment, people ON interaction BEGIN
    INSERT INTO fulltext (fulltext, rowid, subject, text, comment, people)
    VALUES ('delete', old.id, old.subject, old.text, old.comment, old.people);
    INSERT INTO fulltext (rowid, subject, text, comment, people)
    VALUES (new.id, new.subject, new.text, new.comment, new.people);
END;

-- The directory. Every source (a contacts file, the command line) keeps its own rows, so that reading
-- one again replaces what it said and nothing else. Interactions do not refer here: they outlive it.
CREATE TABLE customer (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    cadence_days INTEGER,
    since TEXT,
    notes TEXT,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_domain (
    source TEXT NOT NULL,
    customer TEXT NOT NULL,
    position INTEGER NOT NULL,
    domain TEXT NOT NULL,
    PRIMARY KEY (source, customer, position),
    FOREIGN KEY (source, customer) REFERENCES customer (source, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT,
    role TEXT,
    phone TEXT,
    since TEXT,
    notes TEXT,
    PRIMARY KEY (source, id),
    FOREIGN KEY (source, customer) REFERENCES customer (source, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_of_customer ON contact (source, customer);

CREATE TABLE contact_address (
    source TEXT NOT NULL,
    contact TEXT NOT NULL,
    position INTEGER NOT NULL,
    address TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (source, contact, position),
    FOREIGN KEY (source, contact) REFERENCES contact (source, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_by_address ON contact_address (address);

-- Addresses and domains that are not to be proposed as contacts again.
CREATE TABLE ignored (
    what TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Erased people: HMACs, so that a re-scan does not bring them back and nobody can read who they were.
CREATE TABLE tombstone (
    mark BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Published days. The watermark is the highest sequence number the first edition could know.
CREATE TABLE report (
    date TEXT NOT NULL PRIMARY KEY,
    zone TEXT NOT NULL,
    watermark INTEGER NOT NULL,
    published_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
