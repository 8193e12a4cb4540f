"""Decision tables and requirement graphs of DMN 1.3, with FEEL. Pure: no store, no clock; knows nothing of diagrams."""

from engine.dmn.decide import decide, value_of
from engine.dmn.model import Decision, Decisions
from engine.dmn.reader import is_decision_file, read_decisions
from engine.dmn.results import MAPPINGS, map_result

__all__ = ["MAPPINGS", "Decision", "Decisions", "decide", "is_decision_file", "map_result", "read_decisions", "value_of"]
