"""`no_skips.py RESULTS.xml` reads pytest's JUnit report and fails unless every test ran.

A test that was skipped, or expected to fail, did not run.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def main(results: Path) -> int:
    """Name the tests in `results` that did not run; return 0 if there were tests and all of them ran, else 1."""
    cases = list(ElementTree.parse(results).iter("testcase"))
    not_run = [(case, reason) for case in cases for reason in case.iter("skipped")]
    for case, reason in not_run:
        print(f"not run: {case.get('classname')}.{case.get('name')}: {reason.get('message')}")
    if not_run or not cases:
        print(f"error: {len(not_run)} of {len(cases)} tests did not run; all of them must")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
