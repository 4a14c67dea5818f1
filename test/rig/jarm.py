#!/usr/bin/env python3
"""JARM of a TLS server, from its published description and nothing of ours: prints the hash. Usage: jarm.py ADDRESS PORT"""
import hashlib
import os
import socket
import struct
import sys

DHE = "0016 0033 0067 c09e c0a2 009e 0039 006b c09f c0a3 009f 0045 00be 0088 00c4 009a"
ECDHE_ECDSA = "c008 c009 c023 c0ac c0ae c02b c00a c024 c0ad c0af c02c c072 c073 cca9 1302 1301 cc14"
ECDHE_RSA = "c007 c012 c013 c027 c02f c014 c028 c030 c060 c061 c076 c077 cca8 1305 1304 1303 cc13"
RSA = "c011 000a 002f 003c c09c c0a0 009c 0035 003d c09d c0a1 009d 0041 00ba 0084 00c0 0007 0004 0005"
CIPHERS = [bytes.fromhex(c) for c in f"{DHE} {ECDHE_ECDSA} {ECDHE_RSA} {RSA}".split()]
# Numbered from 1 in numeric order, those of TLS 1.3 behind all others.
NUMBERS = {c: n for n, c in enumerate(sorted(CIPHERS, key=lambda c: (c[0] == 0x13, c)), 1)}
WEAK = [b"http/0.9", b"http/1.0", b"http/1.1", b"spdy/1", b"spdy/2", b"spdy/3\x02h2", b"h2c", b"hq"]
RARE = [b"http/0.9", b"http/1.0", b"spdy/1", b"spdy/2", b"spdy/3", b"h2c", b"hq"]
# version of the hello, ciphers left out, order of ciphers, GREASE, protocols, newest supported version, order of extensions
PROBES = [
    (0x0303, None, "forward", False, WEAK, 3, "reverse"),
    (0x0303, None, "reverse", False, WEAK, 3, "forward"),
    (0x0303, None, "top", False, WEAK, 0, "forward"),
    (0x0303, None, "bottom", False, RARE, 0, "forward"),
    (0x0303, None, "middle", True, RARE, 0, "reverse"),
    (0x0302, None, "forward", False, WEAK, 0, "forward"),
    (0x0304, None, "forward", False, WEAK, 4, "reverse"),
    (0x0304, None, "reverse", False, WEAK, 4, "forward"),
    (0x0304, 0x13, "forward", False, WEAK, 4, "forward"),
    (0x0304, None, "middle", True, WEAK, 4, "reverse"),
]


def ordered(items, order):
    middle = len(items) // 2
    if order == "forward":
        return list(items)
    if order == "reverse":
        return list(items)[::-1]
    if order == "bottom":
        return items[middle + 1 :] if len(items) % 2 else items[middle:]
    if order == "top":
        return ([items[middle]] if len(items) % 2 else []) + ordered(items[::-1], "bottom")
    result = [items[middle]] if len(items) % 2 else []
    for step in range(1, middle + 1):
        result.append(items[middle + step] if len(items) % 2 else items[middle - 1 + step])
        result.append(items[middle - step])
    return result


def long(data):
    return struct.pack(">H", len(data)) + data


def short(data):
    return bytes([len(data)]) + data


def extension(kind, data):
    return struct.pack(">H", kind) + long(data)


def hello(host, version, left_out, order, greased, protocols, newest, extensions_order):
    grease = b"\x3a\x3a" if greased else b""
    ciphers = ordered([c for c in CIPHERS if c[0] != left_out], order)
    # A protocol that already holds the length of the next is two of them.
    names = b"".join(bytes([len(p.split(b"\x02")[0])]) + p for p in ordered(protocols, extensions_order))
    share = (grease + b"\x00\x01\x00" if greased else b"") + b"\x00\x1d" + long(os.urandom(32))
    extensions = grease + b"\x00\x00" if greased else b""
    extensions += extension(0, long(b"\x00" + long(host.encode())))
    extensions += extension(0x17, b"") + extension(1, b"\x01") + extension(0xFF01, b"\x00")
    extensions += extension(0x0A, long(bytes.fromhex("001d001700180019"))) + extension(0x0B, b"\x01\x00")
    extensions += extension(0x23, b"") + extension(0x10, long(names))
    extensions += extension(0x0D, long(bytes.fromhex("040308040401050308050501080606010201")))
    extensions += extension(0x33, long(share)) + extension(0x2D, b"\x01\x01")
    if newest:
        versions = [bytes([3, minor]) for minor in range(1, newest + 1)]
        extensions += extension(0x2B, short(grease + b"".join(ordered(versions, extensions_order))))
    body = struct.pack(">H", min(version, 0x0303)) + os.urandom(32) + short(os.urandom(32))
    body += long(grease + b"".join(ciphers)) + b"\x01\x00" + long(extensions)
    message = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return b"\x16" + struct.pack(">H", 0x0301 if version == 0x0304 else version) + long(message)


def answer(address, port, probe):
    with socket.create_connection((address, port), timeout=10) as connection:
        connection.sendall(probe)
        try:
            return connection.recv(1484)
        except ConnectionResetError:
            return b""


def noted(data):
    """cipher, version, protocol, extensions"""
    if len(data) < 44 or data[0] != 0x16 or data[5] != 0x02:
        return "", "", "", ""
    end_of_session = 44 + data[43]
    cipher, version = data[end_of_session : end_of_session + 2], data[9:11].hex()
    end_of_hello = 9 + int.from_bytes(data[6:9], "big")
    at, protocol, kinds = end_of_session + 5, "", []
    while at + 4 <= end_of_hello:
        kind, length = data[at : at + 2], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == b"\x00\x10":
            protocol = data[at + 7 : at + 4 + length].decode()
        kinds.append(kind.hex())
        at += 4 + length
    return f"{NUMBERS[cipher]:02x}", version, protocol, "-".join(kinds)


def jarm(address, port):
    answers = [noted(answer(address, port, hello(address, *shape))) for shape in PROBES]
    if not any(cipher for cipher, *_ in answers):
        return "0" * 62
    fuzzy = "".join((cipher or "00") + ("abcdef"[int(version[3])] if version else "0") for cipher, version, *_ in answers)
    rest = "".join(protocol + kinds for _, _, protocol, kinds in answers)
    return fuzzy + hashlib.sha256(rest.encode()).hexdigest()[:32]


print(jarm(sys.argv[1], int(sys.argv[2])))
