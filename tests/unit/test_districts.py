"""Which province's rules count: where somebody works, not where they come from."""

import pytest

from desk.districts import province_in


@pytest.mark.parametrize(
    ("said", "province"),
    [
        ("我在广州上班，产假多少天", "广东"),
        ("上海六级伤残能拿多少", "上海"),
        ("四川人在苏州打工，高温费多少", "江苏"),
        ("老家安徽，在杭州送外卖", "浙江"),
        ("我是河南人，病假工资怎么算", None),
        ("产假多少天", None),
        ("北京和上海哪个高", None),
        ("浙江人社局电话", "浙江"),
        ("在昆山厂里断了手指", "江苏"),
        ("海宁的皮革厂不给钱", "浙江"),
    ],
)
def test_province(said: str, province: str | None) -> None:
    assert province_in(said) == province
