"""What can go wrong with a mail before it is queued."""

from collections.abc import Iterable

from selection.errors import HouseError, Problem


class MailTemplateInvalid(HouseError):
    """A mail template cannot be used; `problems` names each fault."""

    status = 422

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        """In: the template's name and its faults, each with its place."""
        self.problems = tuple(problems)
        listed = "；".join(problem.zh for problem in self.problems)
        listed_en = "; ".join(problem.en for problem in self.problems)
        super().__init__("mail.template", zh=f"邮件模板 {name} 有误：{listed}", en=f"Mail template {name} is wrong: {listed_en}")


class MailIncomplete(HouseError):
    """A value that the template needs was not given (or is not plain data)."""

    status = 500

    def __init__(self, name: str, missing: str) -> None:
        """In: the template's name and what is missing."""
        super().__init__(
            "mail.incomplete",
            zh=f"邮件模板 {name} 缺少变量：{missing}。请联系管理员检查模板与流程图。",
            en=f"Mail template {name} lacks a value: {missing}. Please have the template and the diagram checked.",
        )


class MailUnsendable(HouseError):
    """A mail in the outbox from which no message can be made; trying again would not help."""

    status = 500

    def __init__(self, mail: str, reason: str) -> None:
        """In: the mail's id and what is wrong with it."""
        super().__init__(
            "mail.unsendable",
            zh=f"邮件 {mail} 无法生成：{reason}。请联系管理员。",
            en=f"No message can be made of mail {mail}: {reason}. Please have it looked at.",
        )


class AddressInvalid(HouseError):
    """Not exactly one mail address."""

    status = 422

    def __init__(self, text: str) -> None:
        """In: the text that is no address."""
        super().__init__(
            "mail.address",
            zh=f"“{text[:80]!r}”不是一个有效的邮箱地址，请更正。",
            en=f"{text[:80]!r} is not exactly one mail address. Please correct it.",
        )
