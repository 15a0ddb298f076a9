#!/usr/bin/env bash
# What a new installation starts with is whole and in every language: pages, documents, terms. Runs in a
# database of its own that is thrown away afterwards.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
export VAR_DIR=$folder DATABASE_URL=''
manage() { .venv/bin/python manage.py "$@"; }

manage migrate --verbosity 0
for content in load_starter load_pages load_library; do
    manage "$content"
done
failed=0
for check in check_pages check_translations check_library; do
    manage "$check" || failed=1
done
exit "$failed"
