"""The executable ones among the reference models of the BPMN Model Interchange Working Group run to the ends that these stories name."""

import os
from pathlib import Path

import pytest

from tests.unit.engine.bpmn.conftest import Story

FOLDER = os.environ.get("BENCHMARK_MODELS", "")
RISK = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="risk_check" name="risk">
<decisionTable id="t"><input id="i"><inputExpression id="ie" typeRef="string"><text>score</text></inputExpression></input>
<output id="o1" name="riskLevel"/><output id="o2" name="risk"/>
<rule id="r1"><inputEntry id="a"><text>"good"</text></inputEntry><outputEntry id="b"><text>["green"]</text></outputEntry>
<outputEntry id="c"><text>[]</text></outputEntry></rule>
<rule id="r2"><inputEntry id="d1"><text>"middling"</text></inputEntry><outputEntry id="e1"><text>["yellow"]</text></outputEntry>
<outputEntry id="f1"><text>["age"]</text></outputEntry></rule>
<rule id="r3"><inputEntry id="d2"><text>"bad"</text></inputEntry><outputEntry id="e2"><text>["yellow", "red"]</text></outputEntry>
<outputEntry id="f2"><text>["debts"]</text></outputEntry></rule></decisionTable></decision></definitions>"""

pytestmark = [pytest.mark.reference_models, pytest.mark.skipif(not FOLDER, reason="BENCHMARK_MODELS names no folder")]


def model(name):
    return (Path(FOLDER) / f"{name}.bpmn").read_bytes()


class Walk(Story):
    """A story told by the names of the elements."""

    def __init__(self, *names, key, variables=None, start=None, files=None):
        self.files = files or {}
        super().__init__(*(model(name) for name in names), key=key, variables=variables, start=start)
        self.names = {
            info.id: " ".join(info.name.split()) for process in self.definitions.processes.values() for info in process.elements.values()
        }

    def read(self, diagrams):
        return super().read({**diagrams, **self.files})

    def named(self, name):
        return next(wait.element for wait in self.execution.waits() if name in {wait.element, self.names[wait.element]})

    def do(self, *steps, **variables):
        for step in steps:
            self.complete(self.named(step), **variables)
        return self

    @property
    def last(self):
        return self.names[self.entered()[-1]] or self.entered()[-1]


@pytest.mark.parametrize(
    ("name", "key", "start"), [("C.1.0", "bpmn-miwg-test-case-c.1.0", "StartEvent_1"), ("C.1.1", "handle-invoice", None)]
)
def test_an_invoice_is_processed_or_not(name, key, start):
    good = Walk(name, key=key, start=start).do("Assign Approver", approver="kermit")
    assert good.wait("approveInvoice").assignee == "kermit"
    good.do("Approve Invoice", approved=True).do("Prepare Bank Transfer", "Archive Invoice")
    assert (good.ended, good.last) == (True, "Invoice processed")
    bad = Walk(name, key=key, start=start).do("Assign Approver", approver="kermit").do("Approve Invoice", approved=False)
    bad.do("reviewInvoice", clarified="yes").do("Approve Invoice", approved=False).do("reviewInvoice", clarified="no")
    assert (bad.ended, bad.last) == (True, "Invoice not processed")


def test_a_fridge_is_replaced():
    """None of its choices has a condition but one: the first flow that is drawn is taken."""
    walk = Walk("C.3.0", key="_8170787a-3207-434d-9bea-4787059f444f").do("Analyse customer request", "Replace fridge")
    assert (walk.ended, walk.last) == (True, "Fridge replaced")


VACATION = {
    "Vacation Approved Automatically": ("Approved", ["emailService", "update"]),
    "Vacation Refused Automatically": ("Refused", ["emailService"]),
    "Vacation Approved by Manager": ("Manual Validation Required", ["Manually Approve Vacation", "emailService", "update"]),
}


@pytest.mark.parametrize("end", VACATION)
def test_a_vacation_is_decided(end):
    outcome, steps = VACATION[end]
    walk = Walk("C.8.1", key="VacationRequestProcess", variables={"From": "1 May", "To": "9 May"})
    walk.do("Fetch Vacation Information", body={"value": [{"name": "Ann", "email": "ann@example.com"}]})
    walk.do("Vacation Approval", **{"Vacation Approval Status": {"Approval": outcome, "Reason": ""}})
    for step in steps:
        wait = next(wait for wait in walk.execution.waits() if step in {wait.topic, walk.names[wait.element]})
        walk.execution.complete(wait.id, variables={"Vacation Approval": "Approved"} if wait.kind == "user" else {})
        walk.settle()
    assert (walk.ended, walk.last) == (True, end)


def test_a_vacation_of_somebody_unknown_is_an_error_with_an_end_of_its_own():
    walk = Walk("C.8.1", key="VacationRequestProcess")
    assert walk.fail(walk.named("Fetch Vacation Information"), "404")
    assert (walk.ended, walk.last) == (True, "Employee not found")


def onboarding(score):
    walk = Walk(
        "C.9.0",
        "C.9.1",
        "C.9.2",
        key="customer_onboarding_en",
        variables={"score": score, "approved": True, **CUSTOMER},
        files={"risk.dmn": RISK},
    )
    return walk.do("Get credit score")


CUSTOMER = {
    "corporation": "c",
    "applicationNumber": "1",
    "product": "p",
    "documents": ["passport"],
    "fraudSuspectedId": "f1",
    "applicant": {"name": "Ann", "email": "ann@example.com"},
}


def test_a_customer_without_risk_is_accepted():
    walk = onboarding("good").do("Deliver confirmation", "Send confirmation")
    assert (walk.ended, walk.last) == (True, "Application issued")


def test_a_customer_of_high_risk_is_rejected():
    walk = onboarding("bad").do("Reject application", "Send rejection")
    assert (walk.ended, walk.last) == (True, "Application rejected")


def test_a_customer_of_some_risk_is_checked_by_hand_with_documents_asked_for():
    walk = onboarding("middling")
    assert "UserTask_DecideOnApplication" in walk.at
    walk.deliver("StartMessageEvent_DocumentRequested")
    walk.do("Request document").deliver("ReceiveTask_WaitForDocument")
    assert "EndEvent_GotDocument" in walk.entered()
    walk.do("Decide on application", approved=True).do("Deliver confirmation", "Send confirmation")
    assert (walk.ended, walk.last) == (True, "Application issued")


def test_a_fraud_ends_the_application():
    walk = onboarding("middling")
    walk.deliver("StartMessageEvent_FraudSuspected")
    walk.do("Check for Fraud", fraud=True).do("Report fraud")
    assert (walk.ended, walk.last) == (True, "Application canceled due to fraud")


def test_a_document_that_is_not_sent_is_asked_for_by_telephone():
    walk = Walk("C.9.1", key="requestDocument_en", variables={"documentReferenceId": "d1"}).do("Request document")
    for _ in range(6):
        walk.fire("BoundaryEvent_1")
        walk.do("Send reminder email")
    walk.fire("BoundaryEvent_2")
    walk.do("Call customer")
    assert (walk.ended, walk.last) == (True, "Answer received")


def test_a_manual_check_is_accelerated_and_decided():
    walk = Walk("C.9.2", "C.9.1", key="ManualCheck", variables={"documentReferenceId": "d1", "risks": ["age"], **CUSTOMER})
    walk.fire("StartTimerEvent_AcceleratedDecision")
    walk.do("Notify customer about delay", "Accelerate decision making", "Decide on application")
    assert walk.ended
    assert "EndEvent_ManuallyDecided" in walk.entered()
