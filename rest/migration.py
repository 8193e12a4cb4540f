"""Migration: running instances go to another version by a plan, which is made, checked and carried out."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import RowMapping

from engine.bpmn.plans import Instruction, Obstacle, Plan, Route
from engine.bpmn.walk import BODY
from engine.commands.migrations import Finding, Report
from rest.bodies import JsonBody, flag_of, needed_text
from rest.errors import RestError, executing, invalid
from rest.parts import Caller, TheCaller, instance_id, split_instance
from rest.several import RUNNING, done_batch, named_instances
from rest.shapes import BatchDto
from rest.shapes_deployed import MigrationInstructionDto, MigrationPlanDto, MigrationPlanReportDto
from rest.values import variables_in
from store.engine import queries

router = APIRouter(tags=["Migration"])
BAD = "BadUserRequestException"


@router.post("/migration/generate")
def generate(caller: TheCaller, body: JsonBody = None) -> MigrationPlanDto:
    """A plan by equal ids of activities that fit each other."""
    given = body or {}
    source, target = (_definition(caller, given, name) for name in ("sourceProcessDefinitionId", "targetProcessDefinitionId"))
    processes, renew = {source["key"]: target["key"]}, flag_of(given, "updateEventTriggers")
    plan = caller.engine.migration_plan(source=source["version"], target=target["version"], processes=processes, renew=renew)
    old = caller.engine.process_info(version=source["version"], process=source["key"])
    steps = []
    for step in plan.routes[0].instructions:
        if old.elements[step.source].loop is not None:
            steps.append(_shown(Instruction(step.source + BODY, step.target + BODY)))
        steps.append(_shown(step))
    return {"sourceProcessDefinitionId": source["id"], "targetProcessDefinitionId": target["id"], "instructions": steps, "variables": None}


@router.post("/migration/validate")
def validate(caller: TheCaller, body: JsonBody = None) -> MigrationPlanReportDto:
    """What is wrong with a plan, whatever instance it is used for."""
    return _plan_report(caller.engine.check_plan(plan=_plan(caller, body or {})))


@router.post("/migration/execute", status_code=204)
def execute(caller: TheCaller, body: JsonBody = None) -> Response:
    """Move instances. All are looked at first: if one cannot go, none goes."""
    _execute(caller, body or {})
    return Response(status_code=204)


@router.post("/migration/executeAsync")
def execute_as_batch(caller: TheCaller, body: JsonBody = None) -> BatchDto:
    """The same, answered as a batch that is done."""
    return done_batch(caller, "instance-migration", _execute(caller, body or {}))


def _execute(caller: Caller, given: Mapping[str, Any]) -> int:
    plan = _plan(caller, given.get("migrationPlan"))
    wrong = caller.engine.check_plan(plan=plan)
    if wrong:
        message = "Migration plan is not valid: " + "; ".join(each.obstacle.en for each in wrong)
        raise RestError(400, message, type="MigrationPlanValidationException", more={"validationReport": _plan_report(wrong)})
    only: dict[str, list[str]] = {}
    for name in named_instances(caller, given, queries=(RUNNING,)):
        root, within = split_instance(name)
        if not _is_theirs(caller, root):
            raise RestError(400, f"Process instance '{name}' cannot be migrated: it does not exist", type=BAD)
        only.setdefault(root, []).append(within)
    where = {"plan": plan, "roots": tuple(only), "only": only, "actor": caller.actor}
    with executing():
        _refuse_unfit(caller.engine.rehearse(**where), only)
        _refuse_unfit(caller.engine.migrate(**where, reason="by the REST interface"), only)
    caller.settle()
    return sum(len(each) for each in only.values())


def _definition(caller: Caller, given: Mapping[str, Any], name: str) -> RowMapping:
    wanted = needed_text(given, name)
    for row in caller.definitions.values():
        if row["id"] == wanted:
            return row
    raise RestError(400, f"{name}: there is no process definition with id '{wanted}'", type=BAD)


def _plan(caller: Caller, given: object) -> Plan:
    """The plan of a body. Raises RestError 400."""
    if not isinstance(given, Mapping):
        raise invalid("a migration plan is needed")
    source, target = (_definition(caller, given, name) for name in ("sourceProcessDefinitionId", "targetProcessDefinitionId"))
    listed = given.get("instructions")
    if not isinstance(listed, list) or not listed:
        raise invalid("instructions: at least one is needed")
    steps = dict.fromkeys(_instruction(each) for each in listed)
    routes = (Route(source["key"], target["key"], tuple(steps)),)
    return Plan(source["version"], target["version"], routes, variables_in(given.get("variables")))


def _instruction(given: object) -> Instruction:
    ends = [given.get(name) if isinstance(given, Mapping) else None for name in ("sourceActivityIds", "targetActivityIds")]
    texts = [end[0] for end in ends if isinstance(end, list) and len(end) == 1 and isinstance(end[0], str)]
    if len(texts) != 2 or not isinstance(given, Mapping):  # noqa: PLR2004 - from one activity to one other
        raise invalid("instructions: each names one source activity and one target activity")
    source, target = (text.removesuffix(BODY) for text in texts)
    return Instruction(source, target, flag_of(given, "updateEventTrigger"))


def _is_theirs(caller: Caller, root: str) -> bool:
    card = caller.read(queries.instance_card, root)
    return card is not None and (card["process"], card["version"]) in caller.definitions


def _refuse_unfit(reports: Iterable[Report], only: Mapping[str, list[str]]) -> None:
    """Raises RestError 400 with Camunda's report for the first instance that cannot go."""
    for report in reports:
        name = instance_id(report.root, only[report.root][0])
        if report.outcome == "elsewhere":
            message = (
                f"Process instance '{name}' cannot be migrated. Its process definition does not match the source of the migration plan"
            )
            raise RestError(400, message, type=BAD)
        if report.outcome == "refused":
            message = f"Cannot migrate process instance '{name}': {report.en}"
            told = {
                "processInstanceId": name,
                "failures": [] if report.obstacles else [report.en],
                "transitionInstanceValidationReports": [],
            }
            steps = [_instance_report(report.root, each) for each in report.obstacles]
            more = {"validationReport": {**told, "activityInstanceValidationReports": steps}}
            raise RestError(400, message, type="MigratingProcessInstanceValidationException", more=more)


def _instance_report(root: str, obstacle: Obstacle) -> dict[str, Any]:
    instance = f"{root}.{obstacle.token}" if obstacle.token else root
    return {"activityInstanceId": instance, "sourceScopeId": obstacle.element, "migrationInstruction": None, "failures": [obstacle.en]}


def _plan_report(findings: Iterable[Finding]) -> MigrationPlanReportDto:
    reports: dict[Instruction, list[str]] = {}
    for each in findings:
        reports.setdefault(each.instruction, []).append(each.obstacle.en)
    return {"instructionReports": [{"instruction": _shown(step), "failures": why} for step, why in reports.items()], "variableReports": {}}


def _shown(step: Instruction) -> MigrationInstructionDto:
    return {"sourceActivityIds": [step.source], "targetActivityIds": [step.target], "updateEventTrigger": step.renew}
