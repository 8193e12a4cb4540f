"""The words a mail template may use: each variable's meaning, in one table. A template that uses another word is refused by `check`.

Whoever queues a mail gives the values as plain data: texts, numbers, aware datetimes, lists and mappings of those.
"""

ALWAYS: dict[str, str] = {
    "recipient": "收件人姓名或单位名称 / name of the recipient",
    "season_title": "活动名称 / title of the season",
    "office_name": "办公室名称 / name of the office",
    "office_phone": "办公室电话 / telephone of the office",
    "office_mail": "办公室邮箱 / mail address of the office",
    "link": "办理页面地址 / address of the page to go to",
}

GIVEN: dict[str, str] = {
    "answer_due": "答复截止时刻 / instant by which an answer is due",
    "application": "申报编号 / application number",
    "applications": "申报列表（编号、经验名称） / list of mappings: application, experience",
    "close_due": "申报截止时刻 / instant at which applications close",
    "code": "查询码 / the secret part of a receipt",
    "count": "数量 / a number of things",
    "deadline_name": "时限名称 / name of a deadline",
    "deadline_en": "时限的英文名称 / English name of a deadline",
    "details": "详细情况 / free text with the particulars",
    "details_en": "详细情况的英文 / the same in English",
    "documents": "文件列表（名称、校验值） / list of mappings: name, sha256",
    "due": "办理时限 / instant by which the task is due",
    "enterprise": "申报单位名称 / name of the enterprise",
    "experience": "典型经验名称 / name of the experience",
    "expert": "专家姓名 / name of the expert",
    "group": "专业组名称 / name of the review group",
    "items": "事项列表 / list of texts",
    "meeting": "会议名称 / name of the meeting",
    "new_due": "调整后的时限 / instant of the changed deadline",
    "new_start": "调整后的开始日 / instant at which the day of a changed beginning starts",
    "note": "注意事项 / what to mind",
    "objection": "异议编号 / number of the objection",
    "outcome": "结果 / the result in words",
    "present_minutes": "陈述分钟数 / minutes of the presentation",
    "question_minutes": "问答分钟数 / minutes of questions",
    "place": "地点或线上会议方式 / place",
    "quota": "推荐名额 / places of the unit",
    "quota_left": "剩余名额 / places left",
    "reason": "理由 / the reason",
    "receipt": "回执编号 / number of the receipt",
    "recommend_due": "推荐截止时刻 / instant at which recommending closes",
    "starts": "开始时刻 / instant of the beginning",
    "ends": "结束时刻 / instant of the end (exclusive)",
    "task": "任务名称 / name of the task",
    "title": "称号编号 / number of the title",
    "unit": "推荐单位名称 / name of the recommending unit",
    "url": "发布地址 / public address",
    "when": "时间 / an instant",
}

KNOWN: dict[str, str] = ALWAYS | GIVEN
