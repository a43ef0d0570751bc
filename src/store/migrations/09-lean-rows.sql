-- What measures need of an interaction, in one small row each, by time: a report over a million mails reads these and
-- not the mails. Rows follow from the tables they are made of, which mark here what changed; a transaction makes them
-- true before it ends (store/lean.rs). `entered` is the last interaction that was looked at, so that new ones need no
-- mark; `unused` says that some of what rows refer to may be in no row any more.
CREATE TABLE entry (
    at INTEGER NOT NULL,
    interaction INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    facts BLOB NOT NULL,
    PRIMARY KEY (at, interaction)
) STRICT, WITHOUT ROWID;
CREATE TABLE changed (interaction INTEGER PRIMARY KEY) STRICT;
ALTER TABLE instance ADD COLUMN entered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instance ADD COLUMN unused INTEGER NOT NULL DEFAULT 0 CHECK (unused IN (0, 1));

-- Somebody as mails write them, and customers, by the numbers that lean rows know them by.
CREATE TABLE someone (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact TEXT,
    customer TEXT,
    team INTEGER NOT NULL CHECK (team IN (0, 1)),
    name TEXT,
    address TEXT
) STRICT;
CREATE INDEX someone_as_written ON someone (address, name, contact, customer, team);
CREATE TABLE customer_number (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer TEXT NOT NULL UNIQUE
) STRICT;

-- Few interactions are one of these, and a column behind the texts would be slow to read: mails whose author wrote
-- directly below lines of ours, and automatic answers that say their author left, with the other addresses of that
-- domain which they name.
CREATE TABLE interleaved (
    interaction INTEGER PRIMARY KEY REFERENCES interaction ON DELETE CASCADE
) STRICT;
CREATE TABLE departed (
    interaction INTEGER PRIMARY KEY REFERENCES interaction ON DELETE CASCADE
) STRICT;
CREATE TABLE successor (
    interaction INTEGER NOT NULL REFERENCES departed ON DELETE CASCADE,
    position INTEGER NOT NULL,
    address TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (interaction, position)
) STRICT, WITHOUT ROWID;

-- The content words of what we wrote, as hashes (four bytes each, sorted), so that a report need not read the mails
-- for them; `quoted` are those of the lines that are answered directly below. Whatever changes the words, takes this
-- away: then the text is read, and nothing is known of quoted lines.
CREATE TABLE content (
    interaction INTEGER PRIMARY KEY REFERENCES interaction ON DELETE CASCADE,
    text BLOB NOT NULL,
    quoted BLOB
) STRICT;
CREATE TRIGGER content_change AFTER UPDATE OF text, body ON interaction
BEGIN DELETE FROM content WHERE interaction = new.id; END;

-- The sequence number that the next interaction had when a mail of this Message-ID first came to us.
ALTER TABLE thread ADD COLUMN seen INTEGER;

CREATE TRIGGER entry_moves AFTER UPDATE OF occurred_at ON interaction
WHEN old.id <= (SELECT entered FROM instance) AND new.occurred_at <> old.occurred_at
BEGIN DELETE FROM entry WHERE at = old.occurred_at AND interaction = old.id; END;
CREATE TRIGGER entry_goes AFTER DELETE ON interaction
WHEN EXISTS (SELECT 1 FROM entry WHERE at = old.occurred_at AND interaction = old.id) BEGIN
    DELETE FROM entry WHERE at = old.occurred_at AND interaction = old.id;
    UPDATE instance SET unused = 1 WHERE unused = 0;
END;
CREATE TRIGGER entry_changes AFTER UPDATE OF
    sequence, kind, direction, automation, occurred_at, conversation, words, base_subject ON interaction
WHEN new.id <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (new.id) ON CONFLICT DO NOTHING; END;

CREATE TRIGGER entry_person_comes AFTER INSERT ON participant
WHEN new.interaction <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (new.interaction) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER entry_person_changes AFTER UPDATE ON participant
WHEN new.interaction <= (SELECT entered FROM instance) BEGIN
    INSERT INTO changed (interaction) VALUES (new.interaction) ON CONFLICT DO NOTHING;
    UPDATE instance SET unused = 1 WHERE unused = 0;
END;
CREATE TRIGGER entry_person_goes AFTER DELETE ON participant
WHEN old.interaction <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (old.interaction) ON CONFLICT DO NOTHING; END;

CREATE TRIGGER entry_customer_comes AFTER INSERT ON interaction_customer
WHEN new.interaction <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (new.interaction) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER entry_customer_goes AFTER DELETE ON interaction_customer
WHEN old.interaction <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (old.interaction) ON CONFLICT DO NOTHING; END;

CREATE TRIGGER entry_signal_comes AFTER INSERT ON signal
WHEN new.interaction <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (new.interaction) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER entry_signal_changes AFTER UPDATE OF signal ON signal
WHEN new.interaction <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (new.interaction) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER entry_signal_goes AFTER DELETE ON signal
WHEN old.interaction <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (old.interaction) ON CONFLICT DO NOTHING; END;

CREATE TRIGGER entry_interleaved_comes AFTER INSERT ON interleaved
WHEN new.interaction <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (new.interaction) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER entry_interleaved_goes AFTER DELETE ON interleaved
WHEN old.interaction <= (SELECT entered FROM instance)
BEGIN INSERT INTO changed (interaction) VALUES (old.interaction) ON CONFLICT DO NOTHING; END;
