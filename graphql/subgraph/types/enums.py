"""Closed lists of values, free of language. Tests hold them against the lists of the registry."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry

value: Any = strawberry.enum_value


@strawberry.enum(description="How often figures are given (SDMX CL_FREQ).")
class Frequency(Enum):
    ANNUAL = value("A", description="Once a year; periods look like 2010.")
    HALF_YEARLY = value("S", description="Twice a year; periods look like 2010-S1.")
    QUARTERLY = value("Q", description="Four times a year; periods look like 2010-Q1.")
    MONTHLY = value("M", description="Every month; periods look like 2010-01.")


@strawberry.enum(description="What a dimension stands for (the roles of JSON-stat and SDMX).")
class DimensionRole(Enum):
    TIME = value("time", description="Reference periods.")
    GEO = value("geo", description="Reference areas.")
    METRIC = value("metric", description="Measures.")
    CLASSIFICATION = value("classification", description="Anything else by which figures are broken down.")


@strawberry.enum(description="Where an indicator comes from.")
class IndicatorCollection(Enum):
    DSM = value("dsm", description="The indicators of the Data Sharing Mechanism.")
    CLEARINGHOUSE = value("clearinghouse", description="The tables of the Clearinghouse.")
    INTERNATIONAL = value("international", description="Indicators of international sources.")
    NATIONAL = value("national", description="One participant's own indicators.")


@strawberry.enum(description="Whether figures count what is there or what happens.")
class Nature(Enum):
    STOCK = value("stock", description="What is there at a moment.")
    FLOW = value("flow", description="What happens during a period.")


@strawberry.enum(description="What is counted.")
class CountingUnit(Enum):
    PERSONS = value("persons", description="Persons.")
    CASES = value("cases", description="Cases: applications, decisions and the like.")


@strawberry.enum(description="What a participant is.")
class ParticipantKind(Enum):
    STATE = value("state", description="A State.")
    ORGANISATION = value("organisation", description="An international organisation.")


@strawberry.enum(description="What a document of the e-library is.")
class DocumentKind(Enum):
    LEGISLATION = value("legislation", description="A law, a decree or another legal act.")
    POLICY = value("policy", description="A policy, a strategy or a programme.")
    STATISTICAL_REPORT = value("statistical_report", description="A report made of figures.")
    GUIDELINE = value("guideline", description="A guideline or a methodology.")
    MEETING_REPORT = value("meeting_report", description="The report or the papers of a meeting.")
    PUBLICATION = value("publication", description="A book, an article or another publication.")
    FORM = value("form", description="A form or a questionnaire, filled in or not.")
    TRAINING = value("training", description="Material for teaching.")


@strawberry.enum(description="What a term of the glossary speaks of.")
class TermTopic(Enum):
    DATA = value("data", description="Kinds of data.")
    MEASURE = value("measure", description="Stocks, flows and how they are counted.")
    PERSONS = value("persons", description="Persons and kinds of migration.")
    QUALITY = value("quality", description="Indicators and the quality of data.")
    PROCESS = value("process", description="How data are shared and who sees them.")
    SOURCES = value("sources", description="Sources of data and national terms.")


@strawberry.enum(
    description="The status of a figure (SDMX CL_OBS_STATUS). A figure without one is normal. A place "
    "without "
    "a figure and without a status was never reported; zero is a figure."
)
class ObservationStatus(Enum):
    B = value("B", description="Break in the series.")
    D = value("D", description="The definition differs.")
    E = value("E", description="Estimated.")
    F = value("F", description="Forecast.")
    I = value("I", description="Imputed.")  # noqa: E741 - the code of the standard
    L = value("L", description="Not collected; there is no figure.")
    M = value("M", description="Not applicable; there is no figure.")
    O = value("O", description="Missing; there is no figure.")  # noqa: E741
    P = value("P", description="Provisional.")
    Q = value("Q", description="Withheld; there is no figure.")
    U = value("U", description="Of low reliability.")


@strawberry.enum(description="What a legal or official document is.")
class LegalKind(Enum):
    LAW = value("law", description="A law.")
    BYLAW = value("bylaw", description="A decree or regulation.")
    INSTRUCTION = value("instruction", description="An instruction.")
    FORM = value("form", description="A registration or application form.")
    POLICY = value("policy", description="A policy or programme.")
    AGREEMENT = value("agreement", description="An international agreement.")
