ALTER TABLE task ADD COLUMN description TEXT;
