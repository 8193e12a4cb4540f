INSERT INTO role_grant (person, role, organisation, granted_at, granted_by)
SELECT DISTINCT held.person, held.role, committee_seat.season, held.granted_at, held.granted_by
FROM role_grant AS held
JOIN role_grant AS known ON known.person = held.person AND known.role = 'expert'
JOIN committee_seat ON committee_seat.expert = known.organisation AND held.role = 'committee_' || committee_seat.office
WHERE held.organisation = 'caq' AND committee_seat.confirmed_at IS NOT NULL;
DELETE FROM role_grant
WHERE organisation = 'caq' AND role IN ('committee_chair', 'committee_vice_chair', 'committee_member');
