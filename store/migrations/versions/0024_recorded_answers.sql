ALTER TABLE invitation ADD COLUMN recorded_by TEXT;

ALTER TABLE declaration ADD COLUMN recorded_by TEXT;
