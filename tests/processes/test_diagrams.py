"""The diagrams and forms of cn-2023: nothing for the strict checks to say, every name exists, drawn whole, readable on one screen."""

import json
import re
import tomllib
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import sync_playwright

from engine.bpmn.definitions import read_definitions
from engine.checks import KnownNames, check
from engine.commands.scope import Scope, bind
from engine.forms import read_form
from handlers import registry
from handlers.functions import FUNCTIONS
from handlers.reminders import REMINDERS

ROOT = Path(__file__).parents[2]
SEASON = ROOT / "processes" / "cn-2023"
VENDOR = ROOT / "web" / "static" / "vendor"
DIAGRAMS = sorted(path.stem for path in SEASON.glob("*.bpmn"))
KEYS = [
    "announcement", "application", "apply", "defence", "deliberation", "expert_record", "form_check", "material_review",
    "objection", "publicity", "recommendation", "removal", "score_record", "season", "title", "title_change", "title_correction",
]  # fmt: skip
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
WAY = "{http://www.omg.org/spec/DD/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
OF_THE_PUBLIC = {"objection_lodge", "title_report"}  # filled on public and office pages, not at a task
ONE_BODY = {  # the seats of one body, the points of one 补正
    "defence_schedule.experts",
    "form_check.corrections",
    "grouping.groups.members",
    "grouping.vice_chairs",
    "late_grouping.members",
    "site_visits.visits.members",
}
WIDEST, HIGHEST = 1_800, 1_000
LINE = 0.5


@pytest.fixture(scope="session")
def files():
    found = (path for path in SEASON.rglob("*") if path.is_file())
    return {path.relative_to(SEASON).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="session")
def functions():
    return bind(FUNCTIONS, Scope(now=datetime(2023, 8, 1, tzinfo=UTC), tenant="", settings={}))


@pytest.fixture(scope="session")
def definitions(files, functions):
    return read_definitions(files, functions=functions)


def root_of(key):
    return etree.parse(SEASON / f"{key}.bpmn").getroot()


def drawn(root):
    """Everything of a process that has a picture: flow nodes and sequence flows, at every depth."""
    process = root.find(f"{BPMN}process")
    kinds = re.compile("(Task|task|Gateway|Event|subProcess|callActivity)$")
    nodes = [item for item in process.iterdescendants(etree.Element) if kinds.search(local(item)) and item.get("id")]
    return nodes, list(process.iter(f"{BPMN}sequenceFlow"))


def local(item):
    return etree.QName(item).localname


def boxes(root):
    found = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        found[shape.get("bpmnElement")] = tuple(float(bounds.get(key)) for key in ("x", "y", "width", "height"))
    return found


def test_the_season_has_exactly_these_diagrams(definitions):
    assert DIAGRAMS == KEYS
    assert sorted(definitions.processes) == KEYS
    assert all(definitions.processes[key].file == f"{key}.bpmn" for key in KEYS)


def test_the_strict_checks_have_nothing_to_say(files, functions):
    known = registry()
    names = KnownNames(
        topics=set(known.handlers),
        listeners=set(known.listeners),
        forms={path for path in files if path.startswith("forms/")},
        templates=set(REMINDERS),
    )
    assert [str(problem) for problem in check(files, profile="season", known=names, functions=functions)] == []
    assert [mail for mail in REMINDERS.values() if f"mails/{mail}.txt" not in files] == []


@pytest.mark.parametrize("key", DIAGRAMS)
def test_every_element_and_flow_is_drawn_once(key):
    root = root_of(key)
    nodes, flows = drawn(root)
    shapes = [shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape")]
    edges = [edge.get("bpmnElement") for edge in root.iter(f"{DI}BPMNEdge")]
    assert sorted(shapes) == sorted(node.get("id") for node in nodes)
    assert sorted(edges) == sorted(flow.get("id") for flow in flows)
    assert len(flows) >= 5, "an empty picture would pass, too"


@pytest.mark.parametrize("key", DIAGRAMS)
def test_every_name_is_chinese(key):
    nodes, flows = drawn(root_of(key))
    for item in [*nodes, *(flow for flow in flows if flow.get("name"))]:
        name = item.get("name") or ""
        assert re.search(r"[\u4e00-\u9fff]", name), f"{item.get('id')}: {name!r}"
        assert not re.search(r"[A-Za-z]", name), f"{item.get('id')}: {name!r}"
    stages = [item.get("value") for item in root_of(key).iter(f"{CAMUNDA}property") if item.get("name", "").endswith("stage")]
    assert stages
    assert not [stage for stage in stages if re.search(r"[A-Za-z]", stage)]


@pytest.mark.parametrize("key", DIAGRAMS)
def test_every_way_out_of_a_decision_has_a_label(key):
    nodes, flows = drawn(root_of(key))
    for gate in (node for node in nodes if local(node) == "exclusiveGateway"):
        ways = [flow for flow in flows if flow.get("sourceRef") == gate.get("id")]
        if len(ways) > 1:
            assert gate.get("name").endswith("？"), gate.get("id")
            assert all(flow.get("name") for flow in ways), gate.get("id")
            assert gate.get("default") in {flow.get("id") for flow in ways}, gate.get("id")


@pytest.mark.parametrize("key", DIAGRAMS)
def test_every_task_says_who_with_which_form_and_what_stage(key):
    nodes, _ = drawn(root_of(key))
    tasks = [node for node in nodes if local(node) == "userTask"]
    for task in tasks:
        assert task.get(f"{CAMUNDA}candidateGroups"), task.get("id")
        assert task.get(f"{CAMUNDA}formKey"), task.get("id")
        stage = [item for item in task.iter(f"{CAMUNDA}property") if item.get("name") == "stage"]
        assert stage, task.get("id")
    assert all("@" in group for task in tasks for group in task.get(f"{CAMUNDA}candidateGroups").split(","))


@pytest.mark.parametrize("key", DIAGRAMS)
def test_a_task_sets_what_its_gateway_reads(key):
    """An exclusive gateway right behind a task reads a variable of the task's form; each of its conditions names a choice of it."""
    nodes, flows = drawn(root_of(key))
    kinds = {node.get("id"): node for node in nodes}
    for flow in flows:
        task, gate = kinds[flow.get("sourceRef")], kinds[flow.get("targetRef")]
        if local(task) != "userTask" or local(gate) != "exclusiveGateway":
            continue
        form = json.loads((SEASON / task.get(f"{CAMUNDA}formKey")).read_text())
        for way in (way for way in flows if way.get("sourceRef") == gate.get("id")):
            condition = way.findtext(f"{BPMN}conditionExpression") or ""
            asked = re.fullmatch(r"\$\{outcome == '(\w+)'\}", condition)
            if asked:
                assert "outcome" in form["x-variables"], task.get("id")
                assert asked[1] in form["properties"]["outcome"]["enum"], (task.get("id"), asked[1])


@pytest.mark.parametrize("key", DIAGRAMS)
def test_the_picture_fits_one_screen_and_nothing_lies_on_top_of_another(key):
    root = root_of(key)
    nodes, _ = drawn(root)
    box = boxes(root)
    assert max(x + width for x, _, width, _ in box.values()) <= WIDEST
    assert max(y + height for _, y, _, height in box.values()) <= HIGHEST
    inside = {node.get("id"): node.getparent().get("id") for node in nodes}
    plain = [node.get("id") for node in nodes if local(node) != "boundaryEvent"]
    pairs = [(one, other) for one in plain for other in plain if one < other and inside[one] == inside[other]]
    assert [pair for pair in pairs if overlap(box[pair[0]], box[pair[1]])] == []
    for child in (name for name in inside if inside[name] in box):
        assert contains(box[inside[child]], box[child]), child


def labels(root):
    """What a label belongs to, and its box."""
    found = []
    for drawn_one in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
        bounds = drawn_one.find(f"{DI}BPMNLabel/{DC}Bounds")
        if bounds is not None:
            found.append((drawn_one.get("bpmnElement"), tuple(float(bounds.get(key)) for key in ("x", "y", "width", "height"))))
    return found


def ways(root):
    """Each flow's pieces, as boxes that are a line wide or high."""
    found = {}
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = [(float(point.get("x")), float(point.get("y"))) for point in edge.iter(f"{WAY}waypoint")]
        assert all(one[0] == other[0] or one[1] == other[1] for one, other in pairwise(points)), edge.get("bpmnElement")
        found[edge.get("bpmnElement")] = [
            (min(one[0], other[0]), min(one[1], other[1]), abs(one[0] - other[0]) or LINE, abs(one[1] - other[1]) or LINE)
            for one, other in pairwise(points)
        ]
    return found


@pytest.mark.parametrize("key", DIAGRAMS)
def test_no_label_lies_on_a_flow_a_shape_or_another_label(key):
    root = root_of(key)
    nodes, _ = drawn(root)
    holds = {node.getparent().get("id") for node in nodes}
    plain = {name: box for name, box in boxes(root).items() if name not in holds}
    texts = labels(root)
    assert texts
    assert [(of, flow) for of, box in texts for flow, pieces in ways(root).items() if any(overlap(box, piece) for piece in pieces)] == []
    assert [(of, name) for of, box in texts for name, shape in plain.items() if name != of and overlap(box, shape)] == []
    assert [(one, other) for one, box in texts for other, second in texts if one < other and overlap(box, second)] == []


@pytest.mark.parametrize("key", DIAGRAMS)
def test_no_flow_crosses_another_or_runs_through_a_shape(key):
    """Flows that come from, or lead to, the same element may run together; a bow over a line does not exist in BPMN."""
    root = root_of(key)
    nodes, flows = drawn(root)
    ends = {flow.get("id"): (flow.get("sourceRef"), flow.get("targetRef")) for flow in flows}
    holds = {node.getparent().get("id") for node in nodes}
    plain = {name: box for name, box in boxes(root).items() if name not in holds}
    drawn_ways = ways(root)
    together = [(one, other) for one in ends for other in ends if one < other and not together_by_right(ends[one], ends[other])]
    assert [pair for pair in together if meet(drawn_ways[pair[0]], drawn_ways[pair[1]])] == []
    assert [(flow, name) for flow in ends for name, box in plain.items() if name not in ends[flow] and meet(drawn_ways[flow], [box])] == []


def together_by_right(one, other):
    return one[0] == other[0] or one[1] == other[1]


def meet(pieces, others):
    return any(overlap(piece, other) for piece in pieces for other in others)


def overlap(one, other):
    return all(one[axis] < other[axis] + other[axis + 2] and other[axis] < one[axis] + one[axis + 2] for axis in (0, 1))


def contains(outer, inner):
    return all(outer[axis] <= inner[axis] and inner[axis] + inner[axis + 2] <= outer[axis] + outer[axis + 2] for axis in (0, 1))


def test_every_form_is_sound_and_used(files):
    forms = {Path(path).stem: read_form(content) for path, content in files.items() if path.startswith("forms/")}
    assert {name: form.problems() for name, form in forms.items() if form.problems()} == {}
    used = {Path(key).stem for name in DIAGRAMS for task in drawn(root_of(name))[0] if (key := task.get(f"{CAMUNDA}formKey"))}
    acts = {name for name, form in forms.items() if form.acts}
    assert sorted(set(forms) - used - acts - OF_THE_PUBLIC) == []
    assert not used & acts, "a form of an act does not complete a task"


def of_the_season(field, path=()):
    """Lists whose entries are chosen from what the season holds (applications, members, titles)."""
    chosen = [field.item, *field.item.children] if field.item is not None else []
    if any(one.hint("enum-from") for one in chosen):
        yield ".".join(path), field
    for child in (*field.children, *chosen[:1]):
        yield from of_the_season(child, (*path, child.name) if child.name else path)


def test_a_list_of_what_the_season_holds_has_room_for_10000_applications(files):
    lists = {
        f"{Path(path).stem}.{inside}": field.schema["maxItems"]
        for path, content in files.items() if path.startswith("forms/")
        for inside, field in of_the_season(read_form(content).root)
    }  # fmt: skip
    assert len(lists) > len(ONE_BODY)
    assert {name for name, most in lists.items() if most < 10_000} == ONE_BODY


def test_every_act_but_files_has_a_form(files):
    forms = [read_form(content) for path, content in files.items() if path.startswith("forms/")]
    with_form = {act for form in forms for act in form.acts}
    events = {item.get("event") for name in DIAGRAMS for item in root_of(name).iter(f"{CAMUNDA}taskListener")}
    acts = {event.removeprefix("act:") for event in events if event.startswith("act:")}
    assert {act for act in acts if not act.startswith("file.")} == with_form


def test_the_reference_names_every_form(files):
    page = (ROOT / "docs" / "reference" / "processes.md").read_text()
    names = {Path(path).stem for path in files if path.startswith("forms/")}
    big = {"application", "commitment"}  # described in docs/reference/forms.md
    assert sorted(name for name in names - big if f"| `{name}` " not in page) == []


def test_the_score_sheet_has_the_rubric_of_the_season(files):
    rubric = tomllib.loads(files["season.toml"].decode())["rubric"]
    sheets = [json.loads(files[f"forms/{name}.json"])["properties"] for name in ("scores", "score_record")]
    assert all(sheets[1][name] == sheets[0][name] for name in sheets[0] if name != "application")
    sheet = sheets[0]
    wanted = {item["code"]: (item["max"], rubric["step"]) for item in [*rubric["items"], *rubric["uncounted"]]}
    asked = {code: (field["maximum"], field["multipleOf"]) for code, field in sheet["scores"]["properties"].items()}
    assert asked == wanted
    assert sheet["recommendation"]["enum"] == rubric["recommendations"]
    assert set(sheet["comments"]["properties"]) == set(wanted)


@pytest.mark.browser
@pytest.mark.parametrize("key", DIAGRAMS)
def test_bpmn_js_opens_it_without_a_warning(key, page):
    opened = page.evaluate(
        """async text => {
            document.body.innerHTML = '<div id="canvas"></div>';
            const viewer = new BpmnJS({container: '#canvas'});
            const {warnings} = await viewer.importXML(text);
            return [warnings.map(one => one.message), viewer.get('elementRegistry').getAll().length];
        }""",
        (SEASON / f"{key}.bpmn").read_text(),
    )
    nodes, flows = drawn(root_of(key))
    assert opened[0] == []
    assert opened[1] >= len(nodes) + len(flows)


@pytest.fixture(scope="module")
def page():
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        opened = browser.new_page()
        opened.set_content("<style>#canvas { width: 1600px; height: 900px }</style>")
        opened.add_script_tag(path=str(next(VENDOR.glob("bpmn-navigated-viewer-*.min.js"))))
        yield opened
        browser.close()
