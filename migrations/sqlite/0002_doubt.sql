-- A message that was sent when nobody knew whether an earlier try had been shown:
-- since when, when to look for copies next, and how often that was done.
ALTER TABLE outbox ADD COLUMN doubted_us INTEGER;
ALTER TABLE outbox ADD COLUMN sweep_us INTEGER;
ALTER TABLE outbox ADD COLUMN sweeps INTEGER NOT NULL DEFAULT 0;

CREATE INDEX outbox_sweep ON outbox (sweep_us) WHERE sweep_us IS NOT NULL;
