import pytest

from counterparts.likeness import NEVER_STRONG, likeness
from counterparts.names import bare


def alike(one: str, other: str, *, is_person: bool = True) -> int:
    return likeness(bare(one, is_person=is_person), bare(other, is_person=is_person))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vladimir Putin", "PUTIN, Vladimir"),
        ("Владимир Путин", "Vladimir Putin"),
        ("President Vladimir Putin", "PUTIN, Vladimir"),
        ("SergeiLavrov", "Sergei Lavrov"),
        ("Sergey Sergey Shoigu", "Sergey Shoigu"),
    ],
)
def test_the_same_words_in_another_order_or_script_are_the_same(one: str, other: str) -> None:
    assert alike(one, other) == 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Basharr al-Assad", "Bashar al-Assad"),
        ("Vladimir Putin", "Vladimir Vladimirovich Putin"),
        ("V. Putin", "Vladimir Putin"),
        ("Mikhail Khordorovsky", "Mikhail Khodorkovsky"),
    ],
)
def test_slips_initials_and_a_name_more_are_worth_a_look(one: str, other: str) -> None:
    assert 80 <= alike(one, other) < 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Daniel Ortiz", "Angela Ortiz"),
        ("Sergey Ivanov", "Sergey Viktorovich Lavrov"),
        ("Adam Smith", "Adam"),
        ("Ilhan Omar", "Sheikh Omar"),
        ("", "Omar"),
    ],
)
def test_another_word_on_both_sides_or_a_single_one_is_somebody_else(one: str, other: str) -> None:
    assert alike(one, other) < 80


def test_a_body_is_the_same_whatever_its_legal_form() -> None:
    assert alike("Example Oil PJSC", "Public Joint Stock Company «Example Oil»", is_person=False) == 100
    assert alike("A.B.C. Company", "ABC Co.", is_person=False) == 100
    assert alike("Cardinal Health, Inc.", "Bank of China Ltd", is_person=False) < 80


def test_a_name_with_a_word_left_over_is_never_strong() -> None:
    assert alike("Young Kim", "KIM, Young-Chol") <= NEVER_STRONG


def test_likeness_does_not_depend_on_who_comes_first() -> None:
    pairs = [("young kim", "kim young chol"), ("maria salazar", "salazar hernandez maria a"), ("a", "ab")]
    assert [likeness(a, b) for a, b in pairs] == [likeness(b, a) for a, b in pairs]


class TestBare:
    def test_titles_go_and_names_stay(self) -> None:
        assert bare("His Excellency Dr. Aleksandr Primerov", is_person=True) == "aleksandr primerov"
        assert bare("Minister of Foreign Affairs Jane Doe", is_person=True) == "jane doe"

    def test_what_consists_of_nothing_else_is_kept(self) -> None:
        assert bare("The Company Ltd.", is_person=False) == "the company ltd"
        assert bare("Prince", is_person=True) == "prince"

    def test_an_apostrophe_does_not_cut_a_word(self) -> None:
        assert bare("Ra Ky’ong-su", is_person=True) == "ra kyong su"
