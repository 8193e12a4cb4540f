"""What an applicant hands in: a complete, consistent 申报书 and small real files. Variations make it unfit in exactly one respect."""

import io
import zipfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date
from random import Random
from typing import Any

from app.simulate import names
from app.simulate.cast import Enterprise
from selection.season import Season

Data = dict[str, Any]

_TEXT = "建立覆盖研发、采购、制造、交付和服务的质量管理体系，以数据驱动持续改进，形成可复制、可推广的做法，取得明显成效。"


def application_form(*, random: Random, enterprise: Enterprise, number: int, season: Season) -> Data:
    """A filled form that passes every check of the season."""
    revenue = {key: float(50_000 + 7_000 * step + number * 13) for step, key in enumerate(("y3", "y2", "y1"))}
    profit = {key: round(value * 0.08, 2) for key, value in revenue.items()}
    short = names.short(enterprise.name)
    table = _table(enterprise, number=number, season=season, revenue=revenue, profit=profit)
    table["experience_name"] = names.experience(random, short)
    return {
        "cover": {
            "applicant_name": enterprise.name,
            "recommending_unit_name": enterprise.unit,
            "application_date": season.deadline("申报开始").day.isoformat(),
        },
        "application_table": table,
        "declarations": {
            "is_legal_person": True,
            "no_violation": {"integrity": True, "quality": True, "safety": True, "environment": True},
            "shares_experience": True,
            "no_state_secret": True,
        },
        "management_benefit": _benefit(),
        "economic_benefit": _economy(revenue, profit),
        "social_benefit": {
            row: dict.fromkeys(("y3", "y2", "y1"), _TEXT)
            for row in ("supply_chain_contribution", "pollution_reduction", "resource_efficiency")
        },
        "brand_innovation": {
            row: dict.fromkeys(("y3", "y2", "y1"), _TEXT) for row in ("brand_indicators", "tech_achievements", "ip_outputs")
        },
        "competitors": [
            {"seq": 1, "product_name": "主导产品", "competitor_name": "模拟同行企业", "market_share": 18.0, "main_advantages": _TEXT}
        ],
        "outcome": "next",
    }


def _table(enterprise: Enterprise, *, number: int, season: Season, revenue: Mapping[str, float], profit: Mapping[str, float]) -> Data:
    return {
        "recommending_unit_id": enterprise.unit,
        "enterprise_name": enterprise.name,
        "is_central_soe": False,
        "uscc": enterprise.uscc,
        "enterprise_type": "股份制企业",
        "industry_code": ("34", "35", "38")[number % 3],
        "organization_size": "大型",
        "employees": 1_200,
        "iso9001_certified": True,
        "iso9001_cert_no": f"00123Q{number:05d}R0M",
        "iso9001_valid_from": f"{season.year - 1}-03-01",
        "iso9001_valid_to": f"{season.year + 2}-02-28",
        "iso9001_body": "模拟认证有限公司",
        "tqm_education_rate": 96.5,
        "quality_post_competence_rate": 98.0,
        "quality_engineering_training_rate": 88.0,
        "improvement_participation_rate": 73.5,
        "has_regional_or_industry_benchmark": False,
        "promoted_enterprise_count": number % 7,
        "focus_area": season.focus[number % len(season.focus)].code,
        "main_revenue": dict(revenue),
        "total_profit": dict(profit),
        "contact_name": enterprise.person.name,
        "contact_department": "质量管理部",
        "contact_position": "部长",
        "contact_phone": "010-68410000",
        "contact_mobile": "13800000000",
        "contact_email": names.mailbox("contact", enterprise.id),
        "mailing_address": "模拟市质量大道1号",
        "postcode": "100048",
    }


def _benefit() -> Data:
    years = ("y3", "y2", "y1")
    product = {
        "name": "主导产品",
        "market_share": {year: {"domestic": 20.0 + step} for step, year in enumerate(years)},
        "satisfaction": dict.fromkeys(years, 95.0),
        "loyalty": dict.fromkeys(years, 92.0),
    }
    return {"products": [product], "satisfaction_method": dict.fromkeys(years, "self"), "loyalty_method": dict.fromkeys(years, "self")}


def _economy(revenue: Mapping[str, float], profit: Mapping[str, float]) -> Data:
    def row(values: Mapping[str, float], *, average: float, best: float) -> Data:
        return {**values, "industry_avg": average, "industry_best": best, "own_rank": 3}

    def level(value: float, *, average: float, best: float) -> Data:
        return row(dict.fromkeys(("y3", "y2", "y1"), value), average=average, best=best)

    return {
        "total_assets": level(90_000.0, average=40_000.0, best=200_000.0),
        "main_revenue": row(revenue, average=30_000.0, best=200_000.0),
        "total_profit": row(profit, average=2_000.0, best=20_000.0),
        "current_asset_turnover": level(2.1, average=1.6, best=3.0),
        "labor_productivity": level(62.0, average=41.0, best=90.0),
        "equipment_effectiveness": level(86.0, average=80.0, best=92.0),
        "quality_loss_rate": level(0.4, average=0.9, best=0.3),
        "product_pass_rate": level(99.3, average=98.5, best=99.8),
        "rework_rate": level(0.6, average=1.2, best=0.4),
        "energy_per_10k_output": level(0.05, average=0.08, best=0.03),
    }


def commitment(*, signatory: str, signed_on: date, undertakings: int) -> Data:
    """The signed undertakings of the 承诺书."""
    return {
        "commitment_accepted": [True] * undertakings,
        "no_state_secret": True,
        "shares_experience": True,
        "signatory_name": signatory,
        "signatory_role": "legal_representative",
        "signed_on": signed_on.isoformat(),
        "outcome": "submit",
    }


def _set(path: str, value: object) -> Callable[[Data], None]:
    *sections, field = path.split(".")

    def change(form: Data) -> None:
        inner = form
        for section in sections:
            inner = inner[section]
        inner[field] = value

    return change


def _all(*changes: Callable[[Data], None]) -> Callable[[Data], None]:
    def change(form: Data) -> None:
        for one in changes:
            one(form)

    return change


# One change that makes the form fail one blocking predicate at N02a (rule book §3.1).
UNFIT: dict[str, Callable[[Data], None]] = {
    "E01": _set("declarations.is_legal_person", value=False),
    "E02": _set("application_table.total_profit.y2", 0.0),
    "E03": _set("declarations.no_violation.safety", value=False),
    "E04": _set("application_table.iso9001_valid_to", "2012-08-31"),
    "E06": _set("declarations.shares_experience", value=False),
    "E07": _set("application_table.industry_code", "47"),
    "E08": _set("application_table.focus_area", "something_else"),
    "E09": _all(_set("application_table.recommending_unit_id", "RU-NOBODY"), _set("cover.recommending_unit_name", "RU-NOBODY")),
    "E11": _set("declarations.no_state_secret", value=False),
}


def unfit(form: Data, predicate: str) -> Data:
    """A copy of a good form that fails one predicate."""
    changed = deepcopy(form)
    UNFIT[predicate](changed)
    return changed


def _package(members: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in members.items():
            package.writestr(zipfile.ZipInfo(name, date_time=(2023, 8, 1, 0, 0, 0)), text)
    return buffer.getvalue()


def docx(text: str) -> bytes:
    """A small real Word document."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return _package(
        {
            "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>',
        }
    )


def pdf(text: str) -> bytes:
    """A small real PDF page (ASCII text only)."""
    content = f"BT /F1 14 Tf 72 720 Td ({text}) Tj ET".encode("ascii", "replace")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


def mp4(minutes: int) -> bytes:
    """The head of a video file; its length is what the sender states."""
    return b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + minutes.to_bytes(4, "big")


# What is attached at N02a and N02b: (document code and slot, file name, content).
def filing() -> tuple[tuple[str, str, bytes], ...]:
    """The files of a complete filing; the bytes are the same for all, so that they are stored once."""
    book, scan = docx("申报书"), pdf("stamped scan")
    return (
        ("D1.docx", "申报书.docx", book),
        ("D1.scan", "申报书.pdf", scan),
        ("D2", "典型经验材料.docx", docx("典型经验材料")),
        ("D3", "证实性材料.pdf", pdf("evidence")),
        ("D3.finance", "财务证明.pdf", pdf("finance certificate")),
        ("D3.environment", "环保证明.pdf", pdf("environment")),
        ("D3.iso9001", "ISO9001证书.pdf", pdf("ISO 9001 certificate")),
        ("D3.survey", "满意度调查.pdf", pdf("survey")),
        ("D11", "承诺书.pdf", pdf("commitment")),
    )
