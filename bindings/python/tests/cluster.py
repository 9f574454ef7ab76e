"""The job on a standalone cluster of one master and two workers, one of which is killed while it works.

    python tests/cluster.py PROGRAM [--archives N] [--pages N] [--rate] [FOLDER…]

Archives are made of the fixtures and the pages of the folders. No page may be lost or doubled: rows equal those of the program.
With `--rate` nobody is killed, and the pages that a core of the cluster scans in a second are told beside the program's.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pyarrow.parquet as pq
import pyspark
from archives import write_archives

TABLES = ["pages", "networks", "bids", "slots", "requests", "findings"]
WORKERS = 2
# Six virtual machines of Java start beside each other here: what the second compiler does does not pay before they end.
JAVA = "-XX:TieredStopAtLevel=1"
HOME = Path(pyspark.__file__).parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Cluster:
    """A master and workers with a core each; all of them end with the block."""

    def __init__(self, folder: Path, workers: int):
        self.folder, self.url = folder, f"spark://127.0.0.1:{free_port()}"
        self.has_lost = False
        self.processes = [self._start("master", "Master", "--host", "127.0.0.1", "--port", self.url.rsplit(":")[-1])]
        self._wait_for_master()
        for number in range(workers):
            self.processes.append(
                self._start(f"worker-{number}", "Worker", "--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work-{number}"), self.url)
            )

    def _start(self, name: str, what: str, *arguments: str) -> subprocess.Popen:
        environment = {**os.environ, "SPARK_HOME": str(HOME), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, "SPARK_DAEMON_JAVA_OPTS": JAVA}
        kind = f"org.apache.spark.deploy.{what.lower()}.{what}"
        log = (self.folder / f"{name}.log").open("wb")
        # A group of its own: the executors of a worker are killed with it.
        return subprocess.Popen(
            [HOME / "bin" / "spark-class", kind, "--webui-port", "0", *arguments], stdout=log, stderr=log, env=environment, start_new_session=True
        )

    def _wait_for_master(self) -> None:
        host, port = self.url.removeprefix("spark://").split(":")
        for _ in range(300):
            try:
                socket.create_connection((host, int(port)), 1).close()
                return
            except OSError:
                time.sleep(0.2)
        sys.exit((self.folder / "master.log").read_text())

    def kill_worker(self) -> None:
        os.killpg(self.processes[-1].pid, signal.SIGKILL)
        self.has_lost = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


def of_program(program: str, archives: list[str], output: Path) -> float:
    begun = time.monotonic()
    command = [program, "scan", "--quiet", "--threads", "1", "--format", "parquet", "-o", str(output), *archives]
    subprocess.run(command, check=True)
    return time.monotonic() - begun


def rows_of(path: Path) -> list[str]:
    table = pq.read_table(path)
    names = [name for name in table.column_names if name not in ("page", "batch")]
    return sorted(map(str, table.select(names).to_pylist()))


def job(cluster: Cluster, manifest: Path, output: Path, batch: int, kill_after: float | None) -> tuple[float, str]:
    """Runs the job as users do; gives the seconds, and what it said."""
    settings = {
        "spark.executor.memory": "700m",
        "spark.executor.extraJavaOptions": JAVA,
        "spark.driver.extraJavaOptions": JAVA,
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    configuration = cluster.folder / "conf"
    configuration.mkdir(exist_ok=True)
    lines = [f"spark.master {cluster.url}", *(f"{key} {value}" for key, value in settings.items())]
    (configuration / "spark-defaults.conf").write_text("\n".join(lines))
    environment = {**os.environ, "SPARK_CONF_DIR": str(configuration), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    command = [sys.executable, "-m", "adsieve.spark", "--input", str(manifest), "--output", str(output), "--batch", str(batch)]
    begun = time.monotonic()
    running = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True)
    if kill_after is not None:
        threading.Thread(target=kill_in_work, args=(cluster, output, kill_after), daemon=True).start()
    _, said = running.communicate()
    if running.returncode:
        sys.exit(said)
    return time.monotonic() - begun, said


def kill_in_work(cluster: Cluster, output: Path, seconds: float) -> None:
    """Waits for the first results of tasks, then kills a worker."""
    while not any(output.glob("staging/batch=*/pages/*.parquet")):
        time.sleep(0.05)
    time.sleep(seconds)
    cluster.kill_worker()
    print("killed a worker with its executor", flush=True)


def told_batches(said: str) -> list[tuple[int, float]]:
    """Pages and seconds of each batch, as the job tells them."""
    return [(int(pages), float(seconds)) for pages, seconds in re.findall(r"^batch .* (\d+) pages in ([\d.]+) s", said, re.MULTILINE)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--archives", type=int, default=200)
    parser.add_argument("--pages", type=int, default=12, help="pages of an archive")
    parser.add_argument("--rate", action="store_true")
    options = parser.parse_intermixed_args()

    others = sorted(file for folder in options.folders for file in folder.glob("*.html"))
    folder = Path(tempfile.mkdtemp(prefix="adsieve-cluster-"))
    try:
        archives = write_archives(folder, options.archives, options.pages, others)
        (folder / "manifest.txt").write_text("\n".join(archives))
        alone = of_program(options.program, archives, folder / "expected")
        with Cluster(folder, WORKERS) as cluster:
            batch, kill_after = (-(-len(archives) // 2), None) if options.rate else (len(archives), 0.3)
            seconds, said = job(cluster, folder / "manifest.txt", folder / "out", batch, kill_after)
            print(said, end="")
            assert cluster.has_lost is not options.rate, "the job ended before a worker was killed: it needs more archives"
        for name in TABLES:
            expected, found = rows_of(folder / "expected" / f"{name}.parquet"), rows_of(folder / "out" / name)
            assert found == expected, f"{name}: {len(found)} rows, the program has {len(expected)}"
            print(f"{name}: {len(found)} rows, as the program's")
        pages = pq.read_table(folder / "out" / "pages")
        assert len(set(pages.column("page").to_pylist())) == pages.num_rows, "numbers of pages are unique"
        print(f"{len(archives)} archives, {pages.num_rows} pages: program {alone:.1f} s on one core; job {seconds:.1f} s in all")
        if options.rate:
            batches = told_batches(said)
            rate = sum(pages for pages, _ in batches) / sum(seconds for _, seconds in batches) / WORKERS
            warm = sum(pages for pages, _ in batches[1:]) / sum(seconds for _, seconds in batches[1:]) / WORKERS
            of_program_rate = pages.num_rows / alone
            print(
                f"pages a second of a core: program {of_program_rate:.1f}; job {rate:.1f} ({rate / of_program_rate:.0%}), "
                f"without its first batch, in which the workers start, {warm:.1f} ({warm / of_program_rate:.0%})"
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
