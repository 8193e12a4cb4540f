ALTER TABLE group_summary ADD COLUMN visit TEXT;
ALTER TABLE site_visit ADD COLUMN clerk TEXT;
