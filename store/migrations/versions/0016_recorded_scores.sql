ALTER TABLE score ADD COLUMN recorded_by TEXT;
