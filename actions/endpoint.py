"""The action endpoint: Rasa asks here for an action to run, and the SDK's executor runs it with the app's own database."""

import hmac
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions import agenda, answer, questionnaire, talk
from actions.house import House

_ACTIONS = (
    answer.ActionAnswer,
    answer.ActionFollowup,
    answer.ActionArticle,
    answer.ActionPart,
    answer.ActionHuman,
    questionnaire.ActionOpenQuestionnaire,
    questionnaire.ActionAskAnswer,
    questionnaire.ValidateQuestionnaire,
    questionnaire.ActionBack,
    questionnaire.ActionCloseQuestionnaire,
    questionnaire.ActionSubmitQuestionnaire,
    talk.ActionTalk,
    talk.ActionMenu,
    talk.ActionTopics,
    talk.ActionServices,
    talk.ActionCalculators,
    talk.ActionPrivacy,
    talk.ActionLanguage,
    talk.ActionSubscription,
    agenda.ActionActivities,
    agenda.ActionEnroll,
    agenda.ActionUnenroll,
    agenda.ActionMyEnrollments,
    agenda.ActionSetReminder,
    agenda.ActionMyReminders,
    agenda.ActionForgetReminder,
    agenda.ActionMyProgress,
    agenda.ActionRate,
)


def make_executor(house: House) -> ActionExecutor:
    """The SDK's executor with every action of this package."""
    executor = ActionExecutor()
    for action in _ACTIONS:
        executor.register_action(action(house))
    return executor


def build_endpoint(executor: ActionExecutor, token: str) -> APIRouter:
    """POST /rasa/actions?token=…: one action call of Rasa's, as its action server protocol has it."""
    router = APIRouter(include_in_schema=False)

    @router.post("/rasa/actions")
    async def run_action(request: Request) -> dict[str, Any]:
        if not hmac.compare_digest(request.query_params.get("token", ""), token):
            raise HTTPException(403, "wrong token")
        try:
            result = await executor.run(await request.json())
        except ActionExecutionRejection as rejection:
            raise HTTPException(400, {"error": rejection.message, "action_name": rejection.action_name}) from rejection
        except ActionNotFoundException as missing:
            raise HTTPException(404, {"error": missing.message, "action_name": missing.action_name}) from missing
        return result.model_dump() if result else {"events": [], "responses": []}

    return router
