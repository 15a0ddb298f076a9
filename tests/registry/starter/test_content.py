"""The starter content itself; no database."""

import csv
from collections import Counter

import pycountry
import pytest

from registry.languages import LANGUAGE_CODES
from registry.starter import starter_content
from registry.starter.content import StarterCode, StarterIndicator, Texts
from tests.paths import SHARED

CONTENT = starter_content()
LISTS = {codelist.code: codelist for codelist in CONTENT.codelists}
INDICATORS = {indicator.code: indicator for indicator in CONTENT.indicators}
ISO = {country.alpha_3 for country in pycountry.countries}
STATES = ["ARM", "AZE", "BLR", "GEO", "KAZ", "KGZ", "MDA", "RUS", "TJK", "TKM", "UKR", "UZB"]

BY_CITIZENSHIP = ("REF_AREA", "CITIZENSHIP", "SEX")
BY_STATUS = ("REF_AREA", "CITIZENSHIP_STATUS", "SEX")
BY_DECISION = ("REF_AREA", "CITIZENSHIP", "SEX", "DECISION")
BY_ORIGIN = ("REF_AREA", "CITIZENSHIP")

#: code: table number, nature, frequencies, dimensions; in the order of the index
EXPECTED = {
    "DSM_0": ("", "stock", "AS", ("REF_AREA", "SEX")),
    "DSM_1": ("", "stock", "AS", BY_CITIZENSHIP),
    "DSM_2A": ("", "flow", "AS", BY_CITIZENSHIP),
    "DSM_2B": ("", "flow", "AS", BY_CITIZENSHIP),
    "DSM_2C": ("", "flow", "AS", BY_DECISION),
    "DSM_3": ("", "flow", "AS", BY_CITIZENSHIP),
    "DSM_4": ("", "flow", "AS", BY_CITIZENSHIP),
    "DSM_5": ("", "flow", "AS", BY_CITIZENSHIP),
    "DSM_6": ("", "flow", "AS", BY_DECISION),
    "CH_1_1": ("1.1", "stock", "A", ("REF_AREA", "BIRTH_STATUS", "SEX")),
    "CH_1_2": ("1.2", "stock", "A", ("REF_AREA", "BIRTH_COUNTRY", "SEX")),
    "CH_2_1": ("2.1", "stock", "A", BY_STATUS),
    "CH_2_2": ("2.2", "stock", "A", BY_CITIZENSHIP),
    "CH_3": ("3", "flow", "A", ("REF_AREA", "PREV_RESIDENCE", "SEX")),
    "CH_4": ("4", "flow", "A", ("REF_AREA", "NEXT_RESIDENCE", "SEX")),
    "CH_5_1": ("5.1", "flow", "A", BY_STATUS),
    "CH_5_2": ("5.2", "flow", "A", BY_CITIZENSHIP),
    "CH_6_1": ("6.1", "flow", "A", BY_STATUS),
    "CH_6_2": ("6.2", "flow", "A", BY_CITIZENSHIP),
    "CH_7_1": ("7.1", "flow", "A", BY_STATUS),
    "CH_7_2": ("7.2", "flow", "A", ("REF_AREA", "PREV_CITIZENSHIP", "SEX")),
    "UNHCR_REF": ("", "stock", "A", BY_ORIGIN),
    "UNHCR_ASY": ("", "stock", "A", BY_ORIGIN),
    "UNHCR_IDP": ("", "stock", "A", BY_ORIGIN),
    "UNHCR_STA": ("", "stock", "A", BY_ORIGIN),
    "UNHCR_OOC": ("", "stock", "A", BY_ORIGIN),
    "NET_MIG": ("", "flow", "A", ("REF_AREA",)),
}


def codes(codelist: str) -> dict[str, StarterCode]:
    return {code.code: code for code in LISTS[codelist].codes}


def ancestors(code: str, codelist: str) -> list[str]:
    found: list[str] = []
    parent = codes(codelist)[code].parent
    while parent:
        found.append(parent)
        parent = codes(codelist)[parent].parent
    return found


def test_there_are_the_agreed_indicators_with_their_dimensions() -> None:
    found = {
        indicator.code: (
            indicator.table_number,
            indicator.nature,
            "".join(indicator.frequencies),
            tuple(dimension.code for dimension in indicator.dimensions),
        )
        for indicator in CONTENT.indicators
    }

    assert found == EXPECTED
    assert list(found) == list(EXPECTED)


@pytest.mark.parametrize("indicator", CONTENT.indicators, ids=lambda indicator: indicator.code)
def test_an_indicator_is_by_area_and_starts_from_totals(indicator: StarterIndicator) -> None:
    area, *others = indicator.dimensions

    assert (area.code, area.role, area.codelist, area.default_member) == ("REF_AREA", "geo", "CL_AREA", None)
    assert [dimension.role for dimension in others] == ["classification"] * len(others)
    assert [dimension.default_member for dimension in others] == ["_T"] * len(others)
    assert (indicator.counting_unit, indicator.decimals) == ("persons", 0)
    assert indicator.unit == {"en": "persons", "ru": "человек"}
    assert indicator.can_be_negative == (indicator.code == "NET_MIG")


@pytest.mark.parametrize("language", LANGUAGE_CODES)
@pytest.mark.parametrize("indicator", CONTENT.indicators, ids=lambda indicator: indicator.code)
def test_dimension_labels_of_an_indicator_differ(indicator: StarterIndicator, language: str) -> None:
    labels = [dimension.name[language] for dimension in indicator.dimensions]

    assert len(set(labels)) == len(labels)


def test_dimensions_are_called_what_they_mean_in_the_table() -> None:
    unhcr = {dimension.code: dimension.name for dimension in INDICATORS["UNHCR_REF"].dimensions}
    acquired = {dimension.code: dimension.name for dimension in INDICATORS["CH_7_1"].dimensions}

    assert unhcr["REF_AREA"] == {"en": "Country of asylum", "ru": "Страна убежища"}
    assert unhcr["CITIZENSHIP"] == {"en": "Country of origin", "ru": "Страна происхождения"}
    assert acquired["CITIZENSHIP_STATUS"] == {"en": "Status of receiver", "ru": "Статус получателя"}
    assert INDICATORS["DSM_1"].dimensions[1].name == {"en": "Citizenship", "ru": "Гражданство"}


def test_no_text_is_empty_or_untranslated() -> None:
    texts: dict[str, Texts] = {}
    for codelist in CONTENT.codelists:
        texts[codelist.code] = codelist.name
        texts[f"{codelist.code} description"] = codelist.description
        texts |= {f"{codelist.code}.{code.code}": code.name for code in codelist.codes}
    for indicator in CONTENT.indicators:
        texts[indicator.code] = indicator.name
        texts[f"{indicator.code} definition"] = indicator.definition
        texts |= {f"{indicator.code}.{dimension.code}": dimension.name for dimension in indicator.dimensions}
    texts |= {participant.code: participant.name for participant in CONTENT.participants}

    cyrillic = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
    for place, text in texts.items():
        assert set(text) == set(LANGUAGE_CODES), place
        assert text["en"].strip() == text["en"] != "", place
        assert not cyrillic & set(text["en"].lower()), place
        assert text["ru"].strip() == text["ru"], place
        assert cyrillic & set(text["ru"].lower()), place


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_names_are_told_apart(language: str) -> None:
    assert not repeated([indicator.name[language] for indicator in CONTENT.indicators])
    assert not repeated([participant.name[language] for participant in CONTENT.participants])
    for codelist in CONTENT.codelists:
        assert not repeated([code.name[language] for code in codelist.codes]), codelist.code


def repeated(names: list[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def test_every_country_of_iso_is_in_every_country_list_once() -> None:
    assert len(ISO) == 249
    for codelist in ("CL_AREA", "CL_COUNTRY", "CL_CITIZENSHIP"):
        found = Counter(code.code for code in LISTS[codelist].codes)
        assert {code: found[code] for code in ISO} == dict.fromkeys(ISO, 1)


def test_codes_beside_the_countries() -> None:
    beside = {
        codelist: [code for code in codes(codelist) if code not in ISO and not code.isdigit()]
        for codelist in ("CL_AREA", "CL_COUNTRY", "CL_CITIZENSHIP")
    }

    assert beside == {
        "CL_AREA": ["XKX", "XXX"],
        "CL_COUNTRY": ["_T", "XKX", "CSK", "SCG", "SUN", "YUG", "XXX"],
        "CL_CITIZENSHIP": ["_T", "XKX", "CSK", "SCG", "SUN", "YUG", "TIB", "XXA", "XXX"],
    }
    former = {country.alpha_3 for country in pycountry.historic_countries}
    assert {"CSK", "SCG", "SUN", "YUG"} <= former
    assert codes("CL_CITIZENSHIP")["XXA"].name == {"en": "Stateless", "ru": "Без гражданства"}


def test_short_code_lists() -> None:
    assert list(codes("CL_SEX")) == ["_T", "M", "F", "_U"]
    assert list(codes("CL_CITIZENSHIP_STATUS")) == ["_T", "NAT", "FOR", "STLS", "UNK"]
    assert list(codes("CL_BIRTH_STATUS")) == ["_T", "NAT", "FOR", "UNK"]
    assert list(codes("CL_DECISION")) == ["_T", "POS", "NEG", "OTH"]
    assert len(codes("CL_AGE")) == 23


def test_every_list_starts_with_its_only_total_and_all_hangs_under_it() -> None:
    for codelist in CONTENT.codelists:
        total = codelist.codes[0].code
        assert total == ("001" if codelist.code == "CL_AREA" else "_T")
        assert [code.code for code in codelist.codes if code.is_total] == [total]
        for code in codelist.codes[1:]:
            assert ancestors(code.code, codelist.code)[-1] == total, (codelist.code, code.code)


def test_five_year_age_groups_lie_in_the_broad_ones() -> None:
    children = Counter(code.parent for code in LISTS["CL_AGE"].codes)

    assert children == {None: 1, "_T": 4, "Y_LT15": 3, "Y15T64": 10, "Y_GE65": 5}
    assert codes("CL_AGE")["Y_GE85"].parent == "Y_GE65"
    assert codes("CL_AGE")["Y20T24"].name == {"en": "20–24 years", "ru": "20–24 года"}


def test_areas_lie_in_their_regions() -> None:
    assert ancestors("UZB", "CL_AREA") == ["143", "142", "001"]
    assert ancestors("MDA", "CL_AREA") == ["151", "150", "001"]
    assert ancestors("KEN", "CL_AREA") == ["014", "202", "002", "001"]
    assert ancestors("JEY", "CL_AREA") == ["830", "154", "150", "001"]
    order = list(codes("CL_AREA"))
    assert order[order.index("143") : order.index("030")] == ["143", "KAZ", "KGZ", "TJK", "TKM", "UZB"]
    assert order[-2:] == ["ATA", "XXX"]


@pytest.mark.parametrize(
    ("code", "english", "russian"),
    [
        ("MDA", "Republic of Moldova", "Республика Молдова"),
        ("RUS", "Russian Federation", "Российская Федерация"),
        ("KGZ", "Kyrgyzstan", "Кыргызстан"),
        ("BLR", "Belarus", "Беларусь"),
        ("TKM", "Turkmenistan", "Туркменистан"),
        ("HKG", "China, Hong Kong SAR", "Китай, САР Гонконг"),
        ("PSE", "State of Palestine", "Государство Палестина"),
        ("IMN", "Isle of Man", "Остров Мэн"),
        ("LCA", "Saint Lucia", "Сент-Люсия"),
        ("001", "World", "Весь мир"),
        ("145", "Western Asia", "Западная Азия"),
    ],
)
def test_areas_are_named_as_the_united_nations_name_them(code: str, english: str, russian: str) -> None:
    assert codes("CL_AREA")[code].name == {"en": english, "ru": russian}


def test_countries_are_in_alphabetical_order_whatever_their_accents() -> None:
    order = [code for code in codes("CL_CITIZENSHIP") if code in ISO]

    assert order[:3] == ["AFG", "ALA", "ALB"]
    assert order[-1] == "ZWE"


def test_the_participants_are_the_twelve_states_and_three_organisations() -> None:
    states = [participant for participant in CONTENT.participants if participant.kind == "state"]
    others = [participant for participant in CONTENT.participants if participant.kind == "organisation"]

    assert [participant.code for participant in states] == STATES
    assert [participant.area for participant in states] == STATES
    assert [participant.name for participant in states] == [codes("CL_AREA")[code].name for code in STATES]
    assert [(participant.code, participant.area) for participant in others] == [
        ("UNHCR", None),
        ("UNDESA", None),
        ("WORLDBANK", None),
    ]


needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the folder shared/ beside the project")

#: Where we keep CLDR's or ISO's form, or a shorter or more careful one, on purpose.
OWN_FORM = {
    "en": {"CIV", "HKG", "MAC", "FLK", "SJM", "TWN", "WLF"},
    "ru": {
        "ALA", "ATA", "ATF", "BES", "CCK", "CYM", "HKG", "MAC", "MYT", "NLD", "SGS", "SJM",
        "TWN", "WLF",
    },
}  # fmt: skip


@needs_shared
@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_names_agree_with_the_list_of_the_united_nations(language: str) -> None:
    rows = read_rows(f"names/UNSD-{language}.csv")
    differing = {
        row["ISO-alpha3 Code"]
        for row in rows
        if plain(codes("CL_AREA")[row["ISO-alpha3 Code"]].name[language]) != plain(row["Country or Area"])
    }

    assert differing == OWN_FORM[language]


@needs_shared
def test_regions_agree_with_the_list_of_the_united_nations() -> None:
    levels = ("Intermediate Region Code", "Sub-region Code", "Region Code", "Global Code")
    for row in read_rows("names/UNSD-en.csv"):
        code = row["ISO-alpha3 Code"]
        found = [region for region in ancestors(code, "CL_AREA") if region != "830"]
        assert found == [row[level] for level in levels if row[level]], code


@needs_shared
def test_every_code_of_unhcr_has_a_place() -> None:
    ours = {"UNK": "XXX"}
    rows = read_rows("migration/unhcr/population.csv")

    origins = {ours.get(row["coo_iso"], row["coo_iso"]) for row in rows}
    areas = {ours.get(row["coa_iso"], row["coa_iso"]) for row in rows}

    assert origins <= set(codes("CL_CITIZENSHIP"))
    assert areas <= set(codes("CL_AREA"))


def read_rows(path: str) -> list[dict[str, str]]:
    with (SHARED / "data" / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(name: str) -> str:
    return name.replace("ё", "е").replace("’", "'").replace(" — ", "-").casefold()
