"""Renders pages: one environment, one layout, the words of both languages. No rules."""

from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from web import drawing, i18n
from web.navigation import links_for
from web.roles import ROLES
from web.visitors import Visitor

SAYINGS = {
    "done": "已提交办理。",
    "claimed": "已签收，请办理。",
    "taken_back": "已收回，请重新办理。",
    "released": "已退回本组，其他成员可以签收。",
    "saved": "已保存。",
    "scored": "评分表已提交。",
    "sent": "已发送邮件，请查收。",
    "asked": "已向联系邮箱发送确认邮件。",
    "uploaded": "已上传。",
    "removed": "已移除。",
    "imported": "已导入。",
    "deployed": "已部署为新版本，新开始的事项按新版本办理。",
    "migrated": "在办事项已迁移到新版本。",
    "migrated_some": "部分在办事项已迁移，其余事项未迁移的原因见下。",
    "same_version": "内容与现有版本相同，没有产生新版本。",
    "password": "密码已设置，请用新密码登录。",
    "bound": "企业信息已绑定，可以开始申报。",
    "disputed": "该统一社会信用代码已由其他账号绑定，您的说明已提交办公室处理。",
    "lodged": "已收到。",
    "moved": "时间已前进。",
    "begun": "活动已启动。",
    "proposed": "已提出，待另一人复核。",
    "withdrawn": "已撤下。",
    "suspended": "活动已暂停。",
    "resumed": "活动已恢复。",
}

environment = drawing.environment()
environment.globals["ROLES"] = ROLES


def words(request: Request) -> dict[str, Any]:
    """What every template may use: words, dates and due words in the visitor's language, navigation, the clock."""
    visitor: Visitor = request.state.visitor
    house = request.state.house
    language = visitor.language
    return {
        "_": partial(i18n.word, language),
        "moment": partial(i18n.moment, language=language),
        "day": partial(i18n.day, language=language),
        "until": partial(i18n.until, language=language),
        "due_words": partial(i18n.due_words, now=house.clock.now(), language=language),
        "pick": lambda zh, en: i18n.sentence(en, language=language) if language == "en" and en else zh,
        "language": language,
        "visitor": visitor,
        "now": house.clock.now(),
        "manual_clock": hasattr(house.clock, "move_to"),
        "links": links_for(visitor, request.url.path),
        "office": {"name": house.settings.office_name, "phone": house.settings.office_phone, "mail": house.settings.office_mail},
        "token": lambda: Markup('<input type="hidden" name="form_token" value="{}">').format(visitor.csrf),
        "said": _said(request),
        "path": request.url.path,
        "query": request.url.query,
    }


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page (or a part of one) from a template. What was said of the act before is said once."""
    common = words(request)
    response = HTMLResponse(environment.get_template(template).render({**common, **values}), status_code=status)
    if common["said"]:
        response.delete_cookie("said", path="/")
    return response


def go(path: str, *, said: str = "") -> RedirectResponse:
    """Go to a page after an act; ``said`` names one of the SAYINGS, shown there once."""
    response = RedirectResponse(path, status_code=303)
    if said:
        response.set_cookie("said", said, max_age=30, path="/", httponly=True, samesite="lax")
    return response


def _said(request: Request) -> str:
    # Only words of ours can be said: the cookie carries a name, never a text.
    return SAYINGS.get(request.cookies.get("said", ""), "")


def local_path(target: str, *, default: str = "/") -> str:
    """``target`` if it is a plain path of this site, else ``default``: nobody is sent elsewhere."""
    plain = target.startswith("/") and not target.startswith("//") and all(char.isprintable() and char != "\\" for char in target)
    return target if plain else default
