# Two commands on a fresh machine with Python 3.11, git and make: `make demo` and `make test`. Each does all the set-up itself.
PY ?= python3
PEOPLE ?= 36000
MONTH ?= 2016-06
DEMO ?= demo
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test check format accuracy promises bench lock clean

.venv/.stamp: pyproject.toml requirements.lock
	test -x .venv/bin/python || $(PY) -m venv .venv
	.venv/bin/python -m pip install -q --disable-pip-version-check "uv==0.13.8"
	.venv/bin/uv pip sync -q --python .venv/bin/python --require-hashes --compile-bytecode requirements.lock
	.venv/bin/uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation --compile-bytecode -e .
	touch $@

setup: .venv/.stamp

demo: setup
	.venv/bin/tuodi demo --people $(PEOPLE) --month $(MONTH) --out $(DEMO)

test: setup
	.venv/bin/python -m pytest -q

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

format: setup
	.venv/bin/ruff check -q --fix .
	.venv/bin/ruff format -q .

# A simulated year of 36,000 people against its hidden truth: several minutes. Results go to benchmarks/results/.
accuracy: setup
	.venv/bin/python -m pytest -q tests/accuracy

# Hostile files and strings, tried and counted: a few minutes.
promises: setup
	.venv/bin/python -m pytest -q tests/promises

# A million rows in each format beside the bare reader, every way in a process of its own: some minutes. Results go to benchmarks/results/.
bench: setup
	.venv/bin/python -m benchmarks.intake

lock: setup
	.venv/bin/uv pip compile -q pyproject.toml --universal --all-extras --generate-hashes -o requirements.lock

clean:
	rm -rf .venv $(DEMO) build dist .mypy_cache .ruff_cache .pytest_cache
