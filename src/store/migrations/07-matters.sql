-- What stays open until something follows, with the number by which people close it: promises of ours, corrections and
-- issues of theirs, where a person wrote to or about a customer. A number is never given twice, so that an answer to
-- an old report closes nothing else.
CREATE TABLE matter (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    interaction INTEGER NOT NULL REFERENCES interaction ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('promise', 'correction', 'correction_hint', 'issue')),
    due TEXT,
    UNIQUE (interaction, position)
) STRICT;

-- What people decided about matters, in its order. All of it is kept, so that a report about an earlier day, written
-- again, says what it said.
CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    matter INTEGER NOT NULL REFERENCES matter ON DELETE CASCADE,
    at INTEGER NOT NULL,
    decided TEXT NOT NULL CHECK (decided IN ('done', 'dismissed', 'open', 'later')),
    until TEXT,
    CHECK ((decided = 'later') = (until IS NOT NULL))
) STRICT;
CREATE INDEX decision_of_matter ON decision (matter);

-- A signal comes with its interaction, and a customer may come later: whichever is the second numbers the matter.
CREATE VIEW matter_on_record AS
    SELECT i.id AS interaction, i.sequence, s.position, s.signal AS kind, s.due
    FROM interaction AS i JOIN signal AS s ON s.interaction = i.id
    WHERE s.signal IN ('promise', 'correction', 'correction_hint', 'issue')
    AND i.direction = iif(s.signal = 'promise', 'outbound', 'inbound')
    AND i.automation = 'none' AND i.kind <> 'note'
    AND EXISTS (SELECT 1 FROM interaction_customer AS c WHERE c.interaction = i.id);
CREATE TRIGGER matter_by_signal AFTER INSERT ON signal
WHEN new.signal IN ('promise', 'correction', 'correction_hint', 'issue') BEGIN
    INSERT INTO matter (interaction, position, kind, due)
    SELECT interaction, position, kind, due FROM matter_on_record
    WHERE interaction = new.interaction AND position = new.position ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER matter_by_customer AFTER INSERT ON interaction_customer BEGIN
    INSERT INTO matter (interaction, position, kind, due)
    SELECT interaction, position, kind, due FROM matter_on_record
    WHERE interaction = new.interaction ORDER BY position ON CONFLICT DO NOTHING;
END;
INSERT INTO matter (interaction, position, kind, due)
    SELECT interaction, position, kind, due FROM matter_on_record ORDER BY sequence, interaction, position;
