ALTER TABLE meeting_item ADD COLUMN votes_for INTEGER;
ALTER TABLE meeting_item ADD COLUMN votes_against INTEGER;
ALTER TABLE meeting_item ADD COLUMN abstained INTEGER;
