from dataclasses import replace
from datetime import UTC, datetime

import pytest

from notifications.compose import read_template, read_templates, render
from notifications.errors import MailIncomplete, MailTemplateInvalid

VALUES = {"recipient": "甲公司", "season_title": "2023年全国质量标杆", "experience": "精益管理的经验", "receipt": "R-1"}


def test_a_template_gives_one_text_in_each_language(template):
    chinese = render(template=template, values=VALUES, language="zh")
    english = render(template=template, values=VALUES, language="en")
    assert chinese.subject == "【2023年全国质量标杆】精益管理的经验已受理"
    assert chinese.body == "甲公司：\n回执编号：R-1\n"
    assert english.body == "Dear 甲公司,\nreceipt R-1 of 2023年全国质量标杆.\n"


def test_a_value_may_say_the_same_in_both_languages_and_english_letters_know_the_words_of_the_season(template):
    told = replace(template, words={"2023年全国质量标杆": "National Quality Benchmarks 2023"})
    values = {**VALUES, "receipt": {"zh": "一号", "en": "one"}}
    assert render(template=told, values=values, language="en").body == "Dear 甲公司,\nreceipt one of National Quality Benchmarks 2023.\n"
    assert render(template=told, values=values, language="zh").subject == "【2023年全国质量标杆】精益管理的经验已受理"
    assert "一号" in render(template=told, values=values, language="zh").body


def test_only_the_mails_folder_is_read(text):
    found = read_templates({"mails/04_submitted.txt": text.encode(), "forms/x.json": b"{}", "season.toml": b""})
    assert list(found) == ["04_submitted"]


def test_a_value_that_is_not_given_is_named(template):
    with pytest.raises(MailIncomplete, match="receipt"):
        render(template=template, values={key: value for key, value in VALUES.items() if key != "receipt"}, language="zh")


def test_a_line_break_in_a_value_never_makes_a_second_header(template):
    wicked = {**VALUES, "experience": "好经验\r\nBcc: all@example.org\u2028\x00X"}
    subject = render(template=template, values=wicked, language="zh").subject
    assert subject == "【2023年全国质量标杆】好经验 Bcc: all@example.org X已受理"


def test_a_character_that_no_database_keeps_is_left_out(template):
    assert render(template=template, values={**VALUES, "receipt": "R\x00-1"}, language="zh").body == "甲公司：\n回执编号：R-1\n"


def test_only_plain_data_reaches_a_template(template):
    with pytest.raises(MailIncomplete, match="no plain data"):
        render(template=template, values={**VALUES, "receipt": object()}, language="zh")


def test_values_are_never_read_as_templates(template):
    assert "{{ 7 }}" in render(template=template, values={**VALUES, "receipt": "{{ 7 }}"}, language="zh").body


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("{{ receipt }}\n\n-- en", "{{ receit }}\n\n-- en"), "unknown variable 'receit', did you mean 'receipt'"),
        (("Variables: experience, receipt", "Variables: experience"), "'receipt' is used but not named"),
        (("Variables: experience, receipt", "Variables: experience, receipt, unit"), "'unit' is named under Variables but not used"),
        (("Subject-en: {{ experience }} received\n", ""), "no subject for en"),
        (("-- en --", "-- english --"), "no text for en"),
        (("{{ recipient }}：", "{% if %}"), "cannot be read"),
        (("Subject-en:", "Subjekt-en:"), "header line"),
    ],
)
def test_a_faulty_template_is_refused_with_its_fault(text, change, fault):
    with pytest.raises(MailTemplateInvalid) as refused:
        read_template(name="x", text=text.replace(*change))
    assert fault in str(refused.value)


@pytest.mark.parametrize(
    "wicked",
    [
        "{{ receipt.__class__.__mro__ }}",
        "{{ receipt|attr('__class__') }}",
        "{{ 'a' * 10**9 }}",
        "{% for a in range(9999) %}{% endfor %}",
        "{% for a in items %}{% for b in items %}{% endfor %}{% endfor %}",
        "{% include 'other' %}",
        "{% set x = 1 %}",
        "{{ receipt.format(receipt) }}",
        "{{ '%9999999d' % 1 }}",
        "{{ cycler }}",
        "{{ lipsum(9) }}",
        "{% macro m() %}{% endmacro %}",
    ],
)
def test_a_template_is_no_programme(text, wicked):
    good = text.replace("Variables: experience, receipt", "Variables: experience, receipt, items").replace(
        "{{ recipient }}：", "{{ items | join }}"
    )
    values = {**VALUES, "items": [1, 2]}
    assert render(template=read_template(name="x", text=good), values=values, language="zh").body.startswith("12")
    with pytest.raises((MailTemplateInvalid, MailIncomplete)):
        render(
            template=read_template(name="x", text=good.replace("{{ items | join }}", "{{ items | join }}" + wicked)),
            values=values,
            language="zh",
        )


def test_a_deadline_is_shown_as_the_day_that_still_counts(text):
    text = text.replace("experience, receipt", "experience, receipt, due, when").replace(
        "{{ recipient }}：", "{{ due | until }}；{{ when | clock }}；{{ due | until_en }}；{{ when | until }}"
    )
    end_of_day = datetime(2023, 9, 15, 16, tzinfo=UTC)
    noon = datetime(2023, 9, 15, 4, tzinfo=UTC)
    body = render(template=read_template(name="x", text=text), values={**VALUES, "due": end_of_day, "when": noon}, language="zh").body
    assert body.startswith("2023年9月15日24时前；2023年9月15日 12:00；the end of 15 September 2023 (Beijing time)；2023年9月15日 12:00前")
