"""Loaded before tests/conftest.py, so that the database is there when that imports models."""

pytest_plugins = ["tests.plugin_database"]
