"""Small numbers for the kinds of messages: what travels first in every handshake datagram and every message.

Below 24 a number takes one byte.
"""

PSK_1 = 1
PSK_2 = 2
EDHOC_1 = 3
EDHOC_2 = 4
EDHOC_3 = 5
EDHOC_4 = 6

PLAN = 7
READY = 8
SPOKEN = 9
TERMS = 10
HEARD = 11
INDEX = 12
ASK = 13
ANSWER = 14
CLOSE = 15
ACCOUNT = 16
CONFIRM = 17
DONE = 18
CSI = 19
VERDICT = 20
BYE = 21

NAMES = {
    PSK_1: "PSK_1",
    PSK_2: "PSK_2",
    EDHOC_1: "EDHOC_1",
    EDHOC_2: "EDHOC_2",
    EDHOC_3: "EDHOC_3",
    EDHOC_4: "EDHOC_4",
    PLAN: "PLAN",
    READY: "READY",
    SPOKEN: "SPOKEN",
    TERMS: "TERMS",
    HEARD: "HEARD",
    INDEX: "INDEX",
    ASK: "ASK",
    ANSWER: "ANSWER",
    CLOSE: "CLOSE",
    ACCOUNT: "ACCOUNT",
    CONFIRM: "CONFIRM",
    DONE: "DONE",
    CSI: "CSI",
    VERDICT: "VERDICT",
    BYE: "BYE",
}
