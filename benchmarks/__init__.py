"""Figures of the docs, each made again by one command."""
