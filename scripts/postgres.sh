#!/bin/sh
# A private PostgreSQL for tests: random port and password, temporary folder, nothing kept, no fsync.
#
#   scripts/postgres.sh run COMMAND [ARGUMENT…]   start, run the command with both addresses set, stop
#   scripts/postgres.sh start                     start and print them
#   scripts/postgres.sh stop                      stop what `start` started
#
# Two roles, as in production, neither a superuser: DATABASE_URL is that of the application, which row-level
# security holds; MIGRATION_DATABASE_URL that of the owner of the tables. Only here may the owner take the
# application's role, so that tests make their database as the one and run as the other.
# Root starts the server as the user "postgres" (PostgreSQL refuses to run as root).
# PG_BIN names the folder of initdb and pg_ctl if they are not found.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
state="$root/var/postgres-folder"
folder=

fail() {
    echo "postgres.sh: $*" >&2
    exit 1
}

find_programs() {
    for candidate in "${PG_BIN:-}" "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin; do
        if [ -n "$candidate" ] && [ -x "$candidate/initdb" ]; then
            programs=$candidate
        fi
    done
    [ -n "${programs:-}" ] || fail "PostgreSQL's server is not installed (Debian: apt-get install postgresql), or set PG_BIN."
}

# Runs one of PostgreSQL's programs as a user it accepts, in a folder that user may enter.
as_owner() (
    program=$1
    shift
    cd /
    if [ "$(id -u)" -eq 0 ]; then
        exec runuser -u postgres -- "$programs/$program" "$@"
    fi
    exec "$programs/$program" "$@"
)

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_server() {
    find_programs
    folder=$(mktemp -d "${TMPDIR:-/tmp}/clearinghouse-postgres.XXXXXX")
    password=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
    printf '%s\n' "$password" >"$folder/password"
    if [ "$(id -u)" -eq 0 ]; then
        id postgres >/dev/null 2>&1 || fail "There is no user 'postgres' to run the server as."
        chown -R postgres "$folder"
    fi
    as_owner initdb --pgdata="$folder/data" --username=postgres --pwfile="$folder/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 \
        || { cat "$folder/initdb.log" >&2; fail "initdb failed."; }
    cat >>"$folder/data/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
shared_buffers = 256MB
max_connections = 60
timezone = 'UTC'
CONF
    # Another process may take the free port before the server does: then try another one.
    started=
    for attempt in 1 2 3; do
        port=$(free_port)
        if as_owner pg_ctl start --pgdata="$folder/data" --options="-p $port" --log="$folder/server.log" \
            --wait --timeout=60 >/dev/null 2>&1; then
            started=$attempt
            break
        fi
    done
    [ -n "$started" ] || { cat "$folder/server.log" >&2; fail "the server did not start."; }
    PGPASSWORD=$password "$programs/psql" --host=127.0.0.1 --port="$port" --username=postgres --dbname=postgres \
        --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set="password=$password" <<'SQL'
CREATE ROLE clearinghouse LOGIN CREATEDB PASSWORD :'password';
CREATE ROLE clearinghouse_app LOGIN PASSWORD :'password';
GRANT clearinghouse_app TO clearinghouse;
CREATE DATABASE clearinghouse OWNER clearinghouse;
SQL
    MIGRATION_DATABASE_URL="postgres://clearinghouse:$password@127.0.0.1:$port/clearinghouse"
    DATABASE_URL="postgres://clearinghouse_app:$password@127.0.0.1:$port/clearinghouse"
}

stop_server() {
    [ -n "$folder" ] && [ -d "$folder" ] || return 0
    find_programs
    as_owner pg_ctl stop --pgdata="$folder/data" --mode=immediate --wait --timeout=30 >/dev/null 2>&1 || true
    rm -rf "$folder"
    folder=
}

case "${1:-}" in
run)
    shift
    [ $# -gt 0 ] || fail "run: name a command."
    trap 'stop_server' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    start_server
    export DATABASE_URL MIGRATION_DATABASE_URL
    # The child is waited for, not exec'd: the server has to be stopped after it.
    status=0
    "$@" || status=$?
    exit "$status"
    ;;
start)
    [ ! -e "$state" ] || fail "already started; 'scripts/postgres.sh stop' first."
    trap 'stop_server' EXIT
    start_server
    mkdir -p "$root/var"
    printf '%s\n' "$folder" >"$state"
    trap - EXIT
    echo "DATABASE_URL=$DATABASE_URL"
    echo "MIGRATION_DATABASE_URL=$MIGRATION_DATABASE_URL"
    ;;
stop)
    [ -e "$state" ] || fail "not started."
    folder=$(cat "$state")
    rm -f "$state"
    stop_server
    ;;
*)
    sed -n '2,13s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
