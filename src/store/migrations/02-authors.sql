-- An author's latest mails: how they ended tells where the next one's signature begins.
CREATE INDEX participant_author ON participant (address, interaction) WHERE position = 0 AND address IS NOT NULL;
