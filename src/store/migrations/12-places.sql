-- The words of a mail are kept once. A sentence is a place in the new text, in bytes (UTF-8), unless it stands nowhere in
-- it; the body goes on from the new text, where it begins with it. Half of a record was such repetition. What earlier
-- versions wrote stays as it is.
ALTER TABLE interaction ADD COLUMN body_follows INTEGER NOT NULL DEFAULT 0 CHECK (body_follows IN (0, 1));
ALTER TABLE signal ADD COLUMN begins INTEGER;
ALTER TABLE signal ADD COLUMN bytes INTEGER;
DROP VIEW signal_told;
CREATE VIEW signal_told AS
SELECT interaction, position, signal, due,
    CASE
        WHEN begins IS NOT NULL THEN (
            SELECT CAST(substr(CAST(i.text AS BLOB), signal.begins + 1, signal.bytes) AS TEXT)
            FROM interaction AS i WHERE i.id = signal.interaction)
        WHEN sentence <> '' THEN sentence
        ELSE coalesce((
            SELECT before.sentence FROM signal AS before
            WHERE before.interaction = signal.interaction AND before.position < signal.position AND before.sentence <> ''
            ORDER BY before.position DESC LIMIT 1), '')
    END AS sentence
FROM signal;
-- An older program that is still running would take such words for gone: it finds another lease and ends.
UPDATE instance SET lease = lease + 1;
