"""Results as offline HTML pages."""

from views.entity import write_entity
from views.report import write_report

__all__ = ["write_entity", "write_report"]
