"""The links at the top: what each role works with. Data only; the routes themselves carry the rules."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from selection.rights import grants

if TYPE_CHECKING:
    from web.visitors import Visitor


@dataclass(frozen=True)
class Link:
    """One entry: its path, its Chinese words, whether it is the present page."""

    path: str
    words: str
    here: bool = False


# path, words, the verb of `selection.rights` or the roles whose own desk it is ("" for everybody)
ENTRIES: tuple[tuple[str, str, str], ...] = (
    ("/inbox", "我的任务", ""),
    ("/messages", "站内消息", ""),
    ("/portal", "我的申报", "applicant_editor applicant_signatory"),
    ("/unit", "推荐工作", "ru_officer ru_leader"),
    ("/review", "专家评审", "see_expert_desk"),
    ("/group", "专业组", "see_group_desk"),
    ("/meetings", "评审委员会", "see_meeting"),
    ("/office", "活动进展", "see_season_desk"),
    ("/cases", "申报项目", "see_application_inside"),
    ("/unit", "推荐单位", "see_season_desk"),
    ("/titles", "称号管理", "see_season_desk"),
    ("/office/people", "人员与单位", "manage_people"),
    ("/office/deadlines", "时间节点", "preview_deadline"),
    ("/office/mails", "通知邮件", "see_outbox"),
    ("/admin", "系统维护", "see_incidents"),
)
# Pages that belong to an entry whose path they do not begin with.
BELONGS = {
    "/office/experts": "/office/people", "/office/enterprises": "/office/people", "/office/release": "/office/mails",
    "/office/subscribers": "/office/mails",
}  # fmt: skip
PUBLIC = (
    ("/", "首页"),
    ("/public/notice", "活动通知"),
    ("/public/publicity", "公示"),
    ("/public/announcements", "结果公告"),
    ("/public/library", "典型经验"),
    ("/public/exchanges", "交流活动"),
    ("/public/revocations", "撤销称号"),
)


def links_for(visitor: "Visitor", path: str) -> tuple[Link, ...]:
    """The visitor's links; the longest that begins the present path is marked."""
    chosen = (
        [(to, words) for to, words, verb in ENTRIES if not verb or visitor.has(*(grant.role for grant in grants(verb)), *verb.split())]
        if visitor.signed_in
        else list(PUBLIC)
    )
    path = BELONGS.get(path, path)
    fitting = [to for to, _ in chosen if path == to or (to != "/" and path.startswith(to + "/"))]
    here = max(fitting, key=len, default=None)
    return tuple(Link(path=to, words=words, here=to == here) for to, words in chosen)
