from __future__ import annotations

import pytest

from cms.library.headers import attachment, safe_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Закон о миграции.pdf", "Закон о миграции.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("temp\\отчёт.doc", "отчёт.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a b Set-Cookie x.pdf"),
        ("invoice\u202egnp.exe", "invoice gnp.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("я" * 300 + ".pdf", "я" * 75 + ".pdf"),
    ],
)
def test_names_of_senders_become_harmless(name: str, expected: str) -> None:
    assert safe_name(name, "pdf") == expected


def test_both_names_of_the_standard_are_given() -> None:
    assert attachment("Résumé «1».pdf") == (
        "attachment; filename=\"Resume 1.pdf\"; filename*=UTF-8''R%C3%A9sum%C3%A9%20%C2%AB1%C2%BB.pdf"
    )
    assert attachment("Закон.pdf").startswith('attachment; filename="document.pdf"; filename*=UTF-8')
