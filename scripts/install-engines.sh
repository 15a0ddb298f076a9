#!/bin/sh
# Installs what the real-engine tests need and is absent: PostgreSQL's server, Chromium, a Cyrillic font.
# For root on Debian; does nothing where everything is there.
set -eu

missing=
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || missing="$missing fonts-dejavu-core"

if [ -z "$missing" ]; then
    echo "PostgreSQL, Chromium and fonts: installed."
    exit 0
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
for attempt in 1 2 3; do
    # Word splitting is meant: one argument per package. Another apt-get at work is waited for.
    # shellcheck disable=SC2086
    if apt-get update -qq && apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends \
        $missing </dev/null >/dev/null; then
        exit 0
    fi
    echo "apt-get failed (attempt $attempt of 3)." >&2
    sleep 5
done
exit 1
