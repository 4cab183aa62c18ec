#!/bin/sh
# Ends with status 1, and says in one line what to install, if a tool is missing:
#
#   install/need.sh go        Go, as new as go.mod wants it
#   install/need.sh python    Python, as new as JupyterLab wants it
#   install/need.sh venv      the same with its module venv
#   install/need.sh cc        a C compiler
#
# PYTHON and CC name others than python3 and cc.
set -eu

cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
CC=${CC:-cc}

fail() {
	echo "make: $*" >&2
	exit 1
}

# Go from 1.21 on fetches by itself what go.mod wants; older ones do not understand the file.
need_go() {
	wanted=$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' go.mod)
	get="get it from https://go.dev/dl and add its bin folder to PATH"
	command -v go >/dev/null || fail "needs Go $wanted, and there is no go on PATH: $get"
	version=$(go env GOVERSION) || fail "needs Go $wanted: $get"
	found=$(echo "$version" | sed 's/^go\([0-9]*\.[0-9]*\).*/\1/')
	oldest=$(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1)
	[ "$oldest" = "$wanted" ] || fail "needs Go $wanted, and go is ${version#go}: $get"
}

need_python() {
	command -v "$PYTHON" >/dev/null || fail "needs Python 3.10 or later, and there is no $PYTHON: apt-get install python3 python3-venv, or PYTHON=..."
	"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail "needs Python 3.10 or later, and $PYTHON is older: give another one by PYTHON=..."
}

need_venv() {
	need_python
	"$PYTHON" -c 'import venv, ensurepip' 2>/dev/null || fail "needs Python's module venv: apt-get install python3-venv, or PYTHON=..."
}

need_cc() {
	command -v "$CC" >/dev/null || fail "needs a C compiler, and there is no $CC: apt-get install gcc libc6-dev, or CC=..."
}

case "${1:-}" in
go | python | venv | cc) "need_$1" ;;
*) fail "install/need.sh: want go, python, venv or cc" ;;
esac
