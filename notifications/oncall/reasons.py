"""Why something cannot be, in words for staff that can be shown in another language. Pure."""


class Reason(ValueError):
    """`template` with `values` is the message, for whoever shows it in another language."""

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template % values)
        self.template = template
        self.values = values
