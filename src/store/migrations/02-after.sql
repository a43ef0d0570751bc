-- What is owed to a mail on its server once it is settled (`after`): nothing (0), the wish of its mailbox (1), or only
-- its removal, since its copy lies in the other folder already (2).
ALTER TABLE mailbox ADD COLUMN wishes INTEGER NOT NULL DEFAULT 0 CHECK (wishes IN (0, 1));
ALTER TABLE delivery ADD COLUMN owed INTEGER NOT NULL DEFAULT 0 CHECK (owed IN (0, 1, 2));
CREATE INDEX delivery_owed ON delivery (epoch) WHERE owed <> 0;
