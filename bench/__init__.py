"""Measurements: `python -m bench` runs every module here that has a `run`, `python -m bench search` one of them.

`run() -> dict` measures and returns figures; they are kept in `bench/results/<name>.json` with facts of the machine and
without dates, so that two results can be compared line by line. What must hold is a ratio or a bound in the figures;
`limits` of a module names them, and a figure beyond its limit is reported.
"""
