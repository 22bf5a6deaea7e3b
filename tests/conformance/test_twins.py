"""Each test of the kit has a twin that is broken in one way: that test finds it, and no other does."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

import pytest

from conformance import certificate_twins, payment_twins, registry_twins
from conformance.twins import Change, Twin, write_twin
from creditstore_host.scaffolding import write_plugin
from creditstore_plugins.testing import (
    CertificateFormatContract,
    PaymentProviderContract,
    RegistryConnectorContract,
)

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = {
    "payment": (PaymentProviderContract, payment_twins.TWINS, 25),
    "registry": (RegistryConnectorContract, registry_twins.TWINS, 25),
    "certificate": (CertificateFormatContract, certificate_twins.TWINS, 12),
}
#: What they are in a directory of its own each, with a name that tells the number.
Failures = dict[str, set[str]]


def names_of(contract: type) -> set[str]:
    return {name for name in dir(contract) if name.startswith("test_")}


def run(directory: Path, projects: list[Path]) -> Failures:
    """Run the contract of each project; which tests failed, and which ran in all, by project."""
    settings = "[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider -p no:django\npythonpath =\n"
    (directory / "pytest.ini").write_text(settings + "".join(f"    {project.name}\n" for project in projects))
    report = directory / "report.xml"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            f"--junitxml={report}",
            *(f"{project.name}/tests" for project in projects),
        ],
        cwd=directory,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "plugins")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    failed: Failures = defaultdict(set)
    for case in ET.parse(report).getroot().iter("testcase"):
        project, name = case.get("classname", "").partition(".")[0], case.get("name", "").partition("[")[0]
        failed[f"{project}:all"].add(name)
        if case.find("failure") is not None or case.find("error") is not None:
            failed[project].add(name)
        assert case.find("skipped") is None, "nothing is skipped"
    return failed


@pytest.mark.parametrize("kind", CONTRACTS)
def test_there_is_a_twin_for_each_test_and_enough_tests(kind: str) -> None:
    contract, twins, least = CONTRACTS[kind]
    assert sorted(twin.test for twin in twins) == sorted(names_of(contract))
    assert len(twins) >= least


@pytest.mark.parametrize("kind", CONTRACTS)
def test_exactly_the_right_test_finds_each_twin(kind: str, tmp_path: Path) -> None:
    _contract, twins, _least = CONTRACTS[kind]
    by_name: dict[str, Twin] = {f"twin-{number:02}": twin for number, twin in enumerate(twins)}
    projects = [write_twin(twin, kind=kind, name=name, directory=tmp_path) for name, twin in by_name.items()]
    sound = write_plugin(name="sound-one", kind=kind, directory=tmp_path)
    failed = run(tmp_path, [*projects, sound])
    assert failed["sound-one"] == set()
    ran = failed["sound-one:all"]
    assert ran
    for twin in twins:
        assert twin.test in ran or Change(*registry_twins.WITH_MORE[0]) in twin.changes
    found = {twin.test: failed[name] for name, twin in by_name.items()}
    assert {test: names for test, names in found.items() if names != {test}} == {}
