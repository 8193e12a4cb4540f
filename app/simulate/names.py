"""Invented names for the simulation: enterprises, people, experiences. None is a real organisation; every mailbox ends in ``.invalid``."""

from random import Random

from selection.uscc import check_character

_PLACES = (
    "云岭",
    "青禾",
    "北辰",
    "澜江",
    "东隅",
    "星屿",
    "赤松",
    "白鹭",
    "望海",
    "长汀",
    "银川湾",
    "金穗",
    "玉衡",
    "临溪",
    "千帆",
    "松涛",
    "海拓",
    "天枢",
    "云栖",
    "沐阳",
)
_TRADES = (
    "精密制造",
    "重型装备",
    "新材料",
    "智能装备",
    "轨道车辆",
    "电气",
    "医药",
    "食品",
    "化工",
    "纺织",
    "仪器仪表",
    "汽车部件",
    "能源科技",
    "物流",
)
_FORMS = ("有限公司", "股份有限公司", "集团有限公司")
_METHODS = (
    "六西格玛设计",
    "全过程质量追溯",
    "零缺陷管理",
    "质量数字孪生",
    "供应链协同质量管控",
    "关键工序能力提升",
    "卓越绩效",
    "可靠性增长",
    "全员改善",
    "质量大数据预警",
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = (
    "明远",
    "思齐",
    "若水",
    "景行",
    "怀瑾",
    "子衿",
    "知行",
    "文博",
    "嘉言",
    "清扬",
    "立德",
    "致远",
    "慧敏",
    "晓彤",
    "建国",
    "雨桐",
    "浩然",
    "静宜",
    "伟",
    "芳",
)


def enterprise(random: Random, number: int) -> str:
    """An enterprise's full name, unique by its number."""
    place = _PLACES[number % len(_PLACES)]
    return f"{place}{random.choice(_TRADES)}（模拟{number:03d}）{random.choice(_FORMS)}"


def person(random: Random) -> str:
    """A person's name."""
    return random.choice(_SURNAMES) + random.choice(_GIVEN)


def experience(random: Random, short: str) -> str:
    """The name of an experience as the rules of writing ask: enterprise + method + 的经验, at most 40 characters."""
    return f"{short}实施{random.choice(_METHODS)}的经验"[:40]


def short(name: str) -> str:
    """The short name of an enterprise, with which its experience's name begins."""
    return name.split("（", maxsplit=1)[0]


def uscc(number: int) -> str:
    """A valid unified social credit code (GB 32100) of an enterprise, different for each number; registered with the state itself, in no region."""
    body = f"91100000M{number:08d}"
    return body + check_character(body)


def mailbox(*parts: object) -> str:
    """An address that no mail server accepts."""
    return ".".join(str(part).lower() for part in parts) + "@simulation.invalid"
