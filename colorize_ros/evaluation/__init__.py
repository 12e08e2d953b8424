"""Metrics, baselines, and the evaluation of each task on data sets and bags."""
