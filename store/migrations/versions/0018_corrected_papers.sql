ALTER TABLE correction ADD COLUMN documents TEXT;
