"""A crowd of made-up patients, written straight into the tables: to measure, and to look at.

The demo lives through three weeks of 40 patients with the production code. 200,000 can't be
lived through; their rows are written as the production code would have left them. How often
what happens is in `monitor/simulation/rates.toml`, and what the rules make of an answer comes
from the rules themselves.
"""
