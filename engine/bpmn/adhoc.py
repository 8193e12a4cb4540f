"""Ad-hoc sub-processes (BPMN 2.0, 10.2.5): activities without an order, until all are done or the completion condition holds.

All begin at once, or (ordering sequential) one after the other as the diagram lists them. The condition is looked at whenever an element has been left; when it
holds, what is still at work is cancelled, unless `cancelRemainingInstances` is false: then it is only waited for.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs import defaults

from engine.bpmn.activities import SubProcess
from engine.bpmn.elements import AdHoc
from engine.bpmn.token import Region, Scope, Token


class AdHocSubProcess(SubProcess, defaults.SubWorkflowTask):
    """An ad-hoc sub-process; its token remembers how many activities have begun and whether that is enough."""

    def _ad_hoc(self) -> AdHoc:
        if self.info.ad_hoc is None:
            raise AssertionError
        return self.info.ad_hoc

    def open_region(self, region: Scope, *, start: object = None) -> None:
        """Begin with all activities, or with the first."""
        if self._ad_hoc().sequential:
            start = region.spec.starts[0]
            region.host.internal_data["begun"] = 1  # type: ignore[union-attr]
        super().open_region(region, start=start)

    def inner_left(self, token: Token, region: Region) -> None:
        """Stop when it is enough, else go on with the next activity."""
        ad_hoc, facts, top = self._ad_hoc(), token.internal_data, token.top
        if not facts.get("enough") and ad_hoc.condition is not None and top.holds(token, ad_hoc.condition):
            facts["enough"] = True
            if ad_hoc.cancel_remaining:
                top.clear(region, records=False)
        begun = facts.get("begun", len(region.spec.starts))
        if region.live == 0 and not facts.get("enough") and begun < len(region.spec.starts):
            facts["begun"] = begun + 1
            top.arrive(region, region.spec.starts[begun])
