"""Serve devices in processes of their own: one line of input, one process, until it is killed or told to stop.

A fork has everything imported, so that a process begins within milliseconds and can be killed at any of them.
"""

import asyncio
import json
import os
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from server_world import desk_of, open_store
from standin import StandInNetwork

from samefade.lpwan.server.mqtt import Broker
from samefade.lpwan.server.serve import Service


def serve(folder, port):
    with open_store(Path(folder)) as store, (Path(folder) / "events").open("a") as told:

        def tell(event):
            told.write(json.dumps(event) + "\n")
            told.flush()

        async def run():
            desk, adapter = desk_of(store, StandInNetwork)
            await Service(desk, adapter, Broker("127.0.0.1", int(port), name="serve"), tell).run()

        asyncio.run(run())


def say(word, number):
    sys.stdout.write(f"{word} {number}\n")
    sys.stdout.flush()


def main():
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                serve(*line.split())
                code = 0
            finally:
                if code:
                    traceback.print_exc()
                os._exit(code)
        say("began", child)
        _, status = os.waitpid(child, 0)
        say("ended", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
