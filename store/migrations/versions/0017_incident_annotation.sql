ALTER TABLE incident ADD COLUMN annotation TEXT;
