"""The real encoder: what a text's vector depends on, and what is remembered."""

import numpy as np

from desk.knowledge.embedding import UseEmbedder, tidy


def test_of_a_long_story_the_beginning_and_the_end_count() -> None:
    story = "老板欠我工资。" + "我在厂里干了很久，" * 60 + "现在想去仲裁，要带什么？"
    assert len(tidy(story)) == 300
    assert tidy(story).startswith("老板欠我工资。")
    assert tidy(story).endswith("要带什么？")
    assert tidy("怎么办？？？\n\n急！！") == "怎么办？ 急！"


def test_a_remembered_text_has_the_vector_that_it_had() -> None:
    embedder = UseEmbedder()
    first = embedder.embed(["老板三个月没发工资", "怎么加入工会"])
    again = embedder.embed(["怎么加入工会", "年假有几天", "老板三个月没发工资", "怎么加入工会"])
    assert np.array_equal(first[0], again[2])
    assert np.array_equal(first[1], again[0])
    assert np.array_equal(again[0], again[3])
    fresh = UseEmbedder().embed(["年假有几天"])[0]
    assert float(fresh @ again[1]) > 0.9999


def test_only_the_latest_texts_are_remembered() -> None:
    embedder = UseEmbedder()
    vectors = embedder.embed([f"第{i}句" for i in range(300)])
    assert len(vectors) == 300
    assert len(embedder._recent) <= 256
