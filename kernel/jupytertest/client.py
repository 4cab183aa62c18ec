"""A kernel under test, with the client that talks to it."""
import os
import time
from dataclasses import dataclass, field

import zmq
from jupyter_client.manager import KernelManager
from jupyter_kernel_test.msgspec_v5 import validate_message

TIMEOUT = 30  # seconds for anything that happens at once on an idle machine

# Jupyter chooses ports that are free and leaves it to luck that they still are when the kernel binds them. On a busy
# machine another program may have one by then.
STARTS = 3


@dataclass
class Result:
    """What a request led to: the reply and the messages on iopub that belong to it, in order."""

    reply: dict
    messages: list = field(default_factory=list)  # all, with status and execute_input

    @property
    def outputs(self):
        return [m for m in self.messages if m["msg_type"] not in ("status", "execute_input")]

    @property
    def types(self):
        return [m["msg_type"] for m in self.messages]

    @property
    def stdout(self):
        return self._stream("stdout")

    @property
    def stderr(self):
        return self._stream("stderr")

    def _stream(self, name):
        streams = [m["content"] for m in self.messages if m["msg_type"] == "stream"]
        return "".join(s["text"] for s in streams if s["name"] == name)

    @property
    def error(self):
        """The content of the error message; None if there is none."""
        return next((m["content"] for m in self.messages if m["msg_type"] == "error"), None)

    @property
    def value(self):
        """The plain text of the result; None if there is none."""
        return next((m["content"]["data"]["text/plain"] for m in self.messages if m["msg_type"] == "execute_result"), None)


def ok(result):
    """The result of a cell that went well."""
    assert result.reply["status"] == "ok", result.error or result.reply
    return result


class Kernel:
    """One kernel and a blocking client of it. Every message received is checked against the schema."""

    def __init__(self, transport="tcp", folder=None, connect=True):
        options = {"transport": "ipc", "ip": str(folder / "socket")} if transport == "ipc" else {}
        self.client = None
        self.kept = []  # messages that nobody has asked for yet
        for _ in range(STARTS):
            self.manager = KernelManager(kernel_name="ipclab", **options)
            self.manager.start_kernel()
            if not connect or self.connect():
                return
            self.stop()
        raise AssertionError(f"the kernel did not start in {STARTS} attempts")

    def connect(self):
        """Connects a new client, and reports whether the kernel answers; it does not if it has ended."""
        if self.client is not None:
            self.client.stop_channels()
        self.kept.clear()
        self.client = self.manager.client()
        self.client.start_channels()
        request = self.send("kernel_info_request")
        end = self.deadline()
        while not self.client.shell_channel.socket.poll(100):
            if not self.manager.is_alive():
                return False
            assert time.monotonic() < end, "the kernel does not answer"
        self.await_reply(request)
        return True

    @property
    def pid(self):
        return self.manager.provisioner.pid

    def stop(self):
        """Shuts the kernel down as Jupyter does; kills it if it does not go."""
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel()
        self.manager.cleanup_resources()

    def signal(self, number):
        """Sends a signal to the kernel process alone."""
        os.kill(self.pid, number)

    def exit_status(self):
        """Waits until the kernel process has ended and returns its status."""
        return self.manager.provisioner.process.wait(TIMEOUT)

    # Requests

    def send(self, kind, content=None, channel="shell"):
        """Sends a request and returns its id."""
        message = self.client.session.msg(kind, content or {})
        getattr(self.client, f"{channel}_channel").send(message)
        return message["header"]["msg_id"]

    def ask(self, kind, content=None, channel="shell"):
        """Sends a request and returns the content of the reply."""
        return self.await_reply(self.send(kind, content, channel), channel)

    def execute(self, code, **flags):
        """Begins a cell and returns the id of the request. No input is allowed unless flags say so."""
        return self.client.execute(code, **{"allow_stdin": False, **flags})

    def run(self, code, answers=(), timeout=TIMEOUT, **flags):
        """Runs a cell to its end, answering requests for input with answers, one after the other."""
        if answers:
            flags.setdefault("allow_stdin", True)
        return self.finish(self.execute(code, **flags), answers, timeout)

    # Messages

    def deadline(self):
        return time.monotonic() + TIMEOUT

    def receive(self, channels, end, request=None):
        """The next message on one of the channels, with the channel's name.

        With the id of a request, the next one that belongs to it; others are kept for who asks for them.
        """
        for kept in self.kept:
            if kept[0] in channels and request in (None, parent(kept[1])):
                self.kept.remove(kept)
                return kept
        while True:
            name, message = self.poll(channels, end)
            check(message)
            if request in (None, parent(message)):
                return name, message
            self.kept.append((name, message))

    def poll(self, channels, end):
        poller = zmq.Poller()
        by_socket = {getattr(self.client, f"{name}_channel").socket: name for name in channels}
        for socket in by_socket:
            poller.register(socket, zmq.POLLIN)
        ready = poller.poll(max(0, end - time.monotonic()) * 1000)
        assert ready, f"no message on {', '.join(channels)} in time"
        name = by_socket[ready[0][0]]
        return name, getattr(self.client, f"{name}_channel").get_msg(timeout=1)

    def await_reply(self, request, channel="shell"):
        """The content of the reply to a request."""
        return self.receive([channel], self.deadline(), request)[1]["content"]

    def await_output(self, wanted, request=None):
        """The messages on iopub up to the first for which wanted is true."""
        end = self.deadline()
        messages = [self.receive(["iopub"], end, request)[1]]
        while not wanted(messages[-1]):
            messages.append(self.receive(["iopub"], end, request)[1])
        return messages

    def await_text(self, request, text):
        """Waits until the cell has printed text and returns the messages up to then."""
        printed = ""

        def complete(message):
            nonlocal printed
            printed += message["content"].get("text", "")
            return text in printed

        return self.await_output(complete, request)

    def finish(self, request, answers=(), timeout=TIMEOUT):
        """Waits for the reply to a cell and for idle."""
        end = time.monotonic() + timeout
        answers = list(answers)
        reply, messages, idle = None, [], False
        while reply is None or not idle:
            name, message = self.receive(["iopub", "shell", "stdin"], end, request)
            if name == "shell":
                reply = message["content"]
            elif name == "stdin":
                assert answers, "the cell asked for input once more than it should"
                self.client.input(answers.pop(0))
            else:
                assert not idle, f"after idle came {message['msg_type']} {message['content']}"
                messages.append(message)
                idle = is_status(message, "idle")
        assert not answers, f"the cell did not ask for {answers}"
        return Result(reply, messages)


def in_time(ask):
    """The text of an inspection, which ask asks for.

    The kernel waits for a value for a fifth of a second, whatever the machine is busy with: it is asked again then.
    """
    for _ in range(20):
        text = ask()
        if "it took too long" not in text:
            break
    return text


def parent(message):
    return message["parent_header"].get("msg_id")


def is_status(message, state):
    return message["msg_type"] == "status" and message["content"]["execution_state"] == state


def check(message):
    """Checks a message against the schemas of jupyter_kernel_test, as far as they go."""
    kind, content = message["msg_type"], message["content"]
    if kind == "input_request":  # its schema wants a number where the protocol has a boolean
        assert content == {"prompt": content["prompt"], "password": False}
    elif kind not in ("iopub_welcome", "comm_close") and content.get("status") != "aborted":
        validate_message(message, kind)
