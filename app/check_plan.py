"""Checks what a season's folder says in TOML: the settings, the plan, the working days it counts by, the English words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.check_season import form_problems, text_problems
from app.check_toml import read_table
from app.faults import Fault
from selection.calendar import Calendar, year_problems
from selection.errors import InvalidSettings, Problem
from selection.season import Season, check_plan, settings_problems, uncertain_years
from selection.season_check import faults as settings_faults

SEASON, ENGLISH = "season.toml", "english.toml"
YEAR_FILE = re.compile(r"calendar-(\d{4})\.toml")


def plan_faults(files: Mapping[str, bytes]) -> Iterator[Fault]:
    """What is wrong with the settings, with the days of the plan, and with the forms that say something else than the settings."""
    if SEASON not in files:
        return
    years, found = _years(files)
    yield from found
    settings, unreadable = read_table(files, SEASON, code="season.toml")
    if unreadable:
        yield unreadable
        return
    problems = settings_problems(settings)
    yield from _of_season("season.settings", problems)
    if problems:
        return
    season = Season.from_settings(settings)
    yield from _of_season("season.settings", settings_faults(season))
    for form, problem in (*form_problems(season, files), *text_problems(settings, files)):
        yield Fault(code="season.form", file=form, place=problem.path, zh=problem.zh, en=problem.en)
    if not found:
        calendar = Calendar.from_settings(list(years.values()))
        yield from _of_season("season.plan", check_plan(season, calendar=calendar))
        yield from (_missing(year) for year in uncertain_years(season, calendar=calendar) if year not in years)


def plan_warnings(files: Mapping[str, bytes]) -> Iterator[Fault]:
    """Years of the plan whose working days are provisional: the State Council's notice is not in the folder yet."""
    settings, unreadable = read_table(files, SEASON, code="season.toml")
    years, found = _years(files)
    if unreadable or found or settings_problems(settings):
        return  # said as a fault
    for year in uncertain_years(Season.from_settings(settings), calendar=Calendar.from_settings(list(years.values()))):
        if year in years:
            zh = f'{year}年的工作日暂按周一至周五计算；国务院通知发布后，请填入 off 和 working，并改为 status = "official"'
            en = f"{year} counts Monday to Friday until the State Council's notice: then fill in off and working, and write status = \"official\""
            yield Fault(code="calendar.provisional", file=f"calendar-{year}.toml", place="status", zh=zh, en=en, severity="warning")


def english_faults(files: Mapping[str, bytes]) -> Iterator[Fault]:
    """`english.toml` is a table of Chinese words and the English beside them: texts, nothing else, none empty."""
    table, unreadable = read_table(files, ENGLISH, code="english")
    if unreadable:
        yield unreadable
    for zh, en in table.items():
        if not isinstance(en, str) or not en.strip():
            yield Fault(code="english", file=ENGLISH, place=zh, zh="应为英文文字，请填写或删去", en="write the English as text, or leave it out")


def _of_season(code: str, problems: tuple[Problem, ...]) -> Iterator[Fault]:
    for problem in problems:
        yield Fault(code=code, file=SEASON, place=problem.path, zh=problem.zh, en=problem.en)


def _years(files: Mapping[str, bytes]) -> tuple[dict[int, dict[str, Any]], list[Fault]]:
    """The working days of each year, and what is wrong with their files; days that two years tell differently are a fault of both."""
    years: dict[int, dict[str, Any]] = {}
    found: list[Fault] = []
    for path in sorted(path for path in files if path.startswith("calendar-")):
        table, unreadable = read_table(files, path, code="calendar")
        problems = () if unreadable else tuple(_misnamed(path, table)) or year_problems(table)
        found += [unreadable] if unreadable else [_of_year(path, problem) for problem in problems]
        if not (unreadable or problems):
            years[table["year"]] = table
    try:
        Calendar.from_settings(list(years.values()))
    except InvalidSettings as refusal:
        found += [_of_year("calendar-*.toml", problem) for problem in refusal.problems]
    return years, found


def _misnamed(path: str, table: Mapping[str, Any]) -> Iterator[Problem]:
    named = YEAR_FILE.fullmatch(path)
    if not named or int(named[1]) != table.get("year"):
        zh = f"文件名应为 calendar-<年份>.toml，且与其中的 year（现为 {table.get('year', '空')}）一致"
        yield Problem(path="year", zh=zh, en=f"the file is called calendar-<year>.toml, after its year ({table.get('year', 'none')})")


def _of_year(path: str, problem: Problem) -> Fault:
    return Fault(code="calendar", file=path, place=problem.path, zh=problem.zh, en=problem.en)


def _missing(year: int) -> Fault:
    file = f"calendar-{year}.toml"
    zh = f'计划用到{year}年，但缺少 {file}。国务院通知已发布的，照通知填写 off 和 working；未发布的，先写两行：year = {year}、status = "provisional"'
    en = f"the plan reaches into {year}, but there is no {file}. Before the State Council's notice write year = {year} and status = \"provisional\""
    return Fault(code="calendar.missing", file=file, place="", zh=zh, en=en)
