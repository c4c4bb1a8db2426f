from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitor.models import ClinicLine
from notifications.models import Page, ProofHead, Team
from notifications.oncall import chain, proof

# More is of no use: where a chain has been cut through, everything behind may be wrong.
MOST = 50


class Command(BaseCommand):
    help = (
        "The proof of pages: `verify` checks the hash chains of the database, or of an "
        "exported file without one, and exits with 1 and the place where a chain breaks; "
        "`export` writes JSON lines; `heads` prints where each chain ends, to be kept "
        "elsewhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="Check the chains.")
        export = actions.add_parser("export", help="Write a chain as JSON lines.")
        actions.add_parser("heads", help="Print where each team's chain ends.")
        for one in (verify, export):
            one.add_argument("--clinic", default="", help="The clinic's short name (slug).")
            one.add_argument("--page", default="", help="A page's reference, as in K7QDM.")
        verify.add_argument("--file", default="", help="An exported file; no database is used.")
        verify.add_argument(
            "--head",
            default="",
            metavar="TEAM:PLACE:HASH",
            help="A head that was kept elsewhere: the chain must still pass through it.",
        )
        export.add_argument("--to", default="", help="The file to write; else the output.")

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        if action == "heads":
            for head in ProofHead.objects.order_by("team"):
                self.stdout.write(f"{head.team_id}:{head.place}:{head.anchor}")
        elif action == "export":
            self._export(_exported(options), to=options["to"])
        elif options["file"]:
            self._say([chain.check_file(_read(options["file"]))])
        elif options["head"]:
            self._pass_through(options["head"])
        elif options["page"]:
            self._say([proof.verify_page(_page(options["page"]))])
        else:
            self._say(proof.verify_team(team) for team in _teams(options["clinic"]))

    def _export(self, lines: Iterator[str], *, to: str) -> None:
        text = "".join(f"{line}\n" for line in lines)
        if not to:
            self.stdout.write(text, ending="")
            return
        try:
            Path(to).write_text(text, encoding="ascii")
        except OSError as error:
            raise CommandError(f"{to} can't be written: {error.strerror}.") from None

    def _say(self, reports: Iterable[chain.Report]) -> None:
        entries = pages = 0
        faults: list[chain.Fault] = []
        for report in reports:
            entries += report.entries
            pages += len(report.pages)
            faults += report.faults
        for fault in faults[:MOST]:
            self.stderr.write(f"BROKEN {fault}")
        said = f"{entries} entries of {pages} pages"
        if faults:
            raise CommandError(f"{said}: {len(faults)} breaks, the first ones named above.")
        self.stdout.write(f"{said}: intact")

    def _pass_through(self, head: str) -> None:
        team, place, anchor = [*head.split(":"), "", ""][:3]
        if not (team.isdecimal() and place.isdecimal() and anchor):
            raise CommandError(f"{head!r} is no head; write it as `proof heads` prints it.")
        if not proof.passes_through(team=int(team), place=int(place), anchor=anchor):
            raise CommandError(
                f"BROKEN team {team}: the chain does not pass through place {place}."
            )
        self.stdout.write(f"The chain passes through place {place}.")


def _exported(options: dict[str, Any]) -> Iterator[str]:
    if options["page"]:
        return proof.export_page(_page(options["page"]))
    if not options["clinic"]:
        raise CommandError("Say what to export: --clinic SLUG or --page REFERENCE.")
    [team] = _teams(options["clinic"])
    return proof.export_team(team)


def _read(path: str) -> str:
    try:
        # As it is, byte by byte: a line that ends otherwise was changed.
        return Path(path).read_bytes().decode("ascii")
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"BROKEN {path} is no export: it holds more than ASCII.") from None


def _page(reference: str) -> Page:
    page = Page.objects.filter(reference=reference).first()
    if page is None:
        raise CommandError(f"There is no page {reference!r}.")
    return page


def _teams(slug: str) -> list[Team]:
    """The team that is paged for a clinic; all teams where none is named."""
    if not slug:
        return list(Team.objects.order_by("pk"))
    line = ClinicLine.objects.filter(clinic__slug=slug).select_related("team").first()
    if line is None:
        known = ", ".join(ClinicLine.objects.values_list("clinic__slug", flat=True))
        raise CommandError(f"No clinic {slug!r} has a line. Known: {known or 'none'}.")
    return [line.team]
