# The two commands: `make demo` and `make test`. Both set everything up by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export XDG_CACHE_HOME := $(CURDIR)/.cache

.PHONY: demo test setup lint unit suites golden bench clean

demo: setup
	@rm -rf build/demo && mkdir -p build/demo
	@cp -R apps/fastapi-sqlalchemy build/demo/bookshop && rm -rf build/demo/bookshop/bugs build/demo/bookshop/expected
	$(BIN)/comfrey build/demo/bookshop
	@echo "The tests that were just written: build/demo/bookshop/tests/integration/"

test: setup lint unit suites

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
	$(BIN)/pytest tests -n 2 --dist loadgroup

suites: setup
	$(BIN)/python -m benchmarks.golden

golden: setup
	$(BIN)/python -m benchmarks.golden --update

bench: setup
	$(BIN)/python -m benchmarks.accuracy
	$(BIN)/python -m benchmarks.faults
	$(BIN)/python -m benchmarks.speed

clean:
	rm -rf $(VENV) .cache build dist .mypy_cache .ruff_cache .pytest_cache
