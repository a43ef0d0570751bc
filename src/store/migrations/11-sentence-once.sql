-- A sentence that says several things is kept with the first of them; an empty one is that of the signal before. Half of
-- what signals took was such repetition.
CREATE VIEW signal_told AS
SELECT interaction, position, signal, due,
    CASE WHEN sentence <> '' THEN sentence ELSE coalesce((
        SELECT before.sentence FROM signal AS before
        WHERE before.interaction = signal.interaction AND before.position < signal.position AND before.sentence <> ''
        ORDER BY before.position DESC LIMIT 1), '') END AS sentence
FROM signal;
-- An older program that is still running would take such sentences for empty: it finds another lease and ends.
UPDATE instance SET lease = lease + 1;
