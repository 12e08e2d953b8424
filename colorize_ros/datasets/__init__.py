"""Readers of public data sets, and what makes a good image bad."""
