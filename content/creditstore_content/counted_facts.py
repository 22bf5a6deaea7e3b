"""Figures that the first texts state, each counted from the shipped facts (store/creditstore/catalogue/facts).

A test counts every one of them anew, so a text that is made of them cannot drift from the facts. Units are tonnes of
carbon dioxide equivalent. Issuances reach to 27 March 2025, voluntary cancellations to 30 November 2023.
"""

from __future__ import annotations

from typing import Final

#: Activities that are registered, of how many kinds of host, and what became of those that are not registered any more.
REGISTERED: Final = 8_158
HOSTS: Final = 113
NO_LONGER_REGISTERED: Final = 26
LEAST_DEVELOPED: Final = 210

#: Registered activities that have been issued units, and those that have not.
WITH_UNITS: Final = 3_701
WITHOUT_UNITS: Final = 4_457

#: Units of all types.
ISSUED: Final = 2_449_231_886
CANCELLED: Final = 167_165_481
OUTSTANDING: Final = 2_282_066_405

#: Units that expire (tCER and lCER), and how many of them are cancelled.
TEMPORARY_ISSUED: Final = 21_794_690
TEMPORARY_CANCELLED: Final = 6_597_843

#: Cancellations that the store of the United Nations handled, and their units.
UN_STORE_CANCELLATIONS: Final = 21_480
UN_STORE_UNITS: Final = 11_524_560

#: Registered activities and issued units by sectoral scope, for the scopes with the most activities. An activity with
#: two scopes counts in both.
SCOPES: Final[dict[str, tuple[int, int]]] = {
    "1": (6_721, 1_174_362_255),
    "13": (959, 195_363_962),
    "4": (386, 51_340_988),
    "3": (256, 39_394_395),
    "15": (226, 35_103_221),
    "10": (171, 124_527_299),
    "5": (120, 367_757_933),
    "8": (86, 62_464_925),
    "14": (65, 18_057_315),
    "11": (25, 548_645_976),
}

#: Registered activities and issued units by type of project.
TYPES: Final[dict[str, tuple[int, int]]] = {
    "Wind": (2_480, 380_211_418),
    "Hydro": (2_112, 395_080_128),
    "Solar": (487, 19_013_776),
    "Landfill gas": (378, 153_418_041),
    "EE households": (194, 33_358_714),
    "N2O": (104, 367_378_039),
    "HFCs": (22, 540_778_219),
}

#: Registered activities by host, for the five with the most.
LARGEST_HOSTS: Final[dict[str, int]] = {
    "China": 3_792,
    "India": 1_710,
    "Brazil": 354,
    "Viet Nam": 274,
    "Mexico": 201,
}

#: Units issued and cancelled by vintage: the year in which the monitoring period of their issuance began. Reductions
#: before 2008 belong to the first commitment period, too; units whose period is not known are left out.
VINTAGES: Final[dict[int, tuple[int, int]]] = {
    2000: (6_661_770, 1_851_185),
    2001: (14_366_651, 1_728_794),
    2002: (7_123_890, 127_127),
    2003: (9_745_475, 9_664),
    2004: (5_389_892, 79_871),
    2005: (11_483_917, 1_490_616),
    2006: (44_966_777, 815_569),
    2007: (135_835_904, 2_785_265),
    2008: (192_748_815, 1_833_430),
    2009: (256_871_388, 3_748_109),
    2010: (277_866_713, 7_825_672),
    2011: (321_320_373, 15_411_596),
    2012: (198_583_901, 10_559_702),
    2013: (423_702_438, 40_791_251),
    2014: (125_124_337, 13_919_832),
    2015: (94_263_483, 8_725_822),
    2016: (106_214_608, 13_050_431),
    2017: (70_548_355, 13_723_593),
    2018: (57_478_950, 10_286_542),
    2019: (51_789_433, 11_310_592),
    2020: (32_798_748, 7_084_709),
}


def grouped(number: int) -> str:
    """``12,345``: how the texts write large numbers."""
    return f"{number:,}"


def millions(number: int) -> str:
    """``2,282 million``: the same, rounded."""
    return f"{round(number / 1_000_000):,} million"


def share(part: int, whole: int) -> str:
    """``37 %``, rounded."""
    return f"{round(100 * part / whole)} %"
