# anjuan 案卷: `make help` lists everything.
.DEFAULT_GOAL := help
PY := .venv/bin/python
FLASK := .venv/bin/flask
export PYTHONPATH := $(CURDIR)

.PHONY: help setup run test check bench doctor demo-reset articles pictures lock

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## install what is missing, prepare fonts and front-end files
	@scripts/setup.sh run

run: ## set up, carry both demo cases to their packages, serve on 127.0.0.1:8000
	@scripts/setup.sh run
	@$(FLASK) demo

test: ## set up, then run all tests
	@scripts/setup.sh test
	@$(PY) -m pytest -q

check: ## lint, types, layers
	@scripts/setup.sh test
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

bench: ## measure; results in bench/results/
	@scripts/setup.sh test
	@$(PY) -m bench

doctor: ## look for what would go wrong: fonts, ffmpeg, SQLite, disk, clock, calendar
	@scripts/setup.sh run
	@$(FLASK) health

demo-reset: ## put the demo data back as they were
	@$(FLASK) demo --reset

articles: ## article by article: documents, gates, deadlines and the tests that show them
	@$(FLASK) articles --tests

pictures: ## draw docs/pictures anew: pages and documents
	@$(PY) -m scripts.pictures
	@$(PY) -m scripts.contact_sheets

lock: ## resolve requirements.in into the lock file
	@.venv/bin/uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header -q requirements.in -o requirements.txt
