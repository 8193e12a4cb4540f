"""The roles' official names (rule book §1), and the steps that have a desk of their own. Words only; what a role may do stands in `selection.rights`."""

ROLES: dict[str, str] = {
    "applicant_editor": "申报单位联系人",
    "applicant_signatory": "申报单位签署人",
    "ru_officer": "推荐单位经办人",
    "ru_leader": "推荐单位负责人",
    "office_clerk": "办公室经办人",
    "office_director": "办公室负责人",
    "meeting_secretary": "会议秘书",
    "expert": "评审专家",
    "group_leader": "专业评审组组长",
    "group_member": "专业评审组成员",
    "committee_chair": "主任委员",
    "committee_vice_chair": "副主任委员",
    "committee_member": "评审委员会委员",
    "caq_approver": "中国质量协会批准人",
    "miit_observer": "工业和信息化部联络人",
    "miit_approver": "工业和信息化部认定人",
    "season_admin": "活动管理员",
    "auditor": "监督人员",
}

# Organisations that are no enterprise, unit or group: their codes in ``role@organisation``.
ORGANISATIONS = {"caq": "中国质量协会", "miit": "工业和信息化部"}

# The steps that are done on the score desk, application by application, and whose stage they score.
SHEETS: dict[str, str] = {"N06a": "desk", "N08c": "defence"}
DESK_ACTS = frozenset({"score.save", "score.submit"})

# What 代录专家回执或声明 (N21a) asks of each paper: the outcomes, and the fields that only the other paper has.
ANSWERED: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "reply": (frozenset({"accept", "decline", "drop"}), frozenset({"secrecy", "integrity", "conflicts"})),
    "declaration": (frozenset({"sign", "decline", "drop"}), frozenset()),
}

# The steps that the office may record for whom they belong to (代录): the right of who does them himself, and what only who records is asked.
RECORDED: dict[str, tuple[str, frozenset[str]]] = {
    "N13": ("approve", frozenset({"approver", "approved_on", "proxy", "proxy_reason", "scan"})),
}
