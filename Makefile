# Shirushi. Each target sets up what it needs; `make` alone lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run site test check bench tools wasm32 packages deny

CARGO ?= cargo
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
TOOLS := $(TARGET)/tools
NPM := $(TOOLS)/node_modules/.package-lock.json
ZXING := $(TOOLS)/zxing-cpp
ZXING_VERSION := 3.1.1
DENY_VERSION := 0.20.2
DENY := $(TOOLS)/cargo-deny-$(DENY_VERSION)/bin/cargo-deny
PORT ?= 8080

# `--workspace` with one binary: cargo then chooses the features of all members together, and members share what is compiled.
BUILD := $(CARGO) build --workspace --locked

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: site ## build and start a demonstration on http://localhost:8080 (PORT=…); its data: ./demo
	$(BUILD) --bin shirushi
	$(TARGET)/debug/shirushi demo --dir demo --port $(PORT)

# The program and the tests in one build: the tests' own dependencies ask more of some crates, and a program built apart would
# have nearly all of them compiled twice.
test: check site packages $(NPM) ## everything that CI holds us to
	$(BUILD) --bin shirushi --tests
	$(CARGO) test --workspace --locked

check: wasm32 deny ## formatting, lints, `shared` alone for wasm32, licences and sources of dependencies
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(CARGO) clippy -p shirushi-web -p shirushi-offline -p shirushi-reader --lib --target wasm32-unknown-unknown --locked -- -D warnings
	$(CARGO) build -p shirushi-shared --target wasm32-unknown-unknown --profile wasm-ui --locked

# What others read of the same pictures stands beside ours (docs/reading.md).
bench: PYTHON := python3-venv
bench: site packages $(ZXING)/$(ZXING_VERSION) ## sizes, and speed as ratios of two things measured in one run; photographs where they lie (SHIRUSHI_DATA)
	$(BUILD) --bin shirushi
	$(CARGO) bench -p shirushi-tests --locked --bench figures
	$(CARGO) run -p shirushi-reader --release --locked --example measure

site: wasm32 ## the checker's static files → target/site
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(NPM); fi || true
	$(BUILD) --bin shirushi-bundle
	$(TARGET)/debug/shirushi-bundle

tools: wasm32 packages $(DENY) $(NPM) ## all that the other targets would fetch

wasm32:
	@[ -d "$$(rustc --print target-libdir --target wasm32-unknown-unknown)" ] || rustup target add wasm32-unknown-unknown

# wasm-opt for the site, axe-core for the accessibility stories.
$(NPM): web/bundle/package.json web/bundle/package-lock.json
	mkdir -p $(TOOLS)
	cp web/bundle/package.json web/bundle/package-lock.json $(TOOLS)/
	cd $(TOOLS) && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

# In a Python environment of its own. Where it cannot be had, its column stays empty.
$(ZXING)/$(ZXING_VERSION): | packages
	@python3 -m venv --clear $(ZXING) \
	    && $(ZXING)/bin/pip install --quiet --disable-pip-version-check --only-binary :all: zxing-cpp==$(ZXING_VERSION) \
	    && touch $@ || echo "zxing-cpp cannot be fetched from here"

# Without optimisation (`--debug`): it runs for a second, and builds in a minute.
$(DENY):
	CARGO_TARGET_DIR=$(TOOLS)/build $(CARGO) install cargo-deny --locked --debug --version =$(DENY_VERSION) --root $(TOOLS)/cargo-deny-$(DENY_VERSION)
	rm -rf $(TOOLS)/build

deny: $(DENY)
	$(DENY) --locked check bans licenses sources
	@if timeout 60 $(DENY) fetch db >/dev/null 2>&1; then \
	    $(DENY) --locked check --disable-fetch advisories; \
	else \
	    echo "advisories not checked: the advisory database cannot be reached from here"; \
	fi

# command:package
PACKAGES := chromium:chromium chromedriver:chromium-driver redis-server:redis-server zbarimg:zbar-tools pdftoppm:poppler-utils openssl:openssl npm:npm

packages:
	@missing=""; \
	for pair in $(PACKAGES); do \
	    command -v "$${pair%%:*}" >/dev/null || missing="$$missing $${pair##*:}"; \
	done; \
	command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$$missing postgresql"; \
	ls /usr/share/fonts/*/noto/NotoSansCJK* >/dev/null 2>&1 || missing="$$missing fonts-noto-cjk"; \
	[ -z "$(PYTHON)" ] || python3 -c 'import ensurepip' 2>/dev/null || missing="$$missing $(PYTHON)"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	    echo "missing here (by their Debian names):$$missing"; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then sudo=""; \
	elif sudo -n true 2>/dev/null; then sudo="sudo -n"; \
	else \
	    echo "missing here; install with: sudo apt-get install$$missing"; exit 1; \
	fi; \
	$$sudo apt-get update && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing
