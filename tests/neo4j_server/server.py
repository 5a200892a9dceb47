"""A real Neo4j Community server for the tests, run from its Maven artefacts: no Docker, no installed service.

`provision` copies the jars that pom.xml names into a folder, once. `Neo4jServer` runs a server from them, on loopback,
in a temporary home, for as long as a `with` block lasts. `python -m tests.neo4j_server.server` provisions, checks that
a suitable Java is there, and prints the folder.
"""

import atexit
import hashlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from xml.etree import ElementTree

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(__file__).parents[2] / ".cache"
JAVA_VERSIONS = (17, 21)
START_SECONDS = 120.0
STOP_SECONDS = 30.0

# The server reaches into these packages of the JDK for its page cache and channels.
JVM_OPTIONS = (
    "-Xms256m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")),
)

SETTINGS = {
    "dbms.security.auth_enabled": "true",
    "dbms.usage_report.enabled": "false",
    "server.config.strict_validation.enabled": "true",
    "server.default_advertised_address": "127.0.0.1",
    "server.default_listen_address": "127.0.0.1",
    # Without it, LOAD CSV of file:/// reads the whole disk.
    "server.directories.import": "import",
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "server.memory.pagecache.size": "64m",
    # Stops in a fifth of a second instead of ten: nobody else is using this server.
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    "internal.server.bolt.thread_pool_shutdown_wait_time": "1s",
}


class Neo4jServerError(RuntimeError):
    """The server cannot be provisioned, started or administered; the message says why and holds the end of its log."""


class Neo4jAddress(NamedTuple):
    """What a client needs to reach a server."""

    uri: str
    username: str
    password: str


def provision(folder: Path = CACHE) -> Path:
    """Copy the server's jars with Maven into a folder below `folder` named by version and digest of pom.xml; return it.

    The folder is complete or absent (the jars are copied beside it, then renamed): a later call has nothing to do, and
    calls may overlap. Raises Neo4jServerError if Maven is missing or fails.
    """
    pom = POM.read_bytes()
    version = ElementTree.fromstring(pom).findtext("{*}properties/{*}neo4j.version")
    target = folder / f"neo4j-{version}-{hashlib.sha256(pom).hexdigest()[:8]}"
    if target.is_dir():
        return target
    maven = shutil.which("mvn")
    if maven is None:
        raise Neo4jServerError("Maven (mvn), which fetches the server, is not on PATH: install Debian's package maven")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f"{target.name}.") as temporary:
        jars = Path(temporary, "jars")
        copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
        _run([maven, "-q", "-B", "-f", str(POM), *copy], f"fetching Neo4j {version} with Maven")
        try:
            jars.rename(target)
        except OSError:
            # Another process renamed its own copy first; any other cause is an error.
            if not target.is_dir():
                raise
    return target


def java_version(java: Path) -> int | None:
    """The major version that a `java` program reports (8 for 1.8), or None if it does not run or says none."""
    try:
        result = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', result.stderr + result.stdout)
    return int(found[1]) if found else None


def java_candidates() -> list[Path]:
    """The `java` programs of this machine: JAVA_HOME, then PATH, then Debian's folder of Java installations."""
    home, on_path = os.environ.get("JAVA_HOME"), shutil.which("java")
    named = [Path(home, "bin", "java")] if home else []
    found = [Path(on_path)] if on_path else []
    return [*named, *found, *sorted(Path("/usr/lib/jvm").glob("*/bin/java"))]


def find_java(candidates: Iterable[Path] | None = None) -> Path:
    """The first of `candidates` (default: `java_candidates()`) that Neo4j 5 runs on; Neo4jServerError if none is."""
    seen = []
    for java in java_candidates() if candidates is None else candidates:
        version = java_version(java)
        if version in JAVA_VERSIONS:
            return java
        seen.append(f"{java} is {version or 'no Java'}")
    wanted = " or ".join(map(str, JAVA_VERSIONS))
    raise Neo4jServerError(
        f"Neo4j needs Java {wanted} (found: {', '.join(seen) or 'none'}): "
        "install Debian's package openjdk-17-jre-headless or set JAVA_HOME"
    )


class Neo4jServer:
    """A Neo4j server in a home of its own, made with the object and removed by `close` or on leaving the `with` block.

    Bolt only, on a free loopback port; the user `neo4j` has a fresh password. The server ends with the process that
    started it, however that ends (on Linux; elsewhere at a regular exit). Start it from a thread that lives as long.
    """

    def __init__(self, jars: Path, settings: Mapping[str, str] | None = None) -> None:
        """Prepare a home for a server of the jars in `jars` (see `provision`); `settings` are added to neo4j.conf.

        Raises Neo4jServerError without a suitable Java, or if a setting stops the initial password from being set.
        """
        self._java = find_java()
        self._jars = jars
        self._process: subprocess.Popen[bytes] | None = None
        self._temporary = tempfile.TemporaryDirectory(prefix="neo4j-", ignore_cleanup_errors=True)
        atexit.register(self.close)
        self.home = Path(self._temporary.name)
        self.log = self.home / "console.log"
        port = _free_port()
        self.address = Neo4jAddress(f"bolt://127.0.0.1:{port}", "neo4j", secrets.token_hex(12))
        self.uri, self.username, self.password = self.address
        (self.home / "import").mkdir()
        configuration = self.home / "conf" / "neo4j.conf"
        configuration.parent.mkdir()
        lines = {**SETTINGS, "server.bolt.listen_address": f"127.0.0.1:{port}", **(settings or {})}
        configuration.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
        try:
            self.admin("dbms", "set-initial-password", self.password)
        except Neo4jServerError:
            self.close()
            raise

    @property
    def pid(self) -> int | None:
        """The id of the server's process, None while it does not run."""
        return self._process.pid if self._process else None

    def admin(self, *arguments: str) -> str:
        """Run neo4j-admin on this home; return what it printed. `database import` and `dump` need the server stopped.

        Raises Neo4jServerError with that output if it fails.
        """
        command = self._command("org.neo4j.cli.AdminTool", *arguments)
        # Two words name the command; the rest may hold a password.
        return _run(command, f"neo4j-admin {' '.join(arguments[:2])}", self._environment(), self.home)

    def launch(self) -> None:
        """Start the process without waiting for it; nothing happens if it is there already."""
        if self._process:
            return
        directories = [f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"]
        command = self._command("org.neo4j.server.CommunityEntryPoint", *directories, "--console-mode")
        # setpriv (util-linux) has the kernel end the server when its parent dies, even by SIGKILL, where atexit cannot.
        setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
        guarded = [setpriv, "--pdeathsig", "KILL", *command] if setpriv else command
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C stops the tests, which then stop the server in order.
            self._process = subprocess.Popen(
                guarded,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                cwd=self.home,
                start_new_session=True,
            )

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start the server, or start it again after `stop` with its data, and wait at most `seconds` for it to answer.

        Raises Neo4jServerError, with the end of its log, if it ends or does not answer; it is stopped then.
        """
        self.launch()
        deadline = time.monotonic() + seconds
        while (refusal := self._refusal()) is not None:
            status = self._process.poll() if self._process else None
            if status is None and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            self.stop()
            waited = f"did not answer at {self.uri} within {seconds:g} s ({refusal})"
            problem = waited if status is None else f"ended with status {status}"
            log = self.log.read_text(encoding="utf-8", errors="replace")
            raise Neo4jServerError(f"the Neo4j server {problem}; the end of its log:\n{_tail(log)}")

    def stop(self) -> None:
        """Stop the server and wait for it; its data stays for another `start`. Nothing happens if it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self) -> None:
        """Stop the server and remove its home; may be called again."""
        atexit.unregister(self.close)
        self.stop()
        self._temporary.cleanup()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _command(self, main_class: str, *arguments: str) -> list[str]:
        return [str(self._java), *JVM_OPTIONS, "-cp", str(self._jars / "*"), main_class, *arguments]

    def _environment(self) -> dict[str, str]:
        # The caller's NEO4J_URI and the like are for another server.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
        return {**inherited, "NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}

    def _refusal(self) -> str | None:
        """Why the server does not answer a query; None if it does."""
        try:
            # A plain connection first: the driver would retry, and log, while nobody listens.
            socket.create_connection(("127.0.0.1", int(self.uri.rpartition(":")[2])), timeout=1).close()
            with neo4j.GraphDatabase.driver(self.uri, auth=(self.username, self.password)) as driver:
                driver.execute_query("RETURN 1", database_="neo4j")
        except (OSError, DriverError, Neo4jError) as problem:
            return str(problem)
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: list[str], what: str, environment: dict[str, str] | None = None, folder: Path | None = None) -> str:
    """Run a program and return all that it printed; raises Neo4jServerError with the end of that if it fails."""
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        cwd=folder,
        check=False,
    )
    if result.returncode:
        raise Neo4jServerError(f"{what} failed (status {result.returncode}):\n{_tail(result.stdout)}")
    return result.stdout


def _tail(text: str, lines: int = 30) -> str:
    return "\n".join(text.splitlines()[-lines:]) or "(it printed nothing)"


if __name__ == "__main__":
    try:
        print(provision())
        find_java()
    except Neo4jServerError as problem:
        sys.exit(f"error: {problem}")
