"""A whole application as an enterprise fills it in, and the surroundings of a page that shows it."""

from pathlib import Path

from engine.forms import Form, read_form
from web.forms import Choice, FileLink, FormContext, render_form

FORMS = Path(__file__).parents[3] / "processes/cn-2023/forms"
YEARS = ("y3", "y2", "y1")
ECONOMIC = (
    *("total_assets", "main_revenue", "total_profit", "current_asset_turnover", "labor_productivity", "equipment_effectiveness"),
    *("quality_loss_rate", "product_pass_rate", "rework_rate", "energy_per_10k_output"),
)
SOCIAL = ("supply_chain_contribution", "pollution_reduction", "resource_efficiency")
CONTEXT = FormContext(
    names={"year": 2023, "archive.mail": "qmb@caq.org.cn"},
    lists={
        "recommending_units": [Choice("RU-LN", "辽宁省工业和信息化厅", "Liaoning"), Choice("RU-DL", "大连市工业和信息化局")],
        "focus_areas": [Choice("qms_upgrade", "质量管理体系升级"), Choice("key_process_control", "关键过程质量控制")],
    },
    files={"D2": [FileLink("d1", "经验<材料>.docx", 1_234_567, "/documents/d1")]},
    hidden={"form_token": "secret"},
    upload_url="/tasks/t1/files",
    checks_url="/tasks/t1/checks",
)


FOCUS = {
    **CONTEXT.lists,
    "focus_areas": [Choice(name, name) for name in ("质量管理体系升级", "关键过程质量控制", "产业链供应链韧性与安全", "质量管理数字化")],
}


def load(name: str) -> Form:
    return read_form((FORMS / f"{name}.json").read_bytes())


def yearly(*values: object) -> dict[str, object]:
    return dict(zip(YEARS, values, strict=True))


def filled() -> dict:
    percent = {
        f"{key}_rate": 90.5
        for key in ("tqm_education", "quality_post_competence", "quality_engineering_training", "improvement_participation")
    }
    table = {
        "recommending_unit_id": "RU-LN", "enterprise_name": "沈阳“远方”<精密>机械有限公司", "is_central_soe": False, "uscc": "91350100M000100Y43",
        "enterprise_type": "民营企业", "industry_code": "34", "organization_size": "中型", "iso9001_certified": True, "iso9001_cert_no": "00123Q",
        "iso9001_valid_from": "2022-03-01", "iso9001_valid_to": "2025-02-28", "iso9001_body": "北方认证", "experience_name": "实施零缺陷管理的经验",
        "has_regional_or_industry_benchmark": False, "promoted_enterprise_count": 0, "focus_area": "key_process_control",
        "main_revenue": yearly(41000, 45600.5, 52300), "total_profit": yearly(2100, -25.75, 0.1), "contact_name": "李宁", "contact_department": "质量部",
        "contact_position": "部长", "contact_phone": "024-23456789", "contact_mobile": "13800001234", "contact_email": "q@yuanfang.invalid",
        "mailing_address": "沈阳市一号路 1 号", "postcode": "110000", **percent,
    }  # fmt: skip
    product = {
        "name": "减速器", "market_share": {year: {"domestic": 12.5, "international": 0} for year in YEARS},
        "satisfaction": yearly(90, 91, 92), "loyalty": yearly(80, 81, 82),
    }  # fmt: skip
    return {
        "cover": {"application_date": "2023-09-10"},
        "application_table": table,
        "declarations": {
            "is_legal_person": True, "no_violation": dict.fromkeys(("integrity", "quality", "safety", "environment"), True), "shares_experience": True,
            "no_state_secret": True,
        },
        "management_benefit": {
            "products": [product], "satisfaction_method": yearly("self", "third_party", "self"), "satisfaction_agency": {"y2": "东北调查"},
            "loyalty_method": yearly("self", "self", "self"),
        },
        "economic_benefit": {key: {**yearly(1.5, 2, 3), "own_rank": 2, "override_label": "指标"} for key in ECONOMIC},
        "social_benefit": {key: yearly("一\n二", "\n 前有空行", "三") for key in SOCIAL},
        "tech_achievement_items": [{"name": "检测技术", "level": "国内领先", "year": 2021}],
        "ip_output_counts": {"patents": yearly(3, 5, 9)},
        "competitors": [{"product_name": "减速器", "competitor_name": f"对手{n}", "market_share": n, "main_advantages": "规模大"} for n in (1, 2)],
        "outcome": "next",
    }  # fmt: skip


def shown(form: Form, data: dict, **more: object) -> str:
    errors = form.check(data) if more.pop("checked", False) else ()
    return str(render_form(form, data, errors, context=CONTEXT, action="/tasks/t1", **more))
