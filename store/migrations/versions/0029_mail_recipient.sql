CREATE INDEX ix_mail_recipient ON mail (recipient);
