# Everything is done from here; make without a target lists the targets.
# Needs Go 1.26; lab also needs Python 3.10 or later with its venv module. What is missing, install/need.sh says.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
export CGO_ENABLED := 0

BIN  := bin/ipclab
VENV := .venv
NB   ?= notebooks/00-tour.ipynb

PYTHON        ?= python3
JUPYTER_FLAGS ?=
RUN_FLAGS     ?=
PUBLISH_FLAGS ?=
BOOK_FLAGS    ?=
BENCH         ?= .
IPCREF        ?=
MECHANISMS    ?=
ROUNDS        ?= 31
PACKAGES      ?= ./...
PARTS         ?=
HOMEWORK      ?= *
export PYTHON

# JupyterLab wants to be told; in a container one often is root.
ALLOW_ROOT  = $(if $(filter 0,$(shell id -u)),--allow-root)
VERSION     = $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: help build lab run publish book notebooks homework container-fetch container test lint bench bench-go bench-fork bench-queue bench-kernel generate clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

need-%:
	@install/need.sh $*

build: | need-go ## build bin/ipclab, one static binary
	@test -e $(BIN) || echo 'The first build takes a minute or more, without a sign of it.'
	go build -trimpath -ldflags '-X main.version=$(VERSION)' -o $(BIN) ./kernel/cmd/ipclab

# The copy of the requirements in the environment is written last, so that an
# environment which could not be completed is tried again.
$(VENV)/requirements.txt: install/requirements.txt
	@install/need.sh venv
	@echo 'JupyterLab comes into $(VENV): a minute or more, without a sign of it.'
	@$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@cp $< $@

lab: build $(VENV)/requirements.txt ## open JupyterLab in notebooks/ with the kernel (JUPYTER_FLAGS=--port=9999)
	@$(BIN) install --prefix $(VENV)
	cd notebooks && exec $(abspath $(VENV))/bin/jupyter-lab $(ALLOW_ROOT) \
		--MultiKernelManager.default_kernel_name=ipclab $(JUPYTER_FLAGS) $(patsubst notebooks/%,%,$(wildcard $(NB)))

run: build ## run a notebook without Python and print its outputs (NB=notebooks/02-pipes.ipynb for another than the tour)
	@$(BIN) run $(RUN_FLAGS) $(NB)

publish: build $(VENV)/requirements.txt ## run a notebook and write it as HTML and PDF into published/ (NB=..., PUBLISH_FLAGS=--help)
	@$(VENV)/bin/python notebooks/publish/publish.py $(PUBLISH_FLAGS) $(NB)

$(VENV)/requirements-book.txt: install/requirements-book.txt $(VENV)/requirements.txt
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@cp $< $@

book: build $(VENV)/requirements-book.txt ## build the course as a website in published/book (BOOK_FLAGS=--run runs it first)
	@$(VENV)/bin/python notebooks/book/build.py $(BOOK_FLAGS)

notebooks: build ## run the chapters again, over themselves
	@$(BIN) run --in-place --provenance $(sort $(wildcard notebooks/[0-9][0-9]-*[a-z].ipynb))

$(VENV)/requirements-homework.txt: install/requirements-homework.txt $(VENV)/requirements.txt
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@cp $< $@

homework: build $(VENV)/requirements-homework.txt ## make the students' versions of the homework (HOMEWORK=rpc-door for one)
	@$(BIN) install --prefix $(VENV) >/dev/null
	cd notebooks/homework && PATH="$(abspath $(VENV))/bin:$$PATH" nbgrader generate_assignment --force --assignment='$(HOMEWORK)'
	@echo 'The students'"'"' versions are in notebooks/homework/release.'

container-fetch: ## download what the container image is made of: the only step that needs the network
	@install/container.sh fetch

container: build ## build the container image "ipclab" without network (BASE=..., ENGINE=podman)
	@install/container.sh build

test: | need-go need-python ## run all checks and tests (PARTS=go PACKAGES=./kernel/... for some of them)
	@$(PYTHON) kernel/jupytertest/run --packages '$(PACKAGES)' $(PARTS)

lint: | need-go ## gofmt, go vet for both architectures, staticcheck
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt -w:" $$unformatted >&2; exit 1; }
	go vet $(PACKAGES)
	GOARCH=arm64 go vet $(PACKAGES)
	go run $(STATICCHECK) $(PACKAGES)

bench: | need-go need-cc ## compare all mechanisms with a C program, p50 of rounds in turns (MECHANISMS="pipe futex" ROUNDS=15 IPCREF=pp.c)
	@IPCREF='$(IPCREF)' MECHANISMS='$(MECHANISMS)' ROUNDS='$(ROUNDS)' go test -run '^$$' -bench AgainstC -benchtime 1x -timeout 30m ./ipclab

bench-go: | need-go ## run the Go benchmarks (BENCH=Fork PACKAGES=./runtime/fork)
	go test -run '^$$' -bench '$(BENCH)' -benchmem $(PACKAGES)

bench-fork: build $(VENV)/requirements.txt | need-cc ## compare Fork with a C program's fork, medians in turns: compiled, then in a cell
	go test -run '^$$' -bench Fork -benchtime 1x ./runtime/fork
	@$(BIN) install --prefix $(VENV) >/dev/null
	$(VENV)/bin/python kernel/jupyterbench/fork.py $(VENV)/share/jupyter/kernels/ipclab/kernel.json

bench-queue: | need-go need-cc ## compare the queue and the ring in mapped memory with C programs, medians in turns
	@go test -run '^$$' -bench QueueSpeed -benchtime 1x ./ipclab

bench-kernel: build $(VENV)/requirements.txt ## measure the kernel beside ipykernel (takes minutes; wants an idle machine)
	@$(BIN) install --prefix $(VENV) >/dev/null
	$(VENV)/bin/python kernel/jupyterbench/compare.py $(VENV)/share/jupyter/kernels/ipclab/kernel.json

generate: | need-go ## write the tables of what cells can use anew, after a change of Go or of ipclab/
	go generate ./runtime/symbols

clean: ## remove what make has made
	rm -rf bin $(VENV) .cache published notebooks/*.executed.ipynb notebooks/homework/release
