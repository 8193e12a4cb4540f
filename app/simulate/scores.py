"""Score sheets: a wanted total spread over the season's items in steps of the rubric, with the comments that scoring asks for."""

from typing import Any

from selection.scoring import items
from selection.season import Season

RECOMMENDED_FROM = 75
REMARK = "该项内容有事实和数据支持，与评分标准逐条对照后给出本项得分，理由如上所述。"
OVERALL = (
    "该经验围绕质量管理的关键因素，方法科学，结合企业实际有所创新，推进过程系统完整，组织保障、政策制度和资源投入到位，"
    "成效有连续三年的数据支撑，并与同行和标杆作了对比，在同行业具有较好的适用性和借鉴意义。建议进一步提炼可推广的做法，补充供应链协同方面的证据。"
)


def sheet(*, season: Season, application: str, total: float, stage: str, site_visit: bool = False) -> dict[str, Any]:
    """The data of one score sheet of a stage (``desk``, ``defence``) whose counted items add up to about ``total`` of 100."""
    share = max(0.0, min(total / 100, 0.999))
    step = float(season.rubric.step)
    scores = {item.code: int(float(item.max) * share / step) * step for item in items(season, stage=stage)}
    return {
        "application": application,
        "scores": scores,
        "comments": dict.fromkeys(scores, REMARK),
        "overall": OVERALL,
        "recommendation": "推荐" if total >= RECOMMENDED_FROM else "保留",
        "needs_site_visit": site_visit,
        "site_visit_reason": "申报数据与行业水平差异较大，建议现场核实。" if site_visit else "",
    }
