ALTER TABLE definition ADD COLUMN version_tag TEXT;
