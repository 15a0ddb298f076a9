"""Settings, URLs and servers. Knows every app, holds no logic.

The GraphQL app lives in ``graphql/subgraph``. ``graphql/`` itself must never become a package, or it
would hide graphql-core from strawberry; so the folder is put on the import path instead.
"""

import sys
from pathlib import Path

_source = Path(__file__).resolve().parent.parent / "graphql"
# Installed, <site-packages>/graphql is graphql-core, which has an __init__.py; ours never has one.
if _source.is_dir() and not (_source / "__init__.py").exists() and str(_source) not in sys.path:
    sys.path.append(str(_source))
