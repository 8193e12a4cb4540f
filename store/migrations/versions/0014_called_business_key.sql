ALTER TABLE called ADD COLUMN business_key TEXT;
