#!/bin/sh
# Makes and runs the image of install/Containerfile.
#
#   install/container.sh fetch    download what goes into it: the only step that needs the network
#   install/container.sh build    build it, with bin/ipclab, without network
#   install/container.sh run      run it: JupyterLab at http://127.0.0.1:8888
#
# ENGINE is docker or podman, BASE the image to begin with, TAG the name of the new one. VOLUME, which is
# filled with the notebooks the first time, keeps what is changed in them. FETCH_FLAGS and RUN_FLAGS are
# further flags of ENGINE run, a proxy's certificate for instance. What was fetched
# is in .cache/container and can be copied to a machine without network, with the base image (docker save).
set -eu

cd "$(dirname "$0")/.."
ENGINE=${ENGINE:-docker}
BASE=${BASE:-docker.io/library/python:3.11-slim}
TAG=${TAG:-ipclab}
VOLUME=${VOLUME:-ipclab}
FOLDER=$PWD/.cache/container

fail() {
	echo "install/container.sh: $*" >&2
	exit 1
}

need_engine() {
	command -v "$ENGINE" >/dev/null || fail "there is no $ENGINE on PATH: apt-get install docker.io, or ENGINE=podman"
	"$ENGINE" info >/dev/null 2>&1 || fail "$ENGINE does not answer: is its daemon running, and may you use it? ($ENGINE info)"
}

need_base() {
	"$ENGINE" image inspect "$BASE" >/dev/null 2>&1 || "$ENGINE" pull "$BASE" ||
		fail "the base image $BASE cannot be had: bring it by $ENGINE save and $ENGINE load, or name another one with Python by BASE=..."
}

# Wheels and packages are chosen by the base image's own pip and apt, so that they fit it.
fetch() {
	need_base
	rm -rf "$FOLDER"
	mkdir -p "$FOLDER/wheels" "$FOLDER/debs/partial"
	cp install/requirements.txt "$FOLDER"
	"$ENGINE" run --rm --volume "$FOLDER:/fetch" ${FETCH_FLAGS:-} "$BASE" sh -euc '
		python3 -m pip download --disable-pip-version-check --only-binary=:all: --dest /fetch/wheels -r /fetch/requirements.txt
		apt-get update
		apt-get install --yes --no-install-recommends --download-only -o Dir::Cache::archives=/fetch/debs gcc libc6-dev strace
		rm -rf /fetch/debs/partial /fetch/debs/lock
		chown -R --reference=/fetch /fetch/wheels /fetch/debs'
}

build() {
	[ -x bin/ipclab ] || fail "bin/ipclab is not there: make build"
	ls "$FOLDER"/wheels/*.whl "$FOLDER"/debs/*.deb >/dev/null 2>&1 || fail "nothing was fetched yet: make container-fetch"
	cmp -s install/requirements.txt "$FOLDER/requirements.txt" || fail "install/requirements.txt has changed: make container-fetch"
	"$ENGINE" image inspect "$BASE" >/dev/null 2>&1 || fail "the base image $BASE is not there: make container-fetch"
	rm -rf "$FOLDER/notebooks"
	cp bin/ipclab "$FOLDER"
	tar -c --exclude='*.executed.ipynb' --exclude=.ipynb_checkpoints --exclude=__pycache__ notebooks | tar -x -C "$FOLDER"
	"$ENGINE" build --network none --build-arg "BASE=$BASE" --file install/Containerfile --tag "$TAG" "$FOLDER"
}

# SYS_PTRACE: Docker permits ptrace(2) without it, but process_vm_readv(2) only with it, and Strace needs both.
run() {
	"$ENGINE" image inspect "$TAG" >/dev/null 2>&1 || fail "there is no image $TAG yet: make container"
	exec "$ENGINE" run --rm --interactive --tty --publish 127.0.0.1:8888:8888 --cap-add SYS_PTRACE --shm-size 1g \
		--volume "$VOLUME:/home/student/notebooks" ${RUN_FLAGS:-} "$TAG"
}

case "${1:-}" in
fetch | build | run)
	need_engine
	"$1"
	;;
*) fail "want fetch, build or run" ;;
esac
