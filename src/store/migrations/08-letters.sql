-- What is mailed, one row for each report and recipient, written before anything is sent. The letter itself is not
-- kept: it is made anew from the record, so that whoever is erased from the record is in no letter that still waits.
-- Rows stay when they are done: answers to a report name its Message-ID.
CREATE TABLE letter (
    id INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'refused')),
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER,
    ended_at INTEGER,
    reason TEXT,
    UNIQUE (day, recipient),
    CHECK ((state = 'queued') = (ended_at IS NULL))
) STRICT;
CREATE INDEX letter_queued ON letter (id) WHERE state = 'queued';
CREATE INDEX letter_by_message_id ON letter (message_id);

-- When a decision was said: an answer to a report may be read late, and what was said after it holds. NULL for one
-- that was made when it was said.
ALTER TABLE decision ADD COLUMN said_at INTEGER;

-- What an answer to a report asked for in vain, for the next report to tell: there is no such matter, or somebody
-- has said something else since. The same answer may come several times.
CREATE TABLE unheeded (
    mail BLOB NOT NULL,
    number INTEGER NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('unknown', 'older')),
    heard_at INTEGER NOT NULL,
    PRIMARY KEY (mail, number)
) STRICT;
