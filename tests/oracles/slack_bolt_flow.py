"""The platform's official client, led through a flow against the Slack stand-in.

usage: slack_bolt_flow.py socket API_URL BOT_TOKEN APP_TOKEN
       slack_bolt_flow.py http API_URL BOT_TOKEN SECRET PORT

Exits with 0 if the client got from the stand-in what it gets from Slack.
"""

import json
import logging
import sys
import threading
import time
import urllib.error
import urllib.request

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, SectionBlock

CHANNEL = "C0RELEASE"
PATIENCE = 20


class Control:
    """What people do in the stand-in, and its clock."""

    def __init__(self, api_url):
        self.base = api_url.removesuffix("/api")

    def post(self, path, body):
        request = urllib.request.Request(
            f"{self.base}/control/{path}",
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{body}: {error.read().decode()}") from error

    def act(self, who, act, **more):
        self.post("act", {"who": who, "act": act, **more})

    def second_passes(self):
        self.post("clock", {"seconds": 1})

    def state(self):
        with urllib.request.urlopen(f"{self.base}/control/state", timeout=PATIENCE) as answer:
            return json.load(answer)


class Heard:
    """What reached the client's handlers."""

    def __init__(self):
        self.all = []
        self.changed = threading.Condition()

    def add(self, what):
        with self.changed:
            self.all.append(what)
            self.changed.notify_all()

    def wait(self, what, times=1):
        with self.changed:
            came = self.changed.wait_for(lambda: self.all.count(what) >= times, PATIENCE)
        assert came, f"{what} was not heard {times} times: {self.all}"


def until(what, look):
    """Waits for something the stand-in shows."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if look():
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"{what}: not within {PATIENCE} s")


def refused(code, call):
    try:
        call()
    except SlackApiError as error:
        assert error.response["error"] == code, error.response.data
        return error.response
    raise AssertionError(f"not refused with {code}")


def card(title):
    return [
        SectionBlock(text=title).to_dict(),
        ActionsBlock(elements=[ButtonElement(text="Go", action_id="go", value="r1")]).to_dict(),
    ]


def modal():
    return {
        "type": "modal",
        "callback_id": "decline",
        "title": {"type": "plain_text", "text": "Decline"},
        "submit": {"type": "plain_text", "text": "Decline"},
        "blocks": [
            {
                "type": "input",
                "block_id": "why",
                "label": {"type": "plain_text", "text": "Why?"},
                "element": {"type": "plain_text_input", "action_id": "words"},
            }
        ],
    }


def listen(app, heard):
    """The handlers of a small app."""

    @app.command("/release")
    def command(ack, body, client):
        ack("On it")
        client.views_open(trigger_id=body["trigger_id"], view=modal())
        heard.add(f"command {body['text']}")

    @app.view("decline")
    def submitted(ack, view):
        words = view["state"]["values"]["why"]["words"]["value"]
        if words == "bad":
            ack(response_action="errors", errors={"why": "Say more"})
        else:
            ack()
        heard.add(f"form {words}")

    @app.action("go")
    def pressed(ack, respond, body):
        ack()
        respond("Pressed")
        heard.add(f"pressed {body['actions'][0]['value']} by {body['user']['id']}")

    @app.shortcut("keep")
    def kept(ack, shortcut):
        ack()
        heard.add(f"kept {shortcut['message']['text']}")

    @app.event("reaction_added")
    def reacted(event):
        heard.add(f"reacted {event['reaction']} by {event['user']}")

    @app.event("reaction_removed")
    def unreacted(event):
        heard.add(f"took back {event['reaction']} by {event['user']}")

    @app.event("app_mention")
    def mentioned(event):
        heard.add(f"mentioned {event['text']}")

    @app.event("app_home_opened")
    def home(event, client):
        header = {"type": "header", "text": {"type": "plain_text", "text": "Nothing waits"}}
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [header]})
        heard.add("home")


def calls(client, control):
    """The Web API through the official client."""
    me = client.auth_test()
    assert me["user_id"] == "U0SHIPBELL" and "chat:write" in me.headers["x-oauth-scopes"], me
    metadata = {"event_type": "shipbell", "event_payload": {"key": "k1"}}
    first = client.chat_postMessage(
        channel=CHANNEL, text="Card", blocks=card("Card"), metadata=metadata
    )
    ts = first["ts"]
    client.chat_update(channel=CHANNEL, ts=ts, text="Card 2", blocks=card("Card 2"))
    client.reactions_add(channel=CHANNEL, timestamp=ts, name="white_check_mark")
    again = lambda: client.reactions_add(channel=CHANNEL, timestamp=ts, name="white_check_mark")
    refused("already_reacted", again)
    got = client.reactions_get(channel=CHANNEL, timestamp=ts, full=True)
    assert got["message"]["reactions"][0]["users"] == ["U0SHIPBELL"], got.data
    client.pins_add(channel=CHANNEL, timestamp=ts)
    assert len(client.pins_list(channel=CHANNEL)["items"]) == 1
    client.pins_remove(channel=CHANNEL, timestamp=ts)
    client.chat_postEphemeral(channel=CHANNEL, user="U0ANA", text="Only you")
    assert client.chat_getPermalink(channel=CHANNEL, message_ts=ts)["permalink"]
    history = client.conversations_history(channel=CHANNEL, include_all_metadata=True, limit=5)
    assert history["messages"][0]["metadata"] == metadata, history.data
    assert client.conversations_info(channel=CHANNEL)["channel"]["is_member"]
    assert "U0ANA" in client.conversations_members(channel=CHANNEL)["members"]
    assert client.users_info(user="U0EVE")["user"]["deleted"]
    assert client.usergroups_users_list(usergroup="S0OWNERS")["users"] == ["U0CHLOE"]
    assert len(client.usergroups_list(include_users=True)["usergroups"]) == 3
    refused("not_in_channel", lambda: client.chat_postMessage(channel="C0GENERAL", text="x"))
    control.second_passes()
    uploaded = client.files_upload_v2(
        channel=CHANNEL, thread_ts=ts, filename="log.txt", content="hello", title="The log"
    )
    assert uploaded["files"][0]["title"] == "The log", uploaded.data
    replies = client.conversations_replies(channel=CHANNEL, ts=ts)
    assert len(replies["messages"]) == 2, replies.data

    # Told to wait, it waits, and the call goes through.
    control.post("fault", {"on": "chat.update", "how": {"rate_limited": 1}})
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    client.chat_update(channel=CHANNEL, ts=ts, text="Card 3", blocks=card("Card 3"))
    return ts


def conversation(control, heard, ts):
    """People act, and the client's handlers hear of it."""
    on = {"channel": CHANNEL, "ts": ts}
    control.act("ana", "react", on=on, emoji="+1::skin-tone-3")
    heard.wait("reacted +1::skin-tone-3 by U0ANA")
    control.act("ana", "unreact", on=on, emoji="+1::skin-tone-3")
    heard.wait("took back +1::skin-tone-3 by U0ANA")
    control.act("bo", "press", on=on, label="Go")
    heard.wait("pressed r1 by U0BO")
    until("the answer", lambda: "Pressed" in control.state()["text"])
    control.act("bo", "shortcut", on=on, callback="keep")
    heard.wait("kept Card 3")
    control.act("ana", "say", text="@shipbell status")
    heard.wait("mentioned <@U0SHIPBELL> status")
    control.act("dan", "home")
    heard.wait("home")

    control.act("chloe", "say", text="/release decline it")
    heard.wait("command decline it")
    assert "(to chloe alone) On it" in control.state()["text"], control.state()["text"]
    control.act("chloe", "fill", label="Why?", value="bad")
    control.act("chloe", "submit")
    heard.wait("form bad")
    assert "! Say more" in control.state()["text"], control.state()["text"]
    control.act("chloe", "fill", label="Why?", value="Not now")
    control.act("chloe", "submit")
    heard.wait("form Not now")
    assert "(before chloe)" not in control.state()["text"], control.state()["text"]


def sockets(control, heard, ts):
    """The connection is asked to leave, and is cut; nothing is lost."""
    on = {"channel": CHANNEL, "ts": ts}
    control.post("trouble", {"how": "warning"})
    control.act("ana", "react", on=on, emoji="one")
    heard.wait("reacted one by U0ANA")
    control.post("trouble", {"how": "cut"})
    until("a new connection", lambda: control.state()["sockets"] > 0)
    control.act("ana", "react", on=on, emoji="two")
    heard.wait("reacted two by U0ANA")


def main(mode, api_url, bot_token, *more):
    logging.basicConfig(level=logging.WARNING)
    client = WebClient(token=bot_token, base_url=f"{api_url}/")
    control, heard = Control(api_url), Heard()
    secret = more[0] if mode == "http" else "unused"
    app = App(client=client, signing_secret=secret, process_before_response=False)
    listen(app, heard)
    if mode == "socket":
        handler = SocketModeHandler(app, more[0], ping_interval=1)
        handler.client.web_client.base_url = f"{api_url}/"
        handler.connect()
        until("the connection", lambda: control.state()["sockets"] > 0)
    else:
        server = threading.Thread(target=lambda: app.start(port=int(more[1])), daemon=True)
        server.start()
        until("the server", lambda: answers(int(more[1])))
    ts = calls(client, control)
    conversation(control, heard, ts)
    violations = control.state()["violations"]
    assert violations == [], violations
    if mode == "socket":
        # Between two connections this client may leave something unacknowledged; it comes again.
        sockets(control, heard, ts)
        handler.close()


def answers(port):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
