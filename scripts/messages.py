"""Catalogues of user-facing strings: extraction, completeness, merging, compiling.

English stands in the code and is the msgid; every other language has one ``django.po`` per app. GNU
gettext is not needed: Babel reads Python, and Django turns its templates into what Babel reads.

Usage: ``python -m scripts.messages {check,update,compile,export,import} …``; `main` tells the rest.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from registry.languages import DEFAULT_LANGUAGE, LANGUAGE_CODES

ROOT = Path(__file__).resolve().parent.parent
APPS = ("registry", "cms", "search", "importers", "graphql/subgraph", "config")
#: Texts of packages said better, kept by hand (LOCALE_PATHS).
OVERRIDES = "config/overrides/*/LC_MESSAGES/*.po"
TARGETS = tuple(code for code in LANGUAGE_CODES if code != DEFAULT_LANGUAGE)
KEYWORDS = dict(DEFAULT_KEYWORDS) | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]?\d*(?:\.\d+)?[a-z]|%[sdr]|\{\w*(?:![rsa])?(?::[^{}]*)?\}")
LINE_WIDTH = 110

#: A message is known by its context and its singular msgid.
Key = tuple[str | None, str]


def extract_template(
    source: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Any]:
    """Babel's extraction method for Django templates."""
    code = templatize(source.read().decode())
    # The text between tags keeps its indentation, which Python's tokenizer would refuse.
    flat = "\n".join(line.lstrip() for line in code.split("\n"))
    return extract_python(io.BytesIO(flat.encode()), keywords, comment_tags, dict(options))  # type: ignore[arg-type]


METHODS: Sequence[tuple[str, Any]] = (("**/templates/**", extract_template), ("**.py", "python"))


def key_of(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def forms(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """A msgid or msgstr as a tuple of its plural forms; one form where there is no plural."""
    return (value or "",) if isinstance(value, str) or value is None else tuple(value)


def translated(message: Message) -> bool:
    return all(forms(message.string))


def messages(catalog: Catalog) -> Iterator[Message]:
    """The messages without the header."""
    return (message for message in catalog if message.id)


def catalog_path(app: str, language: str) -> Path:
    return ROOT / app / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"


def extracted(app: str, language: str) -> Catalog:
    """What the code and the templates of an app say, untranslated, sorted by file."""
    catalog = Catalog(locale=language, header_comment="", fuzzy=False)
    found = extract_from_dir(ROOT / app, METHODS, keywords=KEYWORDS, comment_tags=("Translators",))
    for filename, line, msgid, comments, context in found:
        catalog.add(msgid, None, [(f"{app}/{filename}", line)], auto_comments=comments, context=context)
    return catalog


def stored(app: str, language: str) -> Catalog:
    """The committed catalogue of an app; empty where there is none."""
    path = catalog_path(app, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def placeholders(text: str) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(text))


def complaint(message: Message | None) -> str | None:
    """What is wrong with a stored message, or None."""
    if message is None or not translated(message):
        return "not translated"
    if message.fuzzy:
        return "marked fuzzy"
    english, theirs = forms(message.id), forms(message.string)
    if len(theirs) > 2:  # then the first form stands for 21 as well as for 1 and has to show the number
        english = english[-1:]
    allowed = {placeholders(form) for form in english}
    if any(placeholders(form) not in allowed for form in theirs):
        return "other placeholders than the English text"
    return None


def problems() -> list[str]:
    """One line per message that is missing, fuzzy, left over, or has other placeholders than its msgid."""
    found = []
    for app in APPS:
        for language in TARGETS:
            path = catalog_path(app, language).relative_to(ROOT)
            wanted = {key_of(message): message for message in messages(extracted(app, language))}
            known = stored(app, language)
            have = {key_of(message): message for message in messages(known)}
            for key, message in wanted.items():
                if what := complaint(have.get(key)):
                    found.append(f"{path}: {what}: {key[1]!r} (from {message.locations[0][0]})")
            left_over = [key for key in have if key not in wanted] + [
                key_of(m) for m in known.obsolete.values()
            ]
            found += [f"{path}: no longer used: {key[1]!r}" for key in left_over]
    return found


def memory(language: str) -> dict[Key, Message]:
    """Every translation there is, of all apps, so that a string that moves keeps its translation."""
    catalogs = [stored(app, language) for app in APPS]
    everything = [m for c in catalogs for m in (*c.obsolete.values(), *messages(c)) if translated(m)]
    return {key_of(message): message for message in everything}


def merged(app: str, language: str, remembered: Mapping[Key, Message]) -> Catalog:
    """What the app says now with the translations known; its own catalogue goes before the other apps'."""
    catalog = extracted(app, language)
    own = {key_of(message): message for message in messages(stored(app, language))}
    for message in messages(catalog):
        known = own.get(key_of(message))
        if known is None or not translated(known):
            known = remembered.get(key_of(message), known)
        if known is None:
            continue
        message.user_comments = known.user_comments
        if len(forms(known.id)) == len(forms(message.id)):
            message.string = known.string
            message.flags |= known.flags & {"fuzzy"}
    return catalog


def save(app: str, language: str, catalog: Catalog) -> bool:
    """Write the catalogue if it differs from the file; returns whether it did. No dates: diffs show texts."""
    path = catalog_path(app, language)
    if not len(catalog):
        existed = path.exists()
        path.unlink(missing_ok=True)
        return existed
    body = io.BytesIO()
    write_po(body, catalog, width=LINE_WIDTH, omit_header=True, sort_by_file=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {to_locale(language)}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    content = header.encode() + body.getvalue().strip() + b"\n"
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def compile_catalog(path: Path) -> None:
    """Write the ``.mo`` file beside a ``.po`` file."""
    with path.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    content = io.BytesIO()
    write_mo(content, catalog)
    path.with_suffix(".mo").write_bytes(content.getvalue())


def escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def unescape(text: str) -> str:
    named = {"t": "\t", "n": "\n"}
    return re.sub(r"\\(.)", lambda match: named.get(match[1], match[1]), text)


def table_key(key: Key) -> str:
    """The first column of a translators' table: the msgid, after its context in brackets if it has one."""
    return f"[{key[0]}] {key[1]}" if key[0] else key[1]


def read_table(paths: Iterable[Path]) -> dict[str, tuple[str, ...]]:
    """Tab-separated lines: msgid, then the translation, or one column per plural form. Later lines win."""
    table = {}
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            msgid, *strings = (unescape(cell) for cell in line.split("\t"))
            if not strings:
                raise SystemExit(f"{path}:{number}: expected a msgid, a tab and its translation.")
            table[msgid] = tuple(string for string in strings if string)
    return table


def run_update(language: str, table: Mapping[str, tuple[str, ...]], *, replace: bool = False) -> list[str]:
    """Bring every catalogue of a language up to date, filling in from ``table``; returns what to report."""
    report, used = [], set()
    remembered = memory(language)
    for app in APPS:
        catalog = merged(app, language, remembered)
        for message in messages(catalog):
            name = table_key(key_of(message))
            strings = table.get(name)
            if not strings:
                continue
            used.add(name)
            wanted = catalog.num_plurals if message.pluralizable else 1
            if len(strings) != wanted:
                report.append(f"{app}: {name!r}: {wanted} forms expected, {len(strings)} given; left out.")
            elif replace or not translated(message):
                message.string = strings if message.pluralizable else strings[0]
                message.flags.discard("fuzzy")
        missing = sum(not translated(message) for message in messages(catalog))
        if save(app, language, catalog) or missing:
            report.append(f"{app}: {language}: {len(catalog)} messages, {missing} not translated.")
    report += [f"no app says {name!r}: left out." for name in table if name not in used]
    return report


def export_lines(language: str, *, only_missing: bool) -> list[str]:
    """The lines of a translators' table, each message once, for `read_table` to take back."""
    lines: dict[str, str] = {}
    remembered = memory(language)
    for app in APPS:
        for message in messages(merged(app, language, remembered)):
            if not (only_missing and translated(message)):
                name = table_key(key_of(message))
                lines.setdefault(name, "\t".join(escape(cell) for cell in (name, *forms(message.string))))
    return list(lines.values())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.messages", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="list what is missing or wrong; fails if there is anything")
    commands.add_parser("update", help="merge what the code says into the catalogues")
    compiling = commands.add_parser("compile", help="write .mo files")
    compiling.add_argument("files", nargs="*", type=Path, help="catalogues; all of them if none is named")
    exporting = commands.add_parser("export", help="print a table for translators: msgid, tab, translation")
    exporting.add_argument("--missing", action="store_true", help="only what is not translated")
    importing = commands.add_parser("import", help="take translations from such tables")
    importing.add_argument("files", nargs="+", type=Path)
    importing.add_argument("--replace", action="store_true", help="also where there is a translation already")
    for command in (exporting, importing):
        command.add_argument("--language", choices=TARGETS, default=TARGETS[0])
    options = parser.parse_args()
    lines: list[str] = []
    if options.command == "check":
        lines = problems()
    elif options.command == "update":
        lines = [line for language in TARGETS for line in run_update(language, {})]
    elif options.command == "import":
        lines = run_update(options.language, read_table(options.files), replace=options.replace)
    elif options.command == "export":
        lines = export_lines(options.language, only_missing=options.missing)
    else:
        everything = [catalog_path(app, language) for app in APPS for language in TARGETS]
        everything += sorted(ROOT.glob(OVERRIDES))
        for path in options.files or filter(Path.exists, everything):
            compile_catalog(path)
    for line in lines:
        print(line)
    return int(options.command == "check" and bool(lines))


if __name__ == "__main__":
    sys.exit(main())
