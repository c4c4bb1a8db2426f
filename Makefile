# A convenience, not a layer: every line here works by hand in the same environment.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: help install demo test chaos lint types format lock evaluate prove messages clean

help: ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: .venv/installed ## Build .venv from the pinned requirements

.venv/installed: requirements.txt requirements-dev.txt
	@echo "Building .venv (a minute or two, once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-dev.txt
	@touch .venv/installed

demo: install ## Run everything on this machine, with phones on the screen
	@exec $(BIN)/python manage.py demo

test: install ## Run the tests, on real engines
	@$(BIN)/python -m pytest -n auto --dist loadfile

chaos: install ## Kill real processes at every step and count what reached a human
	@CHAOS=full $(BIN)/python -m pytest tests/chaos

evaluate: install ## Measure the reader on the texts that no rule was tuned on
	@$(BIN)/python manage.py evaluate

prove: install ## Enumerate every protocol
	@$(BIN)/python manage.py prove

messages: install ## Collect the staff pages' texts into locale/, and compile them (needs gettext)
	@$(BIN)/python manage.py makemessages -l es --no-obsolete --no-location -i .venv -i var -i tests
	@$(BIN)/python manage.py compilemessages -i .venv -v 0

lint: install ## Style, imports, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

format: install
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## Pin what requirements/*.in ask for (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate requirements/run.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate requirements/develop.in \
		-o requirements-dev.txt

clean: ## Remove the environment and all data of the demo
	@if [ -L var/postgres ]; then rm -rf "$$(readlink -f var/postgres)"; fi
	@rm -rf var .venv
