"""Rasa's intent classifier of this project: many topics under one intent, with calibrated probabilities."""

from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.embedding_cache import encode_all
from components.encoders import MeaningEncoder
from components.topic_model import ELSEWHERE, VIEWS, TopicModel, judge

ASK = "ask"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """Predicts the intent, and for a question its topics: `topics` in what it returns, with their probabilities.

    Every topic is an intent `ask/<topic>` in the training data, but the rules know only `ask`. A small-talk intent is
    chosen when it is likelier than `talk_threshold`; whatever is doubtful is a question, and the action decides.

    There is one model for each of `views`, and what they say counts alike: what a sentence means and which words stand in
    it err in different places.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"views": ["meaning", "words"], "talk_threshold": 0.5}

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn"]

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, models: Optional[List[TopicModel]] = None
    ) -> None:
        unknown = [view for view in config["views"] if view not in VIEWS]
        if unknown:
            raise ValueError(f"config.yml: no view called {unknown[0]}; there are {', '.join(VIEWS)}")
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._models = models or []
        self._encoders = [VIEWS[model.view].encoder() for model in self._models]

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "TopicClassifier":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.training_examples if e.get(TEXT) and e.get(INTENT)]
        texts = [e.get(TEXT) for e in examples]
        labels = [e.get(INTENT_RESPONSE_KEY) or e.get(INTENT) for e in examples]
        # `metadata: {person: true}` above examples says that whoever writes so needs a person.
        sides = {
            "person": [bool(((e.get(METADATA) or {}).get("intent") or {}).get("person")) for e in examples],
            "elsewhere": [label in ELSEWHERE for label in labels],
        }
        self._encoders = [VIEWS[view].encoder() for view in self._config["views"]]
        self._models = [
            TopicModel(view).fit(encode_all(view, encoder, texts), labels, sides)
            for view, encoder in zip(self._config["views"], self._encoders)
        ]
        self._persist()
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text and self._models and not text.startswith("/"):
                self._understand(message, text)
        return messages

    def _understand(self, message: Message, text: Text) -> None:
        # Whoever sent the message may have embedded it already. Taken out, so that it is not kept with the dialogue.
        vector = (message.get(METADATA) or {}).pop("vector", None)
        encoded = [
            encoder.unpack(vector) if vector and isinstance(encoder, MeaningEncoder) else encoder.encode([text])
            for encoder in self._encoders
        ]
        judged = judge(self._models, encoded)
        topics = [{"name": name[len(ASK) + 1 :], "confidence": p} for name, p in judged.ranking if name.startswith(ASK + "/")]
        talk = [{"name": name, "confidence": p} for name, p in judged.ranking if not name.startswith(ASK + "/")]
        asked = sum(t["confidence"] for t in topics)
        chosen = talk[0] if talk and talk[0]["confidence"] >= float(self._config["talk_threshold"]) else {"name": ASK, "confidence": asked}
        message.set("intent", chosen, add_to_output=True)
        message.set("intent_ranking", [chosen, *[t for t in talk[:5] if t is not chosen]], add_to_output=True)
        message.set("topics", topics[:10], add_to_output=True)
        message.set("person", round(judged.sides.get("person", 0.0), 4), add_to_output=True)
        message.set("elsewhere", round(judged.elsewhere, 4), add_to_output=True)
        message.set("talk", {t["name"]: round(t["confidence"], 4) for t in talk if t["confidence"] > 0.001}, add_to_output=True)

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            for i, model in enumerate(self._models):
                model.save(folder / f"view{i}")

    @classmethod
    def load(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> "TopicClassifier":
        with model_storage.read_from(resource) as folder:
            models = [TopicModel.load(path.with_suffix("")) for path in sorted(folder.glob("view*.json"))]
        return cls(config, model_storage, resource, models)
