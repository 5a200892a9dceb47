"""`zhulian …`: the commands of the contract, each a thin layer over the packages."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer
from rich.console import Console

from graph.errors import ZhulianError
from graph.privacy import without_contacts
from zhulian import __version__
from zhulian.commands import account, assign, build, federate, forget, gaps, history, learn, match, resolve, serve, show, team, template

app = typer.Typer(name="zhulian", help="珠联: a knowledge graph of scientists, societies and enterprises.", no_args_is_help=True,
                  add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

for module in (build, serve, match, assign, team, gaps, learn, show, account, history, resolve, forget, federate, template):
    module.register(app)

REPEATED = ("--need", "--region", "--chain", "--kind")
"""Options that take several values in a row: `--region 50 51` is `--region 50 --region 51`."""


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    if version:
        typer.echo(f"zhulian {__version__}")
        raise typer.Exit


def spread(arguments: list[str]) -> list[str]:
    """Repeat an option of REPEATED before each of the values that follow it."""
    result: list[str] = []
    option: str | None = None
    fresh = False
    for word in arguments:
        if word.startswith("--"):
            option, fresh = (word if word in REPEATED else None), True
        elif option is not None and not fresh:
            result.append(option)
        else:
            fresh = False
        result.append(word)
    return result


def main() -> NoReturn:
    """Run a command line. Exit status 0: done; 1: the work failed; 2: wrong usage. An error is one line, without `--debug`."""
    arguments = [a for a in sys.argv[1:] if a != "--debug"]
    debug = len(arguments) < len(sys.argv) - 1
    try:
        app(spread(arguments), standalone_mode=False)
    except ZhulianError as error:
        if debug:
            raise
        _fail(str(error), error.exit_status)
    except typer.Abort:
        _fail("stopped; what was not finished was not written", 1)
    except typer.TyperException as error:
        _fail(error.format_message() if hasattr(error, "format_message") else str(error), 2)
    except KeyboardInterrupt:
        _fail("stopped; what was not finished was not written", 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if debug:
            raise
        _fail(f"a fault of the program: {type(error).__name__}: {error}; run again with --debug and report it", 1)
    sys.exit(0)


def _fail(message: str, status: int) -> NoReturn:
    Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print("error: " + without_contacts(" ".join(message.split())))
    sys.exit(status)
