"""What words find: spelling, typing errors, codes, countries, references; in which order; and what is marked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from creditstore.catalogue.models import Project
from creditstore.catalogue.search import Correction, ProjectHit, ProjectQuery, corrections, search_projects
from support.catalogue_facts import REF, FactFiles
from support.ledger import make_issuance, make_offer, make_project

pytestmark = pytest.mark.django_db


def hits(text: str) -> list[ProjectHit]:
    return list(search_projects(query=ProjectQuery(q=text), limit=100).items)


def refs(text: str) -> set[str]:
    return {hit.ref for hit in hits(text)}


def hosted_by(*codes: str) -> set[str]:
    return set(Project.objects.filter(country_codes__overlap=list(codes)).values_list("ref", flat=True))


def using(number: str) -> set[str]:
    return set(Project.objects.filter(methodologies__contains=[number]).values_list("ref", flat=True))


def project(title: str, *, ref: str | None = None, **facts: object) -> str:
    made = make_project(ref=ref)
    for name, value in {"title": title, **facts}.items():
        setattr(made, name, value)
    made.save()
    return made.ref


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with translation.override("de"):
        yield


@pytest.mark.parametrize(
    "written", ["AMS-III.AV", "ams-iii.av.", "AMS III AV", "amsiiiav", "“AMS-III.AV.”", "Ams\u2011iii.Av"]
)
def test_a_methodology_is_one_word_however_it_is_written(written: str) -> None:
    wanted = project("Water for everybody", methodologies=["AMS-III.AV."])
    assert wanted in using("AMS-III.AV.")
    assert refs(written) == using("AMS-III.AV.")


@pytest.mark.parametrize("written", ["ACM0002", "acm 0002", "ACM-0002"])
def test_a_numbered_methodology_may_have_a_space(written: str) -> None:
    project("Falling water", methodologies=["ACM0002"])
    assert hits(written)
    assert all("ACM0002" in hit.methodologies for hit in hits(written))


def test_a_methodology_of_forests_is_not_its_namesake() -> None:
    forest = project("Trees on a hill", methodologies=["AR-ACM0003"])
    other = project("Blended cement", methodologies=["ACM0003"])
    assert forest in refs("AR-ACM0003")
    assert other not in refs("AR-ACM0003")
    assert forest not in refs("ACM0003")
    assert forest in refs("ar acm 0003")


def test_a_family_of_methodologies_is_found_by_its_beginning() -> None:
    wanted = project("Zumstoves", methodologies=["AMS-II.G."])
    assert refs("AMS-II zumstoves") == refs("ams zumstoves") == {wanted}
    assert refs("AMS-III zumstoves") == set()


def test_every_word_must_be_found_and_small_ones_need_not() -> None:
    wanted = project("Qorvex biogas of Zelnia")
    assert refs("zelnia QORVEX") == refs("the biogas in qorvex, from Zelnia") == {wanted}
    assert refs("zelnia qorvex cement") == set()


def test_words_are_countries_people_and_references(facts: FactFiles) -> None:
    facts.import_them()
    assert REF in refs("Namibia") == refs("namibian") == hosted_by("NA")
    assert refs("9990") == refs("Southern Africa karas") == {REF}


def test_accents_are_not_needed_and_do_not_harm(facts: FactFiles) -> None:
    facts.import_them()
    assert refs("Lüderitz") == refs("luderitz") == refs("Lu\u0308deritz") == refs("LÜDERITZ") == {REF}


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Zistanbul plant", "ZİSTANBUL"),
        ("Z\u0131rmak dam", "zirmak"),
        ("Großzanker Straße", "GROSSZANKER STRASSE"),
        ("Xi'zan heat", "xizan"),
        ("Zo\u2019mak heat", "zo'mak"),
        ("Hydro-zelectric works", "hydrozelectric"),
        ("Hydrozelectric works", "hydro-zelectric"),
        ("Zørland mill", "zorland"),
        ("Zﬁeld", "zfield"),
    ],
)
def test_one_word_in_two_spellings_is_one_word(title: str, written: str) -> None:
    wanted = project(title)
    assert refs(written) == {wanted}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("chinese", "CN"),
        ("brazilian", "BR"),
        ("ivory coast", "CI"),
        ("côte d'ivoire", "CI"),
        ("COTE D IVOIRE", "CI"),
        ("south africa", "ZA"),
        ("South African", "ZA"),
        ("south korean", "KR"),
        ("republic of korea", "KR"),
        ("korea", "KR"),
        ("vietnam", "VN"),
        ("viet nam", "VN"),
        ("laos", "LA"),
        ("burma", "MM"),
        ("the democratic republic of the congo", "CD"),
    ],
)
def test_a_country_is_found_by_its_names_and_people(written: str, code: str) -> None:
    wanted = project("Nothing of it in the title", country_codes=[code])
    elsewhere = project("Nothing of it here", country_codes=["PE"])
    found = refs(written) if len(hosted_by(code)) < 100 else {hit.ref for hit in hits(f"{written} nothing")}
    assert wanted in found
    assert elsewhere not in found


def test_a_name_of_two_words_is_not_two_words() -> None:
    south = project("South Hill", country_codes=["KE"], region="Eastern Africa")
    assert south in refs("south kenya")
    assert south not in refs("south africa")


def test_names_are_those_of_the_pages_language_and_english(german: None) -> None:
    wanted = project("Nichts davon im Titel", country_codes=["ZA"])
    assert wanted in refs("Südafrika") & refs("sudafrika") & refs("south africa") & refs("Südarfika")
    assert corrections(query=ProjectQuery(q="Südarfika")) == (Correction("Südarfika", "Südafrika"),)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("guangdnog", "guangdong"),
        ("wnid", "wind"),
        ("hydor", "hydro"),
        ("slar", "solar"),
        ("wnd", "wind"),
        ("brazli", "Brazil"),
        ("karnatka", "karnataka"),
        ("phillipines", "Philippines"),
        ("biogsa", "biogas"),
        ("gsa", "gas"),
    ],
)
def test_typing_errors_find_what_was_meant_and_say_so(typed: str, meant: str) -> None:
    for title in (
        "Guangdong hydro",
        "Wind and solar gas, Karnataka",
        "Biogas",
        "Guangdong wind hydro solar gas biogas",
    ):
        project(title, country_codes=["PH", "BR"])
    assert corrections(query=ProjectQuery(q=typed)) == (Correction(typed, meant),)
    assert search_projects(query=ProjectQuery(q=typed)).corrections == (Correction(typed, meant),)
    assert refs(typed) == refs(meant) != set()


def test_a_word_that_exists_is_never_corrected() -> None:
    rare = project("Zolar works")
    project("Solar works")
    assert refs("zolar") == {rare}
    assert corrections(query=ProjectQuery(q="zolar")) == ()


@pytest.mark.parametrize("number", ["0008", "9", "12345", "ACM0999", "AMS-IX.Z.", "20l5"])
def test_numbers_and_codes_are_never_corrected(number: str) -> None:
    assert corrections(query=ProjectQuery(q=number)) == ()


def test_what_nobody_could_have_meant_finds_nothing() -> None:
    assert refs("qqqqzzzz") == set()
    assert corrections(query=ProjectQuery(q="qqqqzzzz")) == ()


def test_two_words_written_as_one_are_found() -> None:
    wanted = project("Zolmar power station")
    assert refs("zolmarpower") == {wanted}
    assert corrections(query=ProjectQuery(q="zolmarpower")) == (Correction("zolmarpower", "zolmar power"),)


def test_plural_and_singular_are_one_and_the_beginning_of_a_word_will_do() -> None:
    wanted = project("Zumbrella turbines")
    assert refs("zumbrellas turbine") == refs("zumbr turbines") == {wanted}
    assert corrections(query=ProjectQuery(q="zumbrellas turbine zumbr")) == ()


@pytest.mark.parametrize("written", ["0042", "42", "CDM 0042", "cdm0042", "project no. 42", "#42"])
def test_a_reference_comes_first_with_and_without_its_zeros(written: str) -> None:
    Project.objects.filter(ref="0042").delete()
    wanted = project("A dam", ref="0042")
    with_number = project("Phase 42 of 0042 more dams")
    make_offer(issuance=make_issuance(project=Project.objects.get(ref=with_number)))
    assert hits(written)[0].ref == wanted


def test_titles_with_all_words_come_before_other_projects() -> None:
    other = project("A tower", country_codes=["CL"], subnational_region="Zorbia")
    title = project("The Zorbia tower", country_codes=["CL"])
    assert [hit.ref for hit in hits("zorbia")] == [title, other]


def test_titles_show_what_was_matched_and_stay_whole() -> None:
    project("Zorbia's <b>Wind</b>-farm, Côte d\u2019Azul & Zumbrella")
    (hit,) = hits("zorbias WNID cote zumbr")
    assert "".join(part.text for part in hit.title_parts) == hit.title
    marked = [part.text for part in hit.title_parts if part.matched]
    assert marked == ["Zorbia's", "Wind", "Côte", "Zumbrella"]


def test_without_words_nothing_is_marked() -> None:
    (hit, *_rest) = hits("")
    assert [part.matched for part in hit.title_parts] == [False]
    assert hit.title_parts[0].text == hit.title
