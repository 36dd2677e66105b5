# Everything that this project does, from nothing but Python 3.11 or newer and make.
# Another Python: make run PYTHON=python3.13

PYTHON ?=
# pytest's arguments: make test ARGS="tests/domain -k token"
ARGS ?=
UV ?= uv

BIN := .venv/bin
ENVIRONMENT = @python=$$(sh .ci/python "$(PYTHON)") && "$$python" .ci/environment.py $(if $(PYTHON),--exact)

.DEFAULT_GOAL := help
.PHONY: help run test lint check bench lock clean runtime dev

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: runtime ## Start the server with its own database and the demo portfolio
	@$(BIN)/stepchange serve

test: dev ## Run all tests
	@$(BIN)/pytest -n logical --maxprocesses 8 --dist worksteal $(ARGS)

lint: dev ## Check format, style, types and the directions of imports
	@echo "ruff format" && $(BIN)/ruff format --check
	@echo "ruff check" && $(BIN)/ruff check
	@echo "mypy" && $(BIN)/mypy
	@echo "import contracts" && $(BIN)/lint-imports

check: lint test ## Everything that has to pass before a change is sent: lint, then test

bench: dev ## Run every benchmark, or those whose name contains NAME: make bench NAME=snapshot
	@$(BIN)/python -m benchmarks $(NAME)

lock: ## Renew both lock files from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, or UV=/path/to/uv"; exit 2; }
	@for group in build dev; do \
		file=requirements.lock; if [ $$group = dev ]; then file=requirements-dev.lock; fi; \
		echo "$$file" && $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-annotate --no-header --group $$group pyproject.toml -o $$file || exit 1; done

clean: ## Remove .venv and all caches; data in .stepchange stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.stepchange/*' -prune -exec rm -rf {} +

runtime:
	$(ENVIRONMENT) runtime

dev:
	$(ENVIRONMENT) dev
