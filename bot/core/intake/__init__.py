"""Payloads of alerting systems, one module for each."""
