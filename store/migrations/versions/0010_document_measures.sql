ALTER TABLE document ADD COLUMN measures TEXT;
