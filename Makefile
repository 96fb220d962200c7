# The two commands: `make demo` and `make test`. Both set everything up by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export XDG_CACHE_HOME := $(CURDIR)/.cache
export PATH := $(PATH):$(CURDIR)/$(VENV)/tools

.PHONY: demo test setup lint unit golden bench clean

demo: setup
	@rm -rf build/demo && mkdir -p build/demo
	@cp -R apps/fastapi-sqlalchemy build/demo/bookshop && rm -rf build/demo/bookshop/bugs build/demo/bookshop/expected
	$(BIN)/comfrey build/demo/bookshop
	@echo "The tests that were just written: build/demo/bookshop/tests/integration/"

test: setup lint unit

setup: $(VENV)/ready

$(VENV)/ready: pyproject.toml .ci/setup
	@PYTHON="$(PYTHON)" sh .ci/setup $(VENV)
	@touch $@

lint: setup
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: setup
	$(BIN)/pytest tests -n 3

golden: setup
	COMFREY_UPDATE_GOLDEN=1 COMFREY_ORDERS=3 $(BIN)/pytest tests/apps

# TRUTH is a folder of truth files, TREES one of checkouts, PEER another scanner's command.
bench: setup
	$(BIN)/python -m benchmarks.faults
	$(if $(TRUTH),$(BIN)/python -m benchmarks.accuracy $(TRUTH) --trees $(TREES))
	$(if $(TREES),$(BIN)/python -m benchmarks.speed $(wildcard $(TREES)/*) $(if $(PEER),--peer $(PEER)))

clean:
	rm -rf $(VENV) .cache build dist .mypy_cache .ruff_cache .pytest_cache
