"""Rows on their way into the tables, by COPY."""

import json
from functools import cached_property
from typing import Any

from django.db import connection, models

Row = tuple[Any, ...]


class Table:
    """Rows of one model. `names` are the fields (or "x_id") that each row gives, in order.

    What a row does not give has the model's own default; JSON is given as text.
    """

    def __init__(self, model: type[models.Model], names: str) -> None:
        self.model = model
        self.names = names.split()
        self.rows: list[Row] = []
        self.written = 0

    def go_on(self) -> None:
        """Number the rows after those that are there already."""
        if self._numbered:
            self.written = (
                self.model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
            )

    def add(self, *values: Any) -> None:
        """Keep a row for the next `flush`."""
        self.rows.append(values)

    def flush(self) -> None:
        """Write what was kept. Inside a transaction; what it points to is written already."""
        columns, rest = self._columns
        names = ", ".join(connection.ops.quote_name(name) for name in columns)
        table = connection.ops.quote_name(self.model._meta.db_table)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in self.rows:
                copy.write_row((*row, *rest))
        self.written += len(self.rows)
        self.rows.clear()

    @cached_property
    def _columns(self) -> tuple[list[str], Row]:
        """The columns in the order of a row, and the values that every row has in common."""
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        fields |= {field.name: field for field in self.model._meta.concrete_fields}
        given = [str(fields[name].column) for name in self.names]
        common = {
            str(field.column): _default(field)
            for field in self.model._meta.concrete_fields
            if field.column not in given and _needs_a_value(field)
        }
        return [*given, *common], tuple(common.values())

    @cached_property
    def _numbered(self) -> bool:
        """Whether the rows give a number that otherwise the database does."""
        key = self.model._meta.pk
        return isinstance(key, models.AutoField) and key.name in self.names

    def restart(self) -> None:
        """Let the numbers that the database gives go on after those written."""
        if not self._numbered:
            return
        table, column = self.model._meta.db_table, self.model._meta.pk.column
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                [connection.ops.quote_name(table), column, max(1, self.written)],
            )


def _needs_a_value(field: "models.Field[Any, Any]") -> bool:
    """Whether a row without it would be refused: neither null nor made by the database."""
    return not field.null and not field.has_db_default() and not field.primary_key


def _default(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    return json.dumps(value) if isinstance(field, models.JSONField) else value
