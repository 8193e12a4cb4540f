"""The windows of everybody in the story, and its first chapter: the registration and the filing of our enterprise."""

import re
from email import message_from_bytes, policy
from pathlib import Path

from app.simulate import names, papers
from app.simulate.cast import Enterprise
from app.simulate.script import Part
from selection.calendar import local
from tests.browser.hands import Hands, flattened

PASSWORD = "a sentence that people remember"
MAIL, COMPANY, USCC = "wang@newcomer.invalid", "福州新申报有限公司", names.uscc(777_777)


class Story:
    """The windows of everybody, and our enterprise."""

    def __init__(self, play, chromium, address):
        self.play, self.chromium, self.address = play, chromium, address
        self.windows: dict[str, Hands] = {}
        self.public = Hands(chromium, address)  # nobody signs in here
        self.ours: Part | None = None
        play.world.window = self.window

    @property
    def house(self):
        return self.play.world.house

    def window(self, actor):
        """Somebody's window, signed in."""
        if actor.id not in self.windows:
            hands = self.windows[actor.id] = Hands(self.chromium, self.address)
            with self.play.world.facts() as facts:
                hands.signs_in(facts.people.person(actor.id).login, PASSWORD)
        return self.windows[actor.id]

    def letter_to(self, address):
        """The last letter in a mailbox."""
        self.house.outbox.deliver_due()
        letters = [
            message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(self.house.settings.mail_folder).rglob("*.eml")
        ]
        mine = [letter for letter in letters if str(letter["To"].addresses[0].addr_spec) == address]
        assert mine, address
        return mine[-1].get_content()

    def task(self, element):
        """Our open task at an element; None when there is none."""
        found = [task for task in self.play.world.open_tasks(element) if task.business_key == self.ours.application]
        return found[0].id if found else None

    def state(self):
        with self.play.world.facts() as facts:
            return facts.applications.get(self.ours.application).state

    def title(self):
        """Our title; None as long as there is none."""
        with self.play.world.facts() as facts:
            return facts.titles.of_application(self.ours.application)

    def reads(self, path):
        """What everybody reads on a public page."""
        self.public.goes(path)
        return self.public.page.inner_text("main")


def registers(story):
    """An account, the proof of its mailbox by the mailed link, one enterprise."""
    hands = Hands(story.chromium, story.address)
    hands.goes("/register")
    hands.page.fill("[name=name]", "王联系")
    hands.page.fill("[name=mail]", MAIL)
    hands.page.get_by_role("button", name="发送验证邮件").click()
    hands.page.wait_for_load_state()
    hands.goes(re.search(r"/password/mailbox/\S+", story.letter_to(MAIL))[0])
    hands.page.fill("[name=password]", PASSWORD)
    hands.page.fill("[name=again]", PASSWORD)
    hands.page.get_by_role("button", name="设置密码").click()
    hands.page.wait_for_load_state()
    hands.signs_in(MAIL, PASSWORD)
    hands.goes("/enterprise")
    hands.page.fill("[name=name]", COMPANY)
    hands.page.fill("[name=uscc]", USCC)
    hands.page.get_by_role("button", name="绑定企业").click()
    hands.page.wait_for_url("**/portal*")
    return hands


def begins(story, hands):
    """Begin an application; the company learns who that is."""
    hands.goes("/portal")
    hands.page.get_by_role("button", name="开始申报").click()
    hands.page.wait_for_url(re.compile(r"/portal/\w+"))
    play, application = story.play, re.search(r"/portal/([^?]+)", hands.page.url)[1]
    with play.world.facts() as facts:
        person, enterprise = facts.people.person_by_login(MAIL), facts.people.enterprise_by_uscc(USCC)
    actor = play.world.cast.add(person.id, "王联系", [f"applicant_editor@{enterprise.id}"])
    ours = Enterprise(id=enterprise.id, name=COMPANY, uscc=USCC, unit=play.parts[0].unit, person=actor)
    story.windows[person.id] = hands
    story.ours = Part(number=len(play.parts) + 1, fate="plain", enterprise=ours, unit=ours.unit, quality=92.0, application=application)
    story.ours.form = papers.application_form(random=play.world.random, enterprise=ours, number=8, season=play.rules)
    play.parts.append(story.ours)
    play.by_application[application] = story.ours


def fills_in(story, hands):
    """The 申报书: a draft survives a reload, an unfit answer is refused in plain Chinese, then it is complete."""
    task, page, form = story.task("N02a"), hands.page, story.ours.form
    hands.opens(task)
    hands.claims()
    with page.expect_response(lambda answer: answer.url.endswith("/draft")):
        page.fill('[name="application_table.experience_name"]', "半句话")
        page.keyboard.press("Tab")
    page.reload()
    assert page.input_value('[name="application_table.experience_name"]') == "半句话"
    hands.types(form, form=f"/tasks/{task}/complete")  # some slots are asked for only after an answer
    for code, name, content in papers.filing():
        if code != "D11":
            hands.uploads(code, name, content)
    unfit = papers.unfit(form, next(iter(papers.UNFIT)))
    hands.tries(task, changes(form, unfit))
    assert f"/tasks/{task}" in page.url
    assert re.search(r"[一-鿿]{6,}", hands.said_no)
    hands.refused.append(f"/tasks/{task}/complete")
    hands.does(task, changes(unfit, form))
    story.play.world.clicked.add(("N02a", "next"))


def changes(before, after):
    """What has to be typed to come from one form to the other, and on."""
    old = dict(flattened(before))
    return {name: value for name, value in flattened(after) if old.get(name) != value or name == "outcome"}


def signs(story, hands):
    """The sealed 承诺书, and in."""
    task = story.task("N02b")
    hands.opens(task)
    hands.uploads("D11", "承诺书.pdf", papers.pdf("commitment"))
    hands.does(task, papers.commitment(signatory="张总", signed_on=local(story.play.world.now).date(), undertakings=story.play.rules.form.undertakings))
    story.play.world.clicked.add(("N02b", ""))
    assert story.state() in {"submitted", "under_nominator_review"}
